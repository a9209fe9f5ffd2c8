"""ConvLSTM1D, 2D and 3D with every option."""

from . import Case


def cases(k):
    L = k.layers

    def one(name, layer, shape=(3, 5, 4, 2), **more):
        return Case(name, lambda: k.chain(shape, layer()), **more)

    for axes, layer in enumerate((L.ConvLSTM1D, L.ConvLSTM2D, L.ConvLSTM3D), start=1):
        def make(layer=layer, **options):
            return lambda: layer(2, **{"kernel_size": 3, "padding": "same"} | options)

        shape = (3, 5, 4, 3)[:axes + 1] + (2,)
        yield one(f"{axes}d", make(), shape)
        yield one(f"{axes}d_sequences", make(return_sequences=True), shape)
        yield one(f"{axes}d_valid", make(kernel_size=2, padding="valid", return_sequences=True), shape)
        yield one(f"{axes}d_strides", make(strides=2, return_sequences=True), shape)
        yield one(f"{axes}d_dilation", make(dilation_rate=2), shape)
        yield one(f"{axes}d_channels_first", make(data_format="channels_first", return_sequences=True),
                  (3, 2) + shape[1:-1])
        yield one(f"{axes}d_backwards", make(go_backwards=True, return_sequences=True), shape)
        yield one(f"{axes}d_states", make(return_state=True), shape)
        mixed = (3, 2, 1)[:axes]
        if axes > 1:
            yield one(f"{axes}d_mixed", make(kernel_size=mixed, strides=mixed[::-1], return_sequences=True), shape)
            yield one(f"{axes}d_mixed_dilation", make(dilation_rate=mixed), shape)
        yield one(f"{axes}d_one", make(kernel_size=1), shape)
        yield one(f"{axes}d_no_bias", make(use_bias=False), shape)
        yield one(f"{axes}d_hard_sigmoid", make(recurrent_activation="hard_sigmoid", activation="relu"), shape)
        yield one(f"{axes}d_other_gates", make(recurrent_activation="softsign", unit_forget_bias=False), shape)
        yield one(f"{axes}d_sigmoid", make(recurrent_activation="sigmoid"), shape)
        yield one(f"{axes}d_dropout", make(dropout=0.5, recurrent_dropout=0.5), shape)
        yield Case(f"{axes}d_masked", lambda l=layer, s=shape: k.chain(
            s, L.Masking(0.0), l(2, 3, padding="same", return_sequences=True)), feeds="zero steps", batch=3)
        yield one(f"{axes}d_unknown_steps", make(return_sequences=True), (None,) + shape[1:], sizes=(3,))
    L2 = L.ConvLSTM2D
    yield one("even_kernel", lambda: L2(3, (2, 4), padding="same", return_sequences=True))
    yield one("one_by_one", lambda: L2(3, 1))
    yield one("no_bias", lambda: L2(2, 3, use_bias=False, return_sequences=True))
    yield one("relu_hard_sigmoid", lambda: L2(2, 3, activation="relu", recurrent_activation="hard_sigmoid"))
    yield one("sigmoid", lambda: L2(2, 3, recurrent_activation="sigmoid"))
    yield one("linear", lambda: L2(2, 3, activation=None, recurrent_activation="linear", return_sequences=True), scale=0.3)
    yield one("sequences_states", lambda: L2(2, 3, return_sequences=True, return_state=True))
    yield one("sequences_states_backwards", lambda: L2(2, 3, return_sequences=True, return_state=True, go_backwards=True))
    yield one("channels_first_states", lambda: L2(2, 3, data_format="channels_first", return_state=True,
                                                  return_sequences=True), (3, 2, 5, 4))
    yield one("valid_strides_uneven", lambda: L2(2, (3, 2), strides=(2, 1), return_sequences=True))
    yield one("dropout", lambda: L2(2, 3, dropout=0.5, recurrent_dropout=0.5))
    yield one("one_step", lambda: L2(2, 3, return_sequences=True), (1, 5, 4, 2))
    yield Case("stacked", lambda: k.chain((3, 6, 5, 1), L2(2, 3, padding="same", return_sequences=True),
                                          L.BatchNormalization(), L2(2, 3, padding="same"), L.Conv2D(1, 3)))
    yield Case("next_frame", lambda: k.chain(
        (None, 6, 6, 1), L2(3, 3, padding="same", return_sequences=True, activation="relu"),
        L2(2, 1, padding="same", return_sequences=True), L.Conv3D(1, (3, 3, 3), padding="same", activation="sigmoid")),
        sizes=(4,))
    if k.v3:
        yield one("unrolled", lambda: L2(2, 3, unroll=True, return_sequences=True))
    for backwards in (False, True):
        name = "masked_backwards" if backwards else "masked"
        yield Case(name, lambda b=backwards: k.chain((4, 3, 3, 2), L.Masking(0.0), L2(
            2, 3, padding="same", return_sequences=True, go_backwards=b)), feeds="zero steps", batch=3)
        yield Case(f"{name}_last", lambda b=backwards: k.chain((4, 3, 3, 2), L.Masking(0.0), L2(
            2, 3, padding="same", return_state=True, go_backwards=b)), feeds="zero steps", batch=3)
        yield Case(f"{name}_zero_output", lambda b=backwards: k.chain((4, 3, 3, 2), L.Masking(0.0), L2(
            2, 3, padding="same", return_sequences=True, go_backwards=b, zero_output_for_mask=True)),
            feeds="zero steps", batch=3)

    def given_mask(**options):
        x, mask = k.Input((4, 4, 4, 2), name="x"), k.Input((4,), dtype="bool", name="mask")
        return k.Model([x, mask], L2(2, 3, padding="same", **options)(x, mask=mask))

    yield Case("mask_of_steps", lambda: given_mask(return_sequences=True))
    yield Case("mask_of_steps_last", lambda: given_mask(return_state=True))

    def given_state(data_format="channels_last"):
        first = data_format == "channels_first"
        x = k.Input((3, 2, 5, 4) if first else (3, 5, 4, 2), name="x")
        state = [k.Input((2, 5, 4) if first else (5, 4, 2), name=f"state_{i}") for i in range(2)]
        y = L2(2, 3, padding="same", return_sequences=True, data_format=data_format)(x, initial_state=state)
        return k.Model([x, *state], y)

    yield Case("initial_state", given_state)
    yield Case("initial_state_channels_first", lambda: given_state("channels_first"))

    def encoder_decoder():
        source, target = k.Input((3, 4, 4, 1), name="source"), k.Input((2, 4, 4, 1), name="target")
        _, h, c = L2(2, 3, padding="same", return_state=True)(source)
        return k.Model([source, target], L2(2, 3, padding="same", return_sequences=True)(target, initial_state=[h, c]))

    yield Case("encoder_decoder", encoder_decoder)
    for mode in ("concat", "sum", None):
        def both(mode=mode, **options):
            x = k.Input((3, 4, 4, 2))
            return k.Model(x, L.Bidirectional(L2(2, 3, padding="same", **options), merge_mode=mode)(x))

        yield Case(f"bidirectional_{mode}".lower(), both)
        yield Case(f"bidirectional_{mode}_sequences".lower(), lambda b=both: b(return_sequences=True))
    yield Case("time_distributed", lambda: k.chain((2, 3, 4, 4, 1), L.TimeDistributed(L2(2, 3))))
