"""Contact sheets of a generator: python sheet.py MODEL OUT [identities|ages|tones|faces|bodies] [SEED]."""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from PIL import Image

AGES = (20, 30, 41, 52, 63, 74)


class Generator:
    """The generator; where `bodies` is set, the caller chooses hair and clothes, not the identity."""

    def __init__(self, path, threads=2, bodies=False):
        options = ort.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        model = str(path)
        if bodies:
            model = onnx.load(path)
            choice = next(n for n in model.graph.node if n.op_type == "ArgMax")
            self.score = choice.input[0]
            model.graph.node.remove(choice)
            model.graph.input.append(onnx.helper.make_tensor_value_info(choice.output[0], onnx.TensorProto.INT64, [1]))
            model.graph.output.append(onnx.helper.make_tensor_value_info(self.score, onnx.TensorProto.FLOAT, ["bodies"]))
            self.choice, model = choice.output[0], model.SerializeToString()
        self.session = ort.InferenceSession(model, options)
        self.width = next(i.shape[1] for i in self.session.get_inputs() if i.name == "identity")

    def run(self, outputs, gender, age, identity, tone=0.0, body=None):
        chosen = {} if body is None else {self.choice: np.array([body], np.int64)}
        return self.session.run(outputs, {
            "gender": np.array([gender], np.float32), "age": np.array([age], np.float32),
            "identity": np.asarray(identity, np.float32).reshape(1, -1), "skin_tone": np.array([tone], np.float32), **chosen})

    def __call__(self, gender, age, identity, tone=0.0, body=None):
        image, landmarks = self.run(["image", "landmarks"], gender, age, identity, tone, body)
        return np.round(image[0].transpose(1, 2, 0) * 255).astype(np.uint8), landmarks[0]

    def genders(self):
        """The gender (+1, -1) that every body layer is for."""
        score = [self.run([self.score], sex, 60, np.zeros(self.width), body=0)[0] for sex in (1, -1)]
        return np.where(score[0] > score[1], 1, -1)

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


def bodies(path, size=384, seed=600, columns=8):
    """Every body layer once, in their order, under another face each; ages 25, 45, 65."""
    generator = Generator(path, bodies=True)
    cells = [np.asarray(Image.fromarray(generator(sex, (25, 45, 65)[i % 3], generator.draw(seed + i), body=i)[0]).resize((size, size), Image.LANCZOS))
             for i, sex in enumerate(generator.genders())]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    return np.vstack([np.hstack(cells[i:i + columns]) for i in range(0, len(cells), columns)])


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
    save(bodies(sys.argv[1], **extra) if kind == "bodies" else globals()[kind](Generator(sys.argv[1]), **extra), sys.argv[2])
