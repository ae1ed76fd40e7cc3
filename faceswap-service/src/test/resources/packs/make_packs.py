"""Makes the model packs of the tests: graphs of a few nodes whose right answer is known.

    python3 make_packs.py      # needs numpy and onnx

encoder   the crop's mean colour times a matrix, as an identity encoder (112 x 112 -> 512)
inverter  turns the target's colours over, as a swapper (target 1x3x128x128, source 1x512)
detector  SCRFD's nine outputs for one face that is always at the same place (64 x 64)
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
    target.mkdir(exist_ok=True)
    (target / "model.onnx").write_bytes(data)
    (target / "model.yaml").write_text(
        f"id: test-{folder}\nversion: \"1\"\nkind: {kind}\nlicence: Apache-2.0\n"
        f"file: model.onnx\nsha256: {hashlib.sha256(data).hexdigest()}\n{rest}"
    )


def encoder():
    weights = np.random.default_rng(1).normal(0, 0.2, (3, 512))
    write(
        "encoder",
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


encoder()
inverter()
detector()
