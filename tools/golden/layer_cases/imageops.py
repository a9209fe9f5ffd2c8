"""keras.ops.image and the pools of keras.ops as nodes; tf.image as nodes of Keras 2."""

import numpy as np

from . import of_functions


def cases(k):
    one = of_functions(k, "", (6, 7, 3))

    if k.v3:
        yield from resizing(k, one)
        yield from borders(k, one)
        yield from patches(k, one)
        yield from colours(k, one)
        yield from warps(k, one)
        yield from pools(k, one)
    else:
        yield from functions(k, one)


def resizing(k, one):
    resize = k.ops.image.resize
    for method in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
        yield one(f"resize_{method}", lambda x, m=method: resize(x, (5, 9), interpolation=m))
        yield one(f"resize_{method}_antialias", lambda x, m=method: resize(x, (3, 3), interpolation=m, antialias=True))
    yield one("resize_crop", lambda x: resize(x, (4, 4), crop_to_aspect_ratio=True))
    yield one("resize_pad", lambda x: resize(x, (8, 4), pad_to_aspect_ratio=True, fill_value=1.5))
    yield one("resize_first", lambda x: resize(x, (4, 5), data_format="channels_first"), (3, 6, 7))
    yield one("resize_bytes", lambda x: resize(x, (4, 5)), dtype="uint8", high=256)
    yield one("resize_bytes_nearest", lambda x: resize(x, (4, 5), interpolation="nearest"), dtype="uint8", high=256)
    yield one("resize_bytes_same", lambda x: resize(x, (6, 7)), dtype="uint8", high=256)
    yield one("resize_unknown", lambda x: resize(x, (4, 5), crop_to_aspect_ratio=True), (None, None, 2))


def borders(k, one):
    pad, crop = k.ops.image.pad_images, k.ops.image.crop_images
    yield one("pad_images", lambda x: pad(x, 1, 2, 0, 3))
    yield one("pad_images_target", lambda x: pad(x, top_padding=1, left_padding=2, target_height=10, target_width=12))
    yield one("pad_images_from_below", lambda x: pad(x, bottom_padding=1, right_padding=2, target_height=10,
                                                     target_width=12))
    yield one("pad_images_first", lambda x: pad(x, 1, 2, 0, 3, data_format="channels_first"), (3, 6, 7))
    yield one("crop_images", lambda x: crop(x, 1, 2, 2, 0))
    yield one("crop_images_target", lambda x: crop(x, top_cropping=1, left_cropping=2, target_height=3, target_width=4))
    yield one("crop_images_from_below", lambda x: crop(x, bottom_cropping=1, right_cropping=2, target_height=3,
                                                       target_width=4))
    yield one("crop_images_first", lambda x: crop(x, 1, 2, 2, 0, data_format="channels_first"), (3, 6, 7))


def patches(k, one):
    extract = k.ops.image.extract_patches
    yield one("patches", lambda x: extract(x, (3, 2)))
    yield one("patches_one_size", lambda x: extract(x, 2))
    yield one("patches_strides", lambda x: extract(x, (3, 3), strides=(1, 2)))
    yield one("patches_same", lambda x: extract(x, (4, 3), strides=(2, 2), padding="same"))
    yield one("patches_dilated", lambda x: extract(x, (2, 2), strides=1, dilation_rate=2))
    yield one("patches_first", lambda x: extract(x, (3, 2), data_format="channels_first"), (3, 6, 7))
    if hasattr(k.ops.image, "extract_patches_3d"):
        yield one("patches_3d", lambda x: k.ops.image.extract_patches_3d(x, (2, 3, 2)), (4, 6, 5, 2))
    blur = k.ops.image.gaussian_blur
    yield one("blur", lambda x: blur(x))
    yield one("blur_wide", lambda x: blur(x, (5, 5), (2.0, 0.7)))
    yield one("blur_uneven", lambda x: blur(x, (5, 3), (1.0, 2.0)))
    yield one("blur_first", lambda x: blur(x, (3, 3), (1.0, 0.5), data_format="channels_first"), (3, 6, 7))
    if hasattr(k.ops.image, "sobel_edges"):
        yield one("sobel", k.ops.image.sobel_edges)


def colours(k, one):
    image = k.ops.image
    yield one("grey", image.rgb_to_grayscale)
    yield one("grey_first", lambda x: image.rgb_to_grayscale(x, data_format="channels_first"), (3, 6, 7))
    yield one("grey_already", image.rgb_to_grayscale, (6, 7, 1))
    unit = [np.random.default_rng(4).random((2, 6, 7, 3)).astype("float32")]
    unit[0][0, 0] = 0.4  # grey, and black, where hue is undefined
    unit[0][0, 1] = 0
    yield one("hsv", image.rgb_to_hsv, feeds=unit)
    yield one("rgb", image.hsv_to_rgb, feeds=unit)
    yield one("hsv_first", lambda x: image.rgb_to_hsv(x, data_format="channels_first"), (3, 6, 7),
              feeds=[np.moveaxis(unit[0], 3, 1).copy()])
    yield one("rgb_first", lambda x: image.hsv_to_rgb(x, data_format="channels_first"), (3, 6, 7),
              feeds=[np.moveaxis(unit[0], 3, 1).copy()])
    yield one("hue_there_and_back", lambda x: image.hsv_to_rgb(image.rgb_to_hsv(x)), feeds=unit)


