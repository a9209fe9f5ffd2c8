"""Layers that join several inputs."""

from . import Case


def cases(k):
    L = k.layers

    def joined(name, layer, *shapes, **more):
        def build():
            inputs = [k.Input(shape) for shape in shapes]
            return k.Model(inputs, layer()(inputs))
        return Case(name, build, **more)

    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        layer = getattr(L, kind)
        yield joined(f"{kind.lower()}_two", lambda c=layer: c(), (3, 4), (3, 4))
        yield joined(f"{kind.lower()}_broadcast", lambda c=layer: c(), (3, 4, 5), (1, 1, 5))
        if kind != "Subtract":
            yield joined(f"{kind.lower()}_four", lambda c=layer: c(), *[(2, 5)] * 4)
    yield joined("multiply_gate", L.Multiply, (4, 4, 6), (6,), note="ranks differ: the shorter is widened at the front")
    yield joined("concatenate_last", L.Concatenate, (3, 4), (3, 2), (3, 5))
    yield joined("concatenate_axis1", lambda: L.Concatenate(axis=1), (3, 4), (2, 4))
    yield joined("concatenate_axis_minus2", lambda: L.Concatenate(axis=-2), (3, 4, 2), (3, 1, 2))
    yield joined("concatenate_channels", L.Concatenate, (3, 3, 4), (3, 3, 7))
    yield joined("dot_1", lambda: L.Dot(axes=1), (6,), (6,))
    yield joined("dot_axes", lambda: L.Dot(axes=(2, 1)), (4, 5), (5, 3))
    yield joined("dot_same_axis", lambda: L.Dot(axes=2), (4, 5), (3, 5))
    yield joined("dot_normalised", lambda: L.Dot(axes=1, normalize=True), (6,), (6,))

    def residual():
        x = k.Input((6, 6, 4))
        y = L.Conv2D(4, 3, padding="same", activation="relu")(x)
        y = L.Conv2D(4, 3, padding="same")(y)
        return k.Model(x, L.Activation("relu")(L.Add()([x, y])))

    def twice():
        x = k.Input((5,))
        return k.Model(x, L.Add()([x, x]))

    yield Case("residual_block", residual)
    yield Case("add_with_itself", twice)
