"""A Keras model as an ONNX file that the peers can make the most of, with the batch fixed.

tf2onnx alone would hand them less than a careful user does (see known_forms.py), and matrices of hundreds of megabytes
take it tens of gigabytes: large ones travel around the converter instead of through it.
"""

import math

import onnx
import tensorflow as tf
import tf2onnx
import tf2onnx.optimizer
from onnx import numpy_helper

import known_forms

LARGE = 1 << 20  # elements


def _large(model):
    """[(layer, attribute, value)] of matrices that would be too much for the converter."""
    names = {"Dense": "kernel", "Embedding": "embeddings"}
    kinds = [(layer, type(layer).__name__) for layer in known_forms.layers(model)]
    found = [(layer, names[kind]) for layer, kind in kinds if kind in names]
    return [(layer, name, getattr(layer, name).numpy()) for layer, name in found
            if math.prod(getattr(layer, name).shape) >= LARGE]


def _without_pools():
    """Means over words are no pooling: as such no engine recognises them."""
    tf2onnx.optimizer._optimizers.pop("global_pool_optimizer", None)


def save(model, x, file):
    """Changes the model on its way: nothing else is to be done with it afterwards."""
    known_forms.rewrite(model)
    if x.ndim < 4:
        _without_pools()
    large = _large(model)
    specs = [tf.TensorSpec(x.shape, x.dtype, name="x")]
    specs += [tf.TensorSpec(value.shape, value.dtype, name=f"w{i}") for i, (_, _, value) in enumerate(large)]

    def function(x, *values):
        for (layer, name, _), value in zip(large, values):
            setattr(layer, name, value)
        return model(x, training=False)

    proto, _ = tf2onnx.convert.from_function(tf.function(function, autograph=False), input_signature=specs, opset=17)
    fed = [i for i in proto.graph.input if i.name == "x"]  # constants that the function captured leave inputs behind
    del proto.graph.input[:]
    proto.graph.input.extend(fed)
    for i, (_, _, value) in enumerate(large):
        proto.graph.initializer.append(numpy_helper.from_array(value, f"w{i}"))
    onnx.save(proto, file)
