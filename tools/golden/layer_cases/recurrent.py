"""SimpleRNN, LSTM and GRU with every option."""

from . import Case


def cases(k):
    L = k.layers

    def one(name, layer, shape=(5, 3), **more):
        return Case(name, lambda: k.chain(shape, layer()), **more)

    kinds = {"simple_rnn": (L.SimpleRNN, {}), "lstm": (L.LSTM, {}), "gru": (L.GRU, {"reset_after": True}),
             "gru_reset_before": (L.GRU, {"reset_after": False})}
    for name, (layer, fixed) in kinds.items():
        def make(layer=layer, fixed=fixed, **options):
            return lambda: layer(4, **fixed, **options)

        yield one(name, make())
        yield one(f"{name}_sequences", make(return_sequences=True))
        yield one(f"{name}_backwards", make(go_backwards=True))
        yield one(f"{name}_backwards_sequences", make(go_backwards=True, return_sequences=True))
        yield one(f"{name}_no_bias", make(use_bias=False))
        yield one(f"{name}_state", make(return_state=True))
        yield one(f"{name}_sequences_state", make(return_sequences=True, return_state=True))
        yield one(f"{name}_relu", make(activation="relu"))
        yield one(f"{name}_unroll", make(unroll=True))
        yield one(f"{name}_unknown_steps", make(return_sequences=True), (None, 3), batch=3)
        if name != "simple_rnn":
            yield one(f"{name}_hard_sigmoid", make(recurrent_activation="hard_sigmoid"))
        yield Case(f"{name}_masked_by_masking", lambda m=make: k.chain(
            (6, 3), L.Masking(0.0), m(return_sequences=True)()), batch=3, feeds="zero steps")
        yield Case(f"{name}_masked_last", lambda m=make: k.chain(
            (6,), L.Embedding(5, 3, mask_zero=True), m()(), dtype="int32"), batch=4, high=3)
        yield Case(f"{name}_masked_zero_output", lambda m=make: k.chain(
            (6,), L.Embedding(5, 3, mask_zero=True), m(return_sequences=True, zero_output_for_mask=True)(),
            dtype="int32"), batch=4, high=3)
        yield Case(f"{name}_masked_backwards", lambda m=make: k.chain(
            (6,), L.Embedding(5, 3, mask_zero=True), m(go_backwards=True)(), dtype="int32"), batch=4, high=3)
        yield Case(f"{name}_stacked", lambda m=make: k.chain(
            (5, 3), m(return_sequences=True)(), m(return_sequences=True)(), m()()))

        def given_state(m=make, states=2 if name == "lstm" else 1):
            x = k.Input((5, 3), name="x")
            state = [k.Input((4,), name=f"state_{i}") for i in range(states)]
            return k.Model([x, *state], m(return_sequences=True)()(x, initial_state=state))

        yield Case(f"{name}_initial_state", given_state)

        def stateful(m=make):
            x = k.Input(batch_shape=(2, 3, 3)) if k.v3 else k.Input(batch_size=2, shape=(3, 3))
            return k.Model(x, m(stateful=True)()(x))

        yield Case(f"{name}_stateful", stateful, calls=3)

    def seq2seq():
        source, target = k.Input((4, 3), name="source"), k.Input((5, 2), name="target")
        _, h, c = L.LSTM(4, return_state=True)(source)
        y = L.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
        return k.Model([source, target], L.Dense(3, activation="softmax")(y))

    def from_cells(*cells, **options):
        return lambda: k.chain((5, 3), L.RNN([c() for c in cells] if len(cells) > 1 else cells[0](), **options))

    yield Case("lstm_encoder_decoder", seq2seq)
    yield Case("rnn_of_lstm_cell", from_cells(lambda: L.LSTMCell(4), return_sequences=True))
    yield Case("rnn_of_gru_cell", from_cells(lambda: L.GRUCell(4)))
    yield Case("rnn_of_two_cells", from_cells(lambda: L.LSTMCell(4), lambda: L.LSTMCell(3)))
    yield one("lstm_wide", lambda: L.LSTM(17, return_sequences=True), (3, 9))
