"""SimpleRNN, LSTM and GRU with every option."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k, (5, 3))

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
        yield one(f"{name}_dropout", make(dropout=0.5, recurrent_dropout=0.5))
        yield one(f"{name}_unknown_steps", make(return_sequences=True), (None, 3), batch=3)
        if name != "simple_rnn":
            yield one(f"{name}_hard_sigmoid", make(recurrent_activation="hard_sigmoid"))
            yield one(f"{name}_other_gates", make(recurrent_activation="softsign"))
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
    yield from cell_cases(k)


def cell_cases(k):
    L = k.layers

    def rnn(cells, shape=(5, 3), **options):
        return lambda: k.chain(shape, L.RNN(cells(), **options))

    def two():
        return [L.LSTMCell(4), L.GRUCell(3)]

    options = {"sequences": {"return_sequences": True}, "state": {"return_state": True},
               "sequences_state": {"return_sequences": True, "return_state": True},
               "backwards": {"go_backwards": True, "return_sequences": True}, "unroll": {"unroll": True}}
    for name, given in options.items():
        yield Case(f"cells_{name}", rnn(two, **given))
        yield Case(f"cell_{name}", rnn(lambda: L.SimpleRNNCell(4), **given))
    yield Case("cells_nested", rnn(lambda: [L.StackedRNNCells([L.LSTMCell(4), L.SimpleRNNCell(3)]), L.GRUCell(2)],
                                   return_sequences=True))
    yield Case("cells_in_object", rnn(lambda: L.StackedRNNCells([L.GRUCell(4), L.GRUCell(3)])))
    yield Case("cells_of_one", rnn(lambda: [L.LSTMCell(4)], return_state=True))
    yield Case("cells_alike", rnn(lambda: [L.LSTMCell(4), L.LSTMCell(4), L.LSTMCell(4)], return_state=True))
    yield Case("cells_dropout", rnn(lambda: [L.LSTMCell(4, dropout=0.5), L.GRUCell(3, recurrent_dropout=0.3)]))
    yield Case("cells_no_bias", rnn(lambda: [L.LSTMCell(4, use_bias=False), L.GRUCell(3, use_bias=False)]))
    yield Case("cells_other_gates", rnn(lambda: [L.LSTMCell(4, recurrent_activation="softsign", unit_forget_bias=False),
                                                 L.GRUCell(3, recurrent_activation="softsign", reset_after=False)]))
    yield Case("cells_of_gru", rnn(lambda: [L.GRUCell(4, activation="relu", recurrent_activation="hard_sigmoid"),
                                            L.SimpleRNNCell(3, use_bias=False, dropout=0.5, recurrent_dropout=0.5)]))
    yield Case("lstm_no_forget_bias", lambda: k.chain((5, 3), L.LSTM(4, unit_forget_bias=False)))
    yield Case("cells_activations", rnn(lambda: [L.LSTMCell(4, activation="relu", recurrent_activation="hard_sigmoid"),
                                                 L.SimpleRNNCell(3, activation="sigmoid")]))
    yield Case("cells_unknown_steps", rnn(two, (None, 3), return_sequences=True))
    if not k.v3:
        yield Case("cells_reverse_state_order", rnn(
            lambda: L.StackedRNNCells([L.LSTMCell(4), L.LSTMCell(4)], reverse_state_order=True), return_state=True))
        for name, layer in (("lstm", L.LSTM), ("gru", L.GRU), ("rnn", lambda n, **o: L.RNN(L.GRUCell(n), **o))):
            for more in ({}, {"return_sequences": True, "return_state": True},
                         {"return_sequences": True, "go_backwards": True}):
                yield Case(f"{name}_time_major{''.join('_' + key for key in more)}",
                           lambda l=layer, m=more: k.chain((2, 3), l(4, time_major=True, **m)), batch=5)

    def given(cells, sizes, **more):
        def build():
            x = k.Input((5, 3), name="x")
            flat = [k.Input((n,), name=f"state_{i}") for i, n in enumerate(sum(sizes, ()))]
            parts, rest = [], list(flat)
            for group in sizes:
                parts.append([rest.pop(0) for _ in group])
            parts = [p if len(p) > 1 else p[0] for p in parts]
            return k.Model([x, *flat], L.RNN(cells(), **more)(x, initial_state=parts))

        return build

    yield Case("cells_initial_state", given(two, [(4, 4), (3,)], return_sequences=True))
    yield Case("cells_initial_state_returned", given(two, [(4, 4), (3,)], return_state=True))
    for name, layer, states in (("lstm", L.LSTM, 2), ("gru", L.GRU, 1)):
        def masked_given(layer=layer, states=states, **options):
            def build():
                x = k.Input((5,), dtype="int32", name="x")
                state = [k.Input((4,), name=f"state_{i}") for i in range(states)]
                y = L.Embedding(5, 3, mask_zero=True)(x)
                return k.Model([x, *state], layer(4, **options)(y, initial_state=state))

            return build

        yield Case(f"{name}_masked_initial_state", masked_given(return_sequences=True, return_state=True), batch=4, high=2)
        yield Case(f"{name}_masked_initial_state_backwards", masked_given(go_backwards=True), batch=4, high=2)
        yield Case(f"{name}_masked_initial_state_zero", masked_given(
            return_sequences=True, zero_output_for_mask=True), batch=4, high=2)

        def shared(layer=layer, states=states):
            x, y = k.Input((4, 3), name="x"), k.Input((5, 3), name="y")
            one = layer(4, return_state=True)
            first = one(x)
            return k.Model([x, y], one(y, initial_state=first[1:]))

        yield Case(f"{name}_shared_continues", shared)

    def alone(cell, states):
        def build():
            x = k.Input((3,), name="x")
            state = [k.Input((4,), name=f"state_{i}") for i in range(states)]
            y, new = cell()(x, state)
            return k.Model([x, *state], [y, *(new if isinstance(new, (list, tuple)) else [new])])

        return build

    yield Case("lstm_cell_alone", alone(lambda: L.LSTMCell(4), 2))
    yield Case("gru_cell_alone", alone(lambda: L.GRUCell(4), 1))
    yield Case("simple_cell_alone", alone(lambda: L.SimpleRNNCell(4), 1))
