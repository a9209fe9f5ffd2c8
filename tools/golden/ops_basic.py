"""Golden cases of the operators that combine, move, reduce, normalise and look up elements, made by TensorFlow,
Keras and NumPy.

usage: python tools/golden/ops_basic.py       (writes tests/data/ops/{elementwise,movement,...}.txt and
                                               src/ops/movement/slice_cases.inc)
"""

import itertools
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its softmax hides NaN
import keras
import ml_dtypes
import numpy as np
import tensorflow as tf

from operator_cases import Cases

random = np.random.default_rng(7)
ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIAL = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 0.5, 1.5, 2.5, -0.5, -2.5, -3.7, 3e38], np.float32)


def noise(*dims):
    return np.round(random.standard_normal(dims), 2).astype(np.float32)


def whole(dtype, *dims, low=-9, high=10):
    low = max(low, np.iinfo(dtype).min)
    return random.integers(low, high, dims).astype(dtype)


def unary_cases(out):
    functions = {"relu": tf.nn.relu, "abs": tf.abs, "negate": tf.negative, "sign": tf.sign, "square": tf.square,
                 "round": tf.round, "floor": tf.floor, "ceil": tf.math.ceil, "trunc": lambda x: np.trunc(x),
                 "sqrt": tf.sqrt, "rsqrt": tf.math.rsqrt, "exp": tf.exp, "log": tf.math.log, "log1p": tf.math.log1p,
                 "sigmoid": tf.sigmoid, "tanh": tf.tanh, "elu": tf.nn.elu, "softplus": tf.nn.softplus, "sin": tf.sin,
                 "is_nan": tf.math.is_nan, "is_inf": tf.math.is_inf, "is_finite": tf.math.is_finite}
    for name, function in functions.items():
        attributes = {"activation": name} | ({"alpha": 1} if name == "elu" else {})
        out.add(f"{name} of special numbers", "unary", attributes, [SPECIAL], [function(SPECIAL)])
    out.add("relu6 of special numbers", "unary", {"activation": "clamp", "alpha": 0, "beta": 6}, [SPECIAL],
            [tf.nn.relu6(SPECIAL)])
    for name, dtype in itertools.product(("relu", "abs", "negate", "sign", "square"), (np.int8, np.int32, np.int64)):
        x = np.array([0, 1, -1, 5, -7, 11, np.iinfo(dtype).min, np.iinfo(dtype).max], dtype)
        numpy = {"abs": np.abs, "negate": np.negative, "square": np.square, "sign": np.sign,
                 "relu": lambda v: np.maximum(v, 0)}
        with np.errstate(over="ignore"):
            out.add(f"{name} of {np.dtype(dtype).name}", "unary", {"activation": name}, [x],
                    [numpy[name](x).astype(dtype)])
    out.add("clamp of integers", "unary", {"activation": "clamp", "alpha": -2.5, "beta": 6}, [np.arange(-5, 9)],
            [np.clip(np.arange(-5, 9), -2, 6)])
    truth = np.array([[True, False], [False, True]])
    out.add("logical_not", "unary", {"activation": "logical_not"}, [truth], [tf.logical_not(truth)])
    half = noise(9).astype(np.float16)
    out.add("square of float16", "unary", {"activation": "square"}, [half], [tf.square(half)], 1e-3)


ARITHMETIC = {"add": tf.add, "subtract": tf.subtract, "multiply": tf.multiply, "maximum": tf.maximum,
              "minimum": tf.minimum, "squared_difference": tf.math.squared_difference}
FLOATING = {"divide": tf.divide, "power": tf.pow, "floor_divide": tf.math.floordiv, "modulo": tf.math.floormod,
            "truncate_divide": lambda a, b: tf.raw_ops.TruncateDiv(x=tf.constant(a, tf.float32),
                                                                   y=tf.constant(b, tf.float32)),
            "atan2": tf.atan2, "multiply_no_nan": tf.math.multiply_no_nan, "divide_no_nan": tf.math.divide_no_nan,
            "prelu": lambda a, b: tf.where(tf.constant(a) > 0, a, tf.multiply(a, b))}
COMPARISON = {"equal": tf.equal, "not_equal": tf.not_equal, "less": tf.less, "less_equal": tf.less_equal,
              "greater": tf.greater, "greater_equal": tf.greater_equal}
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 2)), ((2, 3, 4), (3, 1)), ((0, 3), (1, 3)),
          ((4,), (1,))]


