"""Trains the face generator and writes its model packs: python train.py [--data DIR]."""

import argparse
import hashlib
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")

import cv2
import numpy as np
import onnx

import codec
from canonical import Canonical
from export import converter, generator
from factors import (BOTTOM, HEIGHT, LEFT, REGIONS, RIGHT, SIZE, TOP, WIDTH, Areas, factorise, hole, load, firm_outline, materials, without_shine)
from mesh import FaceMesh
from prepare import prepare

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
MODELS = REPOSITORY / "voice2face-service" / "src" / "main" / "resources" / "models"
# Layers that would not pass for a photograph (`sheet.py bodies` shows them all): frames that cut the head or the shoulders off,
# things behind the shoulder, hard cast shadows and shine, hair across an eye.
BODY_LEFT_OUT = {"female": {0, 6, 7, 18, 19, 26, 31, 34, 35, 37, 48, 52, 55, 57, 61, 62, 63, 71, 74, 77, 81, 83, 85, 88, 91, 92},
                 "male": {0, 1, 3, 5, 6, 7, 8, 14, 16, 20, 22, 24, 25, 28, 31, 34, 35, 37, 38, 40, 41, 43, 44, 45, 47, 49, 50, 57, 58, 62, 65, 67, 72, 73, 77, 81, 82, 84, 85, 87, 88, 89, 90, 92, 93, 94, 97}}
PART_REACH, CHROMA_REACH, BODY_REACH, BODY_CHROMA_REACH = 1.5, 0.9, 110.0, 60.0
# Parts that would wander to other faces as blotches: a bindi, hard shadows, burnt highlights, a crooked mouth, hair over a brow.
PART_LEFT_OUT = {"female": {26, 34, 35, 50, 51, 57, 61, 75, 91, 92}, "male": {0, 14, 24, 28, 30, 47, 48, 50, 57, 76, 77, 81, 84, 93, 94}}
# Single parts of the others that would: shadows below a nose, lips in shade or burnt, eyes without whites.
REGION_LEFT_OUT = {"forehead": set(), "eyes": {"female-0", "female-13", "male-2", "male-34", "male-53", "male-73"},
                   "nose": {"female-0", "female-22", "female-40", "female-95", "male-2", "male-25", "male-66", "male-74", "male-80", "male-86", "male-90"},
                   "lower": {"female-0", "female-1", "female-23", "female-72", "female-90", "female-44", "female-95", "male-2", "male-25", "male-54", "male-74", "male-80", "male-90"}}
# Components of the coarse faces.
COARSE = 40
# How the identity vector is shared out.
IDENTITY = {"forehead": 16, "eyes": 16, "nose": 16, "lower": 16, "shape": 40, "body": 24, "tone": 1, "mirror": 1,
            "background": 2, "grey": 1, "hue": 3}


def spans():
    result, start = {}, 0
    for name, width in IDENTITY.items():
        result[name] = (start, start + width)
        start += width
    return result, start


def likeness_keys(pictures, traits, width, seed):
    """Unit vectors of which near ones belong to pictures that look alike.

    What age, gender and tone explain is taken out first, so that one identity vector asks for the
    same kind of nose at every age. The leading principal components, whitened, are turned at
    random into the identity's dimensions.
    """
    flat = pictures.reshape(len(pictures), -1).astype(np.float64)
    flat = flat - traits @ np.linalg.lstsq(traits, flat, rcond=None)[0]
    u, _, _ = np.linalg.svd(flat, full_matrices=False)
    used = min(width, 10)
    scores = u[:, :used] / u[:, :used].std(0)
    # The sign of a singular vector is arbitrary: fix it.
    scores *= np.sign(scores[np.abs(scores).argmax(0), np.arange(used)])
    turn, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((width, used)))
    k = scores @ turn.T
    return (k / np.linalg.norm(k, axis=1, keepdims=True)).astype(np.float32)


