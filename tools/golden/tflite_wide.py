"""The cases of tflite_conformance.py: each operator of TensorFlow Lite with every type and the branches of its
attributes. A group is (name, function that yields (name, model, feeds)); what the reference kernels refuse falls away.
"""

import functools
import importlib
import itertools
import zlib

import numpy as np

from tflite_model import one_operator, options, run, tensor

QUANTISED = ("int8", "uint8", "int16")
NUMBERS = ("float32", "int8", "uint8", "int16", "int32", "int64")
ANY = (*NUMBERS, "bool")
ACTIVATIONS = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6")
ZEROS = {"int8": 3, "uint8": 131, "int16": 0}


def of(shape, dtype, scale=0.05, zero=None):
    """A tensor of a type: quantised where the type usually is."""
    if dtype in QUANTISED:
        return tensor(shape, dtype, scale, ZEROS[dtype] if zero is None else zero)
    return tensor(shape, dtype)


def plain(shape, dtype):
    return tensor(shape, dtype)


def numbers(shape, dtype, low=-3, high=3, seed=""):
    rng = np.random.default_rng(zlib.crc32(f"{shape}{dtype}{low}{seed}".encode()))
    if dtype == "bool":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype.startswith("float"):
        return np.asarray(rng.uniform(low, high, shape)).astype(dtype)
    if dtype in QUANTISED:
        info = np.iinfo(dtype)
        return rng.integers(max(info.min, -2000), min(info.max, 2000) + 1, shape).astype(dtype) if shape else np.array(info.max // 2, dtype)
    return rng.integers(max(int(low), 0) if dtype.startswith("u") else int(low * 3), int(high * 3) + 1, shape or None).astype(dtype) if shape else np.array(2, dtype)


def constant(values, dtype="int32"):
    return tensor(data=np.asarray(values, dtype))


UNARY = {"ABS": {}, "NEG": {}, "SQRT": {"low": 0}, "RSQRT": {"low": 0.1}, "SQUARE": {}, "EXP": {}, "LOG": {"low": 0.1},
         "SIN": {}, "COS": {}, "FLOOR": {}, "CEIL": {}, "ROUND": {}, "LOGISTIC": {}, "TANH": {}, "RELU": {}, "RELU6": {},
         "RELU_N1_TO_1": {}, "ELU": {}, "HARD_SWISH": {}, "LOGICAL_NOT": {}, "SIGN": {}, "ZEROS_LIKE": {}, "GELU": {},
         "LOG_SOFTMAX": {}, "SOFTMAX": {}, "LEAKY_RELU": {}, "L2_NORMALIZATION": {}, "RELU_0_TO_1": {}}
UNARY_OPTIONS = {"GELU": [options("GeluOptions", approximate=a) for a in (False, True)],
                 "SOFTMAX": [options("SoftmaxOptions", beta=b) for b in (1.0, 0.5)],
                 "LEAKY_RELU": [options("LeakyReluOptions", alpha=a) for a in (0.1, -0.5, 1.5)],
                 "L2_NORMALIZATION": [options("L2NormOptions")]}
# What the kernels fix the outputs' quantisation at.
FIXED = {"LOGISTIC": {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0)},
         "TANH": {"int8": (1 / 128, 0), "uint8": (1 / 128, 128), "int16": (1 / 32768, 0)},
         "SOFTMAX": {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0)},
         "LOG_SOFTMAX": {"int8": (16 / 256, 127), "uint8": (16 / 256, 255)},
         "L2_NORMALIZATION": {"int8": (1 / 128, 0), "uint8": (1 / 128, 128)}}
SAME_SCALE = ("RELU", "ABS", "NEG", "ZEROS_LIKE", "SIGN")
SHAPES = ((2, 3, 4), (5,), (1, 1, 1, 1), (2, 1, 3, 2), (0, 3), ())


