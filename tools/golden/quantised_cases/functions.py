"""Functions of one tensor: element by element, softmax, pooling, reductions."""

import itertools

from tflite_model import one_operator, options

from .common import *

BYTES = np.arange(256).astype(np.uint8)


def every(dtype):
    """All numbers of 8 bits; of 16 bits every 61st and the ends."""
    if dtype == "int16":
        return np.append(np.arange(-32768, 32767, 61), [-1, 0, 1, 32766, 32767]).astype(np.int16)
    return BYTES.view(dtype)


@case
def unary(out, name, code, word, dtype, source, target, op_options=None, alpha=None, version=1, kernels="REF"):
    feed = every(dtype)
    x = tensor(feed.shape, dtype, scale=source[0], zero=source[1])
    y = tensor(feed.shape, dtype, scale=target[0], zero=target[1])
    answer, = run(one_operator(code, op_options, [x], [y], version=version), feed, kernels=kernels)
    attributes = {"kind": word, "input_scale": float(x.scales[0]), "input_zero": x.zeros[0],
                  "output_scale": float(y.scales[0]), "output_zero": y.zeros[0]}
    out.add(name, "q_unary", attributes | ({} if alpha is None else {"alpha": float(np.float32(alpha))}), [feed],
            [answer], 0)


def lowest(dtype):
    return {"int8": -128, "uint8": 0, "int16": 0}[dtype]


def unary_cases(out):
    for dtype, scale in itertools.product(("int8", "uint8"), (0.003, 0.047, 0.31)):
        zero = zero_of(dtype, -17)
        source = (scale, zero)
        unary(out, f"logistic {dtype} {scale}", "LOGISTIC", "logistic", dtype, source, (1 / 256, lowest(dtype)))
        unary(out, f"tanh {dtype} {scale}", "TANH", "tanh", dtype, source, (1 / 128, zero_of(dtype, 0)), version=2)
        for approximate in (False, True):
            unary(out, f"gelu {dtype} {scale} {approximate}", "GELU", "gelu_tanh" if approximate else "gelu", dtype,
                  source, (scale * 0.7, zero_of(dtype, -100)), options("GeluOptions", approximate=approximate))
        for target in (0.8, 1.0, 1.9):
            unary(out, f"hard_swish {dtype} {scale} to {target}", "HARD_SWISH", "hard_swish", dtype, source,
                  (scale * target, zero_of(dtype, -80)))
    for dtype, alpha, scale in itertools.product(("int8", "uint8", "int16"), (0.1, 0.5, 1.7, -0.3), (0.05, 0.021)):
        unary(out, f"leaky_relu {dtype} {alpha} {scale}", "LEAKY_RELU", "leaky_relu", dtype, (0.05, zero_of(dtype, 9)),
              (scale, zero_of(dtype, -9)), options("LeakyReluOptions", alpha=alpha), alpha=alpha, version=2)
    for scale in (0.01, 0.05, 0.2):
        unary(out, f"elu int8 {scale}", "ELU", "elu", "int8", (scale, -3), (scale * 0.6, -90), kernels="WITHOUT_DEFAULT_DELEGATES")
        unary(out, f"exp int8 {scale}", "EXP", "exp", "int8", (scale, 100), (0.011, -128), options("ExpOptions"), version=2)
        unary(out, f"log int8 {scale}", "LOG", "log", "int8", (scale, -100), (0.04, -20), version=2)
        unary(out, f"abs int8 {scale}", "ABS", "abs", "int8", (0.05, -10), (scale, -128), options("AbsOptions"), version=2)
        unary(out, f"abs int16 {scale}", "ABS", "abs", "int16", (0.05, 0), (scale, 0), options("AbsOptions"), version=3)
        unary(out, f"exp int16 {scale}", "EXP", "exp", "int16", (scale / 300, 0), (scale * 0.01, 0), options("ExpOptions"),
              version=2)
        unary(out, f"log int16 {scale}", "LOG", "log", "int16", (scale / 200, 0), (0.0004, 0), version=2)
        for approximate in (False, True):
            unary(out, f"gelu int16 {scale} {approximate}", "GELU", "gelu_tanh" if approximate else "gelu", "int16",
                  (scale / 200, 0), (scale / 250, 0), options("GeluOptions", approximate=approximate), version=2)
    for scale in (2.0 ** -12, 2.0 ** -11, 0.0003, 0.0011, 2.0 ** -15, 0.02):
        unary(out, f"logistic int16 {scale}", "LOGISTIC", "logistic", "int16", (scale, 0), (1 / 32768, 0), version=3)
        unary(out, f"tanh int16 {scale}", "TANH", "tanh", "int16", (scale, 0), (1 / 32768, 0), version=3)


