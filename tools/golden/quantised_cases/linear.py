"""Convolutions and matrix products."""

import itertools

from tflite_model import one_operator, options

from .common import *

BIAS_TYPES = {"int32": 2, "int64": 4}


def effective(x, w, y):
    """x's scale * w's / y's, all in double."""
    return double(x.scales[0]) * double(w.scales) / double(y.scales[0])


def effective_float(x, w, y):
    """The same, but the first product rounded to float."""
    return double(x.scales[0] * w.scales[0]) / double(y.scales[0])


def bias_of(x, w, dtype, count):
    return tensor(data=whole(dtype, count, low=-900, high=900), scale=[float(x.scales[0] * s) for s in w.scales])


def weights_of(dtype, shape, channels, axis, per_channel):
    """Weights of a constant tensor; per channel they are symmetric, with one channel of zeros' smallest scale."""
    if dtype == "int4":
        data = whole("int8", *shape, low=-8, high=8)
    else:
        data = whole(dtype, *shape, low=-127 if dtype == "int8" else None)
    if per_channel:
        return tensor(dtype=dtype, data=data, scale=list(random.uniform(0.001, 0.01, channels)), axis=axis)
    return tensor(dtype=dtype, data=data, scale=0.0043, zero=131 if dtype == "uint8" else 0)


def spread(x, w, taps, steps):
    """A scale that makes outputs fill `steps` numbers to about three standard deviations."""
    wide = 74.0 if x.dtype != "int16" else 18900.0
    factor = {"int8": 74.0, "uint8": 74.0, "int4": 4.6}[w.dtype]
    return float(np.float32(x.scales[0] * np.mean(w.scales) * wide * factor * np.sqrt(taps) * 5.0 / steps))


def rounding_of(x, bias):
    return "fixed16" if x.dtype == "int16" and (bias is None or bias.dtype == "int64") else "fixed31"