def unary(wide, name):
    for dtype, shape in itertools.product(ANY, SHAPES):
        if not wide and shape != SHAPES[0] and dtype not in ("float32", "int8"):
            continue
        for number, op in enumerate(UNARY_OPTIONS.get(name, [None])):
            scale, zero = FIXED.get(name, {}).get(dtype, (0.05 if name in SAME_SCALE else 0.04, None))
            y = of(shape, dtype, scale, zero)
            feed = numbers(shape, dtype, **UNARY[name])
            if UNARY[name] and dtype in QUANTISED:
                feed = np.maximum(feed, ZEROS[dtype] + 2)
            yield f"{dtype}_{'x'.join(map(str, shape)) or 'scalar'}_{number}", one_operator(
                name, op, [of(shape, dtype)], [y]), [feed]


ARITHMETIC = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
COMPARISONS = {"EQUAL": "EqualOptions", "NOT_EQUAL": "NotEqualOptions", "LESS": "LessOptions",
               "LESS_EQUAL": "LessEqualOptions", "GREATER": "GreaterOptions", "GREATER_EQUAL": "GreaterEqualOptions"}
BINARY = (*ARITHMETIC, *COMPARISONS, "MAXIMUM", "MINIMUM", "POW", "SQUARED_DIFFERENCE", "FLOOR_DIV", "FLOOR_MOD",
          "LOGICAL_AND", "LOGICAL_OR", "BITWISE_XOR", "RIGHT_SHIFT", "ATAN2", "PRELU")
PAIRS = (((2, 3, 4), (2, 3, 4)), ((2, 3, 4), ()), ((), (2, 3)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)),
         ((1, 2, 1, 3), (2, 1, 2, 1)), ((2, 1, 2, 1, 3), (1, 3, 1, 2, 1)), ((1, 1), (1,)), ((0, 3), (1, 3)))


def binary(wide, name):
    for dtype, (a, b) in itertools.product((*ANY, "uint32"), PAIRS):
        if name == "ATAN2" and a != b:  # not broadcast: the kernel reads past its shorter input
            continue
        if not wide and PAIRS.index((a, b)) > 2 and dtype not in ("float32", "int8", "int32", "bool"):
            continue
        y = np.broadcast_shapes(a, b)
        for activation in ACTIVATIONS if name in ARITHMETIC and (a == b or wide) and dtype != "uint32" else \
                ACTIVATIONS[:1]:
            op = options(ARITHMETIC[name], fusedActivationFunction=activation) if name in ARITHMETIC else (
                options(COMPARISONS[name]) if name in COMPARISONS else None)
            out = plain(y, "bool") if name in COMPARISONS or name.startswith("LOGICAL") else of(
                y, dtype, 0.05 if name in ("MAXIMUM", "MINIMUM") else 0.2)
            feeds = [numbers(a, dtype, seed="a"), numbers(b, dtype, seed="b")]
            if name in ("POW", "DIV", "FLOOR_DIV", "FLOOR_MOD"):
                feeds[1] = np.where(feeds[1] == 0, 1, np.abs(feeds[1])).astype(dtype) if dtype != "bool" else feeds[1]
                feeds[0] = np.abs(feeds[0]) if name == "POW" else feeds[0]
                feeds[1][feeds[1] == ZEROS.get(dtype, 0)] += dtype != "bool"  # nothing is divided by 0
            if name == "RIGHT_SHIFT":
                feeds[1] = np.abs(feeds[1]) % 5
            yield f"{dtype}_{PAIRS.index((a, b))}_{activation.lower()}", one_operator(
                name, op, [of(a, dtype), of(b, dtype)], [out]), [f.astype(dtype) for f in feeds]


REDUCTIONS = ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL")


def reduction(wide, name):
    shape = (2, 3, 4, 2)
    # Between two scales the reference kernel of SUM gives numbers that are no sums of its inputs but for the first
    # few; where they are, quantised_cases has them.
    types = [t for t in ANY if name != "SUM" or t not in QUANTISED]
    for dtype, axes, keep in itertools.product(types, ((1, 2), (0,), (-1,), (0, 1, 2, 3), (1, 1)), (False, True)):
        done = {a % 4 for a in axes}
        y = tuple(1 if i in done else n for i, n in enumerate(shape) if keep or i not in done)
        same = name in ("REDUCE_MAX", "REDUCE_MIN")
        yield f"{dtype}_{'_'.join(map(str, axes))}_{keep}", one_operator(
            name, options("ReducerOptions", keepDims=keep), [of(shape, dtype), constant(axes)],
            [of(y, dtype, 0.05 if same else 0.3)]), [numbers(shape, dtype, -1.5, 1.5)]


