"""Trains the face generator and writes its model packs: python train.py [--data DIR]."""

import argparse
import hashlib
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")

import cv2
import numpy as np
import onnx

from canonical import Canonical
from export import converter, generator
from factors import (BOTTOM, HEIGHT, LEFT, REGIONS, RIGHT, SIZE, TOP, WIDTH, Areas, factorise, hole, load,
                     skin_probability)
from prepare import prepare

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
MODELS = REPOSITORY / "voice2face-service" / "src" / "main" / "resources" / "models"
# How the identity vector is shared out.
IDENTITY = {"forehead": 16, "eyes": 16, "nose": 16, "lower": 16, "shape": 40, "body": 24, "tone": 1, "mirror": 1,
            "background": 2, "grey": 1, "hue": 3}


def spans():
    result, start = {}, 0
    for name, width in IDENTITY.items():
        result[name] = (start, start + width)
        start += width
    return result, start


def keys(count, width, seed):
    """Random unit vectors, one per candidate, scaled so that a normal z gives a normal score."""
    generator = np.random.default_rng(seed)
    k = generator.standard_normal((count, width))
    return (k / np.linalg.norm(k, axis=1, keepdims=True)).astype(np.float32)


def byte(value):
    return np.clip(np.round(value), 0, 255).astype(np.uint8)


def half(image, times=1):
    for _ in range(times):
        image = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return image


