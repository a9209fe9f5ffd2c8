"""Keras layers rewritten in the form in which engines look for them, before they become ONNX.

The converter takes GELU, LayerNormalization and attention to pieces (Einsum to shapes computed at run time, means to
pooling) that no engine puts together again. What PyTorch's exports look like, they all recognise.
"""

import math

import tensorflow as tf


def layers(model):
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from layers(layer)


def _gelu(x):
    return 0.5 * x * (1 + tf.math.erf(x / math.sqrt(2)))


def _normalised(layer):
    def call(x):
        centred = x - tf.reduce_mean(x, -1, keepdims=True)
        variance = tf.reduce_mean(tf.square(centred), -1, keepdims=True)
        return centred / tf.sqrt(variance + layer.epsilon) * layer.gamma + layer.beta
    return call


def _dense(layer):
    def call(x):
        return layer.activation(tf.matmul(x, layer.kernel) + layer.bias)
    return call


def _attention(layer):
    """Self-attention on (batch, length, width), without masks: as the benchmarks' networks have it."""
    heads, size = layer._num_heads, layer._key_dim

    def project(x, dense):
        width = heads * size
        y = tf.matmul(x, tf.reshape(dense.kernel, (-1, width))) + tf.reshape(dense.bias, (width,))
        return tf.transpose(tf.reshape(y, (x.shape[0], x.shape[1], heads, size)), (0, 2, 1, 3))

    def call(query, value, **_):
        q, k, v = (project(x, dense) for x, dense in ((query, layer._query_dense), (value, layer._key_dense),
                                                      (value, layer._value_dense)))
        scores = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / math.sqrt(size))
        mixed = tf.reshape(tf.transpose(tf.matmul(scores, v), (0, 2, 1, 3)), (*query.shape[:2], heads * size))
        dense = layer._output_dense
        return tf.matmul(mixed, tf.reshape(dense.kernel, (heads * size, -1))) + dense.bias
    return call


def rewrite(model):
    for layer in layers(model):
        kind = type(layer).__name__
        if getattr(getattr(layer, "activation", None), "__name__", "") == "gelu":
            layer.activation = _gelu
        if kind == "LayerNormalization":
            layer.call = _normalised(layer)
        elif kind == "Dense" and len(layer.input_shape) > 2:
            layer.call = _dense(layer)
        elif kind == "MultiHeadAttention":
            layer.call = _attention(layer)
