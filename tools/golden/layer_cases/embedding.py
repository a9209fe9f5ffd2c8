"""Embeddings and the masks that they make."""

from . import Case


def cases(k):
    L = k.layers

    def words(name, *layers, length=7, dtype="int32", **more):
        return Case(name, lambda: k.chain((length,), *[layer() for layer in layers], dtype=dtype), **more)

    yield words("embedding", lambda: L.Embedding(10, 4))
    yield words("embedding_of_floats", lambda: L.Embedding(10, 4), dtype="float32", feeds="integers")
    yield words("embedding_unknown_length", lambda: L.Embedding(10, 3), length=None)
    yield Case("embedding_2d", lambda: k.chain((3, 4), L.Embedding(10, 2), dtype="int32"))
    yield words("embedding_conv", lambda: L.Embedding(10, 4), lambda: L.Conv1D(5, 3, activation="relu"),
                L.GlobalMaxPooling1D)
    yield words("embedding_masked_sequence", lambda: L.Embedding(10, 4, mask_zero=True),
                lambda: L.LSTM(3, return_sequences=True), high=3)
    yield words("embedding_masked_average", lambda: L.Embedding(10, 4, mask_zero=True), L.GlobalAveragePooling1D,
                high=3)

    def positions():
        x = k.Input((6,), dtype="int32")
        places = k.Input((6,), dtype="int32")
        return k.Model([x, places], L.Add()([L.Embedding(10, 4)(x), L.Embedding(6, 4)(places)]))

    yield Case("embedding_plus_positions", positions, high=6)
