"""Bidirectional and TimeDistributed."""

from . import Case


def cases(k):
    L = k.layers

    for mode in ("concat", "sum", "mul", "ave", None):
        def build(mode=mode, **options):
            x = k.Input((5, 3))
            y = L.Bidirectional(L.LSTM(4, **options), merge_mode=mode)(x)
            return k.Model(x, y)

        yield Case(f"bidirectional_{mode}".lower(), build)
        yield Case(f"bidirectional_{mode}_sequences".lower(), lambda b=build: b(return_sequences=True))
    for name, layer in (("gru", lambda **o: L.GRU(4, **o)), ("simple_rnn", lambda **o: L.SimpleRNN(4, **o)),
                        ("gru_reset_before", lambda **o: L.GRU(4, reset_after=False, **o))):
        yield Case(f"bidirectional_{name}", lambda m=layer: k.chain((5, 3), L.Bidirectional(m(return_sequences=True))))
    yield Case("bidirectional_two_layers", lambda: k.chain((5, 3), L.Bidirectional(
        L.LSTM(4, return_sequences=True), backward_layer=L.GRU(4, return_sequences=True, go_backwards=True))))
    yield Case("bidirectional_masked", lambda: k.chain(
        (6,), L.Embedding(5, 3, mask_zero=True), L.Bidirectional(L.LSTM(4)), dtype="int32"), batch=4, high=3)
    yield Case("bidirectional_masked_sequences", lambda: k.chain(
        (6,), L.Embedding(5, 3, mask_zero=True), L.Bidirectional(L.LSTM(4, return_sequences=True)),
        dtype="int32"), batch=4, high=3)
    yield Case("bidirectional_stacked", lambda: k.chain(
        (None, 3), L.Bidirectional(L.LSTM(4, return_sequences=True)), L.Bidirectional(L.LSTM(3)), L.Dense(2)))

    def with_states():
        x = k.Input((5, 3))
        return k.Model(x, L.Bidirectional(L.LSTM(4, return_sequences=True, return_state=True))(x))

    def given_states():
        x = k.Input((5, 3), name="x")
        state = [k.Input((4,), name=f"state_{i}") for i in range(4)]
        return k.Model([x, *state], L.Bidirectional(L.LSTM(4))(x, initial_state=state))

    yield Case("bidirectional_states", with_states)
    yield Case("bidirectional_initial_state", given_states)
    yield Case("time_distributed_dense", lambda: k.chain((4, 3), L.TimeDistributed(L.Dense(5, activation="relu"))))
    yield Case("time_distributed_conv", lambda: k.chain((3, 6, 6, 2), L.TimeDistributed(L.Conv2D(4, 3)),
                                                        L.TimeDistributed(L.MaxPooling2D(2)),
                                                        L.TimeDistributed(L.Flatten()), L.LSTM(3)))
    yield Case("time_distributed_unknown_steps", lambda: k.chain((None, 3), L.TimeDistributed(L.Dense(4))))
    yield Case("time_distributed_batch_norm", lambda: k.chain((4, 3), L.TimeDistributed(L.BatchNormalization())))

    def inner_model():
        inner = k.Sequential([L.Dense(4, activation="relu"), L.Dense(2)])
        x = k.Input((3, 5))
        return k.Model(x, L.TimeDistributed(inner)(x))

    yield Case("time_distributed_model", inner_model)
    yield Case("time_distributed_lstm", lambda: k.chain((2, 4, 3), L.TimeDistributed(L.LSTM(3))))
    yield Case("time_distributed_after_mask", lambda: k.chain(
        (6,), L.Embedding(5, 3, mask_zero=True), L.TimeDistributed(L.Dense(4)), L.LSTM(3), dtype="int32"),
        batch=4, high=3)
    yield from more_bidirectional(k)
    yield from more_time_distributed(k)