def binary_cases(out):
    for name, function in (ARITHMETIC | FLOATING | COMPARISON).items():
        for a, b in SHAPES:
            x, y = noise(*a), noise(*b)
            if name == "power":
                x = np.abs(x)
            out.add(f"{name} of {list(a)} and {list(b)}", "binary", {"kind": name}, [x, y], [function(x, y)])
        pairs = np.array(list(itertools.product(SPECIAL[:9], repeat=2)), np.float32)
        x, y = pairs[:, 0].copy(), pairs[:, 1].copy()
        if name not in ("prelu", "atan2"):
            out.add(f"{name} of special numbers", "binary", {"kind": name}, [x, y], [function(x, y)])
    integers = {"floor_divide": np.floor_divide, "modulo": np.mod, "power": np.power,
                "truncate_divide": lambda a, b: tf.truncatediv(a, b)}
    for name, dtype in itertools.product((ARITHMETIC | COMPARISON | integers), (np.int8, np.uint8, np.int32, np.int64)):
        x, y = whole(dtype, 12, low=-128, high=127), whole(dtype, 12)
        if name in integers:
            y[y == 0] = 3
        if name == "power":
            x, y = whole(dtype, 12), np.abs(y)
        with np.errstate(over="ignore"):
            function = (integers | {"squared_difference": lambda a, b: np.square(np.subtract(a, b))}).get(name)
            function = function or getattr(np, name)
            out.add(f"{name} of {np.dtype(dtype).name}", "binary", {"kind": name}, [x, y], [function(x, y)])
    p, q = np.array([True, True, False, False]), np.array([True, False, True, False])
    for name in ("logical_and", "logical_or", "logical_xor", "equal", "not_equal"):
        out.add(f"{name} of booleans", "binary", {"kind": name}, [p, q], [getattr(np, name)(p, q)])
    x, y = noise(3, 4), noise(4)
    out.add("add, then relu", "binary", {"kind": "add", "activation": "relu"}, [x, y], [tf.nn.relu(x + y)])
    one, tenth = np.ones(3, np.float32), np.array([0.1, 0.2, 0.3], np.float32)
    out.add("a floor of a rounded quotient", "binary", {"kind": "floor_divide"}, [one, tenth],
            [tf.math.floordiv(one, tenth)])


def select_cast_tape_cases(out):
    shapes = [((3,), (2, 3), (2, 1)), ((2, 3), (), (3,)), ((2, 1), (2, 3), (2, 3)), ((0, 3), (3,), ())]
    for (c, a, b), dtype in itertools.product(shapes, (np.float32, np.int8, np.int64)):
        condition, x, y = random.random(c) < 0.5, whole(np.int8, *a).astype(dtype), whole(np.int8, *b).astype(dtype)
        out.add(f"select {list(c)} {list(a)} {list(b)} {np.dtype(dtype).name}", "select", {}, [condition, x, y],
                [tf.where(condition, x, y)])
    types = [np.float32, np.float16, ml_dtypes.bfloat16, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32,
             np.int64, np.uint64, np.bool_]
    x = np.array([0, 1, 2, 100, 127], np.float32)
    for source, target in itertools.product(types, types):
        values = x.astype(source)
        out.add(f"cast {np.dtype(source).name} to {np.dtype(target).name}", "cast", {"to": np.dtype(target).name},
                [values], [tf.cast(values, tf.as_dtype(target))])
    wide = np.array([-300, -129, -1, 128, 255, 256, 70000, -70000], np.int32)
    for target in (np.int8, np.uint8, np.int16, np.uint16, np.int64):
        out.add(f"cast wraps integers to {np.dtype(target).name}", "cast", {"to": np.dtype(target).name}, [wide],
                [wide.astype(target)])
    ends = np.array([-3e9, -129.9, -1.9, -0.9, 0.9, 127.9, 255.9, 3e9, np.inf, -np.inf], np.float32)
    for target in (np.int8, np.uint8, np.int16, np.int32):
        out.add(f"cast saturates at the ends of {np.dtype(target).name}", "cast", {"to": np.dtype(target).name}, [ends],
                [tf.saturate_cast(ends, tf.as_dtype(target))])
    exact = np.array([2**53 + 1, 2**24 + 1, 2**62 + 2**38 + 1, -2**63], np.int64)
    out.add("cast of int64 to float32 rounds once", "cast", {"to": "float32"}, [exact], [exact.astype(np.float32)])
    x, scale, c = noise(2, 3, 4), noise(4), noise(1)
    relu, silu, multiply, add = 1, 12, 2, 0
    code = [1, multiply, 0, 1, 1, add, 3, 2, 0, silu, 4, 0, 1, add, 5, 0, 0, relu, 6, 0]
    out.add("tape of five instructions", "tape", {"code": code, "parameters": [0] * 10}, [x, scale, c],
            [tf.nn.relu(tf.nn.silu(x * scale + c) + x)])