@case
def relu(out, name, code, dtype, source, target):
    x = tensor(every(dtype).shape, dtype, scale=source, zero=zero_of(dtype, 9))
    y = tensor(x.shape, dtype, scale=target, zero=zero_of(dtype, -9))
    answer, = run(one_operator(code, None, [x], [y], version=1 if code == "RELU_N1_TO_1" else 2), every(dtype))
    out.add(name, "requantize", {"input_zero": x.zeros[0]} | end(y, double(x.scales[0] / y.scales[0]), code),
            [every(dtype)], [answer], 0)


def relu_cases(out):
    for code, dtype, target in itertools.product(("RELU", "RELU6", "RELU_N1_TO_1"), ("int8", "uint8", "int16"), (0.05, 0.021)):
        relu(out, f"{code.lower()} {dtype} to {target}", code, dtype, 0.05, target)


@case
def softmax(out, name, dtype, result, shape, scale, beta=1.0, version=3):
    x = tensor(shape, dtype, scale=scale, zero=zero_of(dtype, 4))
    zero = {"int8": -128, "uint8": 0, "int16": 0 if dtype == "int16" else -32768}[result]
    steps = {"int8": 1 / 256, "uint8": 1 / 256, "int16": 1 / 32768 if dtype == "int16" else 1 / 65536}[result]
    y = tensor(shape, result, scale=steps, zero=zero)
    feed = whole(dtype, *shape)
    if shape[-1] < 256:  # where a sum of 8-bit numbers' exponentials passes 512, TensorFlow Lite aborts
        feed.reshape(-1, shape[-1])[0, :] = feed.reshape(-1)[0]
    answer, = run(one_operator("SOFTMAX", options("SoftmaxOptions", beta=beta), [x], [y], version=version), feed)
    out.add(name, "q_softmax", {"input_scale": float(x.scales[0]), "beta": beta, "result": result}, [feed], [answer], 0)


def softmax_cases(out):
    for (dtype, result), scale in itertools.product(
            (("int8", "int8"), ("uint8", "uint8"), ("int8", "int16"), ("int16", "int16")), (0.0009, 0.02, 0.11, 0.9)):
        scale = scale / 256 if dtype == "int16" else scale
        for shape in ((2, 3, 5), (1, 40), (7, 2)):
            softmax(out, f"softmax {dtype} {result} {scale} {shape}", dtype, result, shape, scale)
        softmax(out, f"softmax {dtype} {result} {scale} beta", dtype, result, (3, 11), scale, 0.25)
        if dtype == "int16" or scale > 0.1:
            softmax(out, f"softmax {dtype} {result} {scale} long", dtype, result, (1, 1001), scale)


@case
def log_softmax(out, name, dtype, shape, scale):
    x = tensor(shape, dtype, scale=scale, zero=zero_of(dtype, 4))
    y = tensor(shape, dtype, scale=1 / 16, zero=np.iinfo(dtype).max)
    feed = whole(dtype, *shape)
    feed.reshape(-1, shape[-1])[0, :] = feed.reshape(-1)[0]
    answer, = run(one_operator("LOG_SOFTMAX", options("LogSoftmaxOptions"), [x], [y], version=2), feed)
    attributes = {"input_scale": float(x.scales[0]), "logarithm": True}
    out.add(name, "q_softmax", attributes | ({"result": dtype} if dtype != "int8" else {}), [feed], [answer], 0)


