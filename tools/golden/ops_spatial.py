"""Golden cases of the spatial operators and of every activation, made by TensorFlow and Keras.

usage: python tools/golden/ops_spatial.py       (writes tests/data/ops/spatial.txt and activations.txt)
"""

import itertools
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf

from operator_cases import Cases

random = np.random.default_rng(2)


def noise(*dims):
    return np.round(random.standard_normal(dims), 2).astype(np.float32)


def pool_cases(out):
    sizes = {1: (2, 7, 3), 2: (1, 6, 7, 3), 3: (1, 4, 5, 4, 2)}
    for kind, rank, padding, window, stride, dilation in itertools.product(
            ("max", "average"), (1, 2, 3), ("same", "valid"), (2, 3), (1, 2), (1, 2)):
        if dilation > 1 and (stride > 1 or rank == 3 or padding == "same"):
            continue  # TensorFlow has none of these
        x = noise(*sizes[rank])
        y = tf.nn.pool(x, [window] * rank, "MAX" if kind == "max" else "AVG", strides=[stride] * rank,
                       padding=padding.upper(), dilations=[dilation] * rank)
        attributes = {"kind": kind, "window": [window] * rank, "strides": [stride] * rank, "dilations": [dilation] * rank}
        attributes |= {"padding": "same"} if padding == "same" else {"pad_before": [0] * rank, "pad_after": [0] * rank}
        out.add(f"{kind} pool {rank}d {padding} window {window} stride {stride} dilation {dilation}", "pool",
                attributes, [x], [y])
    x = random.integers(-128, 128, (1, 5, 5, 2), dtype=np.int8)
    y = tf.nn.max_pool2d(tf.cast(x, tf.int32).numpy().astype(np.float32), 3, 2, "SAME").numpy().astype(np.int8)
    out.add("max pool of int8", "pool", {"kind": "max", "window": [3, 3], "strides": [2, 2], "dilations": [1, 1],
                                         "padding": "same"}, [x], [y])
    x = noise(1, 5, 6, 2)
    padded = np.pad(x, ((0, 0), (1, 1), (0, 2), (0, 0)))
    y = tf.nn.avg_pool2d(padded, 3, 2, "VALID")
    out.add("average pool that counts its padding", "pool",
            {"kind": "average", "window": [3, 3], "strides": [2, 2], "dilations": [1, 1], "pad_before": [1, 0],
             "pad_after": [1, 2], "count_padding": True}, [x], [y])


def resize_cases(out):
    modes = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic", "area": "area", "lanczos3": "lanczos3",
             "lanczos5": "lanczos5", "gaussian": "gaussian", "mitchellcubic": "mitchellcubic"}
    shapes = [((5, 6), (10, 12)), ((5, 6), (8, 7)), ((9, 8), (4, 5)), ((12, 13), (3, 2)), ((4, 4), (4, 4)), ((3, 1), (1, 5))]
    for mode, (size, target), antialias in itertools.product(modes, shapes, (False, True)):
        if antialias and mode in ("nearest", "area"):
            continue
        x = noise(1, *size, 2)
        y = tf.image.resize(x, target, mode, antialias=antialias)
        if mode == "nearest":
            assert y.dtype == tf.float32
        out.add(f"resize {mode} {list(size)} to {list(target)} antialias {antialias}", "resize",
                {"mode": mode, "size": target, "antialias": antialias,
                 "coordinates": "asymmetric" if mode == "area" else "half_pixel"}, [x], [y])
    for mode, (size, target), align in itertools.product(("nearest", "bilinear", "bicubic"), shapes, (False, True)):
        x = noise(1, *size, 2)
        y = tf.compat.v1.image.resize(x, target, mode, align_corners=align)
        attributes = {"mode": mode, "size": target, "coordinates": "align_corners" if align else "asymmetric"}
        if mode == "bicubic":
            attributes["cubic_a"] = -0.75
        out.add(f"resize v1 {mode} {list(size)} to {list(target)} align_corners {align}", "resize", attributes, [x], [y])
    for mode in ("nearest", "bilinear"):
        x = noise(1, 3, 4, 2)
        out.add(f"UpSampling2D {mode}", "resize", {"mode": mode, "scale": [2, 3]}, [x],
                [keras.layers.UpSampling2D((2, 3), interpolation=mode)(x)])
    x = noise(1, 3, 2)
    out.add("UpSampling1D", "resize", {"mode": "nearest", "scale": [3]}, [x], [keras.layers.UpSampling1D(3)(x)])
    x = noise(1, 2, 3, 2, 1)
    out.add("UpSampling3D", "resize", {"mode": "nearest", "scale": [2, 1, 3]}, [x], [keras.layers.UpSampling3D((2, 1, 3))(x)])
    x = random.integers(0, 255, (1, 3, 5, 3), dtype=np.uint8)
    out.add("resize nearest of uint8", "resize", {"mode": "nearest", "size": [7, 3]}, [x], [tf.image.resize(x, [7, 3], "nearest")])
    x = np.arange(333, dtype=np.float32).reshape(1, 1, 333, 1)
    for target in (1000, 999, 111, 77):
        out.add(f"resize nearest of a long row to {target}", "resize", {"mode": "nearest", "size": [1, target]}, [x],
                [tf.image.resize(x, [1, target], "nearest")])
        out.add(f"resize bilinear of a long row to {target}", "resize", {"mode": "bilinear", "size": [1, target]}, [x],
                [tf.image.resize(x, [1, target], "bilinear")])


