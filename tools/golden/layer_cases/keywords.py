"""Layers called with keywords alone."""

from . import Case


def cases(k):
    L = k.layers

    def attention_by_keywords():
        x, y = k.Input((5, 6)), k.Input((4, 6))
        return k.Model([x, y], L.MultiHeadAttention(2, 3)(query=x, value=y))

    def attention_value_first():
        x, y = k.Input((5, 6)), k.Input((4, 6))
        return k.Model([x, y], L.MultiHeadAttention(2, 3)(value=y, key=y, query=x))

    def dense_by_keyword():
        x = k.Input((5,))
        return k.Model(x, L.Dense(3)(inputs=x))

    def shared_by_keyword():
        x, y = k.Input((5,)), k.Input((5,))
        dense = L.Dense(3)
        return k.Model([x, y], L.Concatenate()(inputs=[dense(inputs=x), dense(y)]))

    for build in (attention_by_keywords, attention_value_first, dense_by_keyword, shared_by_keyword):
        yield Case(build.__name__, build)