def log_softmax_cases(out, dtype):
    for scale, shape in itertools.product((0.003, 0.02, 0.11, 0.9), ((2, 3, 5), (3, 40), (7, 2), (2, 200))):
        log_softmax(out, f"log_softmax {dtype} {scale} {shape}", dtype, shape, scale)


@case
def pool(out, name, dtype, kind, window, stride, padding, activation):
    shape = (2, 6, 7, 3)
    x = tensor(shape, dtype, scale=0.05, zero=zero_of(dtype, 4))
    sizes = [-(-s // t) if padding == "SAME" else (s - k) // t + 1 for s, k, t in zip(shape[1:3], window, stride)]
    y = tensor((2, *sizes, 3), dtype, scale=0.05, zero=zero_of(dtype, 4))
    op_options = options("Pool2DOptions", padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=window[0],
                         filterWidth=window[1], fusedActivationFunction=activation)
    feed = extremes(whole(dtype, *shape))
    answer, = run(one_operator(f"{kind}_POOL_2D", op_options, [x], [y], version=3), feed)
    pads = {"padding": "same"} if padding == "SAME" else {"pad_before": [0, 0], "pad_after": [0, 0]}
    out.add(name, "pool", {"kind": kind.lower(), "window": window, "strides": stride, "dilations": [1, 1], **pads}, [feed],
            [answer], 0)


def pool_cases(out):
    for dtype, kind, padding, (window, stride) in itertools.product(
            ("int8", "uint8", "int16"), ("AVERAGE", "MAX"), ("SAME", "VALID"),
            (((2, 2), (2, 2)), ((3, 2), (1, 1)), ((6, 7), (1, 1)), ((1, 3), (2, 3)))):
        pool(out, f"{kind.lower()}_pool {dtype} {padding} {window} {stride}", dtype, kind,
             window, stride, padding, "NONE")


@case
def reduce(out, name, code, dtype, shape, axes, keep, scales):
    x = tensor(shape, dtype, scale=scales[0], zero=zero_of(dtype, 4))
    reduced = tuple(1 if i in axes else s for i, s in enumerate(shape) if keep or i not in axes)
    y = tensor(reduced, dtype, scale=scales[1], zero=zero_of(dtype, -7))
    feed = extremes(whole(dtype, *shape))
    axis = tensor(data=np.array(axes, np.int32))
    answer, = run(one_operator(code, options("ReducerOptions", keepDims=keep), [x, axis], [y], version=2), feed)
    out.add(name, "q_reduce", {"kind": code.lower(), "axes": sorted(axes), "keep_dims": keep, "input_zero": x.zeros[0],
                               **end(y, double(x.scales[0]) / double(y.scales[0]))}, [feed], [answer], 0)


def reduce_cases(out):
    for code, dtype, (shape, axes), keep in itertools.product(
            ("MEAN", "SUM"), ("int8", "uint8", "int16"),
            (((2, 5, 7, 3), (1, 2)), ((2, 5, 7, 3), (3,)), ((4, 6), (0,)), ((3, 4, 5), (0, 1, 2)), ((9, 8), (1, 0))),
            (False, True)):
        if code == "SUM" and dtype != "uint8":
            continue  # TensorFlow 2.21's reference kernel sums them without their factor, and wrongly
        for scales in ((0.05, 0.05), (0.05, 0.021)):
            wide = 1 if code == "MEAN" else np.sqrt(np.prod([shape[a] for a in axes]))
            reduce(out, f"{code.lower()} {dtype} {shape} {axes} keep {keep} {scales[1]}", code, dtype, shape, axes, keep,
                   (scales[0], scales[1] * wide))


@case
def prelu(out, name, dtype, scales, alpha_shape):
    x = tensor((2, 4, 5, 3), dtype, scale=scales[0], zero=zero_of(dtype, 6))
    slope = tensor(data=whole("int8" if dtype == "int16" else dtype, *alpha_shape), scale=scales[1],
                   zero=0 if dtype == "int16" else zero_of(dtype, -30))
    y = tensor(x.shape, dtype, scale=scales[2], zero=zero_of(dtype, -9))
    feed = extremes(whole(dtype, *x.shape))
    answer, = run(one_operator("PRELU", None, [x, slope], [y], version=1), feed)
    out.add(name, "q_binary", {"kind": "prelu", "a_zero": x.zeros[0], "b_zero": slope.zeros[0],
                               "a_multiplier": float(x.scales[0] / y.scales[0]),
                               **end(y, double(x.scales[0] * slope.scales[0] / y.scales[0]))},
            [feed, slope.data.astype(dtype)], [answer], 0)


def prelu_cases(out, *dtypes):
    for dtype, alpha_shape, target in itertools.product(dtypes, ((3,), (1, 1, 3), (5, 3), (4, 5, 3)), (0.05, 0.031, 0.11)):
        prelu(out, f"prelu {dtype} {alpha_shape} to {target}", dtype, (0.05, 0.011, target), alpha_shape)


@case
def resize(out, name, dtype, size, flags):
    x = tensor((2, 5, 4, 3), dtype, scale=0.05, zero=zero_of(dtype))
    y = tensor((2, *size, 3), dtype, scale=0.05, zero=zero_of(dtype))
    feed = extremes(whole(dtype, *x.shape))
    op_options = options("ResizeBilinearOptions", alignCorners=flags == "align_corners",
                         halfPixelCenters=flags == "half_pixel")
    target = tensor(data=np.array(size, np.int32))
    answer, = run(one_operator("RESIZE_BILINEAR", op_options, [x, target], [y], version=3), feed)
    out.add(name, "q_resize", {"coordinates": flags, "size": size}, [feed], [answer], 0)


def resize_cases(out):
    for dtype, size, flags in itertools.product(("int8", "uint8", "int16"), ((10, 8), (3, 2), (7, 9), (1, 1), (5, 4)),
                                                ("half_pixel", "align_corners", "asymmetric")):
        resize(out, f"resize_bilinear {dtype} {size} {flags}", dtype, size, flags)


@case
def l2_normalize(out, name, dtype, shape):
    x = tensor(shape, dtype, scale=0.05, zero=zero_of(dtype))
    y = tensor(shape, dtype, scale=1 / 128, zero=128 if dtype == "uint8" else 0)
    feed = whole(dtype, *shape)
    feed[0] = x.zeros[0]
    feed[0, 0] += shape[0] % 3
    answer, = run(one_operator("L2_NORMALIZATION", options("L2NormOptions"), [x], [y], version=2), feed)
    out.add(name, "q_l2_normalize", {"input_zero": x.zeros[0]}, [feed], [answer], 0)


@case
def concatenation(out, name, scales, target):
    """Its first part alone: a model whose second part is empty of interest."""
    x = tensor((256,), "uint8", scale=scales[0], zero=131)
    other = tensor((1,), "uint8", scale=target, zero=120)
    y = tensor((257,), "uint8", scale=target, zero=120)
    feeds = [BYTES, np.array([7], np.uint8)]
    answer, = run(one_operator("CONCATENATION", options("ConcatenationOptions", axis=0), [x, other], [y], version=1), *feeds)
    out.add(name, "q_unary", {"kind": "rescale", "input_scale": float(x.scales[0]), "input_zero": 131,
                              "output_scale": float(y.scales[0]), "output_zero": 120}, [BYTES], [answer[:256]], 0)


def more_cases(out):
    for dtype, shape in itertools.product(("int8", "uint8"), ((4, 3), (5, 40), (3, 1), (6, 300))):
        l2_normalize(out, f"l2_normalization {dtype} {shape}", dtype, shape)
    for scale, target in itertools.product((0.05, 0.031, 0.25), (0.05, 0.02, 0.5)):
        if scale != target:
            concatenation(out, f"concatenation uint8 {scale} to {target}", (scale,), target)
    for scale in (0.01, 0.05, 0.2):
        unary(out, f"rsqrt int8 {scale}", "RSQRT", "rsqrt", "int8", (scale, -128), (0.02, -128), version=2)
        unary(out, f"rsqrt int8 {scale} coarse", "RSQRT", "rsqrt", "int8", (scale, -128), (0.3, -20), version=2)


@case
def product(out, name, dtype, shape, axes, keep, scales, zeros=(0, 0)):
    x = tensor(shape, dtype, scale=scales[0], zero=zeros[0])
    reduced = tuple(1 if i in axes else s for i, s in enumerate(shape) if keep or i not in axes)
    y = tensor(reduced, dtype, scale=scales[1], zero=zeros[1])
    feed = whole(dtype, *shape)
    axis = tensor(data=np.array(axes, np.int32))
    answer, = run(one_operator("REDUCE_PROD", options("ReducerOptions", keepDims=keep), [x, axis], [y], version=2), feed)
    root = double(y.scales[0]) ** (1 / np.prod([shape[a] for a in axes]))
    out.add(name, "q_reduce", {"kind": "product", "axes": sorted(axes), "keep_dims": keep, "input_zero": x.zeros[0],
                               **end(y, double(x.scales[0]) / root, rounding="fixed16")}, [feed], [answer], 0)


def product_cases(out):
    for (dtype, scale), (shape, axes), keep, target in itertools.product(
            (("int8", 0.02), ("int8", 0.4), ("int16", 0.0003), ("int16", 0.04)),
            (((20, 1), (1,)), ((30, 2), (1,)), ((4, 3, 5), (1,)), ((3, 8, 2), (2, 0)), ((20,), (0,))), (False, True),
            (0.004, 0.3, 7.0)):
        zeros = (0, 0) if dtype == "int16" or not keep else (5, -30)
        product(out, f"product {dtype} {shape} {axes} keep {keep} {scale} to {target}", dtype, shape, axes, keep,
                (scale, target), zeros)


@case
def square_root(out, name, dtype, source, target):
    """Of no negative numbers, which the kernel refuses."""
    feed = every(dtype)
    feed = feed[feed >= source[1]]
    x, y = tensor(feed.shape, dtype, *source), tensor(feed.shape, dtype, *target)
    answer, = run(one_operator("SQRT", None, [x], [y], version=2), feed)
    out.add(name, "q_unary", {"kind": "sqrt", "input_scale": float(x.scales[0]), "input_zero": source[1],
                              "output_scale": float(y.scales[0]), "output_zero": target[1]}, [feed], [answer], 0)


def square_root_cases(out):
    for scale, target in itertools.product((0.003, 0.05, 0.9), (0.004, 0.021, 0.25, 3.0)):
        square_root(out, f"sqrt int8 {scale} to {target}", "int8", (scale, -128), (target, -128))
        square_root(out, f"sqrt int8 {scale} to {target} between", "int8", (scale, -20), (target, 11))
        square_root(out, f"sqrt int16 {scale} to {target}", "int16", (scale / 200, 0), (target / 200, 0))


def cases(out):
    log_softmax_cases(out, "int8")
    prelu_cases(out, "int8", "uint8")
    resize_cases(out)
    more_cases(out)
    unary_cases(out)
    relu_cases(out)
    softmax_cases(out)
    pool_cases(out)
    reduce_cases(out)
    log_softmax_cases(out, "uint8")
    prelu_cases(out, "int16")
    product_cases(out)
    square_root_cases(out)
