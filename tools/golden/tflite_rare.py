"""Cases of tflite_conformance.py for operators that are met less often: those that count, scatter and sum segments, and
recurrent layers whose state is a variable.
"""

import itertools

import numpy as np

from tflite_model import one_operator, operators, options, tensor
from tflite_wide import ACTIVATIONS, ANY, NUMBERS, constant, numbers, of, plain

WHOLE = ("float32", "int32", "int64")


def diagonals(dtype, x):
    yield f"matrix_diag_{dtype}", one_operator(
        "MATRIX_DIAG", options("MatrixDiagOptions"), [of((2, 3), dtype)], [of((2, 3, 3), dtype)]), [x]
    for shape in ((2, 3, 3), (2, 3, 4), (2, 4, 3)):
        yield f"matrix_set_diag_{dtype}_{shape[1]}x{shape[2]}", one_operator(
            "MATRIX_SET_DIAG", options("MatrixSetDiagOptions"), [of(shape, dtype), of((2, 3), dtype)],
            [of(shape, dtype)]), [numbers(shape, dtype), x]


def placing(wide):
    """Operators that put numbers somewhere."""
    for dtype in ANY:
        x = numbers((2, 3), dtype)
        for y in ((2, 3), (4, 2, 3)):
            yield f"broadcast_to_{dtype}_{len(y)}", one_operator(
                "BROADCAST_TO", None, [of((2, 3), dtype), constant(y)], [of(y, dtype)], version=3), [x]
        yield f"broadcast_to_{dtype}_rows", one_operator(
            "BROADCAST_TO", None, [of((2, 1), dtype), constant([3, 2, 4])], [of((3, 2, 4), dtype)], version=3), [x[:, :1]]
        if dtype != "bool":  # which the kernels take for 64-bit numbers
            yield from diagonals(dtype, x)
        for axis, batch in ((1, 0), (0, 1), (2, 0)):
            lengths = np.array([2, 4, 1][:(2, 4)[batch == 1]], "int32") if batch else np.array([3, 1], "int32")
            shape = (2, 4, 5) if batch == 0 else (4, 3, 2)
            for kind in ("int32", "int64"):
                yield f"reverse_sequence_{dtype}_{axis}_{batch}_{kind}", one_operator(
                    "REVERSE_SEQUENCE", options("ReverseSequenceOptions", seqDim=axis, batchDim=batch),
                    [of(shape, dtype), plain(lengths.shape, kind)], [of(shape, dtype)]), [
                        numbers(shape, dtype), lengths.astype(kind)]
        for rows in ((), (3,)):
            yield f"scatter_nd_{dtype}_{len(rows)}", one_operator(
                "SCATTER_ND", options("ScatterNdOptions"),
                [constant([[4], [1], [1]]), of((3, *rows), dtype), constant([6, *rows])],
                [of((6, *rows), dtype)]), [numbers((3, *rows), dtype)]
        yield f"sparse_to_dense_{dtype}", one_operator(
            "SPARSE_TO_DENSE", options("SparseToDenseOptions"),
            [constant([[0, 1], [2, 0]]), constant([3, 2]), plain((2,), dtype), tensor(data=np.array(1).astype(dtype))],
            [plain((3, 2), dtype)]), [numbers((2,), dtype)]
        yield f"sparse_to_dense_checked_{dtype}", one_operator(
            "SPARSE_TO_DENSE", options("SparseToDenseOptions", validateIndices=True),
            [constant([0, 3, 4]), constant([6]), plain((3,), dtype), tensor(data=np.array(0).astype(dtype))],
            [plain((6,), dtype)]), [numbers((3,), dtype)]
        yield f"embedding_lookup_{dtype}", one_operator(
            "EMBEDDING_LOOKUP", None, [plain((3,), "int32"), of((5, 4), dtype)], [of((3, 4), dtype)]), [
                np.array([4, 0, 4], "int32"), numbers((5, 4), dtype)]


def updating(wide):
    """A slice replaced where numbers say that come when it runs; starts are moved to where it fits."""
    for dtype, (part, start), kind in itertools.product(
            ANY, (((2, 1, 3), (0, 2, 0)), ((1, 2, 2), (1, 1, 1)), ((1, 4, 3), (7, 0, 0)), ((2, 2, 3), (0, -3, 0)),
                  ((2, 4, 3), (0, 0, 0))), ("int32", "int64")):
        if kind == "int64" and dtype != "float32":
            continue
        yield f"dynamic_update_slice_{dtype}_{kind}_{'_'.join(map(str, part))}", one_operator(
            "DYNAMIC_UPDATE_SLICE", options("DynamicUpdateSliceOptions"),
            [of((2, 4, 3), dtype), of(part, dtype), plain((3,), kind)], [of((2, 4, 3), dtype)]), [
                numbers((2, 4, 3), dtype), numbers(part, dtype, seed=3), np.array(start, kind)]


