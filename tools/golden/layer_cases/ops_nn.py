"""keras.ops.nn and keras.ops.math as nodes (Keras 3 only)."""

import numpy as np

from . import of_functions

rng = np.random.default_rng(5)
noise = lambda *dims: rng.standard_normal(dims).astype("float32")


def cases(k):
    if not k.v3:
        return
    o = k.ops

    one = of_functions(k, "nn_")

    yield from activations(o, one)
    yield from windows(o, one)
    yield from losses(o, one)
    yield from norms(o, one)
    yield from math(o, one)


def activations(o, one):
    for name in ("relu", "relu6", "sigmoid", "sparse_sigmoid", "softplus", "softsign", "soft_shrink", "sparse_plus", "silu",
                 "squareplus", "log_sigmoid", "leaky_relu", "hard_sigmoid", "hard_silu", "elu", "selu", "gelu", "celu",
                 "tanh_shrink", "hard_tanh", "hard_shrink"):
        yield one(name, getattr(o, name), scale=2.0)
    yield one("glu", lambda x: o.glu(x))
    yield one("glu_axis", lambda x: o.glu(x, axis=1), (4, 3))
    yield one("threshold", lambda x: o.threshold(x, 0.3, -7.0))
    yield one("softmax_axis", lambda x: o.softmax(x, axis=1))
    yield one("softmax_flat", lambda x: o.softmax(x, axis=None), batch=2)
    yield one("softmax_two", lambda x: o.softmax(x, axis=(1, 2)))
    yield one("log_softmax_axis", lambda x: o.log_softmax(x, axis=1))
    yield one("sparsemax", o.sparsemax)
    yield one("sparsemax_axis", lambda x: o.sparsemax(x, axis=1), (5, 2))
    yield one("soft_shrink_given", lambda x: o.soft_shrink(x, 0.2))
    yield one("hard_shrink_given", lambda x: o.hard_shrink(x, 0.2))
    yield one("celu_given", lambda x: o.celu(x, alpha=0.3))
    yield one("elu_given", lambda x: o.elu(x, alpha=0.3))
    yield one("squareplus_given", lambda x: o.squareplus(x, b=1.0))
    yield one("relu_int", lambda x: o.relu(x - 4), (5,), dtype="int32")
    yield one("polar", lambda x: o.polar(x, x), refused="import.unsupported")