def more_bidirectional(k):
    L = k.layers

    def two(forward, backward, mode="concat", shape=(5, 3)):
        def build():
            x = k.Input(shape)
            return k.Model(x, L.Bidirectional(forward(), backward_layer=backward(), merge_mode=mode)(x))

        return build

    pairs = {
        "lstm_gru": (lambda **o: L.LSTM(4, **o), lambda **o: L.GRU(4, go_backwards=True, **o)),
        "activations": (lambda **o: L.LSTM(4, **o), lambda **o: L.LSTM(4, activation="relu", go_backwards=True, **o)),
        "rnn_cells": (lambda **o: L.RNN([L.LSTMCell(3), L.GRUCell(4)], **o),
                      lambda **o: L.RNN(L.SimpleRNNCell(4), go_backwards=True, **o)),
    }
    for name, (forward, backward) in pairs.items():
        for mode in ("concat", "sum", "mul", "ave", None):
            yield Case(f"pair_{name}_{mode}".lower(), two(lambda f=forward: f(return_sequences=True),
                                                          lambda b=backward: b(return_sequences=True), mode))
        yield Case(f"pair_{name}_last", two(forward, backward))
        yield Case(f"pair_{name}_states", two(lambda f=forward: f(return_state=True),
                                              lambda b=backward: b(return_state=True)))
    yield Case("pair_sizes", two(lambda: L.LSTM(4), lambda: L.LSTM(3, go_backwards=True)))
    yield Case("bidirectional_rnn_of_cells", lambda: k.chain((5, 3), L.Bidirectional(
        L.RNN([L.LSTMCell(4), L.LSTMCell(3)], return_sequences=True))))
    yield Case("bidirectional_unroll", lambda: k.chain((5, 3), L.Bidirectional(L.GRU(4, unroll=True, return_sequences=True))))

    def masked(mode, **options):
        def build():
            x = k.Input((6,), dtype="int32")
            y = L.Embedding(5, 3, mask_zero=True)(x)
            return k.Model(x, L.Bidirectional(L.LSTM(4, **options), merge_mode=mode)(y))

        return build

    for mode in ("concat", "sum", "mul", "ave", None):
        yield Case(f"masked_{mode}".lower(), masked(mode, return_sequences=True), batch=4, high=3)
        yield Case(f"masked_{mode}_states".lower(), masked(mode, return_state=True), batch=4, high=3)
    yield Case("masked_sequences_states", masked("concat", return_sequences=True, return_state=True), batch=4, high=3)

    def given(mode, mask=False, **options):
        def build():
            x = k.Input((6,), dtype="int32", name="x")
            state = [k.Input((4,), name=f"state_{i}") for i in range(4)]
            y = L.Embedding(5, 3, mask_zero=mask)(x)
            return k.Model([x, *state], L.Bidirectional(L.LSTM(4, **options), merge_mode=mode)(y, initial_state=state))

        return build

    yield Case("states_masked", given("concat", True, return_sequences=True), batch=4, high=3)
    yield Case("states_unmerged", given(None, return_sequences=True, return_state=True), batch=4, high=3)

    def encoder_decoder():
        source, target = k.Input((4, 3), name="source"), k.Input((5, 2), name="target")
        _, fh, fc, bh, bc = L.Bidirectional(L.LSTM(3, return_state=True))(source)
        state = [L.concatenate([fh, bh]), L.concatenate([fc, bc])]
        return k.Model([source, target], L.LSTM(6, return_sequences=True)(target, initial_state=state))

    yield Case("bidirectional_encoder", encoder_decoder)
    if not k.v3:
        yield Case("bidirectional_time_major", lambda: k.chain(
            (2, 3), L.Bidirectional(L.LSTM(4, time_major=True, return_sequences=True))), batch=5)
        yield Case("bidirectional_time_major_last", lambda: k.chain(
            (2, 3), L.Bidirectional(L.GRU(4, time_major=True))), batch=5)
        yield Case("backwards_first", lambda: k.chain(
            (5, 3), L.Bidirectional(L.LSTM(4, go_backwards=True, return_sequences=True))))


