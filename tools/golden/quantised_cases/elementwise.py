"""Quantise, dequantise, requantise, and functions of two tensors."""

import itertools

from tflite_model import one_operator, options

from .common import *

ARITHMETIC = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
COMPARISONS = {"EQUAL": "equal", "NOT_EQUAL": "not_equal", "LESS": "less", "LESS_EQUAL": "less_equal",
               "GREATER": "greater", "GREATER_EQUAL": "greater_equal"}
SHAPES = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)), ((5,), (1,))]


@case
def quantize(out, name, y, feed):
    answer, = run(one_operator("QUANTIZE", None, [tensor(y.shape, "float32")], [y], version=3), feed)
    out.add(name, "quantize", {"result": y.dtype} | scales_of(y), [feed], [answer], 0)


@case
def dequantize(out, name, x, feed):
    answer, = run(one_operator("DEQUANTIZE", None, [x], [tensor(x.shape, "float32")], version=5), feed)
    out.add(name, "dequantize", scales_of(x), [feed], [answer], 0)


def scales_of(x):
    return {"scales": [float(s) for s in x.scales], "zeros": x.zeros, "axis": x.axis}


def quantize_cases(out):
    for dtype, (scale, zero) in itertools.product(("int8", "uint8", "int16"), ((0.1, 3), (0.25, 0), (0.0173, 9))):
        y = tensor((64,), dtype, scale=scale, zero=zero_of(dtype, zero))
        feed = (random.standard_normal(64) * scale * (60 if dtype != "int16" else 16000)).astype(np.float32)
        feed[:24] = (np.arange(-12, 12) + 0.5) * np.float32(scale)  # ties
        feed[24:28] = 1e6 * scale, -1e6 * scale, 0, -0.0
        quantize(out, f"quantize {dtype} scale {scale}", y, feed)
        everything = whole(dtype, 64) if dtype == "int16" else np.arange(256).astype(np.uint8).view(dtype)
        x = tensor(everything.shape, dtype, scale=scale, zero=y.zero)
        dequantize(out, f"dequantize {dtype} scale {scale}", x, everything)
    for dtype, axis in itertools.product(("int8", "uint8", "int16"), (0, 1, 2)):
        shape = (2, 3, 4)
        y = tensor(shape, dtype, scale=list(random.uniform(0.01, 0.2, shape[axis])),
                   zero=[zero_of(dtype, k) for k in range(shape[axis])], axis=axis)
        quantize(out, f"quantize {dtype} along axis {axis}", y, (random.standard_normal(shape) * 9).astype(np.float32))
        if dtype != "int16":  # its kernel knows 8 bits only
            dequantize(out, f"dequantize {dtype} along axis {axis}", y, whole(dtype, *shape))


@case
def requantize(out, name, x, y, feed):
    answer, = run(one_operator("QUANTIZE", None, [x], [y], version=3), feed)
    out.add(name, "requantize", {"input_zero": x.zeros[0], **end(y, double(x.scales[0]) / double(y.scales[0]))},
            [feed], [answer], 0)


def requantize_cases(out):
    pairs = [("int8", "int8"), ("int8", "uint8"), ("int8", "int16"), ("uint8", "int8"), ("uint8", "uint8"),
             ("uint8", "int16"), ("int16", "int8"), ("int16", "int16"), ("int16", "int32"), ("int32", "int8"),
             ("int32", "int16")]
    for (source, target), (a, b) in itertools.product(pairs, ((0.1, 0.1), (0.1, 0.037), (0.037, 0.1), (0.5, 1.0))):
        ties = source in ("int16", "int32") and a == 0.5
        if ties:
            b = 2.0 ** 12 * a
        x = tensor((256,), source, scale=a, zero=zero_of(source, 0 if a == b else 5))
        y = tensor((256,), target, scale=b, zero=zero_of(target, 0 if a == b else -9))
        feed = {"int16": whole("int16", 256), "int32": whole("int32", 256, low=-2**20, high=2**20)}.get(
            source, np.arange(256).astype(np.uint8))
        if ties:
            feed = ((np.arange(256) - 128) * (256 if source == "int16" else 2048)).astype(source)
        requantize(out, f"requantize {source} {a} to {target} {b}", x, y, feed.view(source))


def factors(kind, a, b, y):
    """The attributes that depend on the scales."""
    sa, sb = a.scales[0], b.scales[0]
    if kind == "MUL":
        return end(y, double(sa * sb / y.scales[0])), {}
    if kind == "DIV":
        return end(y, double(sa / (sb * y.scales[0]))), {}
    shift = {"SQUARED_DIFFERENCE": 7}.get(kind, 15 if a.dtype == "int16" else 20)
    twice = double(np.float32(2) * max(sa, sb))
    multiplier = twice / double(np.float32(1 << shift) * y.scales[0])
    if kind == "SQUARED_DIFFERENCE":
        multiplier = twice * twice / double(np.float32(1 << 14) * y.scales[0])
    return end(y, multiplier), {"left_shift": shift, "a_multiplier": double(sa) / twice,
                                "b_multiplier": double(sb) / twice}