def windows(o, one):
    k1, k2, k3 = noise(3, 2, 4), noise(3, 3, 2, 4), noise(2, 2, 2, 2, 3)
    yield one("conv1d", lambda x: o.conv(x, k1, padding="same"), (7, 2))
    yield one("conv2d", lambda x: o.conv(x, k2, strides=2), (7, 6, 2))
    yield one("conv2d_dilated", lambda x: o.conv(x, k2, dilation_rate=2, padding="same"), (7, 6, 2))
    yield one("conv2d_first", lambda x: o.conv(x, k2, data_format="channels_first"), (2, 7, 6))
    yield one("conv2d_groups", lambda x: o.conv(x, k2), (7, 6, 4))
    yield one("conv3d", lambda x: o.conv(x, k3), (4, 5, 3, 2))
    yield one("conv_of_tensor", lambda x, w: o.conv(x, w[0]), (6, 6, 2), (3, 3, 2, 4), batch=1)
    yield one("depthwise1d", lambda x: o.depthwise_conv(x, noise(3, 2, 2), padding="same"), (7, 2))
    yield one("depthwise2d", lambda x: o.depthwise_conv(x, noise(3, 3, 2, 2), strides=2), (7, 6, 2))
    yield one("depthwise2d_dilated", lambda x: o.depthwise_conv(x, noise(3, 3, 2, 1), dilation_rate=2), (7, 6, 2))
    yield one("separable1d", lambda x: o.separable_conv(x, noise(3, 2, 2), noise(1, 4, 3)), (7, 2))
    yield one("separable2d", lambda x: o.separable_conv(x, noise(3, 3, 2, 2), noise(1, 1, 4, 3), padding="same"), (7, 6, 2))
    yield one("conv_transpose1d", lambda x: o.conv_transpose(x, noise(3, 4, 2), strides=2), (5, 2))
    yield one("conv_transpose2d",
              lambda x: o.conv_transpose(x, noise(3, 3, 4, 2), strides=2, padding="same"), (4, 5, 2))
    yield one("conv_transpose2d_wide", lambda x: o.conv_transpose(x, noise(2, 2, 4, 2), strides=3), (4, 5, 2))
    for kind in ("max", "average"):
        f = getattr(o, f"{kind}_pool")
        yield one(f"{kind}_pool1d", lambda x, f=f: f(x, 2), (7, 2))
        yield one(f"{kind}_pool2d", lambda x, f=f: f(x, (2, 3), strides=1, padding="same"), (7, 6, 2))
        yield one(f"{kind}_pool2d_first", lambda x, f=f: f(x, 2, data_format="channels_first"), (2, 7, 6))
        yield one(f"{kind}_pool3d", lambda x, f=f: f(x, 2), (4, 5, 3, 2))
        g = getattr(o, f"adaptive_{kind}_pool")
        yield one(f"adaptive_{kind}1d", lambda x, g=g: g(x, 3, data_format="channels_last"), (7, 2))
        yield one(f"adaptive_{kind}2d", lambda x, g=g: g(x, (3, 2), data_format="channels_last"), (8, 5, 2))
        yield one(f"adaptive_{kind}2d_first", lambda x, g=g: g(x, 3, data_format="channels_first"), (2, 7, 6))
    yield one("unfold", lambda x: o.unfold(x, 2), (3, 5, 4), batch=2)
    yield one("unfold_all", lambda x: o.unfold(x, (2, 3), dilation=(2, 1), padding=1, stride=(1, 2)), (3, 6, 5), batch=2)
    yield one("fold", lambda x: o.fold(x, (4, 5), 2), (12, 12), batch=2)
    yield one("fold_all", lambda x: o.fold(x, (5, 6), (2, 3), padding=1, stride=2), (12, 9), batch=2)
    yield one("depth_to_space", lambda x: o.depth_to_space(x, 2), (3, 4, 8))
    yield one("space_to_depth", lambda x: o.space_to_depth(x, 2), (4, 6, 3))
    yield one("depth_to_space_first", lambda x: o.depth_to_space(x, 2, data_format="channels_first"), (8, 3, 4))


def losses(o, one):
    pair = ((4,), (4,))
    share = lambda x: o.softmax(x)
    yield one("binary_crossentropy", lambda a, b: o.binary_crossentropy(o.sigmoid(a), o.sigmoid(b) * 0.9 + 0.01), *pair)
    yield one("binary_crossentropy_logits", lambda a, b: o.binary_crossentropy(o.sigmoid(a), b, from_logits=True), *pair)
    yield one("categorical_crossentropy", lambda a, b: o.categorical_crossentropy(share(a), share(b) * 1.0), *pair)
    yield one("categorical_crossentropy_logits",
              lambda a, b: o.categorical_crossentropy(share(a), b, from_logits=True), *pair)
    ids = dict(dtype=["int32", "float32"], high=4)
    yield one("sparse_crossentropy", lambda a, b: o.sparse_categorical_crossentropy(a, share(b) * 1.0), (), (4,), **ids)
    yield one("sparse_crossentropy_logits",
              lambda a, b: o.sparse_categorical_crossentropy(a, b, from_logits=True), (3,), (3, 4), **ids)
    yield one("psnr", lambda a, b: o.psnr(a, b, 2.0), *pair)
    yield one("one_hot_axis", lambda x: o.one_hot(x, 5, axis=1), (4,), dtype="int32")
    yield one("one_hot_int", lambda x: o.one_hot(x, 5, dtype="int32"), (4,), dtype="int32")
    yield one("one_hot_bool", lambda x: o.one_hot(x, 5, dtype="bool"), (4,), dtype="int32")
    yield one("multi_hot", lambda x: o.multi_hot(x, 6), (4,), dtype="int32")


