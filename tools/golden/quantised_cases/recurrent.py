"""LSTMs and SVDF of int8 activations, with states of 16 bits; and float LSTMs with all that they can have."""

import itertools

import tensorflow as tf

from tflite_model import one_operator, options

from .common import *

INPUT, CELL, BATCH, STEPS = 5, 6, 2, 4
STATE_SCALE, STATE_ZERO = 0.0078, -3
F32 = np.float32


def states_after(model, feed, before):
    """The variable tensors after one call that found them so."""
    interpreter = tf.lite.Interpreter(
        model_content=model, experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    places = {d["name"]: d["index"] for d in interpreter.get_tensor_details()}
    for name, value in before.items():
        interpreter.set_tensor(places[name], value)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], feed)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]
    return outputs + [interpreter.get_tensor(places[name]) for name in before]


def matrix(rows, columns, scale=0.011):
    return tensor(data=extremes(whole("int8", rows, columns, low=-127)), scale=scale * random.uniform(0.5, 1.5))


def vector(count, dtype, scale, reach):
    return tensor(data=random.integers(-reach, reach + 1, count).astype(dtype), scale=scale)


class Parts:
    """The inputs of an LSTM in the file's order, after x."""

    def __init__(self, coupled, peepholes, projection, norms, make):
        self.outputs = projection or CELL
        gates, unseen = [not coupled, True, True, True], [not coupled, True, True]
        self.kernels = [make.matrix(CELL, INPUT) if g else None for g in gates]
        self.recurrent = [make.matrix(CELL, self.outputs) if g else None for g in gates]
        self.peepholes = [make.peephole() if g and peepholes else None for g in unseen]
        self.biases = [make.bias() if g else None for g in gates]
        self.projection = [make.matrix(projection, CELL) if projection else None,
                           make.projection_bias(projection) if projection else None]
        self.hidden, self.cell = make.states(self.outputs)
        self.norms = [make.norm() if g and norms else None for g in gates]

    def inputs(self, x):
        return [x, *self.kernels, *self.recurrent, *self.peepholes, *self.biases, *self.projection, self.hidden, self.cell,
                *self.norms]

    def data(self, feed, hidden, cell):
        """What our operator takes."""
        both = {id(self.hidden): hidden, id(self.cell): cell}
        return [feed] + [None if t is None else both.get(id(t), t.data) for t in self.inputs(None)[1:]]


class Integers:
    def __init__(self, cell_exponent):
        self.cell_scale = 2.0**cell_exponent

    matrix = staticmethod(matrix)

    def peephole(self):
        return vector(CELL, "int16", 0.00007, 32767)

    def bias(self):
        return vector(CELL, "int32", 0.0001, 9000)

    def projection_bias(self, count):
        return vector(count, "int32", 0.0001, 3000)

    def norm(self):
        return vector(CELL, "int16", 0.00005, 30000)

    def states(self, outputs):
        return (tensor((BATCH, outputs), "int8", scale=STATE_SCALE, zero=STATE_ZERO, variable=True),
                tensor((BATCH, CELL), "int16", scale=self.cell_scale, variable=True))


class Floats:
    def __init__(self):
        self.peephole = self.bias = self.norm = lambda: self.numbers(CELL)
        self.projection_bias = self.numbers

    @staticmethod
    def numbers(*shape):
        return tensor(data=random.uniform(-1, 1, shape).astype(F32))

    def matrix(self, rows, columns):
        return self.numbers(rows, columns)

    def states(self, outputs):
        return (tensor((BATCH, outputs), "float32", variable=True), tensor((BATCH, CELL), "float32", variable=True))


def both_calls(out, name, op, attributes, model, feeds, parts, zeros, tolerance):
    """The first call from zeros, and one that goes on from it."""
    sequence, = run(model, feeds[0])
    names = [f"t{i}" for i in places_of_states(parts)]
    before = zeros
    for call, feed in enumerate(feeds):
        answers = states_after(model, feed, dict(zip(names, before)))
        assert call or np.array_equal(answers[0], sequence), name
        out.add(f"{name}, call {call}", op, attributes, parts.data(feed, *before), answers, tolerance)
        before = answers[1:]


