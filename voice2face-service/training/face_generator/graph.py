"""A few lines over onnx.helper: operators as calls, constants as arguments."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self):
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []
        self._count = 0
        self._cache = {}

    def input(self, name, shape):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, tensor, name, shape):
        self.nodes.append(helper.make_node("Identity", [tensor], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, value, name=None):
        if isinstance(value, (bool, int)):
            value = np.array(value, np.int64)
        elif isinstance(value, float):
            value = np.array(value, np.float32)
        elif isinstance(value, (list, tuple)):
            value = np.array(value, np.int64 if all(isinstance(v, int) for v in value) else np.float32)
        if value.dtype == np.float64:
            value = value.astype(np.float32)
        value = np.ascontiguousarray(value)
        key = (value.dtype.str, value.shape, value.tobytes()) if value.nbytes < 4096 else None
        if not name and key in self._cache:
            return self._cache[key]
        self._count += 1
        key = None if name else key
        name = name or f"c{self._count}"
        self.initializers.append(numpy_helper.from_array(value, name))
        if key:
            self._cache[key] = name
        return name

    def __getattr__(self, operator):
        if not operator[0].isupper():
            raise AttributeError(operator)

        def call(*arguments, outputs=1, **attributes):
            names = [a if isinstance(a, str) else self.constant(a) for a in arguments]
            results = []
            for _ in range(outputs):
                self._count += 1
                results.append(f"t{self._count}")
            self.nodes.append(helper.make_node(operator, names, results, **attributes))
            return results[0] if outputs == 1 else results

        return call

    def model(self, name, description):
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8,
                                  producer_name="voice2face")
        model.doc_string = description
        onnx.checker.check_model(model)
        return model
