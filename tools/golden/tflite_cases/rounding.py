"""Operators of bytes as XNNPACK rounds them: LiteRT's answers with its usual delegate, where ties abound."""

import numpy as np

from tflite_model import one_operator, options, tensor

ZEROS = {"int8": -9, "uint8": 119}
rng = np.random.default_rng(41)


def weights(dtype, shape, channels, axis, by_channel):
    info = np.iinfo(dtype)
    data = rng.integers(info.min + (dtype == "int8"), info.max + 1, shape).astype(dtype)
    scale = [2.0 ** -(7 + c % 3) * (1 + c % 2) for c in range(channels)] if by_channel else 2.0 ** -8
    return tensor(data=data, scale=scale, zero=0 if dtype == "int8" else 125, axis=axis)


def biased(kernel):
    """A kernel and a bias of its channels, whose scales the delegate wants to be the products'."""
    steps = np.multiply(2.0 ** -5, kernel.scale)
    count = len(kernel.scale) if np.ndim(steps) else kernel.shape[kernel.axis]
    return kernel, tensor(data=rng.integers(-4000, 4000, count).astype("int32"), scale=steps)


def everything(dtype):
    """All pairs of bytes, as a column and a row."""
    info = np.iinfo(dtype)
    line = np.arange(info.min, info.max + 1).astype(dtype)
    return line.reshape(256, 1), line.reshape(1, 256)


def sums(dtype):
    zero = ZEROS[dtype]
    for name, scales in (("ADD", (0.5, 0.25, 1.0)), ("ADD", (0.031, 0.17, 0.22)), ("SUB", (0.5, 0.125, 0.5)),
                         ("SUB", (0.3, 0.07, 0.011)), ("MUL", (0.5, 0.25, 0.5)), ("MUL", (0.031, 0.17, 0.3))):
        a, b = everything(dtype)
        tensors = [tensor(x.shape, dtype, s, zero + 4 * i) for i, (x, s) in enumerate(zip((a, b), scales))]
        op = options(f"{name.capitalize()}Options", fusedActivationFunction="RELU6" if name == "SUB" else "NONE")
        yield f"{name.lower()}_{scales[0]}", one_operator(
            name, op, tensors, [tensor((256, 256), dtype, scales[2], zero)]), [a, b]


def products(dtype):
    zero, info = ZEROS[dtype], np.iinfo(dtype)
    per = (False, True) if dtype == "int8" else (False,)
    x = rng.integers(info.min, info.max + 1, (1, 9, 9, 8)).astype(dtype)
    for by_channel, padding in ((c, p) for c in per for p in ("SAME", "VALID")):
        side = 9 if padding == "SAME" else 7
        fields = dict(padding=padding, strideW=1, strideH=1, fusedActivationFunction="RELU")
        of = lambda channels: [tensor((1, side, side, channels), dtype, 0.5, zero)]  # noqa: E731
        source = tensor(x.shape, dtype, 2.0 ** -5, zero)
        yield f"conv_2d_{by_channel}_{padding}".lower(), one_operator(
            "CONV_2D", options("Conv2DOptions", **fields),
            [source, *biased(weights(dtype, (19, 3, 3, 8), 19, 0, by_channel))], of(19)), [x]
        yield f"depthwise_{by_channel}_{padding}".lower(), one_operator(
            "DEPTHWISE_CONV_2D", options("DepthwiseConv2DOptions", depthMultiplier=1, **fields),
            [source, *biased(weights(dtype, (1, 3, 3, 8), 8, 3, by_channel))], of(8)), [x]
    for by_channel in per:
        rows = x.reshape(-1, 72)
        yield f"fully_connected_{by_channel}".lower(), one_operator(
            "FULLY_CONNECTED", options("FullyConnectedOptions"),
            [tensor(rows.shape, dtype, 2.0 ** -5, zero), *biased(weights(dtype, (33, 72), 33, 0, by_channel))],
            [tensor((len(rows), 33), dtype, 0.5, zero)]), [rows]
    kernel, bias = biased(weights(dtype, (5, 3, 3, 8), 5, 0, False))
    yield "transpose_conv", one_operator(
        "TRANSPOSE_CONV", options("TransposeConvOptions", padding="SAME", strideW=2, strideH=2),
        [tensor(data=np.array([1, 18, 18, 5], "int32")), kernel,
         tensor(x.shape, dtype, 2.0 ** -5, zero), bias], [tensor((1, 18, 18, 5), dtype, 0.5, zero)], version=3), [x]


