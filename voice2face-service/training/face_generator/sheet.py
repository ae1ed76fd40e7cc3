"""Contact sheets of a generator: python sheet.py MODEL OUT [identities|ages|tones|faces]."""

import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

AGES = (20, 30, 41, 52, 63, 74)


class Generator:
    def __init__(self, path, threads=2):
        options = ort.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(path), options)
        self.width = next(i.shape[1] for i in self.session.get_inputs() if i.name == "identity")

    def __call__(self, gender, age, identity, tone=0.0):
        image, landmarks = self.session.run(["image", "landmarks"], {
            "gender": np.array([gender], np.float32), "age": np.array([age], np.float32),
            "identity": np.asarray(identity, np.float32).reshape(1, -1), "skin_tone": np.array([tone], np.float32)})
        return np.round(image[0].transpose(1, 2, 0) * 255).astype(np.uint8), landmarks[0]

    def draw(self, seed):
        return np.random.default_rng(seed).standard_normal(self.width).astype(np.float32)


def identities(generator, size=256, seed=100, rows=4):
    sheet, number = [], 0
    for row in range(rows):
        line = []
        for age in AGES:
            number += 1
            picture = generator(1 if row < rows // 2 else -1, age, generator.draw(seed + number))[0]
            line.append(np.asarray(Image.fromarray(picture).resize((size, size), Image.LANCZOS)))
        sheet.append(np.hstack(line))
    return np.vstack(sheet)


def ages(generator, size=256, seed=300, rows=4):
    sheet = []
    for row in range(rows):
        z = generator.draw(seed + row)
        sheet.append(np.hstack([np.asarray(Image.fromarray(
            generator(1 if row < rows // 2 else -1, age, z)[0]).resize((size, size), Image.LANCZOS)) for age in AGES]))
    return np.vstack(sheet)


def tones(generator, size=192, seed=400, rows=4):
    sheet = []
    for row in range(rows):
        z = generator.draw(seed + row)
        sheet.append(np.hstack([np.asarray(Image.fromarray(
            generator(1 if row < rows // 2 else -1, 35 + 10 * (row % 2), z, step)[0]).resize((size, size), Image.LANCZOS))
            for step in range(1, 11)]))
    return np.vstack(sheet)


def faces(generator, seed=500, rows=2):
    return np.vstack([np.hstack([generator(1 if (i + r) % 2 == 0 else -1, (25, 45, 65)[i], generator.draw(seed + 3 * r + i))[0]
                                 for i in range(3)]) for r in range(rows)])


def save(picture, path):
    image = Image.fromarray(picture)
    if Path(path).suffix == ".jpg":
        for quality in range(90, 40, -4):
            image.save(path, quality=quality)
            if Path(path).stat().st_size <= 400_000:
                break
    else:
        image.save(path)


if __name__ == "__main__":
    kind = sys.argv[3] if len(sys.argv) > 3 else "identities"
    extra = {"seed": int(sys.argv[4])} if len(sys.argv) > 4 else {}
    save(globals()[kind](Generator(sys.argv[1]), **extra), sys.argv[2])
