"""Branches of the coverage matrix that no other family took, one small model each: layers under another precision,
attributes left at their defaults or set to what is rare, and operations called in every way that they allow.
"""

import numpy as np

from . import Case, of_functions, of_layers


# The framework fails on these itself.
FAIL = {("discretization", "mixed_float16"), ("mel_spectrogram", "float64"), ("adaptive_Max_3d", "float64")}


def cases(k):
    yield from precisions(k)
    yield from layers(k)
    if k.v3:
        yield from operations(k)
        yield from picture_operations(k)


def precisions(k):
    """Every layer that no family takes through float64 and mixed_float16."""
    L = k.layers
    steps, picture = (5, 4), (6, 7, 3)
    made = {
        "conv_lstm1d": (lambda p: L.ConvLSTM1D(2, 2, dtype=p), (3, 5, 2)),
        "conv_lstm2d": (lambda p: L.ConvLSTM2D(2, 2, dtype=p), (3, 4, 5, 2)),
        "conv_lstm3d": (lambda p: L.ConvLSTM3D(2, 2, dtype=p), (3, 4, 3, 4, 2)),
        "rnn": (lambda p: L.RNN(L.SimpleRNNCell(3, dtype=p), dtype=p), steps),
        "stacked": (lambda p: L.RNN(L.StackedRNNCells([L.GRUCell(3, dtype=p), L.LSTMCell(2, dtype=p)], dtype=p), dtype=p),
                    steps),
        "time_distributed": (lambda p: L.TimeDistributed(L.Dense(3, dtype=p), dtype=p), steps),
        }
    encoded = {"output_mode": "multi_hot"}
    made["hashing"] = (lambda p: L.Hashing(7, dtype=p, **encoded), (4,), "int32")
    made["integer_lookup"] = (lambda p: L.IntegerLookup(vocabulary=[1, 3, 5, 7], dtype=p, **encoded), (4,), "int64")
    for name in ("Brightness", "Contrast", "Rotation", "Zoom"):
        made[f"random_{name}"] = (lambda p, n=name: getattr(L, f"Random{n}")(0.2, dtype=p), picture)
    made["discretization"] = (lambda p: L.Discretization([-1.0, 0.0, 0.5], output_mode="multi_hot", dtype=p), (4,))
    made["random_crop"] = (lambda p: L.RandomCrop(4, 5, dtype=p), picture)
    made["random_flip"] = (lambda p: L.RandomFlip(dtype=p), picture)
    made["random_translation"] = (lambda p: L.RandomTranslation(0.2, 0.2, dtype=p), picture)
    if k.v3:
        made |= precisions_of_keras3(L, steps, picture)
    else:
        made |= {
            "locally_connected1d": (lambda p: L.LocallyConnected1D(3, 2, dtype=p), steps),
            "locally_connected2d": (lambda p: L.LocallyConnected2D(2, 2, dtype=p), picture),
            "random_height": (lambda p: L.RandomHeight(0.2, dtype=p), picture),
            "random_width": (lambda p: L.RandomWidth(0.2, dtype=p), picture),
        }
    for name, (layer, shape, *dtype) in made.items():
        for policy in ("float64", "mixed_float16"):
            if (name, policy) in FAIL or (not k.v3 and dtype and policy == "mixed_float16"):
                continue
            wrong = not k.v3 and name == "random_crop" and policy == "float64"
            yield Case(f"{name.lower()}_{policy}", lambda b=layer, s=shape, p=policy, d={"dtype": dtype[0]} if dtype else {}: k.chain(s, b(p), **d),
                       differs="TensorFlow resizes in float32" if wrong else "",
                       deep=name in ("conv_lstm3d", "stacked"),
                       note="" if policy == "float64" else "limits allow for 16-bit arithmetic")


