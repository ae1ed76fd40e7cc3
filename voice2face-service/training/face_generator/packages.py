"""Fetches the pinned npm packages whose weights prepare or judge the generator.

None of these weights is shipped with the generator; @imgly/background-removal-data is AGPL-3.0 and only ever makes mattes
here. `npm pack` resolves a package by name; the
tarball is compared with the SHA-512 below, so a changed package stops the run.
"""

import base64
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

PACKAGES = {
    "@mediapipe/face_mesh": (
        "0.4.1657299874",
        "Jdza+77HjDH4SQ6/DAYmnKUYdh2fU1GbhuGqXZbkK5rnJKpZLZe5KQeJmwUq9dmkYkCPSq4oe9vmcuveRPpwag==",
    ),
    "@imgly/background-removal-data": (
        "1.4.5",
        "iRXZpPd7YirbJ4eOZ3SlvbdJkAc/LxVjzWLMHOezmRrVThPJPdPc+Y2kHEAVFEVvpDIuvBDyOfTTFBSJT2QR5w==",
    ),
    "@vladmandic/face-api": (
        "1.7.15",
        "WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
    ),
    "faceplugin-face-recognition-js": (
        "0.0.1",
        "shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==",
    ),
}


def fetch(name: str, cache: Path) -> Path:
    """Returns the unpacked folder of a pinned package, fetching it once."""
    version, integrity = PACKAGES[name]
    folder = cache / "packages" / f"{name.replace('@', '').replace('/', '-')}-{version}"
    if folder.exists():
        return folder
    download = cache / "packages" / "download"
    download.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--json", f"{name}@{version}"],
        cwd=download, check=True, capture_output=True, text=True,
    )
    listing = json.loads(packed.stdout)
    entry = listing[0] if isinstance(listing, list) else next(iter(listing.values()))
    tarball = download / entry["filename"].replace("@", "").replace("/", "-")
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != integrity:
        raise SystemExit(f"{name}@{version}: the tarball's SHA-512 is {digest}, expected {integrity}")
    unpacked = folder.with_name(folder.name + ".part")
    with tarfile.open(tarball) as archive:
        archive.extractall(unpacked, filter="data")
    (unpacked / "package").rename(folder)
    unpacked.rmdir()
    tarball.unlink()
    return folder
