"""Numbers to bins and categories, encoded in every way."""

import numpy as np

from . import Case
from .lookup import archive

VALUES = np.array([[-5.0, -1.0, -0.999], [0.0, 0.25, 0.5], [0.50001, 9.0, 1e30], [np.nan, np.inf, -np.inf]], "float32")
BINS = [-1.0, 0.0, 0.5]


def cases(k):
    L = k.layers

    def one(name, make, feed, dtype="float32", **more):
        return Case(name, lambda: k.chain(feed.shape[1:], make(), dtype=dtype), feeds=[feed.astype(dtype)],
                    keep_weights=True, **more)

    yield one("bins", lambda: L.Discretization(bin_boundaries=BINS), VALUES)
    yield one("bins_of_integers", lambda: L.Discretization(bin_boundaries=[-2.0, 0.0, 3.0]),
              np.array([[-3], [-2], [0], [2], [3], [2**31 - 1]]), "int32")
    yield one("bins_equal", lambda: L.Discretization(bin_boundaries=[0.0, 0.0, 0.5]), VALUES)
    yield one("bins_inexact", lambda: L.Discretization(bin_boundaries=[0.1, 0.2, 0.3]),
              np.array([[0.1, 0.2, 0.3], [np.nextafter(np.float32(0.1), np.float32(0)), 0.30000001, 0.15]]))
    for mode in ("one_hot", "multi_hot", "count"):
        yield one(f"bins_{mode}", lambda m=mode: L.Discretization(bin_boundaries=BINS, output_mode=m), VALUES[:, :1])
    for mode in ("multi_hot", "count"):
        yield one(f"bins_{mode}_rows", lambda m=mode: L.Discretization(bin_boundaries=BINS, output_mode=m), VALUES)

    def adapted(bins, **options):
        layer = L.Discretization(num_bins=bins, **options)
        layer.adapt(np.random.default_rng(5).normal(size=(400,)).astype("float32"))
        return layer

    for bins in (2, 3, 7):
        yield one(f"bins_adapted_{bins}", lambda b=bins: adapted(b), VALUES)
    yield one("bins_adapted_coarse", lambda: adapted(4, epsilon=0.2, output_mode="one_hot"), VALUES[:, :1])

    ids = np.array([[0, 1, 4], [2, 2, 2], [3, 0, 3]])
    for mode in ("one_hot", "multi_hot", "count"):
        yield one(f"category_{mode}_column", lambda m=mode: L.CategoryEncoding(5, output_mode=m), ids[:, :1], "int64")
        yield one(f"category_{mode}_rank_1", lambda m=mode: L.CategoryEncoding(5, output_mode=m), ids[:, 0], "int32")
    for mode in ("multi_hot", "count"):
        yield one(f"category_{mode}_rows", lambda m=mode: L.CategoryEncoding(5, output_mode=m), ids, "int64")
    if k.v3:
        yield one("category_one_hot_rows", lambda: L.CategoryEncoding(5, output_mode="one_hot"), ids, "int64")
        deep = np.stack([ids, ids[::-1]], 1)
        for mode in ("one_hot", "multi_hot", "count"):
            yield one(f"category_{mode}_rank_3", lambda m=mode: L.CategoryEncoding(5, output_mode=m), deep, "int64")
        yield one("category_beyond", lambda: L.CategoryEncoding(3, output_mode="multi_hot"), ids, "int64")

    def weighted():
        x, w = k.Input((3,), dtype="int64", name="x"), k.Input((3,), name="w")
        return k.Model([x, w], L.CategoryEncoding(5, output_mode="count")(x, count_weights=w))

    yield Case("category_weighted", weighted, feeds=[ids, np.array([[0.5, 2, -1], [1, 1, 0.25], [3, 0, 1]], "float32")],
               keep_weights=True)

    def normalized(axis, shape, data, invert=False):
        def build():
            layer = L.Normalization(axis=axis, invert=invert)
            layer.adapt(data)
            return k.chain(shape, layer)
        return build

    rng = np.random.default_rng(9)
    wide = rng.normal(3.0, 2.0, (20, 3, 4)).astype("float32")
    for name, axis in (("last", -1), ("first", 1), ("both", (1, 2)), ("none", None)):
        yield Case(f"normalization_{name}", normalized(axis, (3, 4), wide), keep_weights=True)
        yield Case(f"normalization_{name}_inverted", normalized(axis, (3, 4), wide, True), keep_weights=True)
    yield Case("normalization_constant", normalized(-1, (2,), np.array([[1.0, 5.0], [1.0, 7.0]], "float32")), keep_weights=True)

    if k.v3:
        def feature_space():
            space = k.keras.utils.FeatureSpace(features={
                "age": k.keras.utils.FeatureSpace.float_normalized(),
                "kind": k.keras.utils.FeatureSpace.string_categorical(num_oov_indices=1, output_mode="one_hot"),
                "code": k.keras.utils.FeatureSpace.integer_categorical(output_mode="one_hot"),
                "size": k.keras.utils.FeatureSpace.float_discretized(num_bins=3, output_mode="one_hot"),
                "hash": k.keras.utils.FeatureSpace.string_hashed(num_bins=4, output_mode="one_hot"),
            }, crosses=[k.keras.utils.FeatureSpace.cross(("kind", "code"), crossing_dim=5)], output_mode="concat")
            data = {"age": np.array([20.0, 40.0, 60.0]), "kind": np.array(["cat", "dog", "cat"]),
                    "code": np.array([1, 2, 2]), "size": np.array([0.1, 0.5, 0.9]), "hash": np.array(["x", "y", "z"])}
            space.adapt(k.tf.data.Dataset.from_tensor_slices(data))
            return k.Model(space.get_inputs(), k.layers.Dense(2)(space.get_encoded_features()))

        yield Case("feature_space", feature_space, keep_weights=True, write=archive, feeds=[
            np.array([[30.0], [50.0]], "float32"), np.array([[2], [9]], "int32"), np.array([["y"], ["q"]]),
            np.array([["cat"], ["emu"]]), np.array([[0.2], [0.8]], "float32")])