def places_of_states(parts):
    """Their numbers among the tensors that are there, x being the first."""
    there = [t for t in parts.inputs("x") if t is not None]
    return there.index(parts.hidden), there.index(parts.cell)


def scale(spec):
    return F32(1) if spec is None else spec.scales[0]


def factors(parts, x, inner, cell_exponent):
    """In float32, step by step as PopulateQuantizedLstmParams8x8_16 does."""
    h, norms = parts.hidden.scales[0], parts.norms[3] is not None
    gates = [t.scales[0] if norms else F32(2.0**-12) for t in inner[:4]]
    hidden = inner[4].scales[0]
    seen = [gates[0], gates[1], gates[3]]
    return {
        "kernel_factors": [float(scale(w) * x.scales[0] / g) for w, g in zip(parts.kernels, gates)],
        "recurrent_factors": [float(scale(w) * h / g) for w, g in zip(parts.recurrent, gates)],
        "peephole_factors": [float(F32(2.0**cell_exponent * float(scale(w)) / float(g))) if w else 1
                             for w, g in zip(parts.peepholes, seen)],
        "norm_factors": [float(scale(w)) for w in parts.norms],
        "hidden_factor": float(F32(2.0**-15 / float(hidden) * 2.0**-15)),
        "projection_factor": float(scale(parts.projection[0]) * hidden / h),
    }


@case
def integer_lstm(out, name, coupled=False, peepholes=False, projection=0, norms=False, cell_exponent=-12, cell_clip=0.0,
                 projection_clip=0.0):
    parts = Parts(coupled, peepholes, projection, norms, Integers(cell_exponent))
    x = tensor((BATCH, STEPS, INPUT), "int8", scale=0.02, zero=4)
    y = tensor((BATCH, STEPS, parts.outputs), "int8", scale=STATE_SCALE, zero=STATE_ZERO)
    inner = [tensor((0,), "int16", scale=s) for s in (0.0003, 0.00025, 0.0004, 0.0002)]
    inner.append(tensor((0,), "int8", scale=0.0071, zero=7 if projection else STATE_ZERO))
    if not projection:
        inner[4].scale = STATE_SCALE
    op_options = options("UnidirectionalSequenceLSTMOptions", fusedActivationFunction="TANH", cellClip=cell_clip,
                         projClip=projection_clip)
    model = one_operator("UNIDIRECTIONAL_SEQUENCE_LSTM", op_options, parts.inputs(x), [y], version=3, intermediates=inner)
    attributes = {"input_zero": 4, "state_zero": STATE_ZERO, "hidden_zero": inner[4].zeros[0],
                  "cell_exponent": cell_exponent, **factors(parts, x, inner, cell_exponent)}
    if cell_clip:
        attributes["cell_clip"] = int(min(F32(cell_clip) / parts.cell.scales[0], 32767))
    if projection_clip:
        attributes["projection_clip"] = int(min(F32(projection_clip) / y.scales[0], 127))
    feeds = [extremes(whole("int8", BATCH, STEPS, INPUT)) for _ in range(2)]
    zeros = [np.full((BATCH, parts.outputs), STATE_ZERO, np.int8), np.zeros((BATCH, CELL), np.int16)]
    both_calls(out, name, "q_lstm", attributes, model, feeds, parts, zeros, 0)


@case
def float_lstm(out, name, coupled=False, peepholes=False, projection=0, norms=False, cell_clip=0.0, projection_clip=0.0):
    parts = Parts(coupled, peepholes, projection, norms, Floats())
    x = tensor((BATCH, STEPS, INPUT), "float32")
    y = tensor((BATCH, STEPS, parts.outputs), "float32")
    op_options = options("UnidirectionalSequenceLSTMOptions", fusedActivationFunction="TANH", cellClip=cell_clip,
                         projClip=projection_clip)
    model = one_operator("UNIDIRECTIONAL_SEQUENCE_LSTM", op_options, parts.inputs(x), [y], version=3)
    attributes = {"cell_clip": cell_clip, "projection_clip": projection_clip}
    feeds = [random.uniform(-2, 2, (BATCH, STEPS, INPUT)).astype(F32) for _ in range(2)]
    zeros = [np.zeros((BATCH, parts.outputs), F32), np.zeros((BATCH, CELL), F32)]
    both_calls(out, name, "full_lstm", attributes, model, feeds, parts, zeros, 1e-5)


