"""Attention layers, and the transformer block they make."""

from . import Case


def cases(k):
    L = k.layers

    def attend(name, layer, masked=False, value_dim=None, scores=False, **call):
        def build():
            query, value = k.Input((4, 6), name="query"), k.Input((5, value_dim or 6), name="value")
            inputs = [query, value]
            if masked:
                inputs.append(k.Input((4, 5), dtype="bool", name="mask"))
                call["attention_mask"] = inputs[-1]
            return k.Model(inputs, layer()(query, value, return_attention_scores=scores, **call))
        return Case(name, build)

    def mha(**options):
        return lambda: L.MultiHeadAttention(2, 3, **options)

    def self_attention(layer, **call):
        def build():
            x = k.Input((5, 6))
            return k.Model(x, layer()(x, x, **call))
        return build

    yield Case("mha_self", self_attention(mha()))
    yield Case("mha_self_causal", self_attention(mha(), use_causal_mask=True))
    yield attend("mha_cross", mha())
    yield attend("mha_cross_mask", mha(), masked=True)
    yield attend("mha_scores", mha(), scores=True)
    yield attend("mha_value_dim", mha(value_dim=4), value_dim=7)
    yield attend("mha_output_shape", mha(output_shape=5))
    yield attend("mha_no_bias", mha(use_bias=False))
    yield Case("mha_one_head", self_attention(lambda: L.MultiHeadAttention(1, 8)))
    yield Case("mha_self_masked_words", lambda: masked_words(k))

    def key_differs():
        query, value, key = k.Input((4, 6)), k.Input((5, 6)), k.Input((5, 6))
        return k.Model([query, value, key], L.MultiHeadAttention(2, 3)(query, value, key))

    yield Case("mha_key", key_differs)

    def two_axes():
        x = k.Input((3, 4, 5))
        return k.Model(x, L.MultiHeadAttention(2, 3, attention_axes=(2, 3) if not k.v3 else (1, 2))(x, x))

    if k.v3:
        yield Case("mha_attention_axes", two_axes)
        yield Case("gqa_self", self_attention(lambda: L.GroupQueryAttention(4, 4, 2)))
        yield Case("gqa_self_causal", self_attention(lambda: L.GroupQueryAttention(3, 4, 1), use_causal_mask=True))

    def plain(name, layer, number=2, **call):
        def build():
            inputs = [k.Input((4, 6)), k.Input((5, 6)), k.Input((5, 6))][:number]
            return k.Model(inputs, layer()(inputs, **call))
        return Case(name, build)

    yield plain("attention_dot", L.Attention)
    yield plain("attention_key", L.Attention, 3)
    yield plain("attention_scaled", lambda: L.Attention(use_scale=True))
    yield plain("attention_concat", lambda: L.Attention(score_mode="concat"))
    yield plain("attention_causal", L.Attention, use_causal_mask=True)
    yield plain("attention_additive", L.AdditiveAttention)
    yield plain("attention_additive_plain", lambda: L.AdditiveAttention(use_scale=False))
    yield Case("transformer_block", lambda: transformer(k))


def masked_words(k):
    words = k.Input((6,), dtype="int32")
    x = k.layers.Embedding(10, 6, mask_zero=True)(words)
    x = k.layers.MultiHeadAttention(2, 3)(x, x)
    return k.Model(words, k.layers.GlobalAveragePooling1D()(x))


def transformer(k):
    L = k.layers
    x = first = k.Input((5, 8))
    for _ in range(2):
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = L.Add()([x, L.Dropout(0.1)(L.MultiHeadAttention(2, 4)(y, y))])
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = L.Add()([x, L.Dense(8)(L.Dense(16, activation="gelu")(y))])
    return k.Model(first, L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(x)))