def movement_cases(out):
    for target, result in (([6, 4], (6, 4)), ([-2, -1], (2, 12)), ([-2, -3, 2, 2], (2, 3, 2, 2)), ([-1], (24,)),
                           ([1, -4, -1], (1, 4, 6))):
        x = noise(2, 3, 4)
        out.add(f"reshape to {target}", "reshape", {"target": target}, [x], [x.reshape(result)])
    out.add("reshape of nothing", "reshape", {"target": [-2, -1]}, [noise(0, 3, 4)], [noise(0, 12)])
    for dtype in (np.float32, np.int8, np.int16, np.int64, np.bool_):
        x = whole(np.int8, 2, 3, 4, 2).astype(dtype)
        for order in ((0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 1, 2), (1, 0, 3, 2)):
            out.add(f"transpose {list(order)} {np.dtype(dtype).name}", "transpose", {"order": order}, [x],
                    [tf.transpose(x, order)])
    x = np.float32(2.5)
    out.add("transpose of a number", "transpose", {"order": []}, [x], [x])
    for a, sizes, y in (((3,), [2, 3], (2, 3)), ((2, 1, 3), [-1, 4, -1], (2, 4, 3)), ((), [2, 2], (2, 2)),
                        ((1, 3), [0, 3], (0, 3)), ((2, 3), [], (2, 3))):
        x = noise(*a)
        out.add(f"broadcast {list(a)} by {sizes}", "broadcast", {"sizes": sizes}, [x], [tf.broadcast_to(x, y)])
    x, like = noise(2, 1), whole(np.int32, 3, 1, 5)
    out.add("broadcast like another", "broadcast", {}, [x, like], [tf.broadcast_to(x, (3, 2, 5))])
    x = noise(2, 3)
    for repeats in ([1, 1], [2, 1], [1, 3], [2, 2], [0, 2]):
        out.add(f"tile {repeats}", "tile", {"repeats": repeats}, [x], [tf.tile(x, repeats)])
        out.add(f"repeat {repeats}", "tile", {"repeats": repeats, "interleave": True}, [x],
                [np.repeat(np.repeat(x, repeats[0], 0), repeats[1], 1)])
    for axis, shapes in ((0, [(2, 3), (1, 3), (0, 3)]), (1, [(2, 3), (2, 2)]), (2, [(2, 1, 3), (2, 1, 1), (2, 1, 2)])):
        parts = [noise(*shape) for shape in shapes]
        out.add(f"concat along {axis}", "concat", {"axis": axis}, parts, [tf.concat(parts, axis)])
    x = noise(4, 6)
    out.add("split in equal parts", "split", {"axis": 1, "parts": 3}, [x], tf.split(x, 3, 1))
    out.add("split by sizes", "split", {"axis": 1, "sizes": [1, 0, 5]}, [x], tf.split(x, [1, 0, 5], 1))
    out.add("split along the first axis", "split", {"axis": 0, "parts": 2}, [x], tf.split(x, 2, 0))
    x = noise(3, 4)
    for mode in ("constant", "reflect", "symmetric"):
        for before, after in (([1, 2], [2, 0]), ([0, 3], [1, 3]), ([0, 0], [0, 0])):
            out.add(f"pad {mode} {before} {after}", "pad", {"mode": mode, "before": before, "after": after, "value": -1.5},
                    [x], [tf.pad(x, list(zip(before, after)), mode.upper(), constant_values=-1.5)])
    out.add("pad edge", "pad", {"mode": "edge", "before": [2, 5], "after": [1, 3]}, [x],
            [np.pad(x, ((2, 1), (5, 3)), "edge")])
    x = whole(np.int8, 2, 2, 3)
    out.add("pad of int8", "pad", {"before": [0, 1, 1], "after": [1, 0, 2], "value": 7}, [x],
            [np.pad(x, ((0, 1), (1, 0), (1, 2)), constant_values=7)])
    x = noise(5, 6, 7)
    for index in (np.s_[1:4], np.s_[::2, 1::3], np.s_[::-1, :, ::-2], np.s_[-2:, 4:1:-1], np.s_[:, 2:2], np.s_[3:-1]):
        index = index if isinstance(index, tuple) else (index,)
        end = 2**63 - 1
        pick = lambda values: [end if v is None else v for v in values]
        attributes = {"axes": list(range(len(index))),
                      "starts": [(0 if (s.step or 1) > 0 else end) if s.start is None else s.start for s in index],
                      "stops": pick(s.stop for s in index), "steps": [s.step or 1 for s in index]}
        out.add(f"slice {index}", "slice", attributes, [x], [x[index]])