@case
def conv(out, name, kind, dtype, wdtype, shape=(2, 5, 6, 4), kernel=(3, 2), outputs=3, stride=(1, 1), dilation=(1, 1),
         padding="SAME", per_channel=False, activation="NONE", bias="wide", groups=1, multiplier=1):
    x = tensor(shape, dtype, scale=0.021, zero=zero_of(dtype))
    channels = shape[-1]
    if kind == "DEPTHWISE_CONV_2D":
        outputs, groups = channels * multiplier, channels
        w = weights_of(wdtype, (1, *kernel, outputs), outputs, 3, per_channel)
        inner = w.data.reshape(*kernel, 1, outputs)
    else:
        w = weights_of(wdtype, (outputs, *kernel, channels // groups), outputs, 0, per_channel)
        inner = w.data.transpose(1, 2, 3, 0)
    taps = kernel[0] * kernel[1] * (channels // groups)
    steps = 256 if dtype != "int16" else 65536
    scale = spread(x, w, taps, steps)
    b = None if bias is None else bias_of(x, w, WIDTHS[dtype] if bias == "wide" else bias, outputs)
    sizes = [-(-s // t) if padding == "SAME" else -(-(s - (k - 1) * d) // t)
             for s, t, k, d in zip(shape[1:3], stride, kernel, dilation)]
    y = tensor((shape[0], *sizes, outputs), dtype, scale=scale, zero=zero_of(dtype, -9))
    fields = dict(padding=padding, strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
                  dilationWFactor=dilation[1], fusedActivationFunction=activation)
    if kind == "DEPTHWISE_CONV_2D":
        op_options = options("DepthwiseConv2DOptions", depthMultiplier=multiplier, **fields)
    else:
        extra = {"quantizedBiasType": BIAS_TYPES[b.dtype]} if b is not None and dtype == "int16" else {}
        op_options = options("Conv2DOptions", **fields, **extra)
    feed = extremes(whole(dtype, *shape))
    model = one_operator(kind, op_options, [x, w, b] if b else [x, w], [y], version=3)
    answer, = run(model, feed)
    factor = effective_float(x, w, y) if dtype == "uint8" else effective(x, w, y)
    pads = {"padding": "same"} if padding == "SAME" else {"pad_before": [0, 0], "pad_after": [0, 0]}
    attributes = {"strides": stride, "dilations": dilation, "groups": groups, **pads, "input_zero": x.zeros[0],
                  "weights_zero": w.zeros[0], **end(y, factor, activation, rounding_of(x, b))}
    out.add(name, "q_conv", attributes, [feed, inner, None if b is None else b.data], [answer], 0)


def conv_cases(out):
    types = [("int8", "int8", False), ("int8", "int8", True), ("uint8", "uint8", False), ("int16", "int8", True),
             ("int8", "int4", True)]
    for (dtype, wdtype, per_channel), kind in itertools.product(types, ("CONV_2D", "DEPTHWISE_CONV_2D")):
        word = f"{kind.lower()} {dtype} weights {wdtype} per_channel {per_channel}"
        multiplier = {"multiplier": 1 if wdtype == "int4" else 2} if kind != "CONV_2D" else {}
        common = dict(dtype=dtype, wdtype=wdtype, per_channel=per_channel, **multiplier)
        conv(out, word + " same", kind, **common)
        conv(out, word + " valid stride 2 relu6", kind, **common, padding="VALID", stride=(2, 2), activation="RELU6")
        conv(out, word + " same dilation 2 relu", kind, **common, dilation=(2, 2), activation="RELU")
        conv(out, word + " 1x1 relu_n1_to_1", kind, **common, kernel=(1, 1), activation="RELU_N1_TO_1")
        if kind == "CONV_2D" or dtype != "int8":
            conv(out, word + " without bias", kind, **common, bias=None)
    conv(out, "conv_2d int8 two groups", "CONV_2D", "int8", "int8", groups=2, outputs=4, per_channel=True)
    conv(out, "conv_2d int16 bias int32", "CONV_2D", "int16", "int8", bias="int32", per_channel=True)
    conv(out, "conv_2d int8 one scale for three channels", "CONV_2D", "int8", "int8", shape=(1, 7, 7, 3),
         kernel=(7, 7), padding="VALID")


@case
def conv_transpose(out, name, dtype, wdtype, per_channel, padding, stride, kernel=(3, 2), bias=True,
                   activation="NONE"):
    shape, outputs = (2, 3, 4, 3), 2
    x = tensor(shape, dtype, scale=0.021, zero=zero_of(dtype))
    w = weights_of(wdtype, (outputs, *kernel, shape[-1]), outputs, 0, per_channel)
    b = bias_of(x, w, WIDTHS[dtype], outputs) if bias else None
    sizes = [s * t if padding == "SAME" else (s - 1) * t + k for s, t, k in zip(shape[1:3], stride, kernel)]
    scale = spread(x, w, kernel[0] * kernel[1] * 3 / stride[0] / stride[1], 256 if dtype != "int16" else 65536)
    y = tensor((shape[0], *sizes, outputs), dtype, scale=scale, zero=zero_of(dtype, -9))
    target = tensor(data=np.array(y.shape, np.int32))
    op_options = options("TransposeConvOptions", padding=padding, strideH=stride[0], strideW=stride[1],
                         fusedActivationFunction=activation,
                         **({"quantizedBiasType": BIAS_TYPES[b.dtype]} if b is not None and dtype == "int16" else {}))
    feed = extremes(whole(dtype, *shape))
    answer, = run(one_operator("TRANSPOSE_CONV", op_options, [target, w, x, b], [y], version=4), feed)
    factor = effective_float(x, w, y) if dtype == "uint8" else effective(x, w, y)
    pads = {"padding": "same"} if padding == "SAME" else {"pad_before": [0, 0], "pad_after": [0, 0]}
    attributes = {"strides": stride, "dilations": [1, 1], "output_padding": [0, 0], **pads, "input_zero": x.zeros[0],
                  "weights_zero": w.zeros[0], **end(y, factor, activation, rounding_of(x, b))}
    out.add(name, "q_conv_transpose", attributes,
            [feed, w.data.transpose(1, 2, 0, 3), None if b is None else b.data], [answer], 0)


def conv_transpose_cases(out):
    types = [("int8", "int8", False), ("int8", "int8", True), ("uint8", "uint8", False), ("int16", "int8", True)]
    for (dtype, wdtype, per_channel), padding, stride in itertools.product(types, ("SAME", "VALID"), ((1, 1), (2, 3))):
        conv_transpose(out, f"transpose_conv {dtype} per_channel {per_channel} {padding} stride {stride}", dtype, wdtype,
                       per_channel, padding, stride, kernel=(3, 4), activation="RELU" if stride == (1, 1) else "NONE")
        if padding == "SAME":
            conv_transpose(out, f"transpose_conv {dtype} per_channel {per_channel} stride {stride} without bias", dtype,
                           wdtype, per_channel, padding, stride, kernel=(3, 3), bias=False)


@case
def fully_connected(out, name, dtype, wdtype, per_channel=False, bias="wide", activation="NONE", depth=24,
                    scales=(0.021, None)):
    x = tensor((9, depth), dtype, scale=scales[0], zero=zero_of(dtype))
    w = weights_of(wdtype, (11, depth), 11, 0, per_channel)
    if scales[1]:
        w = tensor(dtype=wdtype, data=w.data, scale=scales[1], zero=w.zeros[0])
    y = tensor((9, 11), dtype, scale=spread(x, w, depth, 256 if dtype != "int16" else 65536),
               zero=zero_of(dtype, -9))
    if scales[1]:
        y.scale = scales[0] * scales[1] * 2048  # sums end on ties
    b = None if bias is None else bias_of(x, w, WIDTHS[dtype] if bias == "wide" else bias, 11)
    extra = {"quantizedBiasType": BIAS_TYPES[b.dtype]} if b is not None and dtype == "int16" else {}
    op_options = options("FullyConnectedOptions", fusedActivationFunction=activation, **extra)
    feed = extremes(whole(dtype, 9, depth))
    answer, = run(one_operator("FULLY_CONNECTED", op_options, [x, w, b], [y], version=10), feed)
    attributes = {"transpose_b": True, "a_zero": x.zeros[0], "b_zero": w.zeros[0],
                  **end(y, effective(x, w, y), activation, "real")}
    out.add(name, "q_mat_mul", attributes, [feed, w.data, None if b is None else b.data], [answer], 0)


def fully_connected_cases(out):
    for dtype, wdtype, per_channel in (("int8", "int8", False), ("int8", "int8", True), ("uint8", "uint8", False),
                                       ("int16", "int8", False), ("int16", "int8", True), ("int8", "int4", False),
                                       ("int8", "int4", True)):
        name = f"fully_connected {dtype} weights {wdtype} per_channel {per_channel}"
        for activation in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1"):
            fully_connected(out, f"{name} {activation.lower()}", dtype, wdtype, per_channel, activation=activation)
        fully_connected(out, name + " without bias", dtype, wdtype, per_channel, bias=None)
        if not per_channel:
            fully_connected(out, name + " ties", dtype, wdtype, scales=(0.125, 0.25), depth=40)
    fully_connected(out, "fully_connected int16 bias int32", "int16", "int8", bias="int32")
    fully_connected(out, "fully_connected int8 deep", "int8", "int8", depth=300)


@case
def batch_matmul(out, name, dtype, ta, tb, sa, sb):
    a = tensor(sa[:-2] + (sa[-1], sa[-2]) if ta else sa, dtype, scale=0.031, zero=zero_of(dtype))
    b = tensor(sb[:-2] + (sb[-1], sb[-2]) if tb else sb, dtype, scale=0.017, zero=zero_of(dtype, -3))
    scale = 0.031 * 0.017 * (5500 * 2.2 * 5 / 256 if dtype == "int8" else 3.6e8 * 2.2 * 5 / 65536)
    y = tensor((*np.broadcast_shapes(sa[:-2], sb[:-2]), sa[-2], sb[-1]), dtype, scale=scale, zero=zero_of(dtype, 7))
    feeds = extremes(whole(dtype, *a.shape)), extremes(whole(dtype, *b.shape))
    model = one_operator("BATCH_MATMUL", options("BatchMatMulOptions", adjX=ta, adjY=tb), [a, b], [y], version=3)
    answer, = run(model, *feeds)
    attributes = {"transpose_a": ta, "transpose_b": tb, "a_zero": a.zeros[0], "b_zero": b.zeros[0],
                  **end(y, effective_float(a, b, y), rounding="fixed16" if dtype == "int16" else "fixed31")}
    out.add(name, "q_mat_mul", attributes, feeds, [answer], 0)


def batch_matmul_cases(out):
    for dtype, ta, tb, (sa, sb) in itertools.product(
            ("int8", "int16"), (False, True), (False, True),
            (((3, 5), (5, 4)), ((2, 3, 5), (2, 5, 4)), ((2, 1, 3, 5), (3, 5, 4)))):
        batch_matmul(out, f"batch_matmul {dtype} transposed {ta} {tb} {len(sa)} and {len(sb)} axes", dtype, ta, tb, sa,
                     sb)


def cases(out):
    conv_cases(out)
    conv_transpose_cases(out)
    fully_connected_cases(out)
    batch_matmul_cases(out)
