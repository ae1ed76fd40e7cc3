"""Models that took no part in the training: age and gender, and a face embedding."""

import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from graph import Graph
from packages import fetch
from prepare import similarity

ARCFACE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
RIGHT_EYE, LEFT_EYE = [33, 133, 159, 145], [263, 362, 386, 374]


def session(model):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model, options)


def five_points(mesh):
    return np.array([mesh[RIGHT_EYE, :2].mean(0), mesh[LEFT_EYE, :2].mean(0), mesh[1, :2], mesh[61, :2], mesh[291, :2]])


class AgeGender:
    """face-api's age_gender network (a small Xception), rebuilt from its weights manifest."""

    def __init__(self, cache: Path):
        folder = fetch("@vladmandic/face-api", cache) / "model"
        manifest = json.loads((folder / "age_gender_model-weights_manifest.json").read_text())[0]
        blob = (folder / "age_gender_model.bin").read_bytes()
        self._weights, offset = {}, 0
        for entry in manifest["weights"]:
            count = int(np.prod(entry["shape"]))
            quantised = entry.get("quantization")
            kind = np.dtype(quantised["dtype"] if quantised else entry["dtype"])
            raw = np.frombuffer(blob, kind, count, offset)
            offset += count * kind.itemsize
            value = raw.astype(np.float32)
            if quantised:
                value = value * quantised["scale"] + quantised["min"]
            self._weights[entry["name"]] = value.reshape(entry["shape"]).astype(np.float32)
        g = Graph()
        x = g.input("input", [1, 3, 112, 112])
        x = g.Relu(self._conv(g, x, "entry_flow/conv_in", 2))
        x = self._reduce(g, x, "entry_flow/reduction_block_0", False)
        x = self._reduce(g, x, "entry_flow/reduction_block_1", True)
        for block in ("middle_flow/main_block_0", "middle_flow/main_block_1"):
            y = x
            for i in range(3):
                y = self._separable(g, g.Relu(y), f"{block}/separable_conv{i}")
            x = g.Add(x, y)
        x = self._reduce(g, x, "exit_flow/reduction_block", True)
        x = g.Relu(self._separable(g, x, "exit_flow/separable_conv"))
        x = g.Flatten(g.AveragePool(x, kernel_shape=[7, 7], strides=[2, 2]))
        for head, size in (("age", 1), ("gender", 2)):
            g.output(g.Add(g.MatMul(x, self._weights[f"fc/{head}/weights"]), self._weights[f"fc/{head}/bias"]), head, [1, size])
        self._session = session(g.model("age_gender", "").SerializeToString())

    def _conv(self, g, x, name, stride):
        kernel = np.ascontiguousarray(self._weights[f"{name}/filters"].transpose(3, 2, 0, 1))
        return g.Conv(x, kernel, self._weights[f"{name}/bias"], auto_pad="SAME_UPPER", strides=[stride, stride])

    def _separable(self, g, x, name):
        depth = np.ascontiguousarray(self._weights[f"{name}/depthwise_filter"].transpose(2, 3, 0, 1))
        point = np.ascontiguousarray(self._weights[f"{name}/pointwise_filter"].transpose(3, 2, 0, 1))
        x = g.Conv(x, depth, auto_pad="SAME_UPPER", group=depth.shape[0])
        return g.Conv(x, point, self._weights[f"{name}/bias"])

    def _reduce(self, g, x, name, activate):
        y = g.Relu(x) if activate else x
        y = self._separable(g, y, f"{name}/separable_conv0")
        y = self._separable(g, g.Relu(y), f"{name}/separable_conv1")
        y = g.MaxPool(y, kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
        return g.Add(y, self._conv(g, x, f"{name}/expansion_conv", 2))

    def __call__(self, image, mesh):
        """Returns (age, probability of a male face); the crop is face-api's aligned box."""
        points = five_points(mesh)
        references = np.array([points[0], points[1], points[3:].mean(0)])
        reach = references[2] - references[:2]
        size = int((np.linalg.norm(reach[0]) + np.linalg.norm(reach[1])) / 2 / 0.45)
        centre = references.mean(0)
        x, y = int(max(0, centre[0] - 0.5 * size)), int(max(0, centre[1] - 0.43 * size))
        crop = image[y:y + size, x:x + size]
        square = np.zeros((max(crop.shape[:2]),) * 2 + (3,), np.uint8)
        top, left = (square.shape[0] - crop.shape[0]) // 2, (square.shape[1] - crop.shape[1]) // 2
        square[top:top + crop.shape[0], left:left + crop.shape[1]] = crop
        small = cv2.resize(square, (112, 112), interpolation=cv2.INTER_AREA).astype(np.float32)
        small = (small - np.array([122.782, 117.001, 104.298], np.float32)) / 255
        age, gender = self._session.run(None, {"input": np.ascontiguousarray(small.transpose(2, 0, 1))[None].astype(np.float32)})
        probability = np.exp(gender[0] - gender[0].max())
        return float(age[0, 0]), float(probability[0] / probability.sum())


class Embedding:
    """An ArcFace-type encoder of faceplugin; unit vectors."""

    def __init__(self, cache: Path):
        path = fetch("faceplugin-face-recognition-js", cache) / "model" / "fr_feature.onnx"
        self._session = session(str(path))

    def __call__(self, image, mesh):
        crop = cv2.warpAffine(image, similarity(five_points(mesh), ARCFACE), (112, 112), flags=cv2.INTER_AREA)
        tensor = ((crop.astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None]
        vector = self._session.run(None, {"input": np.ascontiguousarray(tensor)})[0][0]
        return vector / np.linalg.norm(vector)
