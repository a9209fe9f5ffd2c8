"""Golden cases of the linear operators, made by TensorFlow and Keras.

usage: python tools/golden/ops_linear.py        (needs tensorflow and keras 3; writes tests/data/ops/linear.txt)
"""

import itertools
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf

from operator_cases import Cases

random = np.random.default_rng(1)


def noise(*dims):
    return np.round(random.standard_normal(dims), 2).astype(np.float32)


def epilogue(kind, alpha=0.0, beta=0.0):
    return {"activation": kind, "alpha": alpha, "beta": beta}


def window(strides, dilations, padding, rank):
    attributes = {"strides": strides, "dilations": dilations}
    if padding == "same":
        return attributes | {"padding": "same"}
    before, after = padding if isinstance(padding, tuple) else ([0] * rank, [0] * rank)
    return attributes | {"pad_before": before, "pad_after": after}


def grouped_convolution(x, w, groups, stride, dilation, padding):
    """Group by group, since TensorFlow's CPU kernels know no groups in three dimensions."""
    rank = x.ndim - 2
    parts = [tf.nn.convolution(a, b, strides=[stride] * rank, padding=padding.upper(), dilations=[dilation] * rank)
             for a, b in zip(np.split(x, groups, -1), np.split(w, groups, -1))]
    return tf.concat(parts, -1)


