"""Fits the voice analyser and writes its model pack.

    python train.py [--workers 2]
"""

from __future__ import annotations

import argparse
import hashlib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

import corpus
import evaluate
import features
import model

PACK = corpus.REPOSITORY / "voice2face-service/src/main/resources/models/voice-analyser"
VERSION = "1.0.0"


def graph_of(a: model.Analyser) -> onnx.ModelProto:
    nodes, weights = [], []

    def constant(name, value, dtype=np.float32):
        weights.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def gemm(x, w, b, name):
        return node("Gemm", [x, constant(name + ".w", w), constant(name + ".b", np.atleast_1d(b))], name)

    logits = []
    for k, net in enumerate(a.mel_nets):
        first = net.w[0] / net.scale[:, None]
        h = gemm("mel", first, net.b[0] - net.mean @ first, f"mel{k}.1")
        h = gemm(node("Tanh", [h], f"mel{k}.1t"), net.w[1], net.b[1], f"mel{k}.2")
        logits.append(gemm(node("Tanh", [h], f"mel{k}.2t"), net.w[2], net.b[2], f"mel{k}.3"))
    mel_logit = node("Mean", logits, "mel.logit")

    x = node("Concat", ["mfcc", "f0", mel_logit], "gender.inputs", axis=1)
    t = a.temperature
    z = gemm(x, a.gender.w[:, None] / t, a.gender.b / t, "gender.logit")
    node("Reshape", [node("Sigmoid", [z], "gender.p"), constant("shape1", [1], np.int64)], "female_probability")

    node("Softmax", [gemm("mel", a.age.w, a.age.b, "age.logits")], "age_posterior", axis=1)

    f0_two = node("Slice", ["f0", constant("s0", [0], np.int64), constant("s2", [2], np.int64), constant("axis1", [1], np.int64)], "f0.two")
    gemm(node("Concat", ["mfcc", f0_two], "timbre.inputs", axis=1), a.timbre.w, a.timbre.b, "timbre")

    value = lambda name, *shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
    graph = helper.make_graph(
        nodes,
        "voice-analyser",
        [value("mel", 1, features.MEL_COUNT), value("mfcc", 1, 3 * features.MF_COEFS), value("f0", 1, 3)],
        [value("female_probability", 1), value("age_posterior", 1, 3), value("timbre", 1, model.TIMBRE)],
        weights,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="voice2face")
    made.ir_version = 9
    onnx.checker.check_model(made)
    return made


def check(path, a: model.Analyser, crops) -> None:
    """The graph says what the fitted parts say."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for k in crops[::97]:
        p, age, timbre = session.run(None, {n: getattr(k, n)[None] for n in ("mel", "mfcc", "f0")})
        np.testing.assert_allclose(p[0], model.sigmoid(a.gender_logit(k.mel, k.mfcc, k.f0)), atol=1e-4)
        np.testing.assert_allclose(age[0], a.age_posterior(k.mel), atol=1e-4)
        np.testing.assert_allclose(timbre[0], a.timbre_of(k.mfcc, k.f0), atol=1e-3)


def write_manifest(path) -> None:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (PACK / "model.yaml").write_text(
        f"""id: voice-analyser
version: {VERSION}
kind: voice-analyser
file: {path.name}
sha256: {sha256}
licence: Apache-2.0; trained on LibriSpeech (CC BY 4.0) and features of Mozilla Common Voice (CC0), see MODEL_CARD.md
inputs:
  - name: mel
    shape: [1, {features.MEL_COUNT}]
  - name: mfcc
    shape: [1, {3 * features.MF_COEFS}]
  - name: f0
    shape: [1, 3]
outputs:
  - name: female_probability
    shape: [1]
  - name: age_posterior
    shape: [1, 3]
  - name: timbre
    shape: [1, {model.TIMBRE}]
""",
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    crops = corpus.crops(options.workers)
    cv = corpus.common_voice()
    mel_nets = corpus.cached("mel_nets.pkl", lambda: model.fit_mel_nets(cv, options.workers))
    female = np.array([0 if s.male else 1 for s in corpus.speakers()])
    a = model.Analyser(
        mel_nets,
        model.fit_gender(crops, mel_nets, female),
        evaluate.temperature_of(evaluate.held_out(crops, mel_nets)),
        model.fit_age(cv, np.flatnonzero(cv.age >= 0)),
        model.fit_timbre_of(crops, female),
    )
    PACK.mkdir(parents=True, exist_ok=True)
    path = PACK / "voice-analyser.onnx"
    onnx.save(graph_of(a), path)
    check(path, a, crops)
    write_manifest(path)
    print(f"{path} {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
