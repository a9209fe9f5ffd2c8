"""More of the layers that join: products over many axes, softmax with masks, whole numbers."""

import numpy as np

from . import Case


def cases(k):
    L = k.layers

    def joined(name, layer, *shapes, dtype=None, **more):
        def build():
            inputs = [k.Input(shape, dtype=dtype) for shape in shapes]
            return k.Model(inputs, layer()(inputs))
        return Case(f"merge2_{name}", build, **more)

    yield joined("dot_4d", lambda: L.Dot(axes=(3, 2)), (2, 3, 4), (5, 4, 2))
    yield joined("dot_4d_3d", lambda: L.Dot(axes=(2, 1)), (2, 4, 3), (4, 5))
    yield joined("dot_2d_3d", lambda: L.Dot(axes=(1, 2)), (4,), (3, 4))
    for kind in ("Add", "Multiply", "Maximum", "Subtract"):
        yield joined(f"{kind.lower()}_int", lambda c=getattr(L, kind): c(), (4,), (4,), dtype="int32")
    yield joined("concatenate_int", L.Concatenate, (4,), (3,), dtype="int32")
    yield joined("add_scalar_axis", L.Add, (3, 4), (1, 4), (3, 1))

    def masked(axis):
        x, m = k.Input((3, 4)), k.Input((3, 4), dtype="bool")
        return k.Model([x, m], L.Softmax(axis=axis)(x, mask=m))
    yield Case("merge2_softmax_mask", lambda: masked(-1))
    yield Case("merge2_softmax_mask_two", lambda: masked([1, 2]))
    yield Case("merge2_softmax_axes", lambda: k.chain((3, 4), L.Softmax(axis=[1, 2])))