class Hybrids(Floats):
    """Weights of int8, all else in floats."""

    def __init__(self):
        super().__init__()
        self.matrix, self.peephole = matrix, lambda: vector(CELL, "int8", 0.008, 127)


@case
def hybrid_lstm(out, name, asymmetric, **words):
    parts = Parts(words.get("coupled"), words.get("peepholes"), words.get("projection", 0), words.get("norms"), Hybrids())
    x = tensor((BATCH, STEPS, INPUT), "float32")
    y = tensor((BATCH, STEPS, parts.outputs), "float32")
    op_options = options("UnidirectionalSequenceLSTMOptions", fusedActivationFunction="TANH",
                         asymmetricQuantizeInputs=asymmetric)
    model = one_operator("UNIDIRECTIONAL_SEQUENCE_LSTM", op_options, parts.inputs(x), [y], version=3)
    weights = [*parts.kernels, *parts.recurrent, *parts.peepholes, parts.projection[0]]
    attributes = {"weight_scales": [float(scale(w)) for w in weights], "asymmetric": asymmetric}
    feeds = [random.uniform(-2, 2, (BATCH, STEPS, INPUT)).astype(F32) for _ in range(2)]
    feeds[1][1, 2] = 0
    zeros = [np.zeros((BATCH, parts.outputs), F32), np.zeros((BATCH, CELL), F32)]
    both_calls(out, name, "full_lstm", attributes, model, feeds, parts, zeros, 1e-5)


@case
def svdf(out, name, rank, bias, memory=5, units=4):
    filters = rank * units
    x = tensor((BATCH, INPUT), "int8", scale=0.03, zero=-6)
    features, times = matrix(filters, INPUT), tensor(data=extremes(whole("int16", filters, memory)), scale=0.00004)
    state = tensor((BATCH, filters * memory), "int16", scale=0.0001, variable=True)
    y = tensor((BATCH, units), "int8", scale=0.05, zero=11)
    b = vector(units, "int32", 4e-9, 10**6) if bias else None
    op_options = options("SVDFOptions", rank=rank, fusedActivationFunction="RELU")  # which is wanted, and not applied
    model = one_operator("SVDF", op_options, [x, features, times, b, state], [y], version=3)
    attributes = {"input_zero": -6, "rank": rank,
                  "feature_factor": float(x.scales[0] * features.scales[0] / state.scales[0]),
                  **end(y, float(state.scales[0] * times.scales[0] / y.scales[0]))}
    before = np.zeros(state.shape, np.int16)
    for call in range(3):
        feed = extremes(whole("int8", BATCH, INPUT))
        if call == 0:
            run(model, feed)
        answers = states_after(model, feed, {f"t{3 + bias}": before})
        out.add(f"{name}, call {call}", "q_svdf", attributes,
                [feed, features.data, times.data, before, b.data if bias else None], answers, 0)
        before = answers[1]


def cases(out):
    for coupled, peepholes, projection, norms in itertools.product((False, True), (False, True), (0, 3), (False, True)):
        words = [w for w, on in (("coupled", coupled), ("peepholes", peepholes), ("projection", projection), ("norms", norms))
                 if on]
        if not (peepholes and projection):
            integer_lstm(out, " ".join(["integers", *words]), coupled, peepholes, projection, norms)
        float_lstm(out, " ".join(["floats", *words]), coupled, peepholes, projection, norms)
    for exponent in (-15, -13, -9):
        integer_lstm(out, f"integers cell_exponent {exponent}", cell_exponent=exponent)
    integer_lstm(out, "integers bounded", projection=3, cell_clip=0.4, projection_clip=0.3)
    float_lstm(out, "floats bounded", projection=3, cell_clip=0.4, projection_clip=0.3)
    for asymmetric in (False, True):
        for words in ({}, {"coupled": True}, {"peepholes": True}, {"projection": 3}, {"norms": True}):
            hybrid_lstm(out, f"hybrid asymmetric {asymmetric} {' '.join(words)}".strip(), asymmetric, **words)
    for rank, bias in itertools.product((1, 2), (False, True)):
        svdf(out, f"svdf rank {rank} bias {bias}", rank, bias)
