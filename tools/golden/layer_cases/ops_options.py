"""Operations of Keras 3 called in every way that they allow: arguments left at their defaults, or set to what is rare."""

import numpy as np

from . import of_functions


def cases(k):
    if k.v3:
        yield from operations(k)
        yield from picture_operations(k)


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
    yield one("moments_synchronized", lambda x: list(o.moments(x, axes=[1], synchronized=True)))
    yield one("multi_hot_axis", lambda x: o.multi_hot(x, 5, axis=1), (3, 4), dtype="int32", high=5)
    yield one("one_hot_axis", lambda x: o.one_hot(x, 5, axis=1), (3, 4), dtype="int32", high=5)
    yield one("crossentropy_axis", lambda a, b: o.categorical_crossentropy(o.softmax(a, 1), o.softmax(b, 1), axis=1),
              (3, 4), (3, 4))
    yield one("rot90", lambda x: o.rot90(x), (3, 4), batch=2)
    yield one("divide", lambda a, b: o.divide(a, b), (3, 4), (3, 4))
    yield one("full", lambda x: o.full((2, 3), o.sum(x)))
    yield one("ndim", lambda x: o.ndim(x) + o.sum(o.cast(x > 0, "int32")))
    yield one("view", lambda x: o.view(x, "int32"), refused="import.unsupported")
    yield one("tensordot", lambda a, b: o.tensordot(a, b), (3, 4), (4, 5), batch=3)
    yield one("top_k_unsorted", lambda x: o.sum(o.top_k(x, 2, sorted=False)[0], -1))
    yield one("trapezoid_places", lambda x: o.trapezoid(x, x=[0.0, 1.0, 3.0, 4.0], axis=-1))
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