def arguments(wide, name):
    table = {"ARG_MAX": "ArgMaxOptions", "ARG_MIN": "ArgMinOptions"}[name]
    for dtype, axis, kind in itertools.product(ANY, (0, 1, -1), ("int32", "int64")):
        y = tuple(n for i, n in enumerate((2, 3, 4)) if i != axis % 3)
        yield f"{dtype}_{axis}_{kind}", one_operator(
            name, options(table, outputType={"int32": 2, "int64": 4}[kind]), [of((2, 3, 4), dtype), constant(axis)],
            [plain(y, kind)]), [numbers((2, 3, 4), dtype)]


def movement(wide):
    x = (2, 3, 4)
    for dtype in ANY:
        feed = [numbers(x, dtype)]

        def made(name, op, more, y, source=x):
            return f"{name.lower()}_{dtype}_{len(more)}_{'x'.join(map(str, y))}", one_operator(
                name, op, [of(source, dtype), *more], [of(y, dtype)]), [feed[0].reshape(1, *x) if source != x else feed[0]]

        yield made("RESHAPE", None, [constant([4, -1])], (4, 6))
        yield made("RESHAPE", options("ReshapeOptions", newShape=[24]), [], (24,))
        for order in ((2, 0, 1), (0, 2, 1), (2, 1, 0), (0, 1, 2)):
            yield made("TRANSPOSE", None, [constant(order)], tuple(x[i] for i in order))
        for axis in (0, 1, -1):
            yield made("REVERSE_V2", None, [constant([axis])], x)
        yield made("EXPAND_DIMS", None, [constant(1)], (2, 1, 3, 4))
        yield made("EXPAND_DIMS", None, [constant(-1)], (2, 3, 4, 1))
        yield made("TILE", None, [constant([2, 1, 3])], (4, 3, 12))
        yield made("SLICE", None, [constant([0, 1, 1]), constant([2, -1, 2])], (2, 2, 2))
        yield made("PAD", None, [constant([[1, 0], [0, 2], [1, 1]])], (3, 5, 6))
        value = tensor(data=np.array([7]).astype(dtype), scale=0.05 if dtype in QUANTISED else None,
                       zero=ZEROS.get(dtype, 0))
        yield made("PADV2", None, [constant([[1, 0], [0, 2], [1, 1]]), value], (3, 5, 6))
        for mode in ("REFLECT", "SYMMETRIC"):
            yield made("MIRROR_PAD", options("MirrorPadOptions", mode=mode), [constant([[1, 0], [0, 2], [1, 1]])], (3, 5, 6))
        for masks in ((0, 0, 0), (1, 0, 0), (0, 3, 0), (0, 0, 1), (3, 4, 0)):
            begin, end = [0, 2, 3], [2, 0, 0]
            op = options("StridedSliceOptions", beginMask=masks[0], endMask=masks[1], shrinkAxisMask=masks[2])
            index = tuple(0 if masks[2] >> i & 1 else slice(None if masks[0] >> i & 1 else begin[i],
                          None if masks[1] >> i & 1 else end[i], s) for i, s in enumerate((1, -1, -2)))
            yield made("STRIDED_SLICE", op, [constant(begin), constant(end), constant([1, -1, -2])],
                       np.empty(x)[index].shape)
        for begin, length, step, masks in (((0, 1, 1), (2, 2, 3), 1, 0), ((-2, -3, -2), (1, 2, 2), 1, 0),
                                           ((1, 2, 3), (-1, -2, -3), -1, 0), ((1, 1, 1), (1, 2, 3), 1, 2)):
            begun = [n - 1 if step < 0 else 0 if masks >> i & 1 else min(max(b + n if b < 0 else b, 0), n)
                     for i, (b, n) in enumerate(zip(begin, x))]
            index = tuple(slice(b, b + more if b + more >= 0 else None, step) for b, more in zip(begun, length))
            op = options("StridedSliceOptions", offset=True, beginMask=masks)
            yield made("STRIDED_SLICE", op, [constant(begin), constant(length), constant([step] * 3)], np.empty(x)[index].shape)
        for axis in (0, 1, -1):
            y = np.take(np.empty(x), [1, 0, 1, 0], axis).shape
            yield made("GATHER", options("GatherOptions", axis=axis), [constant([1, 0, 1, 0])], y)
        yield made("GATHER_ND", None, [constant([[0, 2], [1, 0]])], (2, 4))
        yield made("SPACE_TO_BATCH_ND", None, [constant([1]), constant([[0, 0]])], x)
        yield made("CUMSUM", options("CumsumOptions"), [constant(1)], x)
        yield made("CUMSUM", options("CumsumOptions", exclusive=True, reverse=True), [constant(-1)], x)
        yield made("SQUEEZE", options("SqueezeOptions", squeezeDims=[0]), [], x, (1, *x))


