"""Makes the model packs of the tests: graphs of a few nodes whose right answer is known.

    python3 make_packs.py      # needs numpy and onnx

encoder   the crop's mean colour times a matrix, as an identity encoder (112 x 112 -> 512)
inverter  turns the target's colours over, as a swapper (target 1x3x128x128, source 1x512)
detector  SCRFD's nine outputs for one face that is always at the same place (64 x 64)

../benchmark-packs holds the encoder again, and a swapper that costs what learned ones do:

layers    the target through thirteen convolutions of 160 channels at 64 x 64, some 24 GFLOP; the weights are a constant
"""
import hashlib
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def value(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def constant(name, array, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(array, dtype), name)


def write(folder, kind, nodes, inputs, outputs, initialisers, rest=""):
    graph = helper.make_graph(nodes, "test", inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="voice2face tests")
    model.ir_version = 8
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    target = HERE / folder
    target.mkdir(exist_ok=True, parents=True)
    (target / "model.onnx").write_bytes(data)
    (target / "model.yaml").write_text(
        f"id: test-{target.name}\nversion: \"1\"\nkind: {kind}\nlicence: Apache-2.0\n"
        f"file: model.onnx\nsha256: {hashlib.sha256(data).hexdigest()}\n{rest}"
    )


def encoder(folder):
    weights = np.random.default_rng(1).normal(0, 0.2, (3, 512))
    write(
        folder,
        "identity-encoder",
        [
            helper.make_node("GlobalAveragePool", ["input"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["colour"]),
            helper.make_node("MatMul", ["colour", "w"], ["output"]),
        ],
        [value("input", 1, 3, 112, 112)],
        [value("output", 1, 512)],
        [constant("w", weights)],
    )


def inverter():
    write(
        "inverter",
        "face-swapper",
        [
            helper.make_node("Sub", ["one", "target"], ["output"]),
        ],
        [value("source", 1, 512), value("target", 1, 3, 128, 128)],
        [value("output", 1, 3, 128, 128)],
        [constant("one", [1])],
        "size: 128\ntemplate: arcface_128\nsource: {type: embedding}\n",
    )


def layers():
    """Weights are made by ConstantOfShape, which ONNX Runtime folds when it loads: the file stays small."""
    channels, depth = 160, 13
    nodes = [helper.make_node("Add", ["target", "zero"], ["in"])]
    initialisers = [constant("zero", [0])]
    last = "in"
    shapes = [(channels, 3, 4, 4)] + [(channels, channels, 3, 3)] * depth
    for i, shape in enumerate(shapes):
        initialisers.append(constant(f"s{i}", shape, np.int64))
        filler = numpy_helper.from_array(np.array([1 / np.prod(shape[1:])], np.float32))
        nodes.append(helper.make_node("ConstantOfShape", [f"s{i}"], [f"w{i}"], value=filler))
        stride = 2 if i == 0 else 1
        nodes.append(helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], strides=[stride, stride], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i}"]))
        last = f"r{i}"
    initialisers.append(constant("so", (channels, 3, 4, 4), np.int64))
    filler = numpy_helper.from_array(np.array([1 / channels / 4], np.float32))
    nodes.append(helper.make_node("ConstantOfShape", ["so"], ["wo"], value=filler))
    nodes.append(helper.make_node("ConvTranspose", [last, "wo"], ["output"], strides=[2, 2], pads=[1, 1, 1, 1]))
    write("../benchmark-packs/layers", "face-swapper", nodes,
          [value("source", 1, 512), value("target", 1, 3, 128, 128)], [value("output", 1, 3, 128, 128)], initialisers,
          "size: 128\ntemplate: arcface_128\nsource: {type: embedding}\n")


def detector():
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
    ]
    outputs, initialisers = [], [constant("zero", [0])]
    for part, width in enumerate((1, 4, 10)):
        for level, stride in enumerate((8, 16, 32)):
            cells = 64 // stride
            array = np.zeros((cells * cells * 2, width), np.float32)
            if level == 1:
                anchor = (2 * cells + 2) * 2  # the anchor at (32, 32)
                array[anchor] = {
                    0: [0.95],
                    1: [1, 1.25, 1, 1.25],
                    2: [-0.5, -0.25, 0.5, -0.25, 0, 0.25, -0.4, 0.6, 0.4, 0.6],
                }[part]
            name = f"o{part * 3 + level}"
            initialisers.append(constant("v" + name, array))
            outputs.append(value(name, *array.shape))
            nodes.append(helper.make_node("Add", ["v" + name, "nothing"], [name]))
    write("detector", "face-detector", nodes, [value("input", 1, 3, 64, 64)], outputs, initialisers,
          "size: 64\ndecoder: scrfd\n")


encoder("encoder")
inverter()
detector()
encoder("../benchmark-packs/encoder")
layers()