@case
def binary(out, name, kind, dtype, shapes, scales, activation="NONE"):
    a = tensor(shapes[0], dtype, scale=scales[0], zero=zero_of(dtype, 3))
    b = tensor(shapes[1], dtype, scale=scales[1], zero=zero_of(dtype, -5))
    y = tensor(np.broadcast_shapes(*shapes), dtype, scale=scales[2], zero=zero_of(dtype, -9))
    op_options = (options(ARITHMETIC[kind], fusedActivationFunction=activation) if kind in ARITHMETIC else
                  options("SquaredDifferenceOptions"))
    if kind in ("ADD", "SUB"):
        op_options[1].potScaleInt16 = False
    feeds = extremes(whole(dtype, *shapes[0])), extremes(whole(dtype, *shapes[1]))
    if kind == "DIV":
        feeds[1][(feeds[1] == b.zeros[0]) | (feeds[1] == 0)] = 17  # its check takes a stored 0 for a real one
    answer, = run(one_operator(kind, op_options, [a, b], [y], version=2), *feeds)
    attributes, more = factors(kind, a, b, y)
    word = {"ADD": "add", "SUB": "subtract", "MUL": "multiply", "DIV": "divide"}.get(kind, kind.lower())
    out.add(name, "q_binary", {"kind": word, "a_zero": a.zeros[0], "b_zero": b.zeros[0]} | more | attributes |
            clamp(y, activation), feeds, [answer], 0)


def binary_cases(out):
    for kind, dtype in itertools.product(("ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE"), ("int8", "uint8", "int16")):
        if (kind == "SQUARED_DIFFERENCE" and dtype != "int8") or (kind == "DIV" and dtype == "int16"):
            continue
        wide = 1 if dtype != "int16" else 1 / 256
        for number, shapes in enumerate(SHAPES):
            sa, sb = (0.11 * wide, 0.034 * wide) if number % 2 else (0.05 * wide, 0.05 * wide)
            product = {"MUL": sa * sb * 64 / wide, "DIV": 0.07 * wide, "SQUARED_DIFFERENCE": 0.4}
            sy = product.get(kind, 0.13 * wide)
            activation = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")[number] if kind in ARITHMETIC else "NONE"
            binary(out, f"{kind.lower()} {dtype} {shapes[0]} {shapes[1]} {activation.lower()}", kind, dtype, shapes,
                   (sa, sb, sy), activation)
        if kind != "DIV":
            binary(out, f"{kind.lower()} {dtype} many", kind, dtype, ((16, 16), (16, 16)),
                   (0.05 * wide, 0.071 * wide, {"MUL": 0.2 * wide, "SQUARED_DIFFERENCE": 0.9}.get(kind, 0.09 * wide)))
            binary(out, f"{kind.lower()} {dtype} powers of two", kind, dtype, ((16, 16), (16, 16)),
                   (2**-5 * wide, 2**-6 * wide, {"MUL": 2**-3 * wide, "SQUARED_DIFFERENCE": 0.25}.get(kind, 2**-4 * wide)))
    for dtype in ("int8", "uint8"):
        binary(out, f"div {dtype} small", "DIV", dtype, ((16, 16), (16, 16)), (0.01, 0.1, 0.2))
        binary(out, f"div {dtype} many", "DIV", dtype, ((16, 16), (16, 16)), (0.05, 0.071, 0.03))


def power_of_two_cases(out):
    for kind, shift_a, n in itertools.product(("ADD", "SUB"), (False, True), (0, 1, 3)):
        scale = 2.0 ** -12
        a = tensor((64,), "int16", scale=scale * (2.0 ** -n if shift_a else 1))
        b = tensor((64,), "int16", scale=scale * (1 if shift_a else 2.0 ** -n))
        y = tensor((64,), "int16", scale=scale)
        op_options = options(ARITHMETIC[kind], potScaleInt16=True)
        feeds = extremes(whole("int16", 64)), extremes(whole("int16", 64))
        answer, = run(one_operator(kind, op_options, [a, b], [y], version=2), *feeds)
        factor = 2.0 ** -(n + 1)
        out.add(f"{kind.lower()} int16 pot shifted by {n} {'left' if shift_a else 'right'}", "q_binary",
                {"kind": {"ADD": "add", "SUB": "subtract"}[kind], "left_shift": 1,
                 "a_multiplier": factor if shift_a else 0.5, "b_multiplier": 0.5 if shift_a else factor} | end(y, 1),
                feeds, [answer], 0)


def comparison_cases(out):
    for (kind, word), dtype in itertools.product(COMPARISONS.items(), ("int8", "uint8")):
        for shapes in SHAPES[:3]:
            a = tensor(shapes[0], dtype, scale=0.05, zero=zero_of(dtype, 3))
            b = tensor(shapes[1], dtype, scale=0.1, zero=zero_of(dtype, -5))
            feeds = whole(dtype, *shapes[0]), whole(dtype, *shapes[1])
            feeds[0].reshape(-1)[:3] = a.zeros[0] + np.array([0, 20, -40])
            feeds[1].reshape(-1)[:3] = b.zeros[0] + np.array([0, 10, -20])
            y = tensor(np.broadcast_shapes(*shapes), "bool")
            answer, = run(one_operator(kind, None, [a, b], [y], version=2), *feeds)
            out.add(f"{word} {dtype} {shapes[0]} {shapes[1]}", "q_binary",
                    {"kind": word, "a_zero": a.zeros[0], "b_zero": b.zeros[0], "left_shift": 8,
                     "a_multiplier": float(a.scales[0]), "b_multiplier": float(b.scales[0])}, feeds, [answer])


def cases(out):
    quantize_cases(out)
    requantize_cases(out)
    binary_cases(out)
    power_of_two_cases(out)
    comparison_cases(out)