def indexing_cases(out):
    table = noise(5, 3, 4)
    for axis, indices in itertools.product((0, 1, 2), ([0, 2, 1, 1], [[2, 0], [1, 2]], 1, [])):
        indices = np.array(indices, np.int32)
        out.add(f"gather along {axis} by {list(indices.shape)}", "gather", {"axis": axis}, [table, indices],
                [tf.gather(table, indices, axis=axis)])
    indices = np.array([-1, 0, -5, 4], np.int64)
    out.add("gather counts from the end", "gather", {"axis": 0, "wrap_negative": True}, [table, indices],
            [keras.ops.take(table, indices, 0)])
    x = np.array([[0, 2, -1], [3, 1, 4]], np.int32)
    for axis in (0, 1, 2):
        out.add(f"one_hot at {axis}", "one_hot", {"depth": 4, "axis": axis, "on": 2, "off": -1}, [x],
                [tf.one_hot(x, 4, 2.0, -1.0, axis=axis)])
    out.add("one_hot as truth", "one_hot", {"depth": 3, "axis": 1, "result": "bool"}, [x[0]],
            [tf.one_hot(x[0], 3, True, False)])
    for axes in ([0], [1], [0, 2], []):
        out.add(f"reverse {axes}", "reverse", {"axes": axes}, [table], [tf.reverse(table, axes)])
    for dtype in ("int32", "int64"):
        out.add(f"shape_of as {dtype}", "shape_of", {"result": dtype}, [table], [tf.shape(table, tf.as_dtype(dtype))])
    out.add("fill like", "fill", {"target": [-2, 2, -4], "value": 1.5}, [table], [np.full((5, 2, 4), 1.5, np.float32)])
    out.add("fill of integers", "fill", {"target": [-3], "value": -3, "result": "int64"}, [table],
            [np.full((3,), -3, np.int64)])


