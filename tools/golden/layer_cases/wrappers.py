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