def precisions_of_keras3(L, steps, picture):
    made = {
        "auto_contrast": (lambda p: L.AutoContrast(dtype=p), picture),
        "clahe": (lambda p: L.CLAHE(tile_grid_size=(2, 3), dtype=p) if hasattr(L, "CLAHE") else
                  L.ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(2, 3), dtype=p), picture),
        "max_num_bounding_boxes": (lambda p: L.MaxNumBoundingBoxes(3, dtype=p), picture),
        "spectral": (lambda p: L.SpectralNormalization(L.Dense(3, dtype=p), dtype=p), steps),
        "stft_spectrogram": (lambda p: L.STFTSpectrogram(frame_length=32, dtype=p), (200, 1)),
        "mel_spectrogram": (lambda p: L.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8, dtype=p), (200,)),
        "color_jitter": (lambda p: L.RandomColorJitter(dtype=p), picture),
        "elastic": (lambda p: L.RandomElasticTransform(dtype=p), picture),
        "erasing": (lambda p: L.RandomErasing(dtype=p), picture),
        "blur": (lambda p: L.RandomGaussianBlur(dtype=p), picture),
        "invert": (lambda p: L.RandomInvert(dtype=p), picture),
        "perspective": (lambda p: L.RandomPerspective(dtype=p), picture),
        "shear": (lambda p: L.RandomShear(0.1, 0.1, dtype=p), picture),
        "posterization": (lambda p: L.RandomPosterization(4, dtype=p), picture),
        "solarization": (lambda p: L.Solarization(0.2, 0.3, dtype=p), picture),
    }
    for name in ("ColorDegeneration", "Grayscale", "Hue", "Saturation", "Sharpness"):
        made[f"random_{name}"] = (lambda p, n=name: getattr(L, f"Random{n}")(0.2, dtype=p), picture)
    for kind in ("Average", "Max"):
        for n, shape in ((1, (7, 2)), (2, (6, 7, 2)), (3, (4, 5, 6, 2))):
            made[f"adaptive_{kind}_{n}d"] = (
                lambda p, c=getattr(L, f"Adaptive{kind}Pooling{n}D"): c(2, dtype=p), shape)
    return made


def layers(k):
    L = k.layers
    one = of_layers(k)

    def masked(layer, shape, data):
        def build():
            x = k.Input(shape)
            return k.Model(x, layer()(L.Masking()(x)))
        return Case(data, build, feeds="zero steps")

    yield one("conv1d_no_bias", lambda: L.Conv1D(3, 2, use_bias=False), (6, 2))
    yield one("conv1d_transpose_no_bias", lambda: L.Conv1DTranspose(3, 2, use_bias=False), (6, 2))
    yield one("conv3d_transpose_no_bias", lambda: L.Conv3DTranspose(3, 2, use_bias=False), (3, 4, 3, 2))
    if k.v3:
        yield one("conv2d_transpose_dilations", lambda: L.Conv2DTranspose(3, 2, dilation_rate=(2, 1)), (5, 6, 2))
        yield masked(lambda: L.GroupNormalization(2), (5, 4), "group_norm_masked")
    yield one("depthwise1d_no_bias", lambda: L.DepthwiseConv1D(3, use_bias=False), (6, 2))
    yield one("separable1d_no_bias", lambda: L.SeparableConv1D(3, 2, use_bias=False), (6, 2))
    yield Case("category_count", lambda: k.chain((5,), L.CategoryEncoding(num_tokens=4, output_mode="count"), dtype="int32"),
               high=4)
    yield one("discretization_rank3", lambda: L.Discretization([-1.0, 0.0, 0.5]), (2, 3))
    yield one("group_norm_default", lambda: L.GroupNormalization(epsilon=0.01), (4, 64))
    yield one("group_norm_each", lambda: L.GroupNormalization(-1), (4, 5, 6))
    for name, layer in (("layer_norm", L.LayerNormalization), ("softmax", L.Softmax), ("unit_norm", L.UnitNormalization)):
        yield one(f"{name}_axes", lambda c=layer: c(axis=(1, 2)), (3, 4, 5))
    for n, shape in ((2, (3, 4, 5)), (3, (2, 3, 4, 5))):
        yield one(f"spatial_dropout{n}d_in_a_row", lambda c=getattr(L, f"SpatialDropout{n}D"): c(0.3), shape)

    yield masked(lambda: L.SpatialDropout2D(0.3), (3, 4, 5), "spatial_dropout2d_masked")
    yield masked(lambda: L.SpatialDropout3D(0.3), (2, 3, 4, 5), "spatial_dropout3d_masked")
    for cell in ("GRUCell", "SimpleRNNCell"):
        yield one(f"{cell.lower()}_steps", lambda c=cell: L.RNN(getattr(L, c)(3)), (5, 4))

    words = {"vocabulary": [1, 3, 5, 7], "max_tokens": 9, "output_mode": "multi_hot", "pad_to_max_tokens": True}
    if not k.v3:
        yield one("activity_l2", lambda: L.ActivityRegularization(l2=0.1), (5,))
        yield one("locally1d_one", lambda: L.LocallyConnected1D(3, 1, use_bias=False), (5, 4))
        yield one("locally2d_one", lambda: L.LocallyConnected2D(3, 1), (5, 4, 2))

        def robust():
            x = k.Input((4, 6))
            return k.Model(x, L.MultiHeadAttention(2, 3, softmax_robust_masking=True)(x, x))
        yield Case("attention_robust", robust)
    else:
        def mirrored():
            x = k.Input((5,), dtype="int32")
            table = L.ReversibleEmbedding(11, 6, mask_zero=True, reverse_dtype="float32")
            return k.Model(x, table(L.Dense(6)(table(x)), reverse=True))
        yield Case("reversible_masked", mirrored)
        yield one("clahe_range", lambda: L.ContrastLimitedAdaptiveHistogramEqualization(value_range=(0, 1)), (16, 17, 3))

    def numbers(**options):
        def build():
            x = k.Input((4,), dtype="int64")
            return k.Model(x, L.IntegerLookup(**(words | options))(x))
        return build

    yield Case("integer_lookup_padded", numbers())
    yield Case("integer_lookup_oov", numbers(oov_token=-3, output_mode="int", pad_to_max_tokens=False))