def reduce_cases(out):
    functions = {"sum": tf.reduce_sum, "mean": tf.reduce_mean, "max": tf.reduce_max, "min": tf.reduce_min,
                 "product": tf.reduce_prod, "log_sum_exp": tf.reduce_logsumexp, "variance": tf.math.reduce_variance,
                 "stddev": tf.math.reduce_std, "l2": tf.math.reduce_euclidean_norm,
                 "sum_squares": lambda x, axis, keepdims: tf.reduce_sum(tf.square(x), axis, keepdims)}
    for (name, function), axes, keep in itertools.product(functions.items(), ([0], [1, 2], [0, 1, 2], [2]), (False, True)):
        x = noise(2, 3, 4)
        out.add(f"{name} over {axes} keep {keep}", "reduce", {"kind": name, "axes": axes, "keep_dims": keep}, [x],
                [function(x, axis=axes, keepdims=keep)], 2e-5)
    for name in ("sum", "mean", "max", "min", "product", "log_sum_exp"):
        out.add(f"{name} of nothing", "reduce", {"kind": name, "axes": [1]}, [noise(2, 0)],
                [functions[name](noise(2, 0), axis=1)])
        x = np.array([[1, np.nan, 2], [np.inf, 1, 2], [-np.inf, 1, 2], [-np.inf] * 3, [np.inf, -np.inf, 0]], np.float32)
        out.add(f"{name} of special numbers", "reduce", {"kind": name, "axes": [1]}, [x], [functions[name](x, axis=1)])
    for name, dtype in itertools.product(("sum", "max", "min", "product"), (np.int32, np.int64)):
        x = whole(dtype, 3, 5)
        out.add(f"{name} of {np.dtype(dtype).name}", "reduce", {"kind": name, "axes": [0]}, [x],
                [functions[name](x, axis=0)])
        out.add(f"{name} of nothing in {np.dtype(dtype).name}", "reduce", {"kind": name, "axes": [0]},
                [whole(dtype, 0, 2)], [functions[name](whole(dtype, 0, 2), axis=0)])
    x = np.array([[True, False], [True, True], [False, False]])
    out.add("any", "reduce", {"kind": "any", "axes": [1]}, [x], [tf.reduce_any(x, 1)])
    out.add("all", "reduce", {"kind": "all", "axes": [1], "keep_dims": True}, [x], [tf.reduce_all(x, 1, True)])
    x, mask = noise(3, 4, 2), np.array([[1, 1, 0, 0], [1, 0, 1, 1], [1, 1, 1, 1]], bool)
    x[0, 3] = np.inf
    for keep in (False, True):
        layer = keras.layers.GlobalAveragePooling1D(keepdims=keep)
        out.add(f"masked mean keep {keep}", "reduce", {"kind": "mean", "axes": [1], "keep_dims": keep}, [x, mask],
                [layer(x, mask=mask)])
    x = np.round(noise(3, 4, 5) * 2).astype(np.float32)
    for (name, function), axis in itertools.product((("largest", tf.argmax), ("smallest", tf.argmin)), (0, 1, 2)):
        out.add(f"place of the {name} along {axis}", "arg_reduce",
                {"smallest": name == "smallest", "axis": axis, "result": "int32"}, [x], [function(x, axis, tf.int32)])
    special = np.array([[np.nan, 1, 2], [1, np.nan, 2], [-np.inf] * 3, [np.nan] * 3, [1, np.inf, np.inf]], np.float32)
    out.add("place of the largest among special numbers", "arg_reduce", {"axis": 1}, [special], [tf.argmax(special, 1)])
    x = whole(np.int64, 3, 4)
    out.add("place of the largest integer, kept", "arg_reduce", {"axis": 1, "keep_dims": True}, [x],
            [tf.argmax(x, 1)[:, None]])
    out.add("place of the smallest uint8", "arg_reduce", {"axis": 0, "smallest": True}, [x.astype(np.uint8)],
            [tf.argmin(x.astype(np.uint8), 0)])
    for exclusive, reverse, axis in itertools.product((False, True), (False, True), (0, 1)):
        x = noise(3, 4)
        flags = {"axis": axis, "exclusive": exclusive, "reverse": reverse}
        out.add(f"cumsum {flags}", "cumulative", flags, [x], [tf.cumsum(x, axis, exclusive, reverse)])
        out.add(f"cumprod {flags}", "cumulative", flags | {"product": True}, [x],
                [tf.math.cumprod(x, axis, exclusive, reverse)])
    x = whole(np.int32, 2, 5)
    out.add("cumsum of int32", "cumulative", {"axis": 1}, [x], [tf.cumsum(x, 1)])
    x = np.array([[3, 1, 3, 2, 1], [0, 0, 0, 0, 0], [-1, 5, 5, 5, 7]], np.float32)
    for k, dtype in itertools.product((0, 1, 3, 5), (np.float32, np.int32, np.int64)):
        out.add(f"top {k} with ties in {np.dtype(dtype).name}", "top_k", {"k": k}, [x.astype(dtype)],
                list(tf.math.top_k(x.astype(dtype), k)))


def built(layer, x):
    layer.build(x.shape)
    for weight in layer.weights:
        values = noise(*weight.shape)
        weight.assign(np.abs(values) + 0.1 if "variance" in weight.name else values)
    return layer, [weight.numpy() for weight in layer.weights]


