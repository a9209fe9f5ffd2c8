"""TensorFlow calls as nodes of a Keras 2 functional model: TFOpLambda and SlicingOpLambda."""

import numpy as np

from . import of_functions


def cases(k):
    if k.v3:
        return
    tf = k.tf

    one = of_functions(k, "tf_")

    pair = ((3, 4), (3, 4))
    yield one("add", lambda a, b: a + b, *pair)
    yield one("add_constant", lambda x: x + 1.5)
    yield one("add_constant_array", lambda x: x + np.array([1.0, 2.0, 3.0, 4.0], "float32"))
    yield one("subtract_from", lambda x: 1.0 - x)
    yield one("multiply", tf.multiply, *pair)
    yield one("multiply_constant", lambda x: x * 2.0)
    yield one("divide", lambda a, b: a / (b * b + 1.0), *pair)
    yield one("truediv_constant", lambda x: x / 127.5)
    yield one("divide_of", lambda x: 1.0 / (tf.abs(x) + 1.0))
    yield one("power", lambda x: tf.abs(x) ** 1.5)
    yield one("floordiv", lambda x: x // 0.3)
    yield one("mod", lambda x: x % 0.7)
    yield one("negative", lambda x: -x)
    yield one("matmul", lambda a, b: a @ b, (3, 4), (4, 5))
    yield one("matmul_transposed", lambda a, b: tf.matmul(a, b, transpose_b=True), (3, 4), (5, 4))
    yield one("einsum", lambda a, b: tf.einsum("bij,bkj->bik", a, b), (3, 4), (5, 4),
              refused="import.unsupported", note="tf_keras itself loses the operands when it saves")
    for name in ("maximum", "minimum", "math.squared_difference"):
        yield one(name.replace("math.", ""), getattr(tf.math, name.replace("math.", "")), *pair)
    for name in ("abs", "exp", "floor", "ceil", "round", "sign", "sin", "cos", "tanh", "sigmoid", "square",
                 "softplus", "erf", "expm1"):
        yield one(name, getattr(tf.math, name))
    for name in ("relu", "relu6", "selu", "elu", "swish", "gelu", "softmax", "log_softmax", "leaky_relu"):
        yield one(f"nn_{name}", getattr(tf.nn, name))
    yield one("nn_leaky_relu_alpha", lambda x: tf.nn.leaky_relu(x, alpha=0.1))
    yield one("nn_gelu_approximate", lambda x: tf.nn.gelu(x, approximate=True))
    yield one("nn_l2_normalize", lambda x: tf.nn.l2_normalize(x, axis=-1))
    for name in ("sqrt", "log", "rsqrt", "log1p", "reciprocal"):
        yield one(name, lambda x, f=getattr(tf.math, name): f(tf.abs(x) + 0.1))
    for name in ("mean", "sum", "max", "min", "prod"):
        f = getattr(tf, f"reduce_{name}")
        yield one(f"reduce_{name}_last", lambda x, f=f: f(x, axis=-1))
        yield one(f"reduce_{name}_keepdims", lambda x, f=f: f(x, axis=[1, 2], keepdims=True))
    yield one("reduce_variance", lambda x: tf.math.reduce_variance(x, axis=-1))
    yield one("reduce_logsumexp", lambda x: tf.reduce_logsumexp(x, axis=-1))
    yield one("norm", lambda x: tf.norm(x, axis=-1, keepdims=True))
    yield one("argmax", lambda x: tf.argmax(x, axis=-1))
    yield one("cumsum", lambda x: tf.cumsum(x, axis=1))
    yield one("cumsum_exclusive_reverse", lambda x: tf.cumsum(x, axis=1, exclusive=True, reverse=True))
    yield one("reshape", lambda x: tf.reshape(x, (-1, 2, 6)))
    yield one("reshape_by_shape", lambda x: tf.reshape(x, (tf.shape(x)[0], -1)))
    yield one("transpose", lambda x: tf.transpose(x, [0, 2, 1]))
    yield one("expand_dims", lambda x: tf.expand_dims(x, -1))
    yield one("squeeze", lambda x: tf.squeeze(x, axis=2), (3, 1, 4))
    yield one("concat", lambda a, b: tf.concat([a, b], axis=1), (3, 4), (2, 4))
    yield one("stack", lambda a, b: tf.stack([a, b], axis=1), *pair)
    yield one("split", lambda x: tf.split(x, 2, axis=-1))
    yield one("split_sizes", lambda x: tf.split(x, [1, 3], axis=-1))
    yield one("unstack", lambda x: tf.unstack(x, axis=1))
    yield one("tile", lambda x: tf.tile(x, [1, 2, 3]))
    yield one("repeat", lambda x: tf.repeat(x, 3, axis=1))
    yield one("pad", lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1]]))
    yield one("pad_reflect", lambda x: tf.pad(x, [[0, 0], [1, 1], [2, 1]], mode="REFLECT"))
    yield one("reverse", lambda x: tf.reverse(x, [1]))
    yield one("clip_by_value", lambda x: tf.clip_by_value(x, -0.5, 0.8))
    yield one("where", lambda a, b: tf.where(a > b, a, b * 2.0), *pair)
    for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
        yield one(name, lambda a, b, f=getattr(tf.math, name): f(tf.round(a), tf.round(b)), *pair)
    yield one("logical_and", lambda a, b: tf.logical_and(a > 0.0, b > 0.0), *pair)
    yield one("cast_bool", lambda x: tf.cast(x > 0.0, tf.float32))
    yield one("cast_to_int", lambda x: tf.cast(x * 3.0, tf.int32))
    yield one("one_hot", lambda x: tf.one_hot(x, 10), (4,), dtype="int32")
    yield one("gather", lambda x: tf.gather(x, [2, 0, 1], axis=1))
    yield one("top_k", lambda x: tf.math.top_k(x, 2))
    yield one("slice_range", lambda x: x[:, 1:3])
    yield one("slice_last", lambda x: x[:, -1])
    yield one("slice_last_axis", lambda x: x[..., 0])
    yield one("slice_step", lambda x: x[:, ::2, 1::2])
    yield one("slice_negative_step", lambda x: x[:, ::-1])
    yield one("slice_new_axis", lambda x: x[:, tf.newaxis, :, 2])
    yield one("strided_slice", lambda x: tf.strided_slice(x, [0, 0, 1], [2, 3, 4], [1, 2, 1]))
    yield one("image_resize", lambda x: tf.image.resize(x, (6, 8)), (4, 5, 2))
    yield one("image_resize_nearest", lambda x: tf.image.resize(x, (6, 8), method="nearest"), (4, 5, 2))
    yield one("v1_resize_bilinear", lambda x: tf.compat.v1.image.resize_bilinear(x, (6, 8)), (4, 5, 2))
    yield one("v1_resize_align_corners",
              lambda x: tf.compat.v1.image.resize_bilinear(x, (6, 8), align_corners=True), (4, 5, 2))
    yield one("depth_to_space", lambda x: tf.nn.depth_to_space(x, 2), (3, 4, 8))
    yield one("space_to_depth", lambda x: tf.nn.space_to_depth(x, 2), (4, 6, 3))
    yield one("max_pool", lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), (5, 6, 2))
    yield one("avg_pool", lambda x: tf.nn.avg_pool2d(x, 3, 2, "SAME"), (5, 6, 2))
    yield one("hand_made_norm", lambda x: (x - tf.reduce_mean(x, -1, keepdims=True)) / tf.sqrt(
        tf.math.reduce_variance(x, -1, keepdims=True) + 1e-5))
    yield one("squeeze_excite", lambda x: x * tf.sigmoid(tf.reduce_mean(x, axis=[1, 2], keepdims=True)), (4, 4, 3))
    yield one("ones_like", lambda x: tf.ones_like(x) - x)