def norms(o, one):
    v4 = noise(4)
    positive = np.abs(v4) + 0.1
    yield one("batch_normalization", lambda x: o.batch_normalization(x, v4, positive, axis=-1, offset=v4, scale=positive))
    yield one("batch_normalization_axis", lambda x: o.batch_normalization(x, v4, positive, axis=1, epsilon=0.01), (4, 3))
    yield one("layer_normalization", lambda x: o.layer_normalization(x))
    yield one("layer_normalization_all", lambda x: o.layer_normalization(x, gamma=v4, beta=v4, epsilon=1e-3))
    yield one("layer_normalization_axis", lambda x: o.layer_normalization(x, gamma=v4, axis=1), (4, 3))
    yield one("rms_normalization", lambda x: o.rms_normalization(x, scale=v4))
    yield one("rms_normalization_two", lambda x: o.rms_normalization(x, axis=(1, 2)))
    yield one("normalize", lambda x: o.normalize(x, axis=1))
    yield one("normalize_one", lambda x: o.normalize(x, axis=-1, order=1))
    yield one("normalize_three", lambda x: o.normalize(x, axis=-1, order=3))
    yield one("moments", lambda x: o.moments(x, axes=[1]))
    yield one("moments_keepdims", lambda x: o.moments(x, axes=[1, 2], keepdims=True))
    heads = ((4, 2, 3), (5, 2, 3), (5, 2, 3))
    yield one("attention_causal", lambda q, a, v: o.dot_product_attention(q, a, v, is_causal=True), *heads)
    yield one("attention_scale", lambda q, a, v: o.dot_product_attention(q, a, v, scale=0.3), *heads)
    yield one("attention_mask", lambda q, a, v, m: o.dot_product_attention(q, a, v, mask=m), *heads, (2, 4, 5),
              dtype=["float32"] * 3 + ["bool"])
    yield one("attention_bias", lambda q, a, v, b: o.dot_product_attention(q, a, v, bias=b), *heads, (2, 4, 5))
    yield one("attention_bias_mask", lambda q, a, v, b: o.dot_product_attention(q, a, v, bias=b, mask=b > 0.0), *heads,
              (2, 4, 5))
    yield one("attention_groups", o.dot_product_attention, (4, 4, 3), (5, 2, 3), (5, 2, 3))


def math(o, one):
    ids = np.array([0, 2, 0, 1, -1, 2], "int32")
    for name in ("sum", "max", "min", "prod"):
        f = getattr(o, f"segment_{name}", None)
        if f:
            yield one(f"segment_{name}", lambda x, f=f: f(x, ids, num_segments=4), (3,), batch=6)
            yield one(f"segment_{name}_int", lambda x, f=f: f(x, np.abs(ids), num_segments=4), (3,), batch=6, dtype="int32")
    yield one("segment_sum_open", lambda x: o.segment_sum(x, ids), (3,), batch=6, refused="import.unsupported")
    yield one("top_k", lambda x: o.top_k(x, 3))
    yield one("in_top_k", lambda a, b: o.in_top_k(a, b, 2), (), (5,), dtype=["int32", "float32"], high=5)
    yield one("logsumexp_two", lambda x: o.logsumexp(x, axis=(1, 2)))
    yield one("erfinv", lambda x: o.erfinv(o.tanh(x)))
    yield one("erfc", o.erfc if hasattr(o, "erfc") else o.erf)
    yield one("rsqrt", lambda x: o.rsqrt(o.abs(x) + 0.2))
    yield one("cdist", lambda a, b: o.cdist(a, b) if hasattr(o, "cdist") else a, (3, 4), (5, 4))
    for order in (1, 2, 3, 0.5, np.inf, -np.inf, 0):
        yield one(f"norm_vector_{order}", lambda x, n=order: o.norm(x, ord=n, axis=-1))
    for order in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
        yield one(f"norm_matrix_{order}", lambda x, n=order: o.norm(x, ord=n, axis=(1, 2), keepdims=order == 1))
    yield one("norm_all", lambda x: o.norm(x), (4,), batch=2)
