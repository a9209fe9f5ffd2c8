"""Quantised networks and operators: int8, uint8 at the ends, 16-bit activations, and dynamic range.

Every case ends in integers or in what is dequantised from them, so nothing may differ but where it is said.
"""

import numpy as np
import tensorflow as tf

RNG = np.random.default_rng(23)
FUNCTIONS = {
    "logistic": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu, "relu6": tf.nn.relu6, "elu": tf.nn.elu,
    "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.3), "gelu": tf.nn.gelu, "abs": tf.abs, "exp": tf.exp,
    "hard_swish": lambda x: x * tf.nn.relu6(x + 3) / 6, "softmax": tf.nn.softmax, "log_softmax": tf.nn.log_softmax,
    "l2_normalization": lambda x: tf.math.l2_normalize(x, -1),
    "relu_n1_to_1": lambda x: tf.minimum(tf.maximum(x, -1.0), 1.0),
    "mean": lambda x: tf.reduce_mean(x, [1, 2]), "mean_keep": lambda x: tf.reduce_mean(x, 3, keepdims=True),
    "reduce_max": lambda x: tf.reduce_max(x, 1), "reduce_min": lambda x: tf.reduce_min(x, [1, 2]),
    "average_pool": lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"),
    "average_pool_relu": lambda x: tf.nn.relu(tf.nn.avg_pool2d(x, 2, 1, "VALID")),
    "max_pool": lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"),
    "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    "pad_with": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], constant_values=0.5),
    "resize_bilinear": lambda x: tf.image.resize(x, [9, 5]),
    "resize_bilinear_asymmetric": lambda x: tf.compat.v1.image.resize_bilinear(x, [10, 3]),
    "resize_nearest": lambda x: tf.image.resize(x, [9, 5], "nearest"),
    "arg_max": lambda x: tf.argmax(x, -1, output_type=tf.int32),
    "transpose": lambda x: tf.transpose(x, [0, 2, 1, 3]),
    "slices": lambda x: x[:, 1::2, ::-1, :2], "split": lambda x: tf.split(x, 2, 1)[1],
    "space_to_depth": lambda x: tf.nn.space_to_depth(x, 2), "depth_to_space": lambda x: tf.nn.depth_to_space(x, 2),
    "gather": lambda x: tf.gather(x, [2, 0, 2], axis=2), "unpack": lambda x: tf.unstack(x, axis=1)[2],
}
PAIRS = {
    "add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "div": lambda a, b: a / (tf.abs(b) + 1.0),
    "maximum": tf.maximum, "minimum": tf.minimum, "squared_difference": tf.math.squared_difference,
    "concat": lambda a, b: tf.concat([a, tf.exp(b)], -1), "pack": lambda a, b: tf.stack([a, b], 1),
    "add_relu": lambda a, b: tf.nn.relu(a + b), "mul_relu6": lambda a, b: tf.nn.relu6(a * b),
    "less": tf.less, "greater_equal": tf.greater_equal, "equal": tf.equal,
    "matmul": lambda a, b: tf.matmul(a, b, transpose_b=True),
}


def weights(*shape):
    return tf.constant(RNG.uniform(-1, 1, shape).astype("float32"))


def conv(kernel=3, channels=4, out=5, strides=1, padding="SAME", dilations=1, end=lambda x: x, groups=1):
    w, b = weights(kernel, kernel, channels // groups, out), weights(out)
    return lambda x: end(tf.nn.conv2d(x, w, strides, padding, dilations=dilations) + b)


def depthwise(multiplier=1, strides=1, padding="SAME", dilations=1, end=lambda x: x):
    w, b = weights(3, 3, 4, multiplier), weights(4 * multiplier)
    return lambda x: end(tf.nn.depthwise_conv2d(x, w, [1, strides, strides, 1], padding, dilations=[dilations] * 2) + b)


def dense(inputs, units, end=lambda x: x):
    w, b = weights(inputs, units), weights(units)
    return lambda x: end(tf.matmul(x, w) + b)


def transposed(strides, padding, kernel, output):
    w = weights(kernel, kernel, 2, 4)
    return lambda x: tf.nn.conv2d_transpose(x, w, output, strides, padding)


def prelu(x):
    slope = tf.constant([0.2, -0.1, 0.5, 1.5])
    return tf.keras.layers.PReLU(alpha_initializer=lambda s, dtype=None: slope[None, None], shared_axes=[1, 2])(x)


def block(x, first, second, last):
    """An inverted residual and a classifier."""
    x = x + first(tf.nn.relu6(second(x)))
    return tf.nn.softmax(last(tf.reshape(tf.reduce_mean(x, [1, 2]), [-1, 4])))


LINEAR = {
    "conv_same": conv(strides=2), "conv_valid_relu": conv(padding="VALID", end=tf.nn.relu),
    "conv_dilated_relu6": conv(dilations=2, end=tf.nn.relu6), "conv_1x1": conv(kernel=1, out=17),
    "conv_relu_n1_to_1": conv(end=lambda x: tf.minimum(tf.maximum(x, -1.0), 1.0)),
    "conv_groups": conv(groups=2, out=6), "depthwise": depthwise(), "depthwise_relu6": depthwise(strides=2, end=tf.nn.relu6),
    "depthwise_multiplier": depthwise(multiplier=2, padding="VALID"), "depthwise_dilated": depthwise(dilations=2),
    "transpose_conv_same": transposed(2, "SAME", 3, [1, 12, 8, 2]),
    "transpose_conv_valid": transposed(2, "VALID", 3, [1, 13, 9, 2]), "prelu": prelu,
}


def cases(case):
    image = [1, 6, 4, 4]
    for kind in ("int8", "int16x8"):
        for name, function in {**LINEAR, **FUNCTIONS}.items():
            yield case(f"{name}_{kind}", function, [image], quantise=kind)
        for name, function in PAIRS.items():
            yield case(f"{name}_{kind}", function, [image, image], quantise=kind)
        yield case(f"add_broadcast_{kind}", tf.add, [image, [4]], quantise=kind)
        yield case(f"mul_broadcast_{kind}", tf.multiply, [image, [6, 1, 4]], quantise=kind)
        yield case(f"fully_connected_{kind}", dense(40, 9), [[3, 40]], quantise=kind)
        yield case(f"fully_connected_relu_{kind}", dense(7, 33, tf.nn.relu), [[2, 3, 7]], quantise=kind)
        last = dense(4, 6)
        residual = conv(kernel=1, out=4), depthwise(), last
        for ends in ("uint8_io", "int8_float_io") if kind == "int8" else ("int16x8",):
            yield case(f"block_{ends}", lambda x, parts=residual: block(x, *parts), [image], quantise=ends)
    for name in ("conv_same", "conv_dilated_relu6", "depthwise_relu6", "depthwise_multiplier"):
        wide = conv(strides=2, out=80, channels=4) if name == "conv_same" else LINEAR[name]
        yield case(f"{name}_dynamic", wide, [[2, 6, 4, 4]], quantise="dynamic")
    yield case("fully_connected_dynamic", dense(130, 40, tf.nn.relu), [[3, 130]], quantise="dynamic")
