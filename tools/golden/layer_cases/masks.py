"""What becomes of a mask: which layers hand it on, which drop it, and who reads it."""

from . import Case


def cases(k):
    L = k.layers

    def words(steps=6, name=None):
        return k.Input((steps,), dtype="int32", name=name)

    def embedded(x, size=4):
        return L.Embedding(5, size, mask_zero=True)(x)

    def through(name, *layers, last=None, **more):
        """Embedding with a mask, the layers, and an LSTM that would see it."""
        def build():
            x = words()
            y = embedded(x)
            for layer in layers:
                y = layer()(y)
            return k.Model(x, (last() if last else L.LSTM(3))(y))

        return Case(name, build, **{"batch": 4, "high": 3} | more)

    each = {
        "dense": lambda: L.Dense(3), "activation": lambda: L.Activation("tanh"), "dropout": lambda: L.Dropout(0.5),
        "spatial_dropout": lambda: L.SpatialDropout1D(0.5), "gaussian_noise": lambda: L.GaussianNoise(0.5),
        "gaussian_dropout": lambda: L.GaussianDropout(0.5), "alpha_dropout": lambda: L.AlphaDropout(0.5),
        "activity": lambda: L.ActivityRegularization(0.1), "batch_norm": lambda: L.BatchNormalization(),
        "layer_norm": lambda: L.LayerNormalization(), "unit_norm": lambda: L.UnitNormalization(),
        "group_norm": lambda: L.GroupNormalization(2), "relu": lambda: L.ReLU(), "leaky_relu": lambda: L.LeakyReLU(),
        "prelu": lambda: L.PReLU(shared_axes=[1]), "elu": lambda: L.ELU(), "softmax": lambda: L.Softmax(),
        "einsum_dense": lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 3)),
        "conv1d": lambda: L.Conv1D(3, 3, padding="same"), "separable_conv": lambda: L.SeparableConv1D(3, 3, padding="same"),
        "depthwise_conv": lambda: L.DepthwiseConv1D(3, padding="same"),
        "conv1d_transpose": lambda: L.Conv1DTranspose(3, 3, padding="same"),
        "max_pool": lambda: L.MaxPooling1D(2, strides=1, padding="same"),
        "average_pool": lambda: L.AveragePooling1D(2, strides=1, padding="same"),
        "cropping": lambda: L.Cropping1D((0, 0)), "zero_padding": lambda: L.ZeroPadding1D((0, 0)),
        "zero_padding_wider": lambda: L.ZeroPadding1D(1), "up_sampling": lambda: L.UpSampling1D(2),
        "permute": lambda: L.Permute((2, 1)), "permute_same": lambda: L.Permute((1, 2)),
        "reshape": lambda: L.Reshape((6, 4)), "reshape_other": lambda: L.Reshape((4, 6)),
        "rescaling": lambda: L.Rescaling(2.0), "time_distributed": lambda: L.TimeDistributed(L.Dense(3)),
        "lstm": lambda: L.LSTM(4, return_sequences=True), "gru": lambda: L.GRU(4, return_sequences=True),
        "simple_rnn_backwards": lambda: L.SimpleRNN(4, return_sequences=True, go_backwards=True),
        "bidirectional": lambda: L.Bidirectional(L.LSTM(2, return_sequences=True)),
        "bidirectional_sum": lambda: L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="sum"),
        "masking": lambda: L.Masking(0.0), "sequential": lambda: k.Sequential([L.Dense(4), L.Activation("relu")]),
    }
    if k.v3:
        each["identity"] = lambda: L.Identity()
        each["rms_norm"] = lambda: L.RMSNormalization()
    for name, layer in each.items():
        yield through(f"through_{name}", layer)
    yield through("through_many", each["dense"], each["dropout"], each["layer_norm"], each["relu"])
    yield through("dropped_by_last_lstm", lambda: L.LSTM(6), lambda: L.Reshape((6, 1)))
    yield through("repeat_vector", lambda: L.LSTM(3), lambda: L.RepeatVector(4))
    for name, pool in (("average", L.GlobalAveragePooling1D), ("max", L.GlobalMaxPooling1D)):
        yield through(f"global_{name}_pool", last=pool)
        yield through(f"global_{name}_pool_keepdims", last=lambda p=pool: p(keepdims=True))
        yield through(f"global_{name}_pool_after_conv", each["conv1d"], last=pool)
    yield through("flatten", last=lambda: L.Flatten())
    yield through("softmax_last", last=lambda: L.Softmax(axis=-1))
    yield through("lstm_sequences", last=lambda: L.LSTM(3, return_sequences=True))
    yield through("lstm_states", last=lambda: L.LSTM(3, return_sequences=True, return_state=True))
    yield through("bidirectional_states", last=lambda: L.Bidirectional(L.LSTM(3, return_state=True)))

    def pair(name, join, a_masked=True, b_masked=True, last=lambda: L.LSTM(3)):
        def build():
            x, y = words(name="x"), words(name="y")
            a, b = L.Embedding(5, 4, mask_zero=a_masked)(x), L.Embedding(5, 4, mask_zero=b_masked)(y)
            return k.Model([x, y], last()(join()([a, b])))

        return Case(name, build, batch=4, high=3)

    joins = {"add": L.Add, "subtract": L.Subtract, "multiply": L.Multiply, "average": L.Average, "maximum": L.Maximum,
             "minimum": L.Minimum, "concatenate": L.Concatenate, "concatenate_time": lambda: L.Concatenate(axis=1)}
    for name, join in joins.items():
        yield pair(f"{name}_two_masks", join)
        yield pair(f"{name}_first_mask", join, True, False)
        yield pair(f"{name}_second_mask", join, False, True)
        yield pair(f"{name}_two_masks_pooled", join, last=lambda: L.GlobalAveragePooling1D())

    def three(mode):
        def build():
            x, y, z = words(name="x"), words(name="y"), words(name="z")
            return k.Model([x, y, z], L.GRU(3)(mode()([embedded(x), embedded(y), embedded(z)])))

        return Case(f"{mode.__name__.lower()}_three_masks", build, batch=4, high=3)

    yield three(L.Add)
    yield three(L.Concatenate)

    for last in ("lstm", "pool"):
        def masking(value, last=last):
            return lambda: k.chain((6, 3), L.Masking(value), L.Dense(4),
                                   L.LSTM(3) if last == "lstm" else L.GlobalAveragePooling1D())

        yield Case(f"masking_{last}", masking(0.0), feeds="zero steps", batch=3)
        yield Case(f"masking_half_{last}", masking(0.5), feeds="zero steps", batch=3)
    yield Case("masking_twice", lambda: k.chain((6,), L.Embedding(5, 4, mask_zero=True), L.Masking(0.0), L.LSTM(3),
                                                dtype="int32"), batch=4, high=3)
    yield Case("masking_of_integers", lambda: k.chain((5, 2), L.Masking(1), L.LSTM(3), dtype="int32"), high=2, batch=4)

    def explicit(build_mask, last=lambda: L.LSTM(3, return_sequences=True), follow=None):
        def build():
            x, mask = k.Input((6, 4), name="x"), k.Input((6,), dtype="bool", name="mask")
            y = last()(x, mask=build_mask(mask))
            return k.Model([x, mask], follow()(y) if follow else y)

        return build

    yield Case("mask_argument", explicit(lambda m: m))
    yield Case("mask_argument_last", explicit(lambda m: m, lambda: L.GRU(3)))
    yield Case("mask_argument_followed", explicit(lambda m: m, follow=lambda: L.GRU(3)))
    yield Case("mask_argument_bidirectional", explicit(
        lambda m: m, lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)), follow=lambda: L.GRU(3)))
    yield Case("mask_argument_pool", explicit(lambda m: m, lambda: L.GlobalAveragePooling1D()))
    yield Case("mask_argument_softmax", lambda: explicit_softmax(k))

    def nested(model):
        def build():
            x = words()
            inner_in = k.Input((6, 4))
            inner = k.Model(inner_in, L.LSTM(3)(L.Dense(4)(inner_in))) if model else \
                k.Sequential([k.Input((6, 4)), L.Dense(4), L.LSTM(3)])
            return k.Model(x, inner(embedded(x)))

        return build

    yield Case("into_nested_model", nested(True), batch=4, high=3)
    yield Case("into_nested_sequential", nested(False), batch=4, high=3)

    def out_of_nested():
        x, inner_in = words(), words()
        return k.Model(x, L.LSTM(3)(k.Model(inner_in, L.Dense(4)(embedded(inner_in)))(x)))

    yield Case("out_of_nested_model", out_of_nested, batch=4, high=3)

    def shared_lstm():
        x, y = words(name="x"), words(name="y")
        one = L.LSTM(3)
        return k.Model([x, y], L.concatenate([one(embedded(x)), one(L.Embedding(5, 4)(y))]))

    yield Case("shared_lstm", shared_lstm, batch=4, high=3)

    def encoder_decoder():
        source, target = words(name="source"), words(name="target")
        _, h, c = L.LSTM(3, return_state=True)(embedded(source))
        y = L.LSTM(3, return_sequences=True)(embedded(target), initial_state=[h, c])
        return k.Model([source, target], L.Dense(2)(y))

    yield Case("encoder_decoder", encoder_decoder, batch=4, high=3)

    def words_of_sentences(inner):
        x = k.Input((3, 5), dtype="int32")
        y = L.TimeDistributed(L.Embedding(5, 4, mask_zero=True))(x)
        return k.Model(x, L.LSTM(3)(L.TimeDistributed(inner())(y)))

    yield Case("hierarchical_lstm", lambda: words_of_sentences(lambda: L.LSTM(3)), batch=3, high=3)
    yield Case("hierarchical_bidirectional", lambda: words_of_sentences(lambda: L.Bidirectional(L.GRU(2))), batch=3, high=3)
    yield Case("hierarchical_pool", lambda: words_of_sentences(lambda: L.GlobalAveragePooling1D()), batch=3, high=3)
    yield Case("sentences_embedded_whole", lambda: k.chain(
        (3, 5), L.Embedding(5, 4, mask_zero=True), L.TimeDistributed(L.LSTM(3)), L.GlobalAveragePooling1D(),
        dtype="int32"), batch=3, high=3)
    for unroll in (False, True):
        for zero in (False, True):
            for back in (False, True):
                name = f"unroll_{unroll}_zero_{zero}_backwards_{back}".lower()
                yield through(name, last=lambda u=unroll, z=zero, b=back: L.LSTM(
                    3, return_sequences=True, return_state=True, unroll=u, zero_output_for_mask=z, go_backwards=b))
                yield through(f"{name}_last", last=lambda u=unroll, z=zero, b=back: L.GRU(
                    3, unroll=u, zero_output_for_mask=z, go_backwards=b))
    yield through("bidirectional_unrolled", last=lambda: L.Bidirectional(L.LSTM(3, return_sequences=True, unroll=True)))
    yield through("bidirectional_zero_output_last", last=lambda: L.Bidirectional(L.LSTM(3, zero_output_for_mask=True)))
    yield through("rnn_of_cells", last=lambda: L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True,
                                                      zero_output_for_mask=True))
    yield through("all_masked_too", last=lambda: L.LSTM(3, return_sequences=True), high=2)
    yield Case("multi_head_attention", lambda: self_attention(k), batch=4, high=3)


def self_attention(k):
    L = k.layers
    x = k.Input((6,), dtype="int32")
    y = L.Embedding(5, 4, mask_zero=True)(x)
    return k.Model(x, L.LSTM(3)(L.MultiHeadAttention(2, 2)(y, y)))


def explicit_softmax(k):
    x, mask = k.Input((6, 4), name="x"), k.Input((6, 4), dtype="bool", name="mask")
    return k.Model([x, mask], k.layers.Softmax()(x, mask=mask))