def conv_cases(out):
    inputs = {1: (2, 9, 4), 2: (1, 7, 6, 4), 3: (1, 4, 5, 4, 4)}
    kernels = {1: (3,), 2: (3, 2), 3: (2, 3, 2)}
    for rank, padding, stride, dilation, groups in itertools.product(
            (1, 2, 3), ("same", "valid"), (1, 2), (1, 2), (1, 2)):
        if stride > 1 and dilation > 1:
            continue
        x, bias = noise(*inputs[rank]), noise(6)
        w = noise(*kernels[rank], 4 // groups, 6)
        y = grouped_convolution(x, w, groups, stride, dilation, padding)
        out.add(f"conv{rank}d {padding} stride {stride} dilation {dilation} groups {groups}", "conv",
                window([stride] * rank, [dilation] * rank, padding, rank) | {"groups": groups},
                [x, w, bias], [y + bias])
    x, w = noise(1, 8, 3), noise(4, 3, 2)
    layer = keras.layers.Conv1D(2, 4, padding="causal", dilation_rate=2, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([w])
    out.add("conv1d causal", "conv", window([1], [2], ([6], [0]), 1), [x, w], [layer(x)])
    x, w = noise(1, 5, 6, 2), noise(3, 3, 2, 3)
    y = tf.nn.conv2d(x, w, [1, 2, 3, 1], [[0, 0], [2, 1], [0, 2], [0, 0]])
    out.add("conv2d explicit padding, unequal strides", "conv", window([2, 3], [1, 1], ([2, 0], [1, 2]), 2), [x, w], [y])
    for multiplier, padding, stride in itertools.product((1, 3), ("same", "valid"), (1, 2)):
        x, w = noise(2, 5, 6, 4), noise(3, 3, 4, multiplier)
        y = tf.nn.depthwise_conv2d(x, w, [1, stride, stride, 1], padding.upper())
        out.add(f"depthwise multiplier {multiplier} {padding} stride {stride}", "conv",
                window([stride] * 2, [1, 1], padding, 2) | {"groups": 4},
                [x, w.reshape(3, 3, 1, 4 * multiplier)], [y])
    x, w, bias, residual = noise(1, 4, 4, 3), noise(1, 1, 3, 5), noise(5), noise(1, 4, 4, 5)
    total = tf.nn.conv2d(x, w, 1, "SAME") + bias
    attributes = window([1, 1], [1, 1], "same", 2)
    out.add("conv end: residual before the activation", "conv", attributes | epilogue("clamp", 0.0, 6.0),
            [x, w, bias, residual], [tf.nn.relu6(total + residual)])
    out.add("conv end: residual after the activation", "conv",
            attributes | epilogue("silu") | {"residual_last": True}, [x, w, bias, residual],
            [tf.nn.silu(total) + residual])
    out.add("conv end: residual without bias", "conv", attributes, [x, w, None, residual], [total - bias + residual])


def transpose_padding(size, kernel, stride, padding, output_padding):
    """Keras's argument as sizes of what is cropped, and what is added."""
    if output_padding is None:
        return ("same" if padding == "same" else (0, 0, max(0, stride - kernel)))
    crop = kernel // 2 if padding == "same" else 0
    length = (size - 1) * stride + kernel - 2 * crop + output_padding
    total = max((size - 1) * stride + kernel - length, 0) if padding == "same" else 0
    before = total // 2
    after = (size - 1) * stride + kernel - before - length
    return (before, max(after, 0), max(-after, 0))


def conv_transpose_cases(out):
    sizes = (4, 5, 3)
    for rank, padding, stride, kernel, extra in itertools.product(
            (1, 2, 3), ("same", "valid"), (1, 2, 3), (2, 3), (None, 0, 1)):
        if (rank == 3 and stride == 3) or (extra is not None and extra >= stride):
            continue
        layer_type = {1: keras.layers.Conv1DTranspose, 2: keras.layers.Conv2DTranspose,
                      3: keras.layers.Conv3DTranspose}[rank]
        layer = layer_type(3, kernel, strides=stride, padding=padding, output_padding=extra)
        x = noise(1, *sizes[:rank], 2)
        layer.build(x.shape)
        w, bias = noise(*[kernel] * rank, 3, 2), noise(3)
        layer.set_weights([w, bias])
        try:
            y = np.asarray(layer(x))
        except Exception:
            continue  # a combination that TensorFlow itself refuses
        resolved = [transpose_padding(size, kernel, stride, padding, extra) for size in sizes[:rank]]
        if resolved[0] == "same":
            attributes = window([stride] * rank, [1] * rank, "same", rank) | {"output_padding": [0] * rank}
        else:
            before, after, added = (list(part) for part in zip(*resolved))
            attributes = window([stride] * rank, [1] * rank, (before, after), rank) | {"output_padding": added}
        out.add(f"conv{rank}d transpose {padding} stride {stride} kernel {kernel} output_padding {extra}",
                "conv_transpose", attributes, [x, w, bias], [y])
    x, w = noise(1, 4, 5, 2), noise(3, 3, 2, 2)
    layer = keras.layers.Conv2DTranspose(2, 3, padding="valid", dilation_rate=2, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([w])
    out.add("conv2d transpose dilated", "conv_transpose", window([1, 1], [2, 2], "valid", 2) | {"output_padding": [0, 0]},
            [x, w], [layer(x)])
    layer = keras.layers.Conv2DTranspose(2, 3, padding="same", dilation_rate=2, use_bias=False)
    layer.build(x.shape)
    layer.set_weights([w])
    out.add("conv2d transpose dilated same", "conv_transpose",
            window([1, 1], [2, 2], "same", 2) | {"output_padding": [0, 0]}, [x, w], [layer(x)])


def mat_mul_cases(out):
    shapes = [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 5)), ((1, 4), (4, 1))]
    for (a, b), left, right in itertools.product(shapes, (False, True), (False, True)):
        x, w = noise(*a), noise(*b)
        y = tf.matmul(x, w)
        out.add(f"mat_mul {list(a)} {list(b)} transposed {left} {right}", "mat_mul",
                {"transpose_a": left, "transpose_b": right},
                [np.swapaxes(x, -1, -2) if left else x, np.swapaxes(w, -1, -2) if right else w], [y])
    x, w, bias = noise(3, 4), noise(4, 5), noise(5)
    out.add("mat_mul of a vector", "mat_mul", {}, [x[0], w], [np.matmul(x[0], w)])
    out.add("mat_mul with bias and gelu", "mat_mul", epilogue("gelu"), [x, w, bias], [tf.nn.gelu(x @ w + bias, approximate=False)])
    i, j = random.integers(-2**31, 2**31, (2, 3), dtype=np.int32), random.integers(-9, 9, (3, 4), dtype=np.int32)
    out.add("mat_mul of integers wraps around", "mat_mul", {}, [i, j], [tf.matmul(i, j)])


def einsum_cases(out):
    # what EinsumDense, MultiHeadAttention and GroupQueryAttention write, and the corners of the notation
    dims = dict(a=2, b=3, c=4, d=2, e=5, f=3, g=2, n=2, t=3, s=4, h=2, k=3, q=2)
    equations = ["abc,cde->abde", "abc,cd->abd", "ab,bc->ac", "...x,xy->...y", "aecd,abcd->acbe", "acbe,aecd->abcd",
                 "abcd,cde->abe", "btnh,bsnh->bnts", "bnts,bsnh->btnh", "abc->cab", "abc->b", "ij,jk", "aab->b",
                 "i,j->ij", "i,i->", "...ij,...jk->...ik", "ab,ab->ba"]
    for equation in equations:
        terms = equation.split("->")[0].split(",")
        tensors = []
        for place, term in enumerate(terms):
            lead = [3] if "..." in term and place == 1 else [2, 3] if "..." in term else []
            tensors.append(noise(*lead, *[dims.get(c, 3) for c in term.replace(".", "")]))
        if equation == "aab->b":
            y = np.einsum(equation, *tensors)
        else:
            y = tf.einsum(equation, *tensors) if len(terms) == 2 or equation != "aab->b" else None
        out.add("einsum " + equation, "einsum", {"equation": equation}, tensors, [y])


def rnn_cases(out):
    x, mask = noise(2, 4, 3), np.array([[False, True, True, False], [True, False, True, True]])
    units, h0, c0 = 3, noise(2, 3), noise(2, 3)
    gates = {"lstm": 4, "gru": 3, "simple": 1}
    for cell, reverse, masked, start, after, zero in itertools.product(
            gates, (False, True), (False, True), (False, True), (False, True), (False, True)):
        if (after and cell != "gru") or (zero and not masked):
            continue
        cell_type = {"lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell, "simple": keras.layers.SimpleRNNCell}[cell]
        one = cell_type(units, **({"reset_after": after} if cell == "gru" else {}))
        layer = keras.layers.RNN(one, return_sequences=True, return_state=True, go_backwards=reverse,
                                 zero_output_for_mask=zero)
        layer.build(x.shape)
        bias = noise(2, 9) if after else noise(gates[cell] * units)
        weights = [noise(3, gates[cell] * units), noise(units, gates[cell] * units), bias]
        layer.set_weights(weights)
        states = [h0, c0][:2 if cell == "lstm" else 1] if start else None
        sequence, *last = layer(x, mask=tf.constant(mask) if masked else None,
                                initial_state=[tf.constant(s) for s in states] if states else None)
        if reverse:
            sequence = np.asarray(sequence)[:, ::-1]
        attributes = {"cell": cell, "activation": "tanh", "recurrent_activation": "sigmoid", "reverse": reverse,
                      "reset_after": after, "zero_output_for_mask": zero}
        out.add(f"rnn {cell} reverse {reverse} mask {masked} start {start} reset_after {after} zero {zero}", "rnn",
                attributes, [x, *weights, mask if masked else None, *(states or [])], [sequence, *last])
    for name, layer in {"LSTM": keras.layers.LSTM(2, recurrent_activation="hard_sigmoid", activation="relu",
                                                  return_sequences=True, return_state=True, use_bias=False),
                        "GRU": keras.layers.GRU(2, return_sequences=True, return_state=True, use_bias=False)}.items():
        layer.build(x.shape)
        weights = [noise(*w.shape) for w in layer.get_weights()]
        layer.set_weights(weights)
        attributes = {"cell": name.lower(), "reset_after": name == "GRU"}
        if name == "LSTM":
            attributes |= {"activation": "relu", "recurrent_activation": "hard_sigmoid",
                           "recurrent_alpha": 1 / 6, "recurrent_beta": 0.5}
        out.add(f"rnn {name} without bias", "rnn", attributes, [x, *weights], list(layer(x)))


def conv_rnn_cases(out):
    layers = {1: keras.layers.ConvLSTM1D, 2: keras.layers.ConvLSTM2D, 3: keras.layers.ConvLSTM3D}
    for axes, reverse, masked, start, zero in itertools.product(layers, (False, True), (None, "steps", "places"),
                                                                (False, True), (False, True)):
        if (zero and not masked) or (axes != 2 and masked == "places"):
            continue
        places, kernel = (4, 3, 2)[:axes], (3, 2, 2)[:axes]
        x = noise(2, 3, *places, 2)
        layer = layers[axes](2, kernel, padding="same", return_sequences=True, return_state=True,
                             go_backwards=reverse, zero_output_for_mask=zero)
        layer.build(x.shape)
        weights = [noise(*w.shape) for w in layer.get_weights()]
        layer.set_weights(weights)
        states = [noise(2, *places, 2), noise(2, *places, 2)] if start else None
        mask = None
        if masked:
            mask = random.random((2, 3) if masked == "steps" else (2, 3, *places)) < 0.6
            mask[0, 0], mask[1, -1] = False, True
        sequence, h, c = layer(x, mask=None if mask is None else tf.constant(mask),
                               initial_state=[tf.constant(s) for s in states] if states else None)
        if reverse:
            sequence = np.asarray(sequence)[:, ::-1]
        gates = keras.ops.conv(x.reshape(6, *places, 2), weights[0], padding="same") + weights[2]
        out.add(f"conv_rnn {axes}d reverse {reverse} mask {masked} start {start} zero {zero}", "conv_rnn",
                {"reverse": reverse, "zero_output_for_mask": zero},
                [np.asarray(gates).reshape(2, 3, *places, 8), weights[1], mask, *(states or [])], [sequence, h, c])
    layer = keras.layers.ConvLSTM2D(1, 2, padding="same", activation="relu", recurrent_activation="hard_sigmoid",
                                    use_bias=False, return_sequences=True, return_state=True)
    x = noise(1, 2, 3, 3, 1)
    layer.build(x.shape)
    weights = [noise(*w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)
    gates = keras.ops.conv(x[0], weights[0], padding="same")
    out.add("conv_rnn relu and hard_sigmoid", "conv_rnn",
            {"activation": "relu", "recurrent_activation": "hard_sigmoid", "recurrent_alpha": 1 / 6, "recurrent_beta": 0.5},
            [np.asarray(gates)[None], weights[1]], list(layer(x)))


def attention_cases(out):
    def softmax(scores, mask, causal):
        layer = keras.layers.Softmax(axis=-1)
        steps = np.tril(np.ones(scores.shape[-2:], bool)) if causal else np.ones(scores.shape[-2:], bool)
        return np.asarray(layer(scores, mask=np.broadcast_to(mask & steps, scores.shape)))

    lowest = -0.7 * float(np.finfo(np.float32).max)  # keras.ops.dot_product_attention's
    for groups, causal, masked, way in itertools.product(
            (4, 2, 1), (False, True), (False, True), ("replace", "zero", "add")):
        if way != "replace" and not masked:
            continue
        q, k, v = noise(2, 3, 4, 5), noise(2, 4, groups, 5), noise(2, 4, groups, 2)
        mask = random.random((2, 1, 3, 4)) < 0.6 if masked else None
        if masked:
            mask[1, 0, 1] = False  # nothing left in a row
        attributes = {"scale": 5 ** -0.5, "causal": causal, "additive_mask": way == "add", "zero_masked": way == "zero"}
        name = f"attention groups {groups} causal {causal} mask {masked} {way}"
        repeated_k, repeated_v = (np.repeat(t, 4 // groups, axis=2) for t in (k, v))
        if way == "replace":
            y = keras.ops.dot_product_attention(q, repeated_k, repeated_v, mask=mask, scale=5 ** -0.5, is_causal=causal)
            out.add(name, "attention", attributes | {"masked_score": lowest}, [q, k, v, mask], [y])
            continue
        scores = np.asarray(tf.einsum("bthd,bshd->bhts", q * np.float32(5 ** -0.5), repeated_k))
        both = np.broadcast_to(mask & np.tril(np.ones((3, 4), bool)) if causal else mask, scores.shape)
        weights = (keras.layers.Softmax()(scores, mask=both) if way == "zero" else
                   tf.nn.softmax(scores + np.float32(-1e9) * (1 - both.astype(np.float32))))
        y = tf.einsum("bhts,bshe->bthe", weights, repeated_v)
        out.add(name, "attention", attributes | {"return_scores": True}, [q, k, v, mask], [y, weights])

    x, y = noise(2, 3, 8), noise(2, 4, 8)
    layer = keras.layers.MultiHeadAttention(2, 3)
    layer.build(x.shape, y.shape)
    weights = [noise(*w.shape) * 0.5 for w in layer.get_weights()]
    layer.set_weights(weights)
    mask = np.array([[1, 1, 0, 1], [1, 0, 1, 1]], bool)
    answer, scores = layer(x, y, return_attention_scores=True, attention_mask=mask[:, None, :])
    wq, bq, wk, bk, wv, bv, wo, bo = weights
    q, k, v = (np.einsum("btc,chd->bthd", t, w) + b for t, w, b in ((x, wq, bq), (y, wk, bk), (y, wv, bv)))
    core = np.einsum("bhts,bshd->bthd", np.asarray(scores), v)
    assert np.allclose(np.einsum("bthd,hdc->btc", core, wo) + bo, answer, atol=1e-5)
    out.add("attention inside MultiHeadAttention", "attention", {"scale": 3 ** -0.5, "return_scores": True},
            [q.astype(np.float32), k.astype(np.float32), v.astype(np.float32), mask[:, None, None, :]],
            [core.astype(np.float32), scores])

    q, k, v = noise(1, 3, 1, 4), noise(1, 5, 1, 4), noise(1, 5, 1, 4)
    bias = noise(1, 1, 3, 5)
    weights = tf.nn.softmax(tf.einsum("bthd,bshd->bhts", q, k) + bias)
    out.add("attention with a float mask", "attention", {}, [q, k, v, bias], [tf.einsum("bhts,bshe->bthe", weights, v)])


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "ops"
    folder.mkdir(parents=True, exist_ok=True)
    for name, makers in {"conv": [conv_cases], "conv_transpose": [conv_transpose_cases],
                         "linear": [mat_mul_cases, einsum_cases, attention_cases], "rnn": [rnn_cases],
                         "conv_rnn": [conv_rnn_cases]}.items():
        out = Cases(folder / f"{name}.txt", f"made by tools/golden/ops_linear.py with TensorFlow {tf.__version__}, Keras {keras.__version__}")
        for make in makers:
            make(out)
        out.write()


if __name__ == "__main__":
    main()