def spreading(wide):
    """Elements with others between them, and those of windows; the same bytes as another type."""
    for dtype, steps in itertools.product((*ANY, "float16"), ((2, 3), (1, 4), (3, 1), (1, 1))):
        sizes = tuple((n - 1) * step + 1 for n, step in zip((3, 4), steps))
        between = of((), dtype)
        between.data = np.array(1).astype(dtype)
        yield f"dilate_{dtype}_{steps[0]}_{steps[1]}", one_operator(
            "DILATE", options("DilateOptions"), [of((3, 4), dtype), constant(steps), between], [of(sizes, dtype)]), [
                numbers((3, 4), dtype)]
    for dtype, function, (window, strides, apart) in itertools.product(
            (*ANY, "uint32", "uint64"), ("ADD", "MUL", "MINIMUM", "MAXIMUM", "ALL", "ANY"),
            (((1, 2, 2), (1, 1, 1), (1, 1, 1)), ((2, 1, 3), (1, 2, 2), (1, 3, 1)), ((1, 2, 2), (2, 1, 3), (1, 2, 3)))):
        sizes = tuple((n - (w - 1) * a - 1) // s + 1 for n, w, s, a in zip((3, 4, 6), window, strides, apart))
        feed = numbers((3, 4, 6), dtype) * (numbers((3, 4, 6), "float32") > -1.5)
        yield f"reduce_window_{dtype}_{function.lower()}_{window[0]}_{strides[0]}", one_operator(
            "REDUCE_WINDOW", options("ReduceWindowOptions", reduceFunction=function),
            [plain((3, 4, 6), dtype), tensor(data=np.array(function in ("MUL", "ALL", "MINIMUM")).astype(dtype)),
             *(constant(v, "int64") for v in (window, strides, apart))], [plain(sizes, dtype)]), [feed.astype(dtype)]
    for dtype, to in itertools.product((*ANY, "float16", "uint32"), (*NUMBERS, "float16", "uint32")):
        own, other = (np.dtype(t).itemsize for t in (dtype, to))
        x = (2, 3, other // own) if own < other else (2, 3)
        y = (2, 3, own // other) if own > other else (2, 3)
        bits = np.frombuffer(numbers(x, "int64" if own == 8 else "int32").tobytes(), dtype if dtype != "bool" else "?")
        feed = numbers(x, "bool") if dtype == "bool" else np.resize(np.abs(bits), x).astype(dtype)
        yield f"bitcast_{dtype}_{to}", one_operator(
            "BITCAST", options("BitcastOptions"), [plain(x, dtype)], [plain(y, to)]), [feed]


def sparse(wide):
    """Rows of a table for ids of which places have none, one or several; and a matrix of which most is 0."""
    ids, places = [4, 0, 4, 2, 1], [[0, 0], [0, 1], [2, 0], [2, 1], [2, 3]]
    deep = [[0, 1, 0], [0, 1, 2], [1, 0, 0], [1, 2, 0], [1, 2, 1]]
    for combiner, (at, sizes, rest) in itertools.product(
            ("SUM", "MEAN", "SQRTN"), ((places, (4, 4), (3,)), (deep, (2, 3, 4), (3,)), (places, (3, 9), (2, 2)))):
        yield f"embedding_lookup_sparse_{combiner.lower()}_{len(sizes)}_{len(rest)}", one_operator(
            "EMBEDDING_LOOKUP_SPARSE", options("EmbeddingLookupSparseOptions", combiner=combiner),
            [plain((5,), "int32"), plain((5, len(sizes)), "int32"), constant(sizes), plain((5,), "float32"),
             plain((6, *rest), "float32")], [plain((*sizes[:-1], *rest), "float32")]), [
                 np.array(ids, "int32"), np.array(at, "int32"), numbers((5,), "float32", 0.2),
                 numbers((6, *rest), "float32")]
    for dtype in ("float32", "int8"):
        matrix = numbers((4, 6), dtype) * (numbers((4, 6), "float32", seed="where") > 1)
        weights = tensor(data=matrix.astype(dtype), sparse=True)
        made = plain((4, 6), dtype)
        last = ("DEQUANTIZE", options("DequantizeOptions"), [made], [plain((4, 6), "float32")], 2, ())
        if dtype == "float32":
            last = ("ADD", options("AddOptions"), [plain((4, 6), dtype), made], [plain((4, 6), dtype)], 1, ())
        else:
            weights.scale = made.scale = 0.05
        yield f"densify_{dtype}", operators([("DENSIFY", options("DensifyOptions"), [weights], [made], 1, ()), last]), [
            numbers((4, 6), dtype)] if dtype == "float32" else []


def summing(wide):
    """Sums of several tensors, of segments, and edges of buckets."""
    for dtype, count in itertools.product(NUMBERS, (2, 3)):
        feeds = [numbers((2, 3), dtype, seed=i) for i in range(count)]
        yield f"add_n_{dtype}_{count}", one_operator(
            "ADD_N", options("AddNOptions"), [of((2, 3), dtype) for _ in feeds],
            [of((2, 3), dtype)]), feeds
    for dtype, shape in itertools.product(NUMBERS, ((4,), (4, 3))):
        x = numbers(shape, dtype)
        yield f"segment_sum_{dtype}_{len(shape)}", one_operator(
            "SEGMENT_SUM", options("SegmentSumOptions"), [of(shape, dtype), constant([0, 0, 1, 2])],
            [of((3, *shape[1:]), dtype)]), [x]
        for kind in ("SUM", "PROD", "MAX", "MIN"):
            for ids in ([2, 0, 2, 1], [3, -1, 0, 3]):
                table = f"UnsortedSegment{kind.capitalize()}Options"
                yield f"unsorted_{kind.lower()}_{dtype}_{len(shape)}_{ids[0]}", one_operator(
                    f"UNSORTED_SEGMENT_{kind}", options(table), [of(shape, dtype), constant(ids), constant(5)],
                    [of((5, *shape[1:]), dtype)]), [x]
    for dtype in WHOLE:
        yield f"bucketize_{dtype}", one_operator(
            "BUCKETIZE", options("BucketizeOptions", boundaries=[-1.5, 0.0, 2.0]), [plain((2, 3), dtype)],
            [plain((2, 3), "int32")]), [numbers((2, 3), dtype)]
    for low, high, bits, narrow in ((-1.0, 1.5, 8, False), (0.0, 6.0, 8, True), (-2.0, 2.0, 4, False)):
        yield f"fake_quant_{bits}_{narrow}_{low}", one_operator(
            "FAKE_QUANT", options("FakeQuantOptions", min=low, max=high, numBits=bits, narrowRange=narrow),
            [plain((3, 4), "float32")], [plain((3, 4), "float32")]), [numbers((3, 4), "float32")]


def counting(wide):
    """Operators whose numbers are sizes, in front of an addition."""
    for dtype, (start, limit, step) in itertools.product(WHOLE, ((0, 6, 1), (5, -1, -2), (2, 9, 3))):
        count = len(range(start, limit, step))
        made = plain((count,), dtype)
        parts = [tensor(data=np.array(v).astype(dtype)) for v in (start, limit, step)]
        yield f"range_{dtype}_{start}", operators([
            ("RANGE", options("RangeOptions"), parts, [made], 1, ()),
            ("ADD", options("AddOptions"), [plain((count,), dtype), made], [plain((count,), dtype)], 1, ())]), [
                numbers((count,), dtype)]
    for kind, (a, b) in itertools.product(("int32", "int64"), (((2, 1), (1, 3)), ((4, 1, 1), (5,)))):
        rank = max(len(a), len(b))
        yield f"broadcast_args_{kind}_{rank}", one_operator(
            "BROADCAST_ARGS", None, [plain((len(a),), kind), plain((len(b),), kind)], [plain((rank,), kind)]), [
                np.array(a, kind), np.array(b, kind)]


def volumes(wide):
    rng = np.random.default_rng(8)
    for padding, stride, dilation, activation in itertools.product(("SAME", "VALID"), (1, 2), (1, 2), ACTIVATIONS):
        if stride == 2 and dilation == 2:
            continue
        side = -(-5 // stride) if padding == "SAME" else -(-(5 - dilation) // stride)
        fields = dict(padding=padding, strideD=stride, strideW=stride, strideH=stride, dilationDFactor=dilation,
                      dilationWFactor=dilation, dilationHFactor=dilation, fusedActivationFunction=activation)
        weights = [tensor(data=rng.standard_normal(s).astype("float32")) for s in ((2, 2, 2, 3, 4), (4,))]
        yield f"conv_3d_{padding}_{stride}_{dilation}_{activation}".lower(), one_operator(
            "CONV_3D", options("Conv3DOptions", **fields), [plain((1, 5, 5, 5, 3), "float32"), *weights],
            [plain((1, side, side, side, 4), "float32")]), [numbers((1, 5, 5, 5, 3), "float32")]
    for padding, stride in itertools.product(("SAME", "VALID"), (1, 2)):
        side = 3 * stride if padding == "SAME" else (3 - 1) * stride + 2
        fields = dict(padding=padding, strideD=stride, strideW=stride, strideH=stride, dilationDFactor=1,
                      dilationWFactor=1, dilationHFactor=1)
        weights = tensor(data=rng.standard_normal((2, 2, 2, 4, 3)).astype("float32"))
        yield f"conv_3d_transpose_{padding}_{stride}".lower(), one_operator(
            "CONV_3D_TRANSPOSE", options("Conv3DOptions", **fields),
            [constant([1, side, side, side, 4]), weights, plain((1, 3, 3, 3, 3), "float32")],
            [plain((1, side, side, side, 4), "float32")]), [numbers((1, 3, 3, 3, 3), "float32")]


def weight(*shape):
    rng = np.random.default_rng(sum(shape))
    return tensor(data=(rng.standard_normal(shape) * 0.4).astype("float32"))


def recurrent(wide):
    """One call from a state of zeros."""
    state = lambda *shape: tensor(shape, "float32", variable=True)  # noqa: E731
    x, n, units, steps = plain((2, 3), "float32"), 3, 4, 5
    for activation in ("NONE", "RELU", "TANH"):
        yield f"rnn_{activation.lower()}", one_operator(
            "RNN", options("RNNOptions", fusedActivationFunction=activation),
            [x, weight(units, n), weight(units, units), weight(units), state(2, units)], [plain((2, units), "float32")]), [
                numbers((2, 3), "float32")]
        for major in (False, True):
            shape, out = ((steps, 2, n), (steps, 2, units)) if major else ((2, steps, n), (2, steps, units))
            yield f"sequence_rnn_{activation.lower()}_{major}", one_operator(
                "UNIDIRECTIONAL_SEQUENCE_RNN", options("SequenceRNNOptions", timeMajor=major,
                                                       fusedActivationFunction=activation),
                [plain(shape, "float32"), weight(units, n), weight(units, units), weight(units), state(2, units)],
                [plain(out, "float32")]), [numbers(shape, "float32")]
            for merge in (False, True):
                ends = [plain((*out[:2], 2 * units), "float32")] if merge else [plain(out, "float32") for _ in range(2)]
                half = lambda: [weight(units, n), weight(units, units), weight(units), state(2, units)]  # noqa: E731
                yield f"both_ways_rnn_{activation.lower()}_{major}_{merge}", one_operator(
                    "BIDIRECTIONAL_SEQUENCE_RNN",
                    options("BidirectionalSequenceRNNOptions", timeMajor=major, mergeOutputs=merge,
                            fusedActivationFunction=activation),
                    [plain(shape, "float32"), *half(), *half(), None, None, None], ends), [numbers(shape, "float32")]
    gates = lambda: [*(weight(units, n) for _ in range(4)), *(weight(units, units) for _ in range(4)), None, None, None,  # noqa: E731
                     *(weight(units) for _ in range(4)), None, None]
    for major in (False, True):
        shape, out = ((steps, 2, n), (steps, 2, units)) if major else ((2, steps, n), (2, steps, units))
        for clip in (0.0, 0.3):
            yield f"sequence_lstm_{major}_{clip}", one_operator(
                "UNIDIRECTIONAL_SEQUENCE_LSTM",
                options("UnidirectionalSequenceLSTMOptions", timeMajor=major, cellClip=clip, fusedActivationFunction="TANH"),
                [plain(shape, "float32"), *gates(), state(2, units), state(2, units), None, None, None, None],
                [plain(out, "float32")]), [numbers(shape, "float32")]
        for merge in (False, True):
            ends = [plain((*out[:2], 2 * units), "float32")] if merge else [plain(out, "float32") for _ in range(2)]
            yield f"both_ways_lstm_{major}_{merge}", one_operator(
                "BIDIRECTIONAL_SEQUENCE_LSTM",
                options("BidirectionalSequenceLSTMOptions", timeMajor=major, mergeOutputs=merge,
                        fusedActivationFunction="TANH"),
                [plain(shape, "float32"), *gates(), *gates(), *(state(2, units) for _ in range(4)), *[None] * 9], ends), [
                    numbers(shape, "float32")]
    yield "lstm", one_operator(
        "LSTM", options("LSTMOptions", fusedActivationFunction="TANH"),
        [x, *gates(), state(2, units), state(2, units), None, None, None, None], [plain((2, units), "float32")]), [
            numbers((2, 3), "float32")]
    for rank, activation in itertools.product((1, 2), ("NONE", "RELU")):
        yield f"svdf_{rank}_{activation.lower()}", one_operator(
            "SVDF", options("SVDFOptions", rank=rank, fusedActivationFunction=activation),
            [x, weight(units * rank, n), weight(units * rank, 6), weight(units), state(2, 6 * units * rank)],
            [plain((2, units), "float32")]), [numbers((2, 3), "float32")]


def rare_groups():
    for make in (placing, updating, spreading, sparse, summing, counting, volumes, recurrent):
        yield make.__name__, lambda make=make: make(False)