def several(wide):
    """Operators of several inputs or outputs."""
    for dtype in ANY:
        feeds = [numbers((2, 3, 4), dtype, seed=i) for i in range(2)]
        for axis in (0, 1, -1):
            parts = [of((2, 3, 4), dtype), of((2, 3, 4), dtype)]
            y = np.concatenate([np.empty((2, 3, 4))] * 2, axis).shape
            yield f"concatenation_{dtype}_{axis}", one_operator(
                "CONCATENATION", options("ConcatenationOptions", axis=axis), parts, [of(y, dtype)]), feeds
            y = np.stack([np.empty((2, 3, 4))] * 2, axis).shape
            yield f"pack_{dtype}_{axis}", one_operator(
                "PACK", options("PackOptions", axis=axis, valuesCount=2), parts, [of(y, dtype)]), feeds
        yield f"unpack_{dtype}", one_operator(
            "UNPACK", options("UnpackOptions", axis=1, num=3), [of((2, 3, 4), dtype)],
            [of((2, 4), dtype) for _ in range(3)]), feeds[:1]
        yield f"split_{dtype}", one_operator(
            "SPLIT", options("SplitOptions", numSplits=2), [constant(2), of((2, 3, 4), dtype)],
            [of((2, 3, 2), dtype) for _ in range(2)]), feeds[:1]
        yield f"split_v_{dtype}", one_operator(
            "SPLIT_V", options("SplitVOptions", numSplits=2), [of((2, 3, 4), dtype), constant([1, 3]), constant(2)],
            [of((2, 3, 1), dtype), of((2, 3, 3), dtype)]), feeds[:1]
        yield f"topk_{dtype}", one_operator(
            "TOPK_V2", None, [of((2, 3, 4), dtype), constant(2)],
            [of((2, 3, 2), dtype), plain((2, 3, 2), "int32")]), feeds[:1]
        for shape in ((2, 3, 4), (4,), (2, 1, 1)):
            yield f"select_v2_{dtype}_{len(shape)}", one_operator(
                "SELECT_V2", None, [plain(shape, "bool"), *parts], [of((2, 3, 4), dtype)]), [
                    numbers(shape, "bool"), *feeds]
        yield f"select_{dtype}", one_operator(
            "SELECT", None, [plain((2,), "bool"), *parts], [of((2, 3, 4), dtype)]), [numbers((2,), "bool"), *feeds]
        yield f"fill_{dtype}", one_operator(
            "FILL", None, [constant([2, 3]), of((), dtype)], [of((2, 3), dtype)]), [numbers((), dtype)]
        yield f"one_hot_{dtype}", one_operator(
            "ONE_HOT", options("OneHotOptions", axis=-1),
            [plain((3,), "int32"), constant(4), tensor(data=np.array(1).astype(dtype)),
             tensor(data=np.array(0).astype(dtype))], [plain((3, 4), dtype)]), [np.array([0, 3, 5], "int32")]
        for to in ANY:
            yield f"cast_{dtype}_{to}", one_operator(
                "CAST", options("CastOptions"), [plain((2, 3), dtype)], [plain((2, 3), to)]), [
                    np.abs(numbers((2, 3), dtype)) if dtype != "bool" else numbers((2, 3), dtype)]
        yield f"shape_{dtype}", one_operator(
            "SHAPE", options("ShapeOptions", outType=2), [of((2, 3, 4), dtype)], [plain((3,), "int32")]), feeds[:1]
        yield f"rank_{dtype}", one_operator("RANK", None, [of((2, 3, 4), dtype)], [plain((), "int32")]), feeds[:1]