def learn(paths, body_count):
    meshes = np.array([np.load(p)["mesh"] for p in paths])
    canonical = Canonical(meshes)
    areas = Areas(canonical)
    portraits = load(paths, canonical)
    print(f"{len(portraits)} portraits in canonical shape", flush=True)
    all_factors = [factorise(p, areas) for p in portraits]
    spans_, width = spans()
    age = np.array([p.age for p in portraits], np.float32)
    gender = np.array([-1.0 if p.male else 1.0 for p in portraits], np.float32)
    lightness = np.array([f.lightness for f in all_factors], np.float32)
    beard = np.array([f.beard for f in all_factors], np.float32)
    model = {"canonical": canonical, "areas": areas, "age": age, "gender": gender, "lightness": lightness,
             "beard": beard, "spans": spans_, "width": width}

    # Skin colour as a function of lightness: log RGB, quadratic.
    t = (lightness - 55) / 20
    design = np.column_stack([np.ones_like(t), t, t * t])
    means = np.array([f.skin_mean for f in all_factors])
    model["skin_curve"] = np.linalg.solve(design.T @ design + 1e-3 * np.eye(3), design.T @ means)
    model["skin_mean"] = means

    # Facial parts.
    window = (slice(TOP, BOTTOM), slice(LEFT, RIGHT))
    parts = []
    for r, region in enumerate(REGIONS):
        mask = areas.regions[r][window] * (areas.wide[window])
        ys, xs = np.where(mask > 0.01)
        y0, y1 = ys.min() // 2 * 2, min(HEIGHT, (ys.max() + 2) // 2 * 2)
        x0, x1 = xs.min() // 2 * 2, min(WIDTH, (xs.max() + 2) // 2 * 2)
        hidden = np.array([f.hidden[r] for f in all_factors])
        usable = np.flatnonzero(hidden < (0.25 if region == "forehead" else 0.2))
        box = (slice(y0, y1), slice(x0, x1))
        m = mask[box]
        luma = np.stack([byte(128 + 90 * all_factors[i].detail[box][..., 0] * m) for i in usable])
        chroma = np.stack([byte(128 + 127 * np.stack([half(all_factors[i].detail[box][..., c] * m) for c in (1, 2)]))
                           for i in usable])
        parts.append({"region": region, "box": (int(y0), int(y1), int(x0), int(x1)), "index": usable,
                      "luma": luma, "chroma": chroma, "keys": keys(len(usable), IDENTITY[region], 10 + r)})
        print(f"{region}: {len(usable)} parts of {luma.shape[1:]}, {(luma.nbytes + chroma.nbytes) / 1e6:.1f} MB", flush=True)
    model["parts"] = parts

    # Body layers.
    core_hidden = np.array([(f.hair * areas.core).sum() / areas.core.sum() for f in all_factors])
    order = np.argsort(core_hidden, kind="stable")
    chosen = []
    for male in (False, True):
        members = [i for i in order if portraits[i].male == male and core_hidden[i] < 0.08]
        # Spread over age and tone: farthest point selection.
        features = np.column_stack([age / 18, lightness / 10])
        picked = [members[0]]
        while len(picked) < min(body_count // 2, len(members)):
            rest = [m for m in members if m not in picked]
            gap = np.min(np.linalg.norm(features[rest][:, None] - features[picked][None], axis=2), axis=1)
            picked.append(rest[int(np.argmax(gap))])
        chosen += picked
    chosen = np.array(sorted(chosen))
    bodies = {k: [] for k in ("luma", "chroma", "alpha", "hole", "skin", "shading")}
    for i in chosen:
        p, f = portraits[i], all_factors[i]
        h = hole(f, areas)
        skin = skin_probability(p, f, areas)
        ycc = cv2.cvtColor(byte(p.rgb), cv2.COLOR_RGB2YCrCb).astype(np.float32)
        # Hollow: the face is not stored, neither in luma nor in chroma.
        hollow = np.clip((1 - h) / 0.04, 0, 1) * (p.alpha > 0.004)
        bodies["luma"].append(byte(ycc[..., 0] * hollow))
        bodies["chroma"].append(byte(128 + half((ycc[..., 1:] - 128) * hollow[..., None])).transpose(2, 0, 1))
        bodies["alpha"].append(byte(255 * half(p.alpha)))
        bodies["hole"].append(byte(255 * half(h[window])))
        bodies["skin"].append(byte(255 * half(skin * p.alpha, 2)))
        bodies["shading"].append(byte((f.shading.transpose(2, 0, 1) - 2) * 70))
    bodies = {k: np.stack(v) for k, v in bodies.items()}
    bodies["index"] = chosen
    bodies["keys"] = keys(len(chosen), IDENTITY["body"], 20)
    print(f"{len(chosen)} bodies, {sum(v.nbytes for v in bodies.values()) / 1e6:.1f} MB", flush=True)
    model["bodies"] = bodies

    # Shape: landmarks and the field that pulls the canonical picture into it.
    mean = canonical.shape
    rows, designs = [], []
    for mirrored in (False, True):
        for i, p in enumerate(portraits):
            mesh, back = p.mesh, p.back
            if mirrored:
                mesh = mesh[canonical.permutation].copy()
                mesh[:, 0] = SIZE - mesh[:, 0]
                back = back[:, ::-1].copy()
                back[..., 0] *= -1
            rows.append(np.concatenate([(mesh - mean).ravel(), back.ravel() * 0.5]))
            q, t = (age[i] - 45) / 20, (lightness[i] - 58) / 13
            designs.append([1, gender[i], q, q * q, gender[i] * q, t, t * t, gender[i] * t])
    rows, designs = np.array(rows), np.array(designs)
    centre = rows.mean(0)
    count = IDENTITY["shape"]
    u, s, vt = np.linalg.svd(rows - centre, full_matrices=False)
    basis = vt[:count]
    coefficients = (rows - centre) @ basis.T
    ridge = np.linalg.solve(designs.T @ designs + 8 * np.eye(8), designs.T @ coefficients)
    deviation = (coefficients - designs @ ridge).std(0)
    model["shape"] = {"centre": centre, "basis": basis, "ridge": ridge, "deviation": deviation}
    print(f"shape: {(s[:count] ** 2).sum() / (s ** 2).sum():.3f} of the variance in {count} components", flush=True)
    return model


def write_pack(folder, model, manifest):
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / manifest["file"]
    onnx.save(model, target)
    manifest["sha256"] = hashlib.sha256(target.read_bytes()).hexdigest()
    order = ["id", "version", "kind", "file", "sha256", "licence", "size", "inputs", "outputs"]
    lines = []
    for key in order:
        if key not in manifest:
            continue
        value = manifest[key]
        if isinstance(value, list):
            lines.append(f"{key}:")
            lines += [f"  - {{name: {n}, shape: [{', '.join(map(str, s))}]}}" for n, s in value]
        else:
            lines.append(f"{key}: {value}")
    (folder / "model.yaml").write_text("\n".join(lines) + "\n")
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data" / "portraits-cc0")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache")
    parser.add_argument("--bodies", type=int, default=56)
    arguments = parser.parse_args()
    cv2.setNumThreads(2)
    paths = prepare(arguments.data, arguments.cache)
    model = learn(paths, arguments.bodies)
    width = model["width"]
    write_pack(MODELS / "face-generator", generator(model), {
        "id": "v2f-face-generator", "version": "1.0.0", "kind": "face-generator", "file": "face-generator.onnx",
        "licence": "Apache-2.0", "size": SIZE,
        "inputs": [("gender", [1]), ("age", [1]), ("identity", [1, width]), ("skin_tone", [1])],
        "outputs": [("image", [1, 3, SIZE, SIZE]), ("landmarks", [1, 468, 2])],
    })
    write_pack(MODELS / "timbre-to-identity", converter(model), {
        "id": "v2f-timbre-to-identity", "version": "1.0.0", "kind": "embedding-converter",
        "file": "timbre-to-identity.onnx", "licence": "Apache-2.0",
        "inputs": [("timbre", [1, 24])], "outputs": [("identity", [1, width])],
    })


if __name__ == "__main__":
    main()