def warps(k, one):
    image = k.ops.image
    turn = np.array([[0.8, 0.6, -1.0, -0.6, 0.8, 2.0, 0, 0]], "float32")
    for mode in ("nearest", "bilinear"):
        for fill in ("constant", "nearest", "reflect", "wrap"):
            yield one(f"affine_{mode}_{fill}", lambda x, m=mode, f=fill: image.affine_transform(
                x, turn, interpolation=m, fill_mode=f, fill_value=0.5))
    yield one("affine_each", lambda x, t: image.affine_transform(x, t), (6, 7, 3), (8,),
              feeds=[np.random.default_rng(5).random((2, 6, 7, 3)).astype("float32"),
                     np.stack([turn[0], [1, 0, 0.5, 0, 1, -0.5, 0.01, 0.02]]).astype("float32")])
    yield one("affine_first", lambda x: image.affine_transform(x, turn, data_format="channels_first"), (3, 6, 7))
    start = np.array([[0, 0], [0, 5], [6, 0], [6, 5]], "float32")
    end = np.array([[1, 0.5], [0.2, 4], [5, 1], [6, 5.5]], "float32")
    for mode in ("nearest", "bilinear"):
        yield one(f"perspective_{mode}", lambda x, m=mode: image.perspective_transform(x, start, end, interpolation=m,
                                                                                       fill_value=0.25))
    places = np.random.default_rng(6).uniform(-3, 9, (4, 40)).astype("float32")
    places[0] = np.random.default_rng(7).integers(0, 2, 40)
    places[3] = np.random.default_rng(8).integers(0, 3, 40)
    for order in (0, 1):
        for fill in ("constant", "nearest", "wrap", "reflect"):
            yield one(f"coordinates_{order}_{fill}", lambda x, o=order, f=fill: image.map_coordinates(
                x, places, order=o, fill_mode=f, fill_value=0.5))


def pools(k, one):
    o = k.ops
    yield one("max_pool", lambda x: o.max_pool(x, (2, 3), strides=(1, 2)))
    yield one("max_pool_first", lambda x: o.max_pool(x, 2, data_format="channels_first"), (3, 6, 7))
    yield one("max_pool_1d", lambda x: o.max_pool(x, 3, strides=2, padding="same"), (7, 3))
    yield one("average_pool_3d", lambda x: o.average_pool(x, 2, strides=2), (4, 5, 6, 2))
    if hasattr(o, "adaptive_average_pool"):
        yield one("adaptive_average", lambda x: o.adaptive_average_pool(x, (4, 3)))
        yield one("adaptive_max", lambda x: o.adaptive_max_pool(x, (4, 3)))
        yield one("adaptive_max_first", lambda x: o.adaptive_max_pool(x, (4, 3), data_format="channels_first"), (3, 6, 7))


def functions(k, one):
    tf = k.tf
    for method in ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
        yield one(f"tf_resize_{method}", lambda x, m=method: tf.image.resize(x, (5, 9), method=m))
        yield one(f"tf_resize_{method}_antialias",
                  lambda x, m=method: tf.image.resize(x, (3, 3), method=m, antialias=True))
    yield one("tf_resize_bytes", lambda x: tf.image.resize(x, (4, 5)), dtype="uint8", high=256)
    yield one("tf_v1_nearest", lambda x: tf.compat.v1.image.resize_nearest_neighbor(x, (5, 9)))
    yield one("tf_patches", lambda x: tf.image.extract_patches(x, [1, 3, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "SAME"))
    unit = [np.random.default_rng(4).random((2, 6, 7, 3)).astype("float32")]
    yield one("tf_hsv", tf.image.rgb_to_hsv, feeds=unit)
    yield one("tf_rgb", tf.image.hsv_to_rgb, feeds=unit)
    yield one("tf_flip", lambda x: tf.image.flip_up_down(tf.image.flip_left_right(x)))
    yield one("tf_cut", lambda x: tf.image.crop_to_bounding_box(x, 1, 2, 3, 4))
    yield one("tf_coloured", tf.image.grayscale_to_rgb, (6, 7, 1))
    yield one("tf_standardized", tf.image.per_image_standardization)
    yield one("tf_max_pool", lambda x: tf.nn.max_pool(x, 2, 2, "VALID"))
    yield one("tf_avg_pool3d", lambda x: tf.nn.avg_pool3d(x, 2, 2, "SAME"), (4, 5, 6, 2))
    yield one("tf_max_pool1d", lambda x: tf.nn.max_pool1d(x, 3, 2, "SAME"), (7, 3))
