"""LocallyConnected1D and 2D of Keras 2, in the three ways in which it keeps their weights."""

from . import Case


def cases(k):
    if k.v3:
        return
    L = k.layers

    def one(name, layer, shape):
        return Case(name, lambda: k.chain(shape, layer()))

    for way in (1, 2, 3):
        yield one(f"locally1d_way{way}", lambda w=way: L.LocallyConnected1D(4, 3, implementation=w), (8, 2))
        yield one(f"locally1d_way{way}_stride2",
                  lambda w=way: L.LocallyConnected1D(3, 4, strides=2, activation="relu", implementation=w), (9, 3))
        yield one(f"locally2d_way{way}", lambda w=way: L.LocallyConnected2D(3, (2, 3), implementation=w), (5, 6, 2))
        yield one(f"locally2d_way{way}_stride",
                  lambda w=way: L.LocallyConnected2D(4, 3, strides=(2, 1), use_bias=False, implementation=w), (7, 5, 2))
        yield one(f"locally1d_way{way}_channels_first",
                  lambda w=way: L.LocallyConnected1D(4, 3, data_format="channels_first", implementation=w), (3, 7))
        yield one(f"locally2d_way{way}_channels_first",
                  lambda w=way: L.LocallyConnected2D(3, 2, data_format="channels_first", implementation=w), (2, 4, 5))
        if way > 1:
            yield one(f"locally1d_way{way}_same",
                      lambda w=way: L.LocallyConnected1D(3, 4, padding="same", implementation=w), (7, 2))
            yield one(f"locally2d_way{way}_same",
                      lambda w=way: L.LocallyConnected2D(3, (3, 2), strides=2, padding="same", implementation=w), (5, 6, 2))
