"""TensorFlow's own operators that a file carries along, and those that are refused by name; products in dynamic range."""

import itertools

import numpy as np
import tensorflow as tf

from tflite_model import one_operator, options, tensor

RNG = np.random.default_rng(29)
RAW = tf.raw_ops
UNARY = {
    "atan": (tf.atan, -3, 3), "cosh": (tf.cosh, -2, 2), "sinh": (tf.sinh, -2, 2), "tan": (tf.tan, -1.3, 1.3),
    "erf": (tf.math.erf, -3, 3), "expm1": (tf.math.expm1, -2, 2), "log1p": (tf.math.log1p, -0.5, 4),
    "lgamma": (tf.math.lgamma, 0.2, 5), "selu": (tf.nn.selu, -2, 2), "softplus": (tf.nn.softplus, -3, 3),
    "softsign": (tf.nn.softsign, -3, 3), "reciprocal": (tf.math.reciprocal, 0.3, 3), "rint": (tf.math.rint, -4, 4),
}


def product(asymmetric, adjoint, channels):
    """Rows of floats times one matrix of int8."""
    w = tensor(data=RNG.integers(-127, 128, (1, 4, 9) if adjoint else (1, 9, 4)).astype(np.int8),
               scale=list(RNG.uniform(0.001, 0.02, 4)) if channels else 0.011, axis=1 if adjoint else 2)
    words = options("BatchMatMulOptions", adjY=adjoint, asymmetricQuantizeInputs=asymmetric)
    return one_operator("BATCH_MATMUL", words, [tensor((2, 3, 9), "float32"), w], [tensor((2, 3, 4), "float32")], version=3)


def product_of_blocks(bias):
    """Rows of floats times int4 with a scale for each 32 of a row."""
    scales = tensor(data=RNG.uniform(0.01, 0.1, (6, 2)).astype(np.float16))
    w = tensor(data=RNG.integers(-8, 8, (6, 64)).astype(np.int8), dtype="int4", blocks=(32, scales))
    b = [tensor(data=RNG.uniform(-1, 1, 6).astype("float32"))] if bias else [None]
    words = options("FullyConnectedOptions", asymmetricQuantizeInputs=True)  # its kernel forgets a fused activation
    return one_operator("FULLY_CONNECTED", words, [tensor((3, 64), "float32"), w, *b], [tensor((3, 6), "float32")], version=13)


def cases(case):
    for name, (function, low, high) in UNARY.items():
        yield case(name, function, [[3, 4]], low=low, high=high, flex=True)
    yield case("div_no_nan", tf.math.divide_no_nan, [[3, 4], [4]], flex=True,
               feeds=[[3, 4], np.asarray([0, 1, -2, 0], "float32")])
    yield case("multiply_no_nan", tf.math.multiply_no_nan, [[3, 4], [4]], flex=True,
               feeds=[[3, 4], np.asarray([0, 1, -2, 0], "float32")])
    yield case("truncate_div", lambda a, b: RAW.TruncateDiv(x=a, y=b), [[4], [4]], ["int32"] * 2, flex=True,
               feeds=[np.asarray([-7, 7, 9, -9], "int32"), np.asarray([2, -2, 4, 3], "int32")])
    yield case("refused_by_name", lambda x: tf.linalg.inv(x), [[3, 3]], flex=True, refused="import.unsupported")
    yield case("random_uniform", lambda x: x + tf.random.uniform([3]), [[3]], refused="import.unsupported")
    yield case("where", lambda x: tf.where(x > 0), [[3]], refused="import.unsupported")
    for asymmetric, adjoint, channels in itertools.product((False, True), (False, True), (False, True)):
        name = f"batch_matmul_dynamic_{asymmetric}_{adjoint}_{channels}".lower()
        yield case(name, None, [[2, 3, 9]], model=product(asymmetric, adjoint, channels))
    for bias in (False, True):
        yield case(f"fully_connected_int4_blocks_{bias}".lower(), None, [[3, 64]], kernels="WITHOUT_DEFAULT_DELEGATES",
                   model=product_of_blocks(bias))
