"""Pooling in three dimensions, in both layouts, with every stride and padding; adaptive pooling."""

from . import Case


def cases(k):
    L = k.layers

    def one(name, layer, shape, **more):
        return Case(name, lambda: k.chain(shape, layer()), **more)

    for kind in ("Max", "Average"):
        low = kind.lower()
        pools = [getattr(L, f"{kind}Pooling{n}D") for n in (1, 2, 3)]
        shapes = [(9, 3), (7, 8, 3), (5, 6, 7, 2)]
        firsts = [(3, 9), (3, 7, 8), (2, 5, 6, 7)]
        for n, (pool, shape, first) in enumerate(zip(pools, shapes, firsts), 1):
            for padding in ("valid", "same"):
                for size, strides in ((3, 1), (2, 3), (3, 2), (1, 2), (4, None)):
                    yield one(f"{low}_pool{n}d_{padding}_{size}_by_{strides}",
                              lambda c=pool, p=padding, z=size, s=strides: c(z, s, p), shape)
                yield one(f"{low}_pool{n}d_{padding}_first",
                          lambda c=pool, p=padding: c(2, 2, p, data_format="channels_first"), first)
            layer = getattr(L, f"Global{kind}Pooling{n}D")
            yield one(f"global_{low}_pool{n}d_plain", layer, shape)
            for keep in (False, True):
                yield one(f"global_{low}_pool{n}d_first_{keep}",
                          lambda c=layer, d=keep: c(data_format="channels_first", keepdims=d), first)
            yield one(f"global_{low}_pool{n}d_keepdims", lambda c=layer: c(keepdims=True), shape)
        yield one(f"{low}_pool2d_uneven", lambda c=pools[1]: c((3, 1), (1, 2), "same"), (7, 8, 3))
        yield one(f"{low}_pool3d_uneven", lambda c=pools[2]: c((1, 2, 3), (1, 2, 1), "same"), (5, 6, 7, 2))
        yield one(f"{low}_pool2d_whole", lambda c=pools[1]: c((7, 8)), (7, 8, 3))
        yield one(f"{low}_pool2d_larger_same", lambda c=pools[1]: c(9, 1, "same"), (4, 3, 2))
        yield one(f"{low}_pool1d_unknown", lambda c=pools[0]: c(3, 2), (None, 3), sizes=(8,))
        yield one(f"{low}_pool3d_unknown", lambda c=pools[2]: c(2, 2, "same"), (None, None, 4, 2), sizes=(5, 3))
    yield Case("global_average_masked_keepdims", lambda: k.chain(
        (8,), L.Embedding(10, 4, mask_zero=True), L.GlobalAveragePooling1D(keepdims=True), dtype="int32"), high=3, batch=3)
    if k.v3 and hasattr(L, "AdaptiveAveragePooling1D"):
        yield from adaptive(L, one)


def adaptive(L, one):
    for kind in ("Average", "Max"):
        low = kind.lower()
        one_d, two_d, three_d = (getattr(L, f"Adaptive{kind}Pooling{n}D") for n in (1, 2, 3))
        least = 1 if kind == "Average" else 2  # TensorFlow dies of a division by zero at the other
        for size in (1, 2, 3, 4, 7)[least - 1:]:
            yield one(f"adaptive_{low}_pool1d_{size}", lambda c=one_d, s=size: c(s), (7, 3))
            yield one(f"adaptive_{low}_pool2d_{size}", lambda c=two_d, s=size: c(s), (7, 8, 3))
        yield one(f"adaptive_{low}_pool2d_uneven", lambda c=two_d: c((2, 5)), (9, 7, 3))
        yield one(f"adaptive_{low}_pool2d_first", lambda c=two_d: c((2, 3), data_format="channels_first"), (3, 8, 7))
        yield one(f"adaptive_{low}_pool1d_first", lambda c=one_d: c(3, data_format="channels_first"), (3, 8))
        yield one(f"adaptive_{low}_pool3d", lambda c=three_d, s=least: c((2, 3, s)), (4, 6, 5, 2))
        yield one(f"adaptive_{low}_pool3d_cube", lambda c=three_d: c(2), (4, 6, 8, 2))
        yield one(f"adaptive_{low}_pool3d_first", lambda c=three_d: c(2, data_format="channels_first"), (2, 4, 6, 3))
