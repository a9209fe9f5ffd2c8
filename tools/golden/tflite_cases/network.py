"""Convolutions, pools, products, normalisation and recurrence: what networks are made of."""

import numpy as np
import tensorflow as tf

RNG = np.random.default_rng(11)


def weights(*shape):
    return tf.constant(RNG.uniform(-1, 1, shape).astype("float32"))


def conv(strides=1, padding="SAME", dilations=1, kernel=3, channels=3, out=4, end=lambda x: x, groups=1):
    w, b = weights(kernel, kernel, channels // groups, out), weights(out)
    return lambda x: end(tf.nn.conv2d(x, w, strides, padding, dilations=dilations) + b)


def depthwise(strides=1, padding="SAME", multiplier=1, dilations=1):
    w, b = weights(3, 3, 3, multiplier), weights(3 * multiplier)
    return lambda x: tf.nn.depthwise_conv2d(x, w, [1, strides, strides, 1], padding, dilations=[dilations] * 2) + b


def transposed(strides, padding, kernel, output):
    w = weights(kernel, kernel, 2, 3)
    return lambda x: tf.nn.conv2d_transpose(x, w, output, strides, padding)


def dense(units, end=lambda x: x, bias=True):
    def apply(x):
        y = tf.matmul(x, weights(x.shape[-1], units))
        return end(y + weights(units) if bias else y)
    return apply


class Counter(tf.Module):
    def __init__(self, start):
        super().__init__()
        self.total = tf.Variable(tf.constant(start, tf.float32), trainable=False)

    def __call__(self, x):
        return self.total.assign_add(x)


def lstm(**options):
    layer = tf.keras.layers.LSTM(4, return_sequences=True, **options)
    return lambda x: layer(x)


def cases(case):
    image = [1, 7, 6, 3]
    yield case("conv_same", conv(), [image])
    yield case("conv_same_strides", conv(strides=2), [image])
    yield case("conv_valid", conv(padding="VALID", strides=2), [image])
    yield case("conv_dilated", conv(dilations=2), [image])
    yield case("conv_relu6", conv(end=tf.nn.relu6, kernel=1), [image])
    yield case("conv_groups", conv(channels=6, groups=3, out=6), [[1, 5, 5, 6]])
    yield case("conv_batch", conv(end=tf.nn.relu), [[None, 7, 6, 3]], feeds=[[3, 7, 6, 3]])
    yield case("conv_sizes", conv(strides=2), [[1, None, None, 3]], feeds=[[1, 9, 5, 3]])
    yield case("conv_float16", conv(), [image], quantise="float16")
    yield case("conv_3d", lambda x: tf.nn.conv3d(x, weights(2, 2, 2, 3, 4), [1, 1, 2, 1, 1], "SAME"), [[1, 4, 5, 4, 3]])
    yield case("depthwise_same", depthwise(), [image])
    yield case("depthwise_strides", depthwise(strides=2, padding="VALID"), [image])
    yield case("depthwise_multiplier", depthwise(multiplier=2), [image])
    yield case("depthwise_dilated", depthwise(dilations=2), [image])
    yield case("transposed_same", transposed(2, "SAME", 3, [1, 8, 6, 2]), [[1, 4, 3, 3]])
    yield case("transposed_valid", transposed(2, "VALID", 3, [1, 9, 7, 2]), [[1, 4, 3, 3]])
    yield case("transposed_odd", transposed(2, "SAME", 4, [1, 7, 5, 2]), [[1, 4, 3, 3]])
    yield case("transposed_sparse", transposed(3, "VALID", 2, [1, 11, 8, 2]), [[1, 4, 3, 3]])
    for name, pool in (("max", tf.nn.max_pool2d), ("average", tf.nn.avg_pool2d)):
        yield case(f"{name}_pool_same", lambda x, pool=pool: pool(x, 3, 2, "SAME"), [image])
        yield case(f"{name}_pool_valid", lambda x, pool=pool: pool(x, [2, 3], 1, "VALID"), [image])
        yield case(f"{name}_pool_relu", lambda x, pool=pool: tf.nn.relu(pool(x, 2, 2, "SAME")), [image])
    yield case("fully_connected", dense(5), [[2, 7]])
    yield case("fully_connected_relu", dense(5, tf.nn.relu, bias=False), [[1, 7]])
    yield case("fully_connected_batch", dense(5), [[None, 7]], feeds=[[4, 7]])
    yield case("fully_connected_rank3", lambda x: tf.keras.layers.Dense(5)(x), [[2, 3, 7]])
    yield case("fully_connected_float16", dense(40), [[2, 130]], quantise="float16")
    yield case("batch_matmul", tf.matmul, [[2, 3, 4], [2, 4, 5]])
    yield case("batch_matmul_adjoint", lambda a, b: tf.matmul(a, b, adjoint_a=True, adjoint_b=True), [[2, 4, 3], [1, 5, 4]])
    yield case("softmax", tf.nn.softmax, [[3, 5]])
    yield case("softmax_rank4", tf.nn.softmax, [[1, 2, 3, 5]])
    yield case("log_softmax", tf.nn.log_softmax, [[3, 5]])
    yield case("l2_normalization", lambda x: tf.math.l2_normalize(x, -1), [[3, 5]])
    yield case("local_response_normalization", lambda x: tf.nn.local_response_normalization(x, 2, 1.5, 0.3, 0.7), [[1, 3, 3, 7]])
    yield case("layer_norm", lambda x: tf.keras.layers.LayerNormalization()(x), [[2, 5]])
    yield case("embedding_lookup", lambda i: tf.nn.embedding_lookup(weights(6, 3), i), [[4]], dtypes=["int32"], low=0, high=5)
    for options in ({}, {"go_backwards": True}, {"return_state": False, "use_bias": False}):
        name = "_".join(["lstm", *options])
        yield case(name, lambda x, options=options: tf.keras.layers.LSTM(4, return_sequences=True, **options)(x), [[1, 5, 3]])
    yield case("lstm_bidirectional", lambda x: tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(4))(x), [[1, 5, 3]])
    yield case("rnn_unrolled", lambda x: tf.keras.layers.SimpleRNN(4, unroll=True)(x), [[1, 5, 3]])
    yield case("gru_unrolled", lambda x: tf.keras.layers.GRU(4, unroll=True)(x), [[1, 5, 3]])
    zeros, ones = Counter([0.0, 0.0, 0.0]), Counter([1.0, 2.0, 3.0])
    yield case("variable_zeros", lambda x: zeros(x), [[3]], calls=4, variables=zeros)
    yield case("variable_started", lambda x: ones(x), [[3]], calls=4, variables=ones)
    while_loop = lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 1.5), (0, x))[1]  # noqa: E731
    yield case("while", while_loop, [[2, 3]])
