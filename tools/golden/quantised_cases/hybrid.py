"""Dynamic range: float activations that the kernel quantises itself, and 8-bit weights.

The numbers between the two halves cannot be seen from outside. They are computed here, and right if the second
half of our operators gives the kernel's answer from them.
"""

import itertools

from tflite_model import one_operator, options

from .common import *


def round_away(x):
    return np.trunc(x + np.copysign(np.asarray(0.5, x.dtype), x))


def quantised_rows(x, leading, asymmetric):
    """q, scales, zeros of dynamic_quantize."""
    rows = x.reshape(int(np.prod(x.shape[:leading])), -1)
    q, scales, zeros = np.zeros(rows.shape, np.int8), np.ones(len(rows), np.float32), np.zeros(len(rows), np.int32)
    for i, row in enumerate(rows):
        low, high = row.min(), row.max()
        if asymmetric:
            low, high = min(np.float32(0), low), max(np.float32(0), high)
            if low == high:
                continue
            scale = float(high - low) / 255
            low, high = float(low), float(high)
            better_low = 128 + abs(low / scale) < 127 + abs(high / scale)
            zero = np.clip(-128 - low / scale if better_low else 127 - high / scale, -128, 127)
            scales[i], zeros[i] = scale, int(round_away(np.float64(zero)))
            steps = round_away(np.float32(zeros[i]) + row * (np.float32(1) / scales[i]))
        else:
            reach = max(abs(low), abs(high))
            if reach == 0:
                continue
            scales[i] = reach / np.float32(127)
            steps = round_away(row * (np.float32(127) / reach))
        q[i] = np.clip(steps, -128 if asymmetric else -127, 127)
    return q.reshape(x.shape), scales.reshape(x.shape[:leading]), zeros.reshape(x.shape[:leading])


def noise(*shape):
    x = (random.standard_normal(shape) * 3 + 0.7).astype(np.float32)
    x[-1] = 0 if len(x) > 2 else x[-1]
    x[0] = np.abs(x[0]) if len(x) > 1 else x[0]
    return x


def kernel(shape, axis, per_channel):
    data = whole("int8", *shape, low=-127)
    scale = list(random.uniform(0.001, 0.02, shape[axis])) if per_channel else 0.0071
    return tensor(data=data, scale=scale, axis=axis)


def add(out, name, feed, leading, asymmetric, op, attributes, weights, bias, answer):
    rows = quantised_rows(feed, leading, asymmetric)
    out.add(f"dynamic_quantize of {name}", "dynamic_quantize", {"leading": leading, "asymmetric": asymmetric}, [feed],
            rows, 0)
    q, scales, zeros = rows
    out.add(name, op, attributes, [q, weights, scales, zeros, None if bias is None else bias.data], [answer], 0)


@case
def fully_connected(out, name, per_channel, asymmetric, bias, depth):
    x, w, y = tensor((4, depth), "float32"), kernel((9, depth), 0, per_channel), tensor((4, 9), "float32")
    b = tensor(data=noise(9)) if bias else None
    feed = noise(4, depth)
    op_options = options("FullyConnectedOptions", asymmetricQuantizeInputs=asymmetric)
    answer, = run(one_operator("FULLY_CONNECTED", op_options, [x, w, b], [y], version=9), feed)
    add(out, name, feed, 1, asymmetric, "hybrid_mat_mul",
        {"transpose_b": True, "weights_scales": [float(s) for s in w.scales]}, w.data, b, answer)


@case
def conv(out, name, kind, per_channel, padding, stride, dilation=(1, 1), bias=True):
    shape, window, outputs = (3, 6, 5, 4), (3, 2), 5
    depthwise = kind == "DEPTHWISE_CONV_2D"
    x, b = tensor(shape, "float32"), None
    if depthwise:
        outputs = 8
        w = kernel((1, *window, outputs), 3, per_channel)
        inner, groups = w.data.reshape(*window, 1, outputs), 4
    else:
        w = kernel((outputs, *window, 4), 0, per_channel)
        inner, groups = w.data.transpose(1, 2, 3, 0), 1
    sizes = [-(-s // t) if padding == "SAME" else -(-(s - (k - 1) * d) // t)
             for s, t, k, d in zip(shape[1:3], stride, window, dilation)]
    y, feed = tensor((3, *sizes, outputs), "float32"), noise(*shape)
    b = tensor(data=noise(outputs)) if bias else None
    fields = dict(padding=padding, strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
                  dilationWFactor=dilation[1])
    op_options = (options("DepthwiseConv2DOptions", depthMultiplier=2, **fields) if depthwise else
                  options("Conv2DOptions", **fields))
    answer, = run(one_operator(kind, op_options, [x, w, b] if b else [x, w], [y], version=6 if depthwise else 5), feed)
    pads = {"padding": "same"} if padding == "SAME" else {"pad_before": [0, 0], "pad_after": [0, 0]}
    add(out, name, feed, 1, per_channel or depthwise, "hybrid_conv",
        {"strides": stride, "dilations": dilation, "groups": groups, **pads,
         "weights_scales": [float(s) for s in w.scales], "weights_scale_first": per_channel and not depthwise},
        inner, b, answer)


def cases(out):
    for per_channel, asymmetric, bias, depth in itertools.product((False, True), (False, True), (False, True), (7, 64)):
        fully_connected(out, f"fully_connected per_channel {per_channel} asymmetric {asymmetric} bias {bias} {depth}",
                        per_channel, asymmetric, bias, depth)
    for kind, per_channel, padding, stride in itertools.product(
            ("CONV_2D", "DEPTHWISE_CONV_2D"), (False, True), ("SAME", "VALID"), ((1, 1), (2, 1))):
        conv(out, f"{kind.lower()} per_channel {per_channel} {padding} {stride}", kind, per_channel, padding, stride)
        conv(out, f"{kind.lower()} per_channel {per_channel} {padding} {stride} without bias", kind, per_channel, padding,
             stride, bias=False)
    conv(out, "conv_2d dilated", "CONV_2D", True, "SAME", (1, 1), (2, 2))
