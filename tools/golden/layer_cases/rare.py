"""Layers whose attributes are left at their defaults, or set to what is rare; under masks, and in files of weights alone."""

from . import Case, of_layers
from .containers import weights_and_json

PICTURE = (6, 7, 3)


def cases(k):
    yield from of_both(k)
    yield from lookups(k)
    yield from (of_keras3(k) if k.v3 else of_tf_keras(k))


def of_both(k):
    L = k.layers
    one = of_layers(k)
    yield one("conv1d_no_bias", lambda: L.Conv1D(3, 2, use_bias=False), (6, 2))
    yield one("conv1d_transpose_no_bias", lambda: L.Conv1DTranspose(3, 2, use_bias=False), (6, 2))
    yield one("conv3d_transpose_no_bias", lambda: L.Conv3DTranspose(3, 2, use_bias=False), (3, 4, 3, 2))
    yield one("depthwise1d_no_bias", lambda: L.DepthwiseConv1D(3, use_bias=False), (6, 2))
    yield one("separable1d_no_bias", lambda: L.SeparableConv1D(3, 2, use_bias=False), (6, 2))
    yield one("discretization_rank3", lambda: L.Discretization([-1.0, 0.0, 0.5]), (2, 3))
    yield one("group_norm_default", lambda: L.GroupNormalization(epsilon=0.01), (4, 64))
    yield one("group_norm_each", lambda: L.GroupNormalization(-1), (4, 5, 6))
    for name, layer in (("layer_norm", L.LayerNormalization), ("softmax", L.Softmax), ("unit_norm", L.UnitNormalization)):
        yield one(f"{name}_axes", lambda c=layer: c(axis=(1, 2)), (3, 4, 5))
    yield masked(k, "spatial_dropout2d_masked", lambda: L.SpatialDropout2D(0.3), (3, 4, 5))
    yield masked(k, "spatial_dropout3d_masked", lambda: L.SpatialDropout3D(0.3), (2, 3, 4, 5))


def masked(k, name, layer, shape):
    return Case(name, lambda: k.chain(shape, k.layers.Masking(), layer()), feeds="zero steps")


def lookups(k):
    L = k.layers
    about = {"vocabulary": [1, 3, 5, 7], "max_tokens": 9}
    yield Case("category_count", lambda: k.chain((5,), L.CategoryEncoding(num_tokens=4, output_mode="count"), dtype="int32"),
               high=4)
    yield Case("integer_lookup_padded", lambda: k.chain((4,), L.IntegerLookup(
        output_mode="multi_hot", pad_to_max_tokens=True, **about), dtype="int64"))
    yield Case("integer_lookup_oov", lambda: k.chain((4,), L.IntegerLookup(oov_token=-3, **about), dtype="int64"))


def of_tf_keras(k):
    L = k.layers
    one = of_layers(k)
    yield one("activity_l2", lambda: L.ActivityRegularization(l2=0.1), (5,))
    yield one("locally1d_one", lambda: L.LocallyConnected1D(3, 1, use_bias=False), (5, 4))
    yield one("locally2d_one", lambda: L.LocallyConnected2D(3, 1), (5, 4, 2))

    def robust():
        x = k.Input((4, 6))
        return k.Model(x, L.MultiHeadAttention(2, 3, softmax_robust_masking=True)(x, x))
    yield Case("attention_robust", robust)


def of_keras3(k):
    L = k.layers
    one = of_layers(k)
    yield one("conv2d_transpose_dilations", lambda: L.Conv2DTranspose(3, 2, dilation_rate=(2, 1)), (5, 6, 2))
    yield masked(k, "group_norm_masked", lambda: L.GroupNormalization(2), (5, 4))
    yield one("clahe_range", lambda: L.ContrastLimitedAdaptiveHistogramEqualization(value_range=(0, 1)), (16, 17, 3))

    def mirrored():
        x = k.Input((5,), dtype="int32")
        table = L.ReversibleEmbedding(11, 6, mask_zero=True, reverse_dtype="float32")
        return k.Model(x, table(L.Dense(6)(table(x)), reverse=True))
    yield Case("reversible_masked", mirrored)
    # Keras cannot copy their configurations into a whole .h5, only write their weights beside model.json.
    yield Case("picture_weights", lambda: k.chain(
        PICTURE, L.RandomBrightness(0.2), L.RandomColorDegeneration(0.2), L.RandomPosterization(4), L.RandomSaturation(0.2),
        L.RandomSharpness(0.2), L.Solarization(0.2, 0.3), L.Conv2D(2, 3)), write=weights_and_json)
