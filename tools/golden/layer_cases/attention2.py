"""Attention in its rarer forms: further axes, masks of every rank, gates, windows, scores."""

from . import Case


def cases(k):
    L = k.layers

    def attend(name, layer, query=(4, 6), value=(5, 6), masks=(), words=False, **call):
        def build():
            q, v = k.Input(query), k.Input(value)
            inputs, given = [q, v], dict(call)
            for argument, shape in masks:
                inputs.append(k.Input(batch_shape=shape, dtype="bool") if k.v3 else k.Input(
                    batch_shape=shape, dtype="bool"))
                given[argument] = inputs[-1]
            return k.Model(inputs, layer()(q, v, **given))
        return Case(name, build, batch=2)

    def mha(*sizes, **options):
        return lambda: L.MultiHeadAttention(*(sizes or (2, 3)), **options)

    yield attend("mask_rank3", mha(), masks=[("attention_mask", (2, 4, 5))])
    yield attend("mask_rank4", mha(), masks=[("attention_mask", (2, 2, 4, 5))])
    yield attend("mask_one_head", mha(), masks=[("attention_mask", (2, 1, 4, 5))])
    yield attend("mask_of_one_query", mha(), masks=[("attention_mask", (2, 1, 5))])
    yield attend("mask_and_causal", mha(), masks=[("attention_mask", (2, 4, 5))], use_causal_mask=True)
    yield attend("mask_and_scores", mha(), masks=[("attention_mask", (2, 4, 5))], return_attention_scores=True)
    yield attend("dropout", mha(dropout=0.3), masks=[("attention_mask", (2, 4, 5))])
    yield attend("causal_scores", mha(), query=(5, 6), use_causal_mask=True, return_attention_scores=True)
    yield attend("output_shape_two", mha(output_shape=(2, 5)))
    yield attend("value_dim_no_bias", mha(3, 2, value_dim=5, use_bias=False), value=(5, 8))
    yield attend("all_axes", mha(), query=(3, 2, 6), value=(2, 4, 6))
    yield attend("first_axis", mha(attention_axes=1), query=(3, 2, 6), value=(4, 2, 6))
    yield attend("second_axis", mha(attention_axes=(2,)), query=(2, 3, 6), value=(2, 4, 6))
    yield attend("second_axis_scores", mha(attention_axes=(2,)), query=(2, 3, 6), value=(2, 4, 6),
                 return_attention_scores=True)
    yield attend("all_axes_scores", mha(), query=(3, 2, 6), value=(2, 4, 6), return_attention_scores=True)
    yield attend("two_of_three_axes", mha(attention_axes=(2, 3)), query=(2, 3, 2, 5), value=(2, 2, 3, 5))
    yield attend("all_axes_mask", mha(), query=(3, 2, 6), value=(2, 4, 6), masks=[("attention_mask", (2, 3, 2, 2, 4))])
    yield attend("second_axis_mask", mha(attention_axes=(2,)), query=(2, 3, 6), value=(2, 4, 6),
                 masks=[("attention_mask", (2, 2, 3, 4))])
    if k.v3:
        yield attend("negative_axis", mha(attention_axes=(-2,)), query=(2, 3, 6), value=(2, 4, 6))
        yield attend("mask_rank2", mha(), masks=[("attention_mask", (4, 5))])
        yield attend("gate", mha(use_gate=True))
        yield attend("gate_no_bias_value_dim", mha(2, 3, use_gate=True, use_bias=False, value_dim=4))
        yield attend("window", mha(sliding_window=2), query=(6, 6), value=(6, 6))
        yield attend("window_causal", mha(sliding_window=3), query=(7, 6), value=(7, 6), use_causal_mask=True)
        yield attend("flash", mha(flash_attention=False))
        grouped = lambda **o: (lambda: L.GroupQueryAttention(4, 4, 2, **o))
        yield attend("gqa_cross", grouped())
        yield attend("gqa_no_bias_scores", grouped(use_bias=False), return_attention_scores=True)
        yield attend("gqa_mask", grouped(), masks=[("attention_mask", (2, 4, 5))])
        yield attend("gqa_gate_window", grouped(use_gate=True, sliding_window=2), query=(6, 6), value=(6, 6))
        yield attend("gqa_dropout", grouped(dropout=0.2))

    def masked(name, layer, scores=False, **call):
        def build():
            words, others = k.Input((6,), dtype="int32"), k.Input((5,), dtype="int32")
            table = L.Embedding(4, 6, mask_zero=True)
            out = layer()(table(words), table(others), return_attention_scores=scores, **call)
            return k.Model([words, others], out)
        return Case(name, build, high=3)

    yield masked("masked_words_both", mha())
    yield masked("masked_words_scores", mha(), scores=True)
    yield masked("masked_words_causal", mha(), use_causal_mask=True)

    def plain(name, layer, shapes=((4, 6), (5, 6)), masks=False, **call):
        def build():
            inputs = [k.Input(shape) for shape in shapes]
            given = dict(call)
            if masks:
                extra = [k.Input((4,), dtype="bool"), k.Input((5,), dtype="bool")]
                given["mask"] = extra
                return k.Model(inputs + extra, layer()(inputs, **given))
            return k.Model(inputs, layer()(inputs, **given))
        return Case(name, build)

    three = ((4, 6), (5, 7), (5, 6))
    for name, layer in (("dot", L.Attention), ("additive", L.AdditiveAttention)):
        yield plain(f"{name}_scores", layer, return_attention_scores=True)
        yield plain(f"{name}_masks", layer, masks=True)
        yield plain(f"{name}_masks_causal", layer, masks=True, use_causal_mask=True)
        yield plain(f"{name}_three", layer, three, return_attention_scores=True, use_causal_mask=True)
        yield plain(f"{name}_dropout", lambda c=layer: c(dropout=0.5))
    yield plain("dot_4d", L.Attention, ((2, 4, 6), (2, 5, 6)))
    yield plain("concat_scaled", lambda: L.Attention(score_mode="concat", use_scale=True))

    def embedded(layer):
        def build():
            words, others = k.Input((6,), dtype="int32"), k.Input((5,), dtype="int32")
            table = L.Embedding(4, 6, mask_zero=True)
            return k.Model([words, others], layer()([table(words), table(others)]))
        return build

    yield Case("dot_words", embedded(L.Attention), high=3)
    yield Case("additive_words", embedded(L.AdditiveAttention), high=3)
