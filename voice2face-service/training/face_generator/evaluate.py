"""Measures the generator: python evaluate.py [--draws 200] [--near 500] [--seed 2026]; writes contact sheets too."""

import argparse
import json
import re
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

import sheet
from canonical import OVAL
from export import MONK_LIGHTNESS, stored_pictures
from judges import AgeGender, Embedding
from mesh import FaceMesh
from prepare import apply, similarity, SIMILARITY_POINTS
from train import HERE, MODELS, REPOSITORY


def face_area(shape, mesh):
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(mesh[OVAL, :2]).astype(np.int32)], 1)
    return cv2.erode(mask, np.ones((25, 25))) > 0


def sharpness(image, mesh):
    """Variance of the Laplacian of luma inside the face, over the squared mean luma."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    area = face_area(image.shape, mesh)
    return float(cv2.Laplacian(luma, cv2.CV_32F)[area].var() / luma[area].mean() ** 2)


CHEEKS = [50, 280, 101, 330, 205, 425]


def lightness(image, mesh):
    """Median L* in discs on the cheeks."""
    value = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    mask = np.zeros(image.shape[:2], np.uint8)
    for point in mesh[CHEEKS, :2]:
        cv2.circle(mask, tuple(int(v) for v in np.round(point)), 6, 1, -1)
    return float(np.median(value[mask > 0]))


def training(cache):
    """The portraits the generator was trained on, on the same canvas as its pictures."""
    for name in json.loads((cache / "aligned" / "index.json").read_text()):
        data = np.load(cache / "aligned" / name)
        alpha = data["alpha"][..., None] / 255
        picture = np.round(data["rgb"] * alpha + 205 * (1 - alpha)).astype(np.uint8)
        yield name, picture, float(data["age"]), bool(data["male"])


def measure(pictures, finder, judge, encoder):
    """(age read, male probability, embedding, sharpness, lightness, mesh) or None, per picture."""
    for picture in pictures:
        mesh = finder.find(picture)
        if mesh is None:
            yield None
        else:
            yield (*judge(picture, mesh), encoder(picture, mesh), sharpness(picture, mesh), lightness(picture, mesh), mesh)


def judge_line(name, rows, ages, males):
    read = np.array([r[0] for r in rows])
    agree = np.mean([(r[1] > 0.5) == m for r, m in zip(rows, males)])
    error = read - ages
    inside = (ages >= 20) & (ages <= 75)
    print(f"{name}: gender read as asked {agree:.3f}; age MAE {np.abs(error[inside]).mean():.1f}, "
          f"bias {error[inside].mean():+.1f}, r {np.corrcoef(read[inside], ages[inside])[0, 1]:.2f}")


def pair_cosine(vectors, males):
    result = []
    for sex in (True, False):
        v = vectors[males == sex]
        gram = v @ v.T
        result.append(gram[np.triu_indices(len(v), 1)])
    return np.concatenate(result)


def check_hollow(path, finder):
    """Decodes every stored body layer and looks for a face in it; also the single facial parts."""
    model = onnx.load(path)
    banks = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer if i.name.startswith("bank_")}
    reach = json.loads(next(p.value for p in model.metadata_props if p.key == "reach"))
    found, looked, worst = 0, 0, 0.0
    for kind, picture in stored_pictures(banks, reach):
        looked += 1
        score, _ = finder.detect(picture)
        worst = max(worst, score)
        if finder.find(picture) is not None:
            found += 1
            print(f"  a face was found in {kind}")
    print(f"stored layers: {looked} decoded, a face found in {found}, highest detector score {worst:.2f}")
    return found


def with_body(path):
    """The generator, and the number of the hair and clothes that it chose as a further output."""
    model = onnx.load(path)
    chosen = next(n.output[0] for n in model.graph.node if n.op_type == "ArgMax")
    model.graph.output.append(onnx.helper.make_tensor_value_info(chosen, onnx.TensorProto.INT64, [1]))
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model.SerializeToString(), options), chosen


def hear(arguments, finder, judge, encoder, real_vectors):
    """Two recordings of one speaker, through the analyser and the identity mapping, against other speakers of the gender."""
    if not arguments.sessions.exists():
        print(f"two recordings of one speaker: not measured, {arguments.sessions} is not there (voice_analyser/sessions.py)")
        return
    heard = np.load(arguments.sessions)
    converter = ort.InferenceSession(str(arguments.converter))
    generator, chosen = with_body(arguments.model)
    keep = np.flatnonzero(heard["enough"])
    vectors, bodies, ages = {}, {}, heard["age"]
    for session, name in enumerate(heard["sessions"]):
        vectors[session], bodies[session] = np.zeros((len(heard["speaker"]), 512)), np.full(len(heard["speaker"]), -1)
        for i in keep:
            z = converter.run(None, {"timbre": heard["timbre"][session, i][None]})[0]
            image, body = generator.run(["image", chosen], {
                "gender": np.array([1.0 if heard["probability"][session, i] >= 0.5 else -1.0], np.float32),
                "age": np.array([ages[session, i]], np.float32), "identity": z, "skin_tone": np.zeros(1, np.float32)})
            picture = np.round(image[0].transpose(1, 2, 0) * 255).astype(np.uint8)
            row = next(measure([picture], finder, judge, encoder))
            if row is not None:
                vectors[session][i] = row[2]
            bodies[session][i] = body[0]
    for other in (1, 2):
        own, others = [], []
        for i in keep:
            for j in keep:
                if heard["fold"][i] == heard["fold"][j] and heard["female"][i] == heard["female"][j]:
                    (own if i == j else others).append(vectors[0][i] @ vectors[other][j])
        own, others = np.array(own), np.array(others)
        same = np.mean([bodies[0][i] == bodies[other][i] for i in keep])
        apart = np.abs(ages[0] - ages[other])[keep]
        print(f"two recordings of one speaker ({len(keep)} held-out speakers, first against {heard['sessions'][other]}): face cosine "
              f"{own.mean():.3f} against {others.mean():.3f} for others of the gender, AUC {np.mean(own[:, None] > others[None]):.3f}; "
              f"hair and clothes kept by {same:.2f}, age differs by {apart.mean():.1f} years")
    near = (vectors[0][keep] @ real_vectors.T).max(1)
    print(f"cosine to the nearest training portrait, {len(keep)} faces from voices: mean {near.mean():.3f}, p95 {np.percentile(near, 95):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODELS / "face-generator" / "face-generator.onnx")
    parser.add_argument("--converter", type=Path, default=MODELS / "timbre-to-identity" / "timbre-to-identity.onnx")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache")
    parser.add_argument("--out", type=Path, default=HERE / ".cache" / "sheets")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--near", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2026, help="of the draws")
    parser.add_argument("--sessions", type=Path, default=HERE.parent / ".cache" / "sessions.npz", help="what sessions.py heard")
    parser.add_argument("--only-voices", action="store_true", help="two recordings of one speaker only")
    parser.add_argument("--sheets", action="store_true", help="contact sheets only")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    generator = sheet.Generator(arguments.model)
    for kind in ("identities", "ages", "tones", "faces"):
        sheet.save(getattr(sheet, kind)(generator), arguments.out / f"{kind}.png")
    sheet.save(sheet.bodies(arguments.model), arguments.out / "bodies.png")
    if arguments.sheets:
        return
    finder, judge, encoder = FaceMesh(arguments.cache), AgeGender(arguments.cache), Embedding(arguments.cache)

    if arguments.only_voices:
        hear(arguments, finder, judge, encoder, np.zeros((1, 512)))
        return
    names, photos, ages, males = zip(*training(arguments.cache))
    rows = list(measure(photos, finder, judge, encoder))
    kept = [i for i, r in enumerate(rows) if r is not None]
    real = [rows[i] for i in kept]
    real_vectors = np.array([r[2] for r in real])
    real_males = np.array([males[i] for i in kept])
    judge_line("training portraits", real, np.array([ages[i] for i in kept]), real_males)
    gram = real_vectors @ real_vectors.T - 2 * np.eye(len(real))
    near = gram.max(1)
    print(f"  pair cosine {pair_cosine(real_vectors, real_males).mean():.3f}; nearest other mean {near.mean():.3f}, p95 {np.percentile(near, 95):.3f}")
    real_sharp = np.median([r[3] for r in real])

    rng = np.random.default_rng(arguments.seed)
    count = max(arguments.draws, arguments.near)
    asked_age = rng.uniform(20, 75, count).astype(np.float32)
    asked_male = np.arange(count) % 2 == 1
    draws = rng.standard_normal((count, generator.width)).astype(np.float32)
    rows, errors = [], []
    for age, male, z in list(zip(asked_age, asked_male, draws))[:arguments.draws]:
        picture, landmarks = generator(-1.0 if male else 1.0, age, z)
        row = next(measure([picture], finder, judge, encoder))
        rows.append(row)
        if row is not None:
            interocular = np.linalg.norm(landmarks[[33, 133]].mean(0) - landmarks[[263, 362]].mean(0))
            errors.append(np.linalg.norm(row[-1][:, :2] - landmarks, axis=1).mean() / interocular)
    found = np.array([r is not None for r in rows])
    print(f"mesh finds a face in {found.sum()} of {arguments.draws}")
    errors = np.array(errors)
    print(f"landmarks given against found: mean {100 * errors.mean():.2f} % of the interocular distance, p95 {100 * np.percentile(errors, 95):.2f} %")
    first = [i for i in range(arguments.draws) if found[i]]
    judge_line(f"{len(first)} draws", [rows[i] for i in first], asked_age[first], asked_male[first])
    for low, high in ((20, 35), (35, 50), (50, 65), (65, 75.1)):
        some = [i for i in first if low <= asked_age[i] < high]
        print(f"  {low:.0f}-{high:.0f}: read {np.mean([rows[i][0] for i in some]):.1f} for {asked_age[some].mean():.1f} asked")
    sharp = np.median([rows[i][3] for i in first])
    print(f"face sharpness against the training portraits: {sharp / real_sharp:.2f}")
    drawn = [rows[i][2] for i in first]
    vectors = np.array(drawn)
    pairs = pair_cosine(vectors, asked_male[first])
    print(f"pair cosine within one gender: mean {pairs.mean():.3f}, p95 {np.percentile(pairs, 95):.3f}, max {pairs.max():.3f}")
    near = (vectors @ real_vectors.T).max(1)
    print(f"cosine to the nearest training portrait, {len(near)} draws: mean {near.mean():.3f}, p95 {np.percentile(near, 95):.3f}, max {near.max():.3f}")

    same = []
    for i in range(24):
        z, sex = draws[i], (-1.0 if asked_male[i] else 1.0)
        vectors = []
        for age in (35, 50, 65):
            row = next(measure([generator(sex, age, z)[0]], finder, judge, encoder))
            if row is not None:
                vectors.append(row[2])
        if len(vectors) == 3:
            same += [vectors[0] @ vectors[1], vectors[1] @ vectors[2]]
    print(f"one identity 15 years apart: cosine mean {np.mean(same):.3f}, min {np.min(same):.3f}")

    hear(arguments, finder, judge, encoder, real_vectors)

    rows = []
    for i in range(8):
        for step in range(1, 11):
            picture, landmarks = generator(-1.0 if i % 2 else 1.0, 40, draws[i], step)
            rows.append((step, lightness(picture, landmarks)))
    rows = np.array(rows)
    measured = np.interp(-rows[:, 1], -MONK_LIGHTNESS, np.arange(1, 11))
    print(f"skin tone: measured against asked Monk step {np.abs(measured - rows[:, 0]).mean():.2f} on average, r {np.corrcoef(rows.T)[0, 1]:.2f}")
    again = generator(1.0, 33, draws[0])[0]
    print(f"same input, same bits: {np.array_equal(again, generator(1.0, 33, draws[0])[0])}")
    check_hollow(arguments.model, finder)

    for i in range(arguments.draws, arguments.near):
        row = next(measure([generator(-1.0 if asked_male[i] else 1.0, asked_age[i], draws[i])[0]], finder, judge, encoder))
        if row is None:
            print(f"  no face found in draw {i}")
        else:
            drawn.append(row[2])
    near = (np.array(drawn) @ real_vectors.T).max(1)
    print(f"cosine to the nearest training portrait, {len(near)} draws: mean {near.mean():.3f}, p95 {np.percentile(near, 95):.3f}, max {near.max():.3f} (at most .67 asked)")


if __name__ == "__main__":
    main()
