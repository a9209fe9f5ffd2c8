"""Layers that keep their state from call to call, and states that are given and handed out."""

from . import Case


def cases(k):
    L = k.layers

    def fixed(*shape, dtype=None, name=None):
        return k.Input(batch_shape=shape, dtype=dtype, name=name) if k.v3 else \
            k.Input(batch_size=shape[0], shape=shape[1:], dtype=dtype, name=name)

    def chain(shape, *layers, dtype=None):
        x = first = fixed(*shape, dtype=dtype)
        for layer in layers:
            x = layer(x)
        return k.Model(first, x)

    kinds = {"simple_rnn": L.SimpleRNN, "lstm": L.LSTM, "gru": L.GRU}
    for name, layer in kinds.items():
        def make(layer=layer, **options):
            return layer(4, stateful=True, **options)

        def three(case, build, **more):
            return Case(f"{name}_{case}", build, calls=3, **more)

        yield three("sequences", lambda m=make: chain((2, 3, 3), m(return_sequences=True)))
        yield three("sequences_and_state", lambda m=make: chain((2, 3, 3), m(return_sequences=True, return_state=True)))
        yield three("backwards", lambda m=make: chain((2, 3, 3), m(go_backwards=True, return_sequences=True)))
        yield three("unrolled", lambda m=make: chain((2, 3, 3), m(unroll=True)))
        yield three("masked", lambda m=make: chain(
            (3, 4), L.Embedding(4, 3, mask_zero=True), m(return_sequences=True), dtype="int32"), high=2)
        yield three("masked_zero_output", lambda m=make: chain(
            (3, 4), L.Embedding(4, 3, mask_zero=True), m(return_sequences=True, zero_output_for_mask=True),
            dtype="int32"), high=2)
        yield three("stacked", lambda m=make: chain((2, 3, 3), m(return_sequences=True), m(), L.Dense(2)))
        yield three("unknown_steps", lambda m=make: chain((2, None, 3), m(return_sequences=True)))
        yield three("bidirectional", lambda m=make: chain((2, 3, 3), L.Bidirectional(m(return_sequences=True))))
        yield three("bidirectional_last", lambda m=make: chain((2, 3, 3), L.Bidirectional(m(), merge_mode="sum")))

        def shared(m=make):
            one = m(return_sequences=True)
            x, y = fixed(2, 3, 3, name="x"), fixed(2, 3, 3, name="y")
            a = one(x)
            return k.Model([x, y], one(L.concatenate([a[:, :1, :3], y], axis=1)))

        yield three("called_twice", shared)

        def given(m=make, states=2 if name == "lstm" else 1):
            x = fixed(2, 3, 3, name="x")
            state = [fixed(2, 4, name=f"state_{i}") for i in range(states)]
            return k.Model([x, *state], m()(x, initial_state=state))

        yield three("initial_state", given)

    yield Case("rnn_of_cells", lambda: chain((2, 3, 3), L.RNN(
        [L.LSTMCell(4), L.GRUCell(3)], stateful=True, return_state=not k.v3)), calls=3)
    yield Case("rnn_of_cell", lambda: chain((2, 3, 3), L.RNN(L.LSTMCell(4), stateful=True, return_sequences=True)),
               calls=3)
    yield Case("nested_model", lambda: chain((2, 3, 3), k.Sequential(
        [k.Input(batch_shape=(2, 3, 3)) if k.v3 else k.Input(batch_size=2, shape=(3, 3)), L.GRU(4, stateful=True)]),
        L.Dense(2)), calls=3)

    def sequential():
        first = k.Input(batch_shape=(2, 3, 3)) if k.v3 else k.Input(batch_size=2, shape=(3, 3))
        return k.Sequential([first, L.LSTM(4, stateful=True, return_sequences=True), L.LSTM(3, stateful=True), L.Dense(1)])

    yield Case("sequential", sequential, calls=4)

    def time_major():
        x = k.Input(batch_size=3, shape=(2, 3))
        return k.Model(x, L.LSTM(4, time_major=True, return_sequences=True, return_state=True, stateful=True)(x))

    if not k.v3:
        yield Case("time_major", time_major, calls=3)
    for axes, layer in enumerate((L.ConvLSTM1D, L.ConvLSTM2D, L.ConvLSTM3D), start=1):
        yield Case(f"conv_lstm_{axes}d", lambda l=layer, n=axes: chain(
            (2, 3, *[4] * n, 2), l(2, 3, padding="same", stateful=True)), calls=3)
    yield Case("conv_lstm_sequences", lambda: chain(
        (2, 3, 5, 4, 2), L.ConvLSTM2D(2, (2, 3), strides=(2, 1), stateful=True, return_sequences=True,
                                      return_state=True)), calls=3)
    yield Case("bidirectional_conv_lstm", lambda: chain(
        (2, 3, 4, 4, 2), L.Bidirectional(L.ConvLSTM2D(2, 3, padding="same", stateful=True, return_sequences=True))),
        calls=3)
    yield Case("one_call", lambda: chain((2, 3, 3), L.LSTM(4, stateful=True)))