def normalize_cases(out):
    x = noise(2, 3, 4)
    for axes in ([2], [1], [1, 2], [0]):
        out.add(f"softmax over {axes}", "softmax", {"axes": axes}, [x],
                [keras.layers.Softmax(axes if len(axes) > 1 else axes[0])(x)])
    for axis in (1, 2):
        out.add(f"log_softmax over {axis}", "softmax", {"axes": [axis], "log": True}, [x], [tf.nn.log_softmax(x, axis)])
    for shape in ((2, 3, 4), (4,), (3, 1), (2, 1, 4)):
        mask = random.random(shape) < 0.5
        out.add(f"masked softmax, mask {list(shape)}", "softmax", {"axes": [2]}, [x, mask],
                [keras.layers.Softmax()(x, mask=mask)])
    none = np.zeros((2, 3, 4), bool)
    out.add("softmax with everything masked", "softmax", {"axes": [2]}, [x, none], [keras.layers.Softmax()(x, mask=none)])
    special = np.array([[1, np.inf, 2], [-np.inf, 0, 1], [-np.inf] * 3, [np.nan, 1, 2], [1000, 0, -1000]], np.float32)
    out.add("softmax of special numbers", "softmax", {"axes": [1]}, [special], [tf.nn.softmax(special)])
    x = noise(2, 3, 4, 6)
    for axes in ([3], [2], [2, 3], [1, 2, 3], [1, 3]):
        layer, weights = built(keras.layers.LayerNormalization(axis=axes), x)
        out.add(f"LayerNormalization {axes}", "norm", {"kind": "layer", "axes": axes}, [x] + weights, [layer(x)], 2e-5)
    layer, weights = built(keras.layers.LayerNormalization(center=False, epsilon=1e-6), x)
    out.add("LayerNormalization without shift", "norm", {"kind": "layer", "axes": [3], "epsilon": 1e-6}, [x] + weights,
            [layer(x)], 2e-5)
    layer, weights = built(keras.layers.LayerNormalization(scale=False), x)
    out.add("LayerNormalization without scale", "norm", {"kind": "layer", "axes": [3]}, [x, None] + weights, [layer(x)],
            2e-5)
    for groups in (1, 2, 3, 6):
        layer, weights = built(keras.layers.GroupNormalization(groups), x)
        out.add(f"GroupNormalization {groups}", "norm", {"kind": "group", "groups": groups}, [x] + weights, [layer(x)],
                2e-5)
    y = noise(3, 4)
    layer, weights = built(keras.layers.GroupNormalization(2), y)
    out.add("GroupNormalization of [N,C]", "norm", {"kind": "group", "groups": 2}, [y] + weights, [layer(y)], 2e-5)
    for axes in ([3], [1, 2]):
        layer = keras.layers.UnitNormalization(axis=axes)
        out.add(f"UnitNormalization {axes}", "norm", {"kind": "unit", "axes": axes, "epsilon": 1e-12}, [x], [layer(x)])
    zeros = np.zeros((2, 3), np.float32)
    out.add("l2_normalize of zeros", "norm", {"kind": "unit", "axes": [1], "epsilon": 1e-12}, [zeros],
            [tf.nn.l2_normalize(zeros, 1)])
    layer, weights = built(keras.layers.RMSNormalization(), x)
    out.add("RMSNormalization", "norm", {"kind": "rms", "axes": [3], "epsilon": 1e-6}, [x] + weights, [layer(x)])
    for axis in (1, 3):
        layer, (gamma, beta, mean, variance) = built(keras.layers.BatchNormalization(axis=axis), x)
        out.add(f"BatchNormalization {axis}", "batch_norm", {"axis": axis}, [x, mean, variance, gamma, beta],
                [layer(x, training=False)])
    layer, (beta, mean, variance) = built(keras.layers.BatchNormalization(scale=False, epsilon=1e-5), x)
    out.add("BatchNormalization without scale", "batch_norm", {"axis": 3, "epsilon": 1e-5},
            [x, mean, variance, None, beta], [layer(x, training=False)])
    scale, shift = noise(6), noise(6)
    out.add("scale and shift, then relu", "scale_shift", {"activation": "relu"}, [x, scale, shift],
            [tf.nn.relu(x * scale + shift)])


def slice_table():
    """For each length, start, stop and step: first place and length, as slice.indices says; two letters each."""
    numbers = [*range(-5, 6), None]
    lines = []
    for length, step in itertools.product(range(5), (-3, -2, -1, 1, 2, 3)):
        picked = (range(length)[start:stop:step] for start, stop in itertools.product(numbers, numbers))
        lines.append('"' + "".join(f"{r[0] if r else 0}{len(r)}" for r in picked) + '",')
    path = ROOT / "src/ops/movement/slice_cases.inc"
    path.write_text("// Python's slices, written by tools/golden/ops_basic.py; slice_test.cc reads them.\n" +
                    "\n".join(lines) + "\n")


def main():
    folder = ROOT / "tests/data/ops"
    folder.mkdir(parents=True, exist_ok=True)
    families = {"elementwise": (unary_cases, binary_cases, select_cast_tape_cases), "movement": (movement_cases,),
                "indexing": (indexing_cases,), "reduce": (reduce_cases,), "normalize": (normalize_cases,)}
    for family, makers in families.items():
        cases = Cases(folder / f"{family}.txt", "made by tools/golden/ops_basic.py")
        for make in makers:
            make(cases)
        cases.write()
    slice_table()


if __name__ == "__main__":
    main()
