"""Functions of one, two and three elements."""

import numpy as np
import tensorflow as tf

UNARY = {
    "abs": tf.abs, "neg": tf.negative, "sign": tf.sign, "square": tf.square, "exp": tf.exp, "sin": tf.sin,
    "cos": tf.cos, "floor": tf.floor, "ceil": tf.math.ceil, "round": tf.round, "logistic": tf.sigmoid, "tanh": tf.tanh,
    "relu": tf.nn.relu, "relu6": tf.nn.relu6, "elu": tf.nn.elu, "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.3),
    "hard_swish": lambda x: x * tf.nn.relu6(x + 3) / 6, "gelu": tf.nn.gelu,
    "gelu_approximate": lambda x: tf.nn.gelu(x, approximate=True), "zeros_like": tf.zeros_like,
    "relu_n1_to_1": lambda x: tf.minimum(tf.maximum(x, -1.0), 1.0),
    "fake_quant": lambda x: tf.quantization.fake_quant_with_min_max_args(x, -1, 1.5),
}
POSITIVE = {"sqrt": tf.sqrt, "rsqrt": tf.math.rsqrt, "log": tf.math.log}
BINARY = {
    "add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "div": tf.divide, "maximum": tf.maximum,
    "minimum": tf.minimum, "squared_difference": tf.math.squared_difference, "atan2": tf.math.atan2,
    "floor_div": tf.math.floordiv, "floor_mod": tf.math.floormod,
}
COMPARE = {"equal": tf.equal, "not_equal": tf.not_equal, "less": tf.less, "less_equal": tf.less_equal,
           "greater": tf.greater, "greater_equal": tf.greater_equal}
LOGIC = {"logical_and": tf.logical_and, "logical_or": tf.logical_or}


def cases(case):
    for name, function in UNARY.items():
        yield case(name, function, [[2, 3, 5]])
    for name, function in POSITIVE.items():
        yield case(name, function, [[2, 3, 5]], low=0.1, high=4)
    for name, function in BINARY.items():
        yield case(name, function, [[2, 3, 5], [2, 3, 5]])
        yield case(f"{name}_broadcast", function, [[2, 3, 5], [3, 1]])
    for name in ("add", "sub", "mul", "maximum", "minimum", "floor_div", "floor_mod"):
        yield case(f"{name}_int32", BINARY[name], [[4, 5], [4, 5]], dtypes=["int32"] * 2, low=1, high=9)
    yield case("div_int32", lambda a, b: tf.cast(tf.truncatediv(a, b), "int32"), [[4, 5], [4, 5]], dtypes=["int32"] * 2,
               low=1, high=9)
    yield case("pow", tf.pow, [[2, 5], [2, 5]], low=0.2, high=3)
    yield case("add_relu", lambda a, b: tf.nn.relu(a + b), [[2, 5], [2, 5]])
    yield case("mul_relu6", lambda a, b: tf.nn.relu6(a * b), [[2, 5], [2, 5]], low=-4, high=4)
    for name, function in COMPARE.items():
        yield case(name, function, [[4, 5], [5]], dtypes=["int32"] * 2)
        yield case(f"{name}_float", function, [[4, 5], [4, 1]])
    for name, function in LOGIC.items():
        yield case(name, function, [[4, 5], [5]], dtypes=["bool"] * 2)
    yield case("logical_not", tf.logical_not, [[4, 5]], dtypes=["bool"])
    yield case("bitwise_xor", tf.bitwise.bitwise_xor, [[4, 5], [4, 5]], dtypes=["int32"] * 2, low=0, high=99)
    yield case("right_shift", tf.bitwise.right_shift, [[4, 5], [4, 5]], dtypes=["int32"] * 2, low=0, high=9)
    yield case("add_n", lambda a, b, c: tf.add_n([a, b, c]), [[3, 4]] * 3)
    yield case("select_v2", tf.where, [[4, 5], [4, 5], [5]], dtypes=["bool", "float32", "float32"])
    yield case("prelu", lambda x: tf.keras.layers.PReLU(alpha_initializer=tf.constant_initializer(0.2))(x), [[1, 3, 4, 2]])
    for to in ("int32", "int64", "bool", "float16", "uint8", "int8"):
        yield case(f"cast_{to}", lambda x, to=to: tf.cast(tf.cast(x, to), "float32"), [[3, 4]], low=0, high=5)
    yield case("dynamic_batch", lambda a, b: a * 2.0 + b, [[None, 3], [None, 3]], feeds=[[4, 3], [4, 3]])
    yield case("dynamic_size", lambda a: tf.tanh(a) + 1.0, [[None, None, 3]], feeds=[[2, 5, 3]])
    yield case("special_values", lambda a: tf.nn.relu(a) + tf.abs(a), [[5]],
               feeds=[np.asarray([np.nan, np.inf, -np.inf, -0.0, 1], "float32")])