def operations(k):
    o = k.keras.ops
    one = of_functions(k, "op_")
    rng = np.random.default_rng(3)

    def noise(*shape):
        return rng.standard_normal(shape).astype("float32")

    def holed(x):
        return o.where(x > 0.8, float("nan"), x)

    yield one("all_kept", lambda x: o.all(x > 0, axis=1, keepdims=True))
    yield one("any_kept", lambda x: o.any(x > 0, axis=1, keepdims=True))
    yield one("allclose_loose", lambda x: o.allclose(x, x + 0.01, rtol=0.1, atol=0.1, equal_nan=True))
    yield one("array_split", lambda x: o.array_split(x, 2), (3, 4), batch=4)
    yield one("split", lambda x: o.split(x, 2), (3, 4), batch=4)
    yield one("concatenate", lambda a, b: o.concatenate([a, b]), (3,), (3,))
    yield one("average_all", lambda x: o.average(x, axis=None))
    yield one("unstack", lambda x: o.unstack(x), (3,), batch=2)
    for name in ("cumprod", "nancumprod", "nancumsum"):
        yield one(name, lambda x, f=getattr(o, name): f(x, axis=None), (3, 4), batch=2)
    for name in ("median", "nanmedian"):
        yield one(f"{name}_all", lambda x, f=getattr(o, name): f(x, axis=None), batch=2)
    for name in ("quantile", "nanquantile", "percentile", "nanpercentile"):
        f, at = getattr(o, name), 30.0 if "cent" in name else 0.3
        values = holed if name.startswith("nan") else (lambda x: x)
        yield one(f"{name}_all", lambda x, f=f, at=at: f(x, at, axis=None), batch=2)
        yield one(f"{name}_kept", lambda x, f=f, at=at, v=values: f(v(x), at, axis=1, keepdims=True))
        yield one(f"{name}_nearest", lambda x, f=f, at=at: f(x, at, axis=1, method="nearest"))
    for name in ("nanargmax", "nanargmin"):
        f = getattr(o, name)
        yield one(f"{name}_all", lambda x, f=f: f(holed(x), axis=None), batch=2)
        yield one(f"{name}_kept", lambda x, f=f: f(holed(x), axis=1, keepdims=True))
    yield one("ptp_kept", lambda x: o.ptp(x, axis=1, keepdims=True))
    yield one("cross_axes", lambda a, b: o.cross(a, b, axisa=1, axisb=1, axisc=1), (3, 4), (3, 4))
    yield one("diag", lambda x: o.diag(x), (4,), batch=4)
    yield one("diagflat_off", lambda x: o.diagflat(x, k=1), (3,), batch=2)
    yield one("diagonal", lambda x: o.diagonal(x), (3, 4), batch=3)
    yield one("trace", lambda x: o.trace(x), (3, 4), batch=3)
    yield one("geomspace", lambda a, b: o.geomspace(o.exp(a), o.exp(b) + 1.0, 5, endpoint=False), (3,), (3,))
    yield one("geomspace_default", lambda a, b: o.geomspace(o.exp(a), o.exp(b) + 1.0), (3,), (3,))
    yield one("linspace_default", lambda a, b: o.linspace(a, b), (3,), (3,))
    yield one("logspace", lambda a, b: o.logspace(a, b, 5, endpoint=False, base=2.0, axis=1), (3,), (3,))
    yield one("logspace_default", lambda a, b: o.logspace(a, b), (3,), (3,))
    yield one("isin_unique", lambda x: o.isin(o.floor(x), np.float32([0, 1]), assume_unique=True))
    yield one("layer_norm_rms", lambda x: o.layer_normalization(x, rms_scaling=True))
    yield one("rms_norm_epsilon", lambda x: o.rms_normalization(x, epsilon=0.01))
    yield one("normalize_epsilon", lambda x: o.normalize(x, epsilon=0.01))
    yield one("lstsq_rcond", lambda a, b: o.lstsq(a, b, rcond=0.01), (3,), (2,), batch=4)
    yield one("moments_synchronized", lambda x: list(o.moments(x, axes=[1], synchronized=False)))
    yield one("multi_hot_axis", lambda x: o.multi_hot(x, 5, axis=1), (4,), dtype="int32", high=5)
    yield one("one_hot_axis", lambda x: o.one_hot(x, 5, axis=1), (4,), dtype="int32", high=5)
    yield one("crossentropy_axis", lambda a, b: o.categorical_crossentropy(o.softmax(a, 1), o.softmax(b, 1), axis=1),
              (3, 4), (3, 4))
    yield one("rot90", lambda x: o.rot90(x), (3, 4), batch=2)
    yield one("divide", lambda a, b: o.divide(a, b), (3, 4), (3, 4))
    yield one("full", lambda x: o.full((2, 3), o.sum(x)))
    yield one("ndim", lambda x: o.ndim(x) + o.sum(o.cast(x > 0, "int32")))
    yield one("view", lambda x: o.view(x, "int32"), refused="import.unsupported")
    yield one("tensordot", lambda a, b: o.tensordot(a, b), (3, 4), (4, 5), batch=3)
    yield one("top_k_unsorted", lambda x: o.sum(o.top_k(x, 2, sorted=False)[0], -1))
    yield one("trapezoid_places", lambda x: o.trapezoid(x, x=np.float32([0, 1, 3, 4]), axis=-1))
    yield one("vander", lambda x: o.vander(x), (), batch=4)
    yield one("space_to_depth_first", lambda x: o.space_to_depth(x, 2, data_format="channels_first"), (3, 4, 6))
    yield one("depthwise_first", lambda x: o.depthwise_conv(x, noise(2, 2, 3, 2), data_format="channels_first"), (3, 5, 6))
    yield one("separable", lambda x: o.separable_conv(x, noise(2, 2, 3, 2), noise(1, 1, 6, 4), strides=2), (6, 7, 3))
    yield one("separable_dilated", lambda x: o.separable_conv(x, noise(2, 2, 3, 2), noise(1, 1, 6, 4), dilation_rate=2),
              (6, 7, 3))
    yield one("separable_first", lambda x: o.separable_conv(x, noise(2, 2, 3, 2), noise(1, 1, 6, 4),
                                                            data_format="channels_first"), (3, 6, 7))
    yield one("adaptive_average_first", lambda x: o.adaptive_average_pool(x, (3, 2), data_format="channels_first"), (2, 7, 6))
    yield one("fold_dilated", lambda x: o.fold(x, (4, 5), 2, dilation=2), (12, 6), batch=2)