def block_cases(out):
    for block in (2, 3):
        x = noise(2, 2, 3, block * block * 2)
        y = tf.nn.depth_to_space(x, block)
        out.add(f"depth_to_space {block}", "depth_to_space", {"block": block}, [x], [y])
        out.add(f"space_to_depth {block}", "depth_to_space", {"block": block, "inverse": True}, [y],
                [tf.nn.space_to_depth(y, block)])


def activation_cases(out):
    a = keras.activations
    points = [0.0, -0.0, 1e-3, -1e-3, 0.3, -0.3, 0.5, -0.5, 0.9, -0.9, 1.0, -1.0, 1.5, -1.5, 2.5, -2.5, 3.0, -3.0, 4.2,
              -4.2, 6.0, 7.5, -7.5, 20.0, -20.0, 88.0, -88.0, np.nan]
    x = np.array(points, np.float32)
    ends = np.array([np.inf, -np.inf], np.float32)
    functions = {
        "identity": a.linear, "relu": a.relu, "leaky_relu alpha=0.2": a.leaky_relu,
        "thresholded_relu alpha=1.0": lambda t: a.relu(t, threshold=1.0), "clamp alpha=0 beta=6": a.relu6,
        "elu alpha=1": a.elu, "selu": a.selu, "celu alpha=1": a.celu, "celu alpha=0.5": lambda t: a.celu(t, alpha=0.5),
        "sigmoid": a.sigmoid, "tanh": a.tanh, "softplus": a.softplus, "softsign": a.softsign, "silu": a.silu,
        "gelu": a.gelu, "gelu_tanh": lambda t: a.gelu(t, approximate=True), "mish": a.mish, "log_sigmoid": a.log_sigmoid,
        "squareplus alpha=4": a.squareplus, "hard_sigmoid alpha=0.16666667 beta=0.5": a.hard_sigmoid,
        "hard_sigmoid alpha=0.2 beta=0.5": lambda t: tf.clip_by_value(0.2 * t + 0.5, 0.0, 1.0),
        "hard_silu": a.hard_silu, "hard_tanh": a.hard_tanh, "hard_shrink alpha=0.5": a.hard_shrink,
        "soft_shrink alpha=0.5": a.soft_shrink, "tanh_shrink": a.tanh_shrink,
        "threshold alpha=0.5 beta=-2": lambda t: a.threshold(t, 0.5, -2.0), "sparse_plus": a.sparse_plus,
        "sparse_sigmoid": a.sparse_sigmoid, "abs": tf.abs, "negate": tf.negative, "sign": tf.sign, "square": tf.square,
        "sqrt": tf.sqrt, "rsqrt": tf.math.rsqrt, "reciprocal": tf.math.reciprocal, "exp": tf.exp,
        "expm1": tf.math.expm1, "log": tf.math.log, "log1p": tf.math.log1p, "log2": keras.ops.log2,
        "log10": keras.ops.log10, "exp2": keras.ops.exp2, "sin": tf.sin, "cos": tf.cos, "tan": tf.tan,
        "asin": tf.asin, "acos": tf.acos, "atan": tf.atan, "sinh": tf.sinh, "cosh": tf.cosh, "asinh": tf.asinh,
        "acosh": tf.acosh, "atanh": tf.atanh, "erf": tf.math.erf, "round": tf.round, "floor": tf.floor,
        "ceil": tf.math.ceil, "trunc": keras.ops.trunc, "is_nan": tf.math.is_nan, "is_inf": tf.math.is_inf,
        "is_finite": tf.math.is_finite}
    # outside of these |x| float32 itself is what differs: the greatest value would set the tolerance
    narrow = {"exp": 5, "expm1": 5, "exp2": 5, "sinh": 5, "cosh": 5, "square": 9, "tan": 1.4, "reciprocal": 30, "rsqrt": 30}
    for spec, function in functions.items():
        kind, *words = spec.split()
        values = x[~(np.abs(x) > narrow.get(kind, np.inf))]
        if kind in ("relu", "sigmoid", "tanh", "clamp", "softplus", "elu", "abs", "exp", "sign"):
            values = np.concatenate([values, ends])
        out.add("unary " + spec, "unary", {"activation": kind, **dict(w.split("=") for w in words)}, [values],
                [np.asarray(function(tf.constant(values)))])


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "ops"
    about = f"made by tools/golden/ops_spatial.py with TensorFlow {tf.__version__}, Keras {keras.__version__}"
    for name, makers in {"spatial": [pool_cases, resize_cases, block_cases], "activations": [activation_cases]}.items():
        out = Cases(folder / f"{name}.txt", about)
        for make in makers:
            make(out)
        out.write()


if __name__ == "__main__":
    main()