def coarse_of(detail):
    """The coarse part of a log detail [HEIGHT, WIDTH, 3], one value for 8 x 8 pixels, as the graph takes it; flat."""
    pooled = cv2.resize(detail.astype(np.float32), (WIDTH // 8, HEIGHT // 8), interpolation=cv2.INTER_AREA)
    binomial = np.array([1, 4, 6, 4, 1], np.float32) / 16
    return cv2.sepFilter2D(pooled, -1, binomial, binomial, borderType=cv2.BORDER_REPLICATE).transpose(2, 0, 1).ravel()


def coarse_faces(details, designs, count):
    """What whole faces look like when one looks coarsely: a linear model on the traits plus principal components.

    Every face comes with its mirror image, so that each component either tells left from right or does not.
    """
    rows = np.array([coarse_of(d) for d in details] + [coarse_of(d[:, ::-1]) for d in details]).astype(np.float64)
    designs = np.concatenate([designs, designs]).astype(np.float64)
    mean = rows.mean(0)
    ridge = np.linalg.solve(designs.T @ designs + 6 * np.eye(designs.shape[1]), designs.T @ (rows - mean))
    rest = rows - mean - designs @ ridge
    _, s, basis = np.linalg.svd(rest, full_matrices=False)
    basis = basis[:count]
    deviation = (rest @ basis.T).std(0)
    pictures = basis.reshape(count, 3, HEIGHT // 8, WIDTH // 8)
    aside = np.einsum("kchw,kchw->k", pictures, pictures[..., ::-1]) < 0
    print(f"coarse faces: {(s[:count] ** 2).sum() / (s ** 2).sum():.3f} of the variance in {count} components, {aside.sum()} aside", flush=True)
    return {"mean": mean.astype(np.float32), "ridge": ridge.astype(np.float32), "basis": basis.astype(np.float32),
            "deviation": deviation, "aside": aside}


# How strong (in spreads of its place, age and gender) a fine mark is left as it is, and how much more there can be at all.
USUAL, UNUSUAL = 1.2, 0.7
# How much of the lines between the brows goes, whoever has them.
FROWN_HELD = 0.65


def without_marks(details, ages, genders, features):
    """Log details [HEIGHT, WIDTH, 3] in which what is unusual at its place is held down.

    A deep line, a scar or a spot of one donor would stand in a face of others as paint. What is usual is the spread that the
    other people of the gender, those of about the age above all, have at the place; eyes, brows, lips and nostrils stay. Of the
    lines between the brows FROWN_HELD goes for everybody.
    """
    def wide(image):
        small = cv2.resize(image, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_AREA)
        return cv2.resize(cv2.GaussianBlur(small, (0, 0), 2.5, borderType=cv2.BORDER_REPLICATE), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)

    skin = 1 - cv2.GaussianBlur(features.astype(np.float32), (0, 0), 2)[..., None]
    y, x = np.mgrid[TOP:BOTTOM, LEFT:RIGHT].astype(np.float32)
    # The portraits frown into the sun: between the brows lines are held down for everybody.
    frown = np.exp(-0.5 * (((x - 256) / 17) ** 4 + ((y - 203) / 24) ** 4))[..., None]
    coarse = np.array([wide(d) for d in details], np.float32)
    fine = np.array(details, np.float32) - coarse
    power = np.array([cv2.GaussianBlur(f * f, (0, 0), 3) for f in fine])
    power = (power + power[:, :, ::-1]) / 2
    result = []
    for i in range(len(details)):
        weight = np.exp(-0.5 * ((np.log(ages) - np.log(ages[i])) / 0.25) ** 2) * (genders == genders[i])
        weight[i] = 0
        spread = np.sqrt(np.einsum("k,khwc->hwc", weight / weight.sum(), power)) + 1e-4
        over = np.maximum(np.abs(fine[i]) - USUAL * spread, 0)
        held = np.sign(fine[i]) * (np.minimum(np.abs(fine[i]), USUAL * spread) + UNUSUAL * spread * np.tanh(over / (UNUSUAL * spread)))
        held = held * (1 - FROWN_HELD * frown)
        result.append(coarse[i] + fine[i] + (held - fine[i]) * skin)
    return result


def byte(value):
    return np.clip(np.round(value), 0, 255).astype(np.uint8)


def half(image, times=1):
    for _ in range(times):
        image = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return image


def learn(paths, body_count, finder):
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
    window = (slice(TOP, BOTTOM), slice(LEFT, RIGHT))
    for f, detail in zip(all_factors, without_marks([f.detail for f in all_factors], age, gender, areas.features[window])):
        f.detail = detail
    model = {"names": [p.name for p in portraits], "canonical": canonical, "areas": areas, "age": age, "gender": gender, "lightness": lightness,
             "beard": beard, "spans": spans_, "width": width}

    # Skin colour as a function of lightness: log RGB, quadratic.
    t = (lightness - 55) / 20
    design = np.column_stack([np.ones_like(t), t, t * t])
    means = np.array([f.skin_mean for f in all_factors])
    model["skin_curve"] = np.linalg.solve(design.T @ design + 1e-3 * np.eye(3), design.T @ means)
    model["skin_mean"] = means

    light = np.array([f.light for f in all_factors], np.float32)
    patches = np.array([f.patches for f in all_factors], np.float32)
    model.update(light=light, patches=patches)
    tone, years = (lightness - 55) / 12, (age - 45) / 20
    traits = np.column_stack([np.ones_like(age), gender, years, years ** 2, gender * years, tone, tone ** 2])

    # Facial parts. The rows of every region are shuffled by themselves, so that nothing in the
    # file says which forehead, eyes, nose and mouth were one portrait.
    parts = []
    even = patches < np.percentile(patches, 92)
    for i, p in enumerate(portraits):
        sex, number = p.name.split("-")
        even[i] &= int(number) not in PART_LEFT_OUT[sex]
    for r, region in enumerate(REGIONS):
        mask = areas.regions[r][window] * (areas.wide[window])
        ys, xs = np.where(mask > 0.01)
        y0, y1 = ys.min() // 4 * 4, min(HEIGHT, (ys.max() + 4) // 4 * 4)
        reach = -(-max(WIDTH // 2 - xs.min(), xs.max() + 1 - WIDTH // 2) // 8) * 8
        x0, x1 = WIDTH // 2 - reach, WIDTH // 2 + reach
        hidden = np.array([f.hidden[r] for f in all_factors])
        clear = (hidden < (0.25 if region == "forehead" else 0.2)) & [p.name not in REGION_LEFT_OUT[region] for p in portraits]
        if region == "eyes":
            stained = np.array([f.stained for f in all_factors])
            clear &= (np.array([f.fringe for f in all_factors]) < 0.058) & (stained < np.percentile(stained, 88))
        usable = np.flatnonzero(clear & even)
        usable = np.random.default_rng(30 + r).permutation(usable)
        box = (slice(y0, y1), slice(x0, x1))
        m = mask[box]
        # Each part is kept as two halves in rows of their own, shuffled again: no stored picture
        # shows more than half a pair of eyes or half a mouth.
        rows = np.random.default_rng(50 + r).permutation(2 * len(usable)).reshape(-1, 2)
        luma = np.zeros((2 * len(usable), y1 - y0, reach // 2), np.uint8)
        chroma = np.zeros((2 * len(usable), 2, (y1 - y0) // 2, reach // 4), np.uint8)
        for i, row in zip(usable, rows):
            detail = all_factors[i].detail[box] * m[..., None]
            for side in (0, 1):
                part = detail[:, side * reach:(side + 1) * reach]
                luma[row[side]] = codec.pack(codec.to_codes(part[..., 0], PART_REACH))
                chroma[row[side]] = [codec.pack(codec.to_codes(half(part[..., c]), CHROMA_REACH)) for c in (1, 2)]
        looks = np.stack([half(all_factors[i].detail[box][..., 0] * m, 2) for i in usable])
        parts.append({"region": region, "box": (int(y0), int(y1), int(x0), int(x1)), "index": usable, "rows": rows,
                      "luma": luma, "chroma": chroma, "keys": likeness_keys(looks, traits[usable], IDENTITY[region], 10 + r)})
        print(f"{region}: {len(usable)} parts of {y1 - y0} x {x1 - x0}, {(luma.nbytes + chroma.nbytes) / 1e6:.1f} MB", flush=True)
    model["parts"] = parts
    mask = areas.wide[window][..., None]
    whole = [i for i in range(len(portraits)) if even[i].all() and all_factors[i].hidden.max() < 0.25]
    years_, tone_ = (age - 45) / 20, (lightness - 55) / 12
    designs = np.column_stack([np.ones_like(age), gender, years_, years_ ** 2, gender * years_, tone_, tone_ ** 2, beard])
    model["coarse"] = coarse_faces([all_factors[i].detail * mask for i in whole], designs[whole], COARSE)
    keys = sum(IDENTITY[r] for r in REGIONS)
    turn, _ = np.linalg.qr(np.random.default_rng(60).standard_normal((keys, COARSE)))
    model["coarse"]["turn"] = turn

    # Body layers.
    chosen = []
    for i, p in enumerate(portraits):
        sex, number = p.name.split("-")
        if int(number) not in BODY_LEFT_OUT[sex]:
            chosen.append(i)
    chosen = np.random.default_rng(40).permutation(chosen)[:body_count]
    print("body layers:", ", ".join(f"{i} {portraits[k].name}" for i, k in enumerate(chosen)), flush=True)
    bank = {k: [] for k in ("luma_base", "luma", "chroma_base", "chroma", "alpha", "masks", "cloth", "hole", "shading")}
    hair_luma, hair_natural, hair_grey = [], [], []
    for i in chosen:
        p, f = portraits[i], all_factors[i]
        skin, hair, fringe, clothes = materials(p, f, areas)
        cover = firm_outline(p.alpha, hair, areas)
        h = hole(fringe, areas)
        ycc = cv2.cvtColor(byte(without_shine(p, f, skin, areas)), cv2.COLOR_RGB2YCrCb).astype(np.float32)
        # Hair is neither blue nor green: the sky and the old background are.
        for channel, away in ((1, np.maximum(127 - ycc[..., 1], 0)), (2, -np.maximum(ycc[..., 2] - 131, 0))):
            ycc[..., channel] += 0.9 * away * cv2.GaussianBlur(hair, (0, 0), 1.5)
        # Hollow: under the opening there is one flat colour, neither luma nor chroma of the face.
        hollow = np.clip((1 - h) / 0.03, 0, 1)
        flat = cv2.cvtColor(byte(np.exp(f.skin_mean) - 8)[None, None], cv2.COLOR_RGB2YCrCb).astype(np.float32)
        ycc = ycc * hollow[..., None] + flat * (1 - hollow[..., None])
        seen = (cv2.dilate(cover, np.ones((5, 5))) > 0.004)[..., None]
        ycc = np.where(seen, ycc, 128)
        # Tails of brows beside the opening can be enough for a mesh to see a face in an empty head: bare skin takes their place.
        smooth = cv2.cvtColor(byte(np.exp(cv2.resize(f.shading, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)) - 8), cv2.COLOR_RGB2YCrCb).astype(np.float32)
        for area in (cv2.dilate(areas.brows, np.ones((13, 25))) * areas.wide, areas.inner * (1 - fringe), areas.wide * (1 - hair)):
            if finder.find(cv2.cvtColor(byte(ycc), cv2.COLOR_YCrCb2RGB)) is None:
                break
            print(f"  a face is seen in the empty head of {p.name}: smoothed around the opening", flush=True)
            cover_up = cv2.GaussianBlur(area.astype(np.float32), (0, 0), 4)[..., None] * hollow[..., None]
            ycc = ycc + (smooth - ycc) * cover_up
        base, packed = codec.encode(ycc[..., 0], 128, BODY_REACH)
        bank["luma_base"].append(base)
        bank["luma"].append(packed)
        pairs = [codec.encode(half(ycc[..., c]), 64, BODY_CHROMA_REACH) for c in (1, 2)]
        bank["chroma_base"].append(np.stack([pair[0] for pair in pairs]))
        bank["chroma"].append(np.stack([pair[1] for pair in pairs]))
        bank["alpha"].append(codec.pack(np.round(15 * half(cover)).astype(np.uint8)))
        small = np.round(15 * np.clip(np.stack([half(skin, 2), half(hair, 2)]), 0, 1)).astype(np.uint8)
        bank["masks"].append(small[0] << 4 | small[1])
        bank["cloth"].append(codec.pack(np.round(15 * np.clip(half(clothes, 2), 0, 1)).astype(np.uint8)))
        bank["hole"].append(byte(255 * half(h[window])))
        bank["shading"].append(byte((f.shading.transpose(2, 0, 1) - 2) * 70))
        inside = (hair > 0.6) & (p.alpha > 0.95)
        if inside.sum() > 1500:
            level = float(np.clip(np.median(ycc[..., 0][inside]), 22, 200))
            colour = np.abs(ycc[..., 1:][inside] - 128).mean()
        else:
            level, colour = 60.0, 10.0
        grey = ((p.age >= 42 and colour < 11 and level > 100 and p.male)
                or (p.age >= 45 and colour < 7.5 and level > 85) or (p.age >= 50 and colour < 9.5 and level > 75)
                or (p.age >= 56 and colour < 11 and level > 95) or (p.age >= 70 and level > 85))
        hair_luma.append(level)
        hair_grey.append(float(grey))
        hair_natural.append(42.0 if grey else level)
    looks = np.stack([half(byte(portraits[i].rgb[..., 1] * portraits[i].alpha), 3).astype(np.float32) for i in chosen])
    bodies = {"index": chosen, "keys": likeness_keys(looks, traits[chosen], IDENTITY["body"], 20), "bank": {k: np.stack(v) for k, v in bank.items()},
              "hair_luma": np.array(hair_luma), "hair_grey": np.array(hair_grey), "hair_natural": np.array(hair_natural)}
    print(f"{len(chosen)} bodies ({int((gender[chosen] > 0).sum())} women, {int(sum(hair_grey))} grey), "
          f"{sum(v.nbytes for v in bodies['bank'].values()) / 1e6:.1f} MB", flush=True)
    model["bodies"] = bodies
    model["reach"] = {"part": PART_REACH, "part_chroma": CHROMA_REACH, "luma": BODY_REACH, "chroma": BODY_CHROMA_REACH}

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
    parser.add_argument("--bodies", type=int, default=130)
    parser.add_argument("--out", type=Path, default=MODELS)
    arguments = parser.parse_args()
    cv2.setNumThreads(2)
    paths = prepare(arguments.data, arguments.cache)
    model = learn(paths, arguments.bodies, FaceMesh(arguments.cache))
    width = model["width"]
    write_pack(arguments.out / "face-generator", generator(model), {
        "id": "v2f-face-generator", "version": "1.3.0", "kind": "face-generator", "file": "face-generator.onnx",
        "licence": "Apache-2.0", "size": SIZE,
        "inputs": [("gender", [1]), ("age", [1]), ("identity", [1, width]), ("skin_tone", [1])],
        "outputs": [("image", [1, 3, SIZE, SIZE]), ("landmarks", [1, 468, 2])],
    })
    write_pack(arguments.out / "timbre-to-identity", converter(model), {
        "id": "v2f-timbre-to-identity", "version": "1.3.0", "kind": "embedding-converter",
        "file": "timbre-to-identity.onnx", "licence": "Apache-2.0",
        "inputs": [("timbre", [1, 24])], "outputs": [("identity", [1, width])],
    })


if __name__ == "__main__":
    main()