def picture_operations(k):
    i = k.keras.ops.image
    one = of_functions(k, "image_", (6, 7, 3))
    yield one("affine", lambda x: i.affine_transform(x, np.float32([1, 0.1, 0, 0, 1, 0.5, 0, 0]), data_format="channels_last"))
    yield one("blur", lambda x: i.gaussian_blur(x, data_format="channels_last"))
    yield one("crop", lambda x: i.crop_images(x, top_cropping=1, left_cropping=1, target_height=4, target_width=5,
                                              data_format="channels_last"))
    yield one("pad", lambda x: i.pad_images(x, top_padding=1, left_padding=1, target_height=9, target_width=10,
                                            data_format="channels_last"))
    for name in ("hsv_to_rgb", "rgb_to_hsv", "rgb_to_grayscale"):
        yield one(name, lambda x, f=getattr(i, name): f(k.keras.ops.sigmoid(x), data_format="channels_last"))
    yield one("resize", lambda x: i.resize(x, (4, 5), data_format="channels_last"))
    corners = np.float32([[[0, 0], [6, 0], [0, 5], [6, 5]]] * 2)
    moved = corners + np.float32([[0.5, 0.2], [-0.3, 0.4], [0.1, -0.2], [-0.6, -0.1]])
    yield one("perspective", lambda x: i.perspective_transform(x, corners, moved, data_format="channels_last"), (6, 7, 3),
              batch=2)
    yield one("perspective_first", lambda x: i.perspective_transform(x, corners, moved, data_format="channels_first"),
              (3, 6, 7), batch=2)
    yield one("sobel", lambda x: i.sobel_edges(x, data_format="channels_last"))
    yield one("sobel_first", lambda x: i.sobel_edges(x, data_format="channels_first"), (3, 6, 7))
    yield one("map_coordinates", lambda x: i.map_coordinates(x, np.float32([[[0.5, 1.5]], [[1.2, 0.3]]]), 1), (7,), batch=6)