def more_time_distributed(k):
    L = k.layers

    def of(layer, shape, **more):
        return Case("", lambda: k.chain(shape, L.TimeDistributed(layer())), **more)

    cases = {
        "conv1d": of(lambda: L.Conv1D(3, 2), (3, 6, 2)), "conv2d_same": of(lambda: L.Conv2D(3, 3, padding="same"), (2, 5, 4, 2)),
        "conv3d": of(lambda: L.Conv3D(2, 2), (2, 3, 4, 3, 1)), "conv2d_transpose": of(lambda: L.Conv2DTranspose(2, 3, strides=2), (2, 3, 3, 2)),
        "depthwise": of(lambda: L.DepthwiseConv2D(3), (2, 5, 4, 2)), "separable": of(lambda: L.SeparableConv2D(3, 3), (2, 5, 4, 2)),
        "max_pool": of(lambda: L.MaxPooling2D(2), (2, 4, 4, 2)), "global_pool": of(lambda: L.GlobalAveragePooling2D(), (2, 4, 4, 2)),
        "flatten": of(lambda: L.Flatten(), (2, 4, 3, 2)), "reshape": of(lambda: L.Reshape((6, 2)), (2, 3, 4)),
        "permute": of(lambda: L.Permute((2, 1)), (2, 3, 4)), "repeat": of(lambda: L.RepeatVector(3), (2, 4)),
        "up_sampling": of(lambda: L.UpSampling2D(2), (2, 2, 3, 1)), "padding": of(lambda: L.ZeroPadding2D(1), (2, 2, 3, 1)),
        "cropping": of(lambda: L.Cropping2D(1), (2, 4, 4, 1)), "layer_norm": of(lambda: L.LayerNormalization(), (3, 4)),
        "batch_norm_image": of(lambda: L.BatchNormalization(), (2, 3, 3, 2)), "dropout": of(lambda: L.Dropout(0.5), (3, 4)),
        "softmax": of(lambda: L.Softmax(), (3, 4)), "prelu": of(lambda: L.PReLU(), (3, 4)),
        "embedding": of(lambda: L.Embedding(5, 3), (2, 4), high=5, feeds="integers"), "gru": of(lambda: L.GRU(3, return_sequences=True), (2, 4, 3)),
        "bidirectional": of(lambda: L.Bidirectional(L.LSTM(3)), (2, 4, 3)), "time_distributed": of(lambda: L.TimeDistributed(L.Conv1D(2, 2)), (2, 2, 4, 3)),
        "conv_unknown_steps": of(lambda: L.Conv2D(3, 3), (None, 5, 4, 2)), "lstm_unknown_steps": of(lambda: L.LSTM(3), (None, 4, 3)),
        "flatten_unknown_steps": of(lambda: L.Flatten(), (None, 4, 3)), "dense_one_step": of(lambda: L.Dense(3), (1, 4)),
        "lstm_unknown_both": of(lambda: L.LSTM(3), (None, None, 3)),
    }
    for name, case in cases.items():
        case.name = f"each_{name}"
        yield case

    def conv_net():
        inner = k.Sequential([k.Input((6, 6, 1)), L.Conv2D(3, 3, activation="relu"), L.BatchNormalization(),
                              L.MaxPooling2D(2), L.Flatten(), L.Dense(4)])
        return inner

    def functional():
        x = k.Input((4,))
        return k.Model(x, L.add([L.Dense(4)(x), x]))

    for steps, name in ((3, "known"), (None, "unknown")):
        yield Case(f"model_conv_{name}_steps", lambda s=steps: k.chain((s, 6, 6, 1), L.TimeDistributed(conv_net()), L.LSTM(3)))
        yield Case(f"model_functional_{name}_steps", lambda s=steps: k.chain((s, 4), L.TimeDistributed(functional()), L.GRU(2)))

    def shared():
        x, y = k.Input((3, 4), name="x"), k.Input((2, 4), name="y")
        one = L.TimeDistributed(L.Dense(3))
        return k.Model([x, y], [one(x), one(y)])

    yield Case("each_shared", shared)
    if not k.v3:
        def two_inputs():
            a, b = k.Input((3,), name="a"), k.Input((2,), name="b")
            inner = k.Model([a, b], L.Dense(4)(L.concatenate([a, b])))
            x, y = k.Input((5, 3), name="x"), k.Input((5, 2), name="y")
            return k.Model([x, y], L.TimeDistributed(inner)([x, y]))

        def two_outputs():
            a = k.Input((3,), name="a")
            inner = k.Model(a, [L.Dense(4)(a), L.Dense(2)(a)])
            x = k.Input((5, 3), name="x")
            return k.Model(x, L.TimeDistributed(inner)(x))

        yield Case("model_of_two_inputs", two_inputs)
        yield Case("model_of_two_outputs", two_outputs)