def means(dtype):
    zero, info = ZEROS[dtype], np.iinfo(dtype)
    x = rng.integers(info.min, info.max + 1, (3, 4, 5, 33)).astype(dtype)
    for name, axes, scale in (("MEAN", (1, 2), 0.05), ("MEAN", (3,), 0.021), ("MEAN", (1,), 0.05), ("SUM", (1, 2), 0.3),
                              ("SUM", (3,), 0.4)):
        y = tuple(n for i, n in enumerate(x.shape) if i not in axes)
        yield f"{name.lower()}_{axes[0]}_{scale}", one_operator(
            name, options("ReducerOptions", keepDims=False), [tensor(x.shape, dtype, 0.05, zero),
                                                              tensor(data=np.array(axes, "int32"))],
            [tensor(y, dtype, scale, zero + 2)]), [x]


def scales(dtype):
    zero = ZEROS[dtype]
    reals = np.concatenate([np.arange(-70, 70, 0.125), rng.uniform(-5, 5, 600)]).astype("float32")
    for scale in (0.25, 0.0173):
        yield f"quantize_{scale}", one_operator("QUANTIZE", options("QuantizeOptions"), [tensor(reals.shape, "float32")],
                                                [tensor(reals.shape, dtype, scale, zero)]), [reals]
    line = everything(dtype)[0].reshape(256)
    for scale in (0.1, 0.031):
        yield f"requantize_{scale}", one_operator("QUANTIZE", options("QuantizeOptions"), [tensor((256,), dtype, 0.037, zero)],
                                                  [tensor((256,), dtype, scale, zero + 3)]), [line]


def slopes(dtype):
    zero, line = ZEROS[dtype], everything(dtype)[0].reshape(256)
    for alpha, scale in ((0.3, 0.037), (0.3, 0.05), (-0.7, 0.125), (0.001, 0.05)):
        yield f"leaky_relu_{alpha}_{scale}", one_operator(
            "LEAKY_RELU", options("LeakyReluOptions", alpha=alpha), [tensor((256,), dtype, 0.05, zero)],
            [tensor((256,), dtype, scale, zero + 3)]), [line]


def pictures(dtype):
    info = np.iinfo(dtype)
    x = rng.integers(info.min, info.max + 1, (2, 7, 9, 5)).astype(dtype)
    for coordinates in ({}, {"alignCorners": True}, {"halfPixelCenters": True}):
        for size in ((14, 21), (3, 2), (1, 1), (10, 9)):
            name = "_".join(["resize_bilinear", *coordinates, *map(str, size)]).lower()
            yield name, one_operator(
                "RESIZE_BILINEAR", options("ResizeBilinearOptions", **coordinates),
                [tensor(x.shape, dtype, 0.05, ZEROS[dtype]), tensor(data=np.array(size, "int32"))],
                [tensor((2, *size, 5), dtype, 0.05, ZEROS[dtype])], version=3), [x]


def depthwise_of_axis_0(dtype):
    """The delegate takes uint8 only where the weights' one scale is said of axis 0; above it is said of axis 3."""
    info = np.iinfo(dtype)
    x = rng.integers(info.min, info.max + 1, (3, 9, 9, 16)).astype(dtype)
    kernel = weights(dtype, (1, 3, 3, 16), 16, 0, False)
    bias = tensor(data=rng.integers(-4000, 4000, 16).astype("int32"), scale=2.0 ** -13)
    yield "depthwise_axis_0", one_operator(
        "DEPTHWISE_CONV_2D", options("DepthwiseConv2DOptions", padding="SAME", strideW=1, strideH=1, depthMultiplier=1),
        [tensor(x.shape, dtype, 2.0 ** -5, ZEROS[dtype]), kernel, bias],
        [tensor((3, 9, 9, 16), dtype, 2.0 ** -5, ZEROS[dtype])]), [x]


def cases(case):
    for dtype in ("int8", "uint8"):
        for make in (sums, products, means, scales, slopes, pictures, depthwise_of_axis_0):
            for name, model, feeds in make(dtype):
                yield case(f"{name}_{dtype}", None, [f.shape for f in feeds], dtypes=[dtype] * len(feeds), feeds=feeds,
                           model=model, kernels="XNNPACK")
