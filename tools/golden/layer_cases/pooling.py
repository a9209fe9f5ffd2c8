"""Pooling, windowed and global."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    for kind in ("Max", "Average"):
        low = kind.lower()
        one_d, two_d = getattr(L, f"{kind}Pooling1D"), getattr(L, f"{kind}Pooling2D")
        for padding in ("valid", "same"):
            yield one(f"{low}_pool1d_{padding}", lambda c=one_d, p=padding: c(2, padding=p), (7, 3))
            yield one(f"{low}_pool2d_{padding}", lambda c=two_d, p=padding: c(2, padding=p), (7, 6, 3))
            yield one(f"{low}_pool2d_{padding}_3_stride2",
                      lambda c=two_d, p=padding: c(3, strides=2, padding=p), (8, 7, 5))
            yield one(f"{low}_pool2d_{padding}_3_stride1",
                      lambda c=two_d, p=padding: c(3, strides=1, padding=p), (6, 5, 2))
        yield one(f"{low}_pool1d_3_stride1", lambda c=one_d: c(3, strides=1, padding="same"), (8, 3))
        yield one(f"{low}_pool2d_2x3", lambda c=two_d: c((2, 3), strides=(2, 1)), (8, 7, 3))
        yield one(f"{low}_pool2d_channels_first",
                  lambda c=two_d: c(2, data_format="channels_first"), (3, 6, 8))
        yield one(f"{low}_pool2d_unknown_size", lambda c=two_d: c(3, strides=2, padding="same"), (None, None, 3),
                  sizes=(9, 6))
        for dims, shape in ((1, (6, 4)), (2, (5, 6, 4))):
            layer = getattr(L, f"Global{kind}Pooling{dims}D")
            yield one(f"global_{low}_pool{dims}d", lambda c=layer: c(), shape)
            yield one(f"global_{low}_pool{dims}d_keepdims", lambda c=layer: c(keepdims=True), shape)
            yield one(f"global_{low}_pool{dims}d_channels_first",
                      lambda c=layer: c(data_format="channels_first"), shape)
    yield one("global_average_pool2d_unknown_size", L.GlobalAveragePooling2D, (None, None, 4), sizes=(5, 7))
    yield Case("global_average_pool1d_masked", lambda: k.chain(
        (8,), L.Embedding(10, 4, mask_zero=True), L.GlobalAveragePooling1D(), dtype="int32"), high=3, batch=3)
