"""Step 1: meshes, mattes and an eye-aligned 512 canvas for every usable portrait.

Writes .cache/aligned/<sex>-<n>.npz with
  rgb   uint8 [512, 512, 3]   the portrait, soft matte edges filled with foreground colour
  alpha uint8 [512, 512]      the matte (0 where the portrait ends)
  mesh  float32 [468, 2]      landmarks on the canvas
  age, male
"""

import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from mesh import FaceMesh
from packages import fetch

SIZE = 512
SIMILARITY_POINTS = [33, 263, 133, 362, 1, 61, 291, 168]
EYE_DISTANCE, EYE_Y, CENTRE_X = 132.0, 232.0, 256.0
# Headwear, glasses, hands before the face: they would come out as ghosts.
LEFT_OUT = {
    "female": {9, 12, 14, 16, 17, 21, 24, 39, 41, 43, 46, 54, 56, 66, 69, 79, 94, 98},
    "male": {11, 15, 23, 29, 95},
}


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Least-squares similarity (2x3) that maps source points onto target points."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    a = (source - source_mean) @ np.array([1, 1j])
    b = (target - target_mean) @ np.array([1, 1j])
    k = (np.conj(a) @ b) / (np.conj(a) @ a)
    rotate = np.array([[k.real, -k.imag], [k.imag, k.real]])
    return np.column_stack([rotate, target_mean - rotate @ source_mean])


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


class Matting:
    """IS-Net background removal (1024 x 1024), used for data preparation only."""

    def __init__(self, cache: Path):
        dist = fetch("@imgly/background-removal-data", cache) / "dist"
        chunks = json.loads((dist / "resources.json").read_text())["/models/medium"]["chunks"]
        weights = b"".join((dist / chunk["hash"]).read_bytes() for chunk in chunks)
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(weights, options)
        self._input = self._session.get_inputs()[0].name

    def alpha(self, image: np.ndarray) -> np.ndarray:
        """Matte 0..1 of an RGB picture of any size."""
        large = cv2.resize(image, (1024, 1024), interpolation=cv2.INTER_LINEAR)
        tensor = ((large.astype(np.float32) - 128) / 256).transpose(2, 0, 1)[None]
        matte = self._session.run(None, {self._input: np.ascontiguousarray(tensor)})[0][0, 0]
        matte = np.clip((matte - 0.10) / 0.84, 0, 1)
        return cv2.resize(matte, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def spread_foreground(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Fills what the matte calls soft or empty with colour from sure foreground nearby."""
    sure = (alpha > 0.96).astype(np.float32)
    result = image.astype(np.float32) * sure[..., None]
    filled = sure.copy()
    for sigma in (2, 5, 12, 40):
        weight = cv2.GaussianBlur(sure, (0, 0), sigma)
        colour = cv2.GaussianBlur(image * sure[..., None], (0, 0), sigma) / np.maximum(weight, 1e-6)[..., None]
        take = np.clip(weight / 0.05, 0, 1) * (1 - filled)
        result += colour * take[..., None]
        filled += take
    result += image * (1 - filled)[..., None]
    return result


@dataclass
class Portrait:
    name: str
    image: np.ndarray  # uint8 RGB
    mesh: np.ndarray  # float32 [468, 2], landmarks in the picture
    age: int
    male: bool


_matting = None


def _start(cache: Path) -> None:
    global _matting
    cv2.setNumThreads(1)
    _matting = Matting(cache)


def _align(portrait: Portrait, matrix: np.ndarray, folder: Path) -> None:
    """Cuts a portrait out and moves it onto the canvas by a similarity (2x3)."""
    alpha = _matting.alpha(portrait.image)
    colour = spread_foreground(portrait.image.astype(np.float32), alpha)
    # Twice the size first: halving by area keeps detail that one bilinear step would alias.
    double = matrix * 2
    warped = cv2.warpAffine(colour, double, (2 * SIZE, 2 * SIZE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    matte = cv2.warpAffine(alpha, double, (2 * SIZE, 2 * SIZE), flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones(alpha.shape, np.float32), double, (2 * SIZE, 2 * SIZE))
    rgb = cv2.resize(warped, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    matte = cv2.resize(matte, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(inside, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    part = folder / f"{portrait.name}.part.npz"
    np.savez(
        part,
        rgb=np.clip(rgb + 0.5, 0, 255).astype(np.uint8),
        alpha=np.clip(matte * 255 + 0.5, 0, 255).astype(np.uint8),
        inside=(inside > 0.99).astype(np.uint8),
        mesh=apply(matrix, portrait.mesh).astype(np.float32),
        age=portrait.age,
        male=portrait.male,
    )
    part.rename(folder / f"{portrait.name}.npz")


def prepare(data: Path, cache: Path, workers: int = 2) -> list[Path]:
    folder = cache / "aligned"
    done = folder / "index.json"
    if done.exists():
        return [folder / name for name in json.loads(done.read_text())]
    folder.mkdir(parents=True, exist_ok=True)
    finder = FaceMesh(cache)
    found = []
    for sex in ("female", "male"):
        for path in sorted((data / sex / "1024").glob("*.jpg"), key=lambda p: int(p.stem)):
            number = int(path.stem)
            if number in LEFT_OUT[sex]:
                continue
            image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            mesh = finder.find(image)
            if mesh is None:
                continue
            outer = np.linalg.norm(mesh[263, :2] - mesh[33, :2])
            yaw = (mesh[454, 2] - mesh[234, 2]) / np.linalg.norm(mesh[454, :2] - mesh[234, :2])
            middle = (mesh[454, :2] + mesh[234, :2]) / 2
            offset = (mesh[1, 0] - middle[0]) / np.linalg.norm(mesh[454, :2] - mesh[234, :2])
            if outer < 70 or abs(yaw) > 0.17 or abs(offset) > 0.13:
                continue
            prompt = json.loads((data / sex / "metadata" / f"{number}.json").read_text())["prompt"]
            age = int(re.search(r"(\d+)-year-old", prompt).group(1))
            found.append(Portrait(f"{sex}-{number}", image, mesh[:, :2], age, sex == "male"))
    print(f"{len(found)} portraits kept", flush=True)

    # The median shape, symmetrised by its own eye line, is where every portrait is moved to.
    template = np.array([p.mesh[SIMILARITY_POINTS] for p in found])
    target = template[0]
    for _ in range(5):
        moved = np.array([apply(similarity(t, target), t) for t in template])
        target = np.median(moved, 0)
        eyes = target[1] - target[0]
        k = EYE_DISTANCE / complex(*eyes)
        z = (target - (target[0] + target[1]) / 2) @ np.array([1, 1j]) * k
        target = np.column_stack([z.real + CENTRE_X, z.imag + EYE_Y])
        target[:, 0] -= target[[0, 1, 4, 7], 0].mean() - CENTRE_X
    missing = [p for p in found if not (folder / f"{p.name}.npz").exists()]
    fetch("@imgly/background-removal-data", cache)
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, fresh, initializer=_start, initargs=(cache,)) as executor:
        running = [executor.submit(_align, p, similarity(p.mesh[SIMILARITY_POINTS], target), folder) for p in missing]
        for count, one in enumerate(running, 1):
            one.result()
            if count % 20 == 0:
                print(f"  {count} prepared", flush=True)
    names = [f"{p.name}.npz" for p in found]
    done.write_text(json.dumps(names))
    return [folder / name for name in names]
