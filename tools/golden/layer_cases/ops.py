"""keras.ops as nodes of a functional model (Keras 3 only)."""

import numpy as np

from . import Case


def cases(k):
    if not k.v3:
        return
    o = k.ops

    def one(name, f, *shapes, dtype=None, **more):
        def build():
            inputs = [k.Input(shape, dtype=dtype) for shape in (shapes or ((3, 4),))]
            return k.Model(inputs if len(inputs) > 1 else inputs[0], f(*inputs))
        return Case(f"op_{name}", build, **more)

    pair = ((3, 4), (3, 4))
    yield one("add", lambda a, b: a + b, *pair)
    yield one("add_constant", lambda x: x + 1.5)
    yield one("add_constant_array", lambda x: x + np.array([1.0, 2.0, 3.0, 4.0], "float32"))
    yield one("subtract", lambda a, b: a - b, *pair)
    yield one("subtract_from", lambda x: 1.0 - x)
    yield one("multiply", lambda a, b: a * b, *pair)
    yield one("multiply_constant", lambda x: 2.0 * x)
    yield one("divide", lambda a, b: a / (b * b + 1.0), *pair)
    yield one("divide_constant", lambda x: x / 255.0)
    yield one("divide_of", lambda x: 1.0 / (o.abs(x) + 1.0))
    yield one("power", lambda x: o.abs(x) ** 1.5)
    yield one("square_by_power", lambda x: x**2)
    yield one("floor_divide", lambda x: x // 0.3)
    yield one("mod", lambda x: x % 0.7)
    yield one("negative", lambda x: -x)
    yield one("matmul", lambda a, b: a @ b, (3, 4), (4, 5))
    yield one("matmul_4d", o.matmul, (2, 3, 4), (2, 4, 5))
    yield one("einsum", lambda a, b: o.einsum("bij,bkj->bik", a, b), (3, 4), (5, 4))
    yield one("dot_product", lambda a, b: o.sum(a * b, axis=-1), *pair)
    for name in ("maximum", "minimum"):
        yield one(name, getattr(o, name), *pair)
    for name in ("abs", "exp", "floor", "ceil", "round", "sign", "sin", "cos", "tanh", "sigmoid", "relu", "square",
                 "silu", "softplus", "log_softmax", "softmax", "elu", "relu6", "hard_sigmoid", "expm1", "arctan"):
        yield one(name, getattr(o, name))
    yield one("gelu_exact", lambda x: o.gelu(x, approximate=False))
    yield one("gelu_approximate", lambda x: o.gelu(x, approximate=True))
    yield one("leaky_relu", lambda x: o.leaky_relu(x, negative_slope=0.3))
    yield one("erf", o.erf)
    for name in ("sqrt", "log", "rsqrt", "log1p", "reciprocal"):
        yield one(name, lambda x, f=getattr(o, name): f(o.abs(x) + 0.1))
    for name in ("mean", "sum", "max", "min", "prod", "var", "std"):
        yield one(f"{name}_last", lambda x, f=getattr(o, name): f(x, axis=-1))
        yield one(f"{name}_keepdims", lambda x, f=getattr(o, name): f(x, axis=(1, 2), keepdims=True))
    yield one("logsumexp", lambda x: o.logsumexp(x, axis=-1))
    yield one("argmax", lambda x: o.argmax(x, axis=-1))
    yield one("argmin", lambda x: o.argmin(x, axis=1))
    yield one("cumsum", lambda x: o.cumsum(x, axis=1))
    yield one("norm", lambda x: o.norm(x, axis=-1, keepdims=True))
    yield one("normalize", lambda x: o.normalize(x, axis=-1))
    yield one("reshape", lambda x: o.reshape(x, (-1, 2, 6)))
    yield one("transpose", lambda x: o.transpose(x, (0, 2, 1)))
    yield one("swapaxes", lambda x: o.swapaxes(x, 1, 2))
    yield one("moveaxis", lambda x: o.moveaxis(x, -1, 1), (2, 3, 4))
    yield one("expand_dims", lambda x: o.expand_dims(x, 2))
    yield one("squeeze", lambda x: o.squeeze(x, 2), (3, 1, 4))
    yield one("concatenate", lambda a, b: o.concatenate([a, b], axis=1), (3, 4), (2, 4))
    yield one("stack", lambda a, b: o.stack([a, b], axis=-1), *pair)
    yield one("split", lambda x: o.split(x, 2, axis=-1))
    yield one("split_at", lambda x: o.split(x, [1, 3], axis=-1))
    yield one("unstack", lambda x: o.unstack(x, axis=1))
    yield one("tile", lambda x: o.tile(x, (1, 2, 3)))
    yield one("repeat", lambda x: o.repeat(x, 3, axis=1))
    yield one("pad", lambda x: o.pad(x, ((0, 0), (1, 2), (0, 1))))
    yield one("pad_reflect", lambda x: o.pad(x, ((0, 0), (1, 1), (2, 1)), mode="reflect"))
    yield one("flip", lambda x: o.flip(x, axis=1))
    yield one("roll", lambda x: o.roll(x, 1, axis=1))
    yield one("broadcast_to", lambda x: o.broadcast_to(x, (2, 3, 4)), (1, 4))
    yield one("clip", lambda x: o.clip(x, -0.5, 0.8))
    yield one("where", lambda a, b: o.where(a > b, a, b * 2.0), *pair)
    yield one("where_constant", lambda x: o.where(o.less(x, 0.0), 0.0, x))
    for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
        yield one(name, lambda a, b, f=getattr(o, name): f(o.round(a), o.round(b)), *pair)
    yield one("logical_and", lambda a, b: o.logical_and(a > 0.0, b > 0.0), *pair)
    yield one("logical_or", lambda a, b: o.logical_or(a > 0.0, b > 0.0), *pair)
    yield one("logical_not", lambda x: o.logical_not(x > 0.0))
    yield one("cast_to_int", lambda x: o.cast(x * 3.0, "int32"))
    yield one("cast_to_float", lambda x: o.cast(x, "float32") * 0.5, (4,), dtype="int32")
    yield one("one_hot", lambda x: o.one_hot(x, 10), (4,), dtype="int32")
    yield one("take", lambda x: o.take(x, [2, 0, 1], axis=1))
    yield one("take_along_axis", lambda x: o.take_along_axis(x, o.argsort(x, axis=-1), axis=-1))
    yield one("top_k", lambda x: o.top_k(x, 2))
    yield one("sort", lambda x: o.sort(x, axis=-1))
    yield one("int_arithmetic", lambda a, b: (a + b) * 2 - a // 3, (4,), (4,), dtype="int32")
    yield one("slice_range", lambda x: x[:, 1:3])
    yield one("slice_last", lambda x: x[:, -1])
    yield one("slice_last_axis", lambda x: x[..., 0])
    yield one("slice_step", lambda x: x[:, ::2, 1::2])
    yield one("slice_negative_step", lambda x: x[:, ::-1])
    yield one("slice_new_axis", lambda x: x[:, None, :, 2])
    yield one("slice_op", lambda x: o.slice(x, (0, 1, 1), (2, 2, 3)))
    yield one("max_pool", lambda x: o.max_pool(x, 2, padding="same"), (5, 6, 2))
    yield one("average_pool", lambda x: o.average_pool(x, 3, strides=2, padding="same"), (5, 6, 2))
    yield one("resize", lambda x: o.image.resize(x, (6, 8)), (4, 5, 2))
    yield one("dot_product_attention", o.dot_product_attention, (4, 2, 3), (5, 2, 3), (5, 2, 3))
    yield one("shape_reshape", lambda x: o.reshape(x, (-1, o.shape(x)[1] * o.shape(x)[2])))
    yield one("ones_like", lambda x: o.ones_like(x) - x)
    yield one("hand_made_norm", lambda x: (x - o.mean(x, -1, keepdims=True)) / o.sqrt(
        o.var(x, -1, keepdims=True) + 1e-5))
    yield one("hand_made_swish", lambda x: x * o.sigmoid(x))
    yield one("squeeze_excite", lambda x: x * o.sigmoid(o.mean(x, axis=(1, 2), keepdims=True)), (4, 4, 3))