def windows(wide):
    """Convolution and pooling in float; in integers quantised_cases has them."""
    for padding, stride, dilation, activation in itertools.product(("SAME", "VALID"), (1, 2), (1, 2), ACTIVATIONS):
        if stride == 2 and dilation == 2:
            continue
        rng = np.random.default_rng(5)
        side = -(-6 // stride) if padding == "SAME" else -(-(6 - 2 * dilation) // stride)
        name = f"{padding}_{stride}_{dilation}_{activation}".lower()
        fields = dict(padding=padding, strideW=stride, strideH=stride, dilationWFactor=dilation,
                      dilationHFactor=dilation, fusedActivationFunction=activation)
        weights = [tensor(data=rng.standard_normal(s).astype("float32")) for s in ((5, 3, 3, 4), (5,), (1, 3, 3, 4), (4,))]
        x, feed = plain((2, 6, 6, 4), "float32"), [numbers((2, 6, 6, 4), "float32")]
        yield f"conv_2d_{name}", one_operator("CONV_2D", options("Conv2DOptions", **fields), [x, *weights[:2]],
                                              [plain((2, side, side, 5), "float32")]), feed
        yield f"depthwise_{name}", one_operator(
            "DEPTHWISE_CONV_2D", options("DepthwiseConv2DOptions", depthMultiplier=1, **fields), [x, *weights[2:]],
            [plain((2, side, side, 4), "float32")]), feed
    for name, dtype, padding, stride in itertools.product(("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"),
                                                          ("float32", *QUANTISED), ("SAME", "VALID"), (1, 2)):
        side = -(-6 // stride) if padding == "SAME" else -(-(6 - 2) // stride)
        for activation in ACTIVATIONS:
            op = options("Pool2DOptions", padding=padding, strideW=stride, strideH=stride, filterWidth=3,
                         filterHeight=3, fusedActivationFunction=activation)
            yield f"{name.lower()}_{dtype}_{padding}_{stride}_{activation}".lower(), one_operator(
                name, op, [of((1, 6, 6, 3), dtype)], [of((1, side, side, 3), dtype)]), [numbers((1, 6, 6, 3), dtype)]


def images(wide):
    for name, table in (("RESIZE_BILINEAR", "ResizeBilinearOptions"),
                        ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")):
        for dtype, corners, centres, size in itertools.product(("float32", *QUANTISED), (False, True), (False, True),
                                                               ((7, 5), (2, 2), (1, 1), (8, 8))):
            if corners and centres:
                continue
            op = options(table, alignCorners=corners, halfPixelCenters=centres)
            yield f"{name.lower()}_{dtype}_{corners}_{centres}_{size[0]}", one_operator(
                name, op, [of((1, 4, 4, 2), dtype), constant(size)], [of((1, *size, 2), dtype)]), [
                    numbers((1, 4, 4, 2), dtype)]
    for dtype in NUMBERS:
        feed = [numbers((1, 4, 4, 4), dtype)]
        yield f"space_to_depth_{dtype}", one_operator(
            "SPACE_TO_DEPTH", options("SpaceToDepthOptions", blockSize=2), [of((1, 4, 4, 4), dtype)],
            [of((1, 2, 2, 16), dtype)]), feed
        yield f"depth_to_space_{dtype}", one_operator(
            "DEPTH_TO_SPACE", options("DepthToSpaceOptions", blockSize=2), [of((1, 4, 4, 4), dtype)],
            [of((1, 8, 8, 1), dtype)]), feed
        yield f"space_to_batch_nd_{dtype}", one_operator(
            "SPACE_TO_BATCH_ND", None, [of((1, 4, 4, 4), dtype), constant([2, 2]), constant([[0, 0], [2, 0]])],
            [of((4, 2, 3, 4), dtype)]), feed
        yield f"batch_to_space_nd_{dtype}", one_operator(
            "BATCH_TO_SPACE_ND", None, [of((4, 2, 2, 3), dtype), constant([2, 2]), constant([[0, 1], [0, 0]])],
            [of((1, 3, 4, 3), dtype)]), [numbers((4, 2, 2, 3), dtype)]
    for size in (1, 2, 5):
        op = options("LocalResponseNormalizationOptions", radius=size, bias=1.0, alpha=0.5, beta=0.75)
        yield f"lrn_{size}", one_operator("LOCAL_RESPONSE_NORMALIZATION", op, [plain((1, 2, 2, 6), "float32")],
                                          [plain((1, 2, 2, 6), "float32")]), [numbers((1, 2, 2, 6), "float32")]


def products(wide):
    rng = np.random.default_rng(6)
    weights, bias = tensor(data=rng.standard_normal((5, 6)).astype("float32")), tensor(
        data=rng.standard_normal(5).astype("float32"))
    for activation, keep, given in itertools.product(ACTIVATIONS, (False, True), (False, True)):
        op = options("FullyConnectedOptions", fusedActivationFunction=activation, keepNumDims=keep)
        y = (2, 3, 5) if keep else (6, 5)
        yield f"fully_connected_{activation}_{keep}_{given}".lower(), one_operator(
            "FULLY_CONNECTED", op, [plain((2, 3, 6), "float32"), weights, *([bias] if given else [None])],
            [plain(y, "float32")]), [numbers((2, 3, 6), "float32")]
    for a, b in itertools.product((False, True), (False, True)):
        for lead in ((), (3,), (2, 3)):
            shapes = [(*lead, *((4, 2) if a else (2, 4))), (*lead, *((5, 4) if b else (4, 5)))]
            yield f"batch_matmul_{a}_{b}_{len(lead)}", one_operator(
                "BATCH_MATMUL", options("BatchMatMulOptions", adjX=a, adjY=b), [plain(s, "float32") for s in shapes],
                [plain((*lead, 2, 5), "float32")]), [numbers(s, "float32", seed=i) for i, s in enumerate(shapes)]


def groups(wide):
    """(family, function) for each; in the narrow matrix broadcasting and edges are tried with fewer types."""
    for name in UNARY:
        yield name.lower(), functools.partial(unary, wide, name)
    for name in BINARY:
        yield name.lower(), functools.partial(binary, wide, name)
    for name in REDUCTIONS:
        yield name.lower(), functools.partial(reduction, wide, name)
    for name in ("ARG_MAX", "ARG_MIN"):
        yield name.lower(), functools.partial(arguments, wide, name)
    for make in (movement, several, windows, images, products):
        yield make.__name__, functools.partial(make, wide)


class _Recorder:
    """Takes the place of what runs a model in quantised_cases."""

    def __init__(self):
        self.ran, self.found = None, []

    def run(self, model, *feeds, **keywords):
        self.ran = model, list(feeds)
        return run(model, *feeds, **keywords)

    def add(self, name, *_):
        """A hybrid case is added in two halves; the model counts once."""
        if self.ran:
            self.found.append((name, *self.ran))
        self.ran = None


def _recorded(family):
    recorder, module = _Recorder(), importlib.import_module(f"quantised_cases.{family}")
    module.run = recorder.run
    module.cases(recorder)
    yield from recorder.found


def quantised_families():
    for family in ("linear", "elementwise", "functions", "hybrid"):
        yield f"quantised_{family}", functools.partial(_recorded, family)
