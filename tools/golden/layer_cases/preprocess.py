"""Preprocessing that is part of a saved model."""

import numpy as np

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    yield one("rescaling", lambda: L.Rescaling(1 / 255), (4, 4, 3), scale=80.0)
    yield one("rescaling_offset", lambda: L.Rescaling(1 / 127.5, offset=-1.0), (4, 4, 3), scale=80.0)
    yield one("rescaling_per_channel", lambda: L.Rescaling([0.5, 0.25, 2.0], offset=[0.1, 0.2, -0.3]), (4, 4, 3))
    yield Case("rescaling_of_bytes", lambda: k.chain((4, 4, 3), L.Rescaling(1 / 255), dtype="uint8"), high=256)
    yield one("normalization_given", lambda: L.Normalization(mean=0.4, variance=0.3, axis=None), (5,))
    yield one("normalization_per_channel",
              lambda: L.Normalization(mean=[0.48, 0.46, 0.41], variance=[0.23, 0.22, 0.24]), (3, 3, 3))

    def adapted(axis, invert=False):
        def build():
            layer = L.Normalization(axis=axis, invert=invert)
            layer.adapt(np.random.default_rng(3).normal(2.0, 3.0, (50, 4)).astype("float32"))
            return k.chain((4,), layer, L.Dense(2))
        return build

    yield Case("normalization_adapted", adapted(-1), keep_weights=True)
    yield Case("normalization_adapted_whole", adapted(None), keep_weights=True)
    yield Case("normalization_inverted", adapted(-1, True), keep_weights=True)
    methods = ("bilinear", "nearest", "bicubic") + (("lanczos3", "lanczos5") if k.v3 else
                                                    ("area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"))
    for method in methods:
        yield one(f"resizing_{method}_up", lambda m=method: L.Resizing(7, 9, interpolation=m), (4, 5, 2))
        yield one(f"resizing_{method}_down", lambda m=method: L.Resizing(3, 4, interpolation=m), (7, 6, 2))
    yield one("resizing_crop", lambda: L.Resizing(4, 4, crop_to_aspect_ratio=True), (6, 9, 2))
    if k.v3:
        yield one("resizing_pad", lambda: L.Resizing(4, 4, pad_to_aspect_ratio=True), (6, 9, 2))
        yield one("resizing_antialias", lambda: L.Resizing(3, 3, antialias=True), (8, 8, 2))
    yield one("center_crop", lambda: L.CenterCrop(3, 4), (6, 7, 2))
    yield Case("category_one_hot", lambda: k.chain((1,), L.CategoryEncoding(5, output_mode="one_hot"), dtype="int32"),
               high=5, batch=4)
    yield Case("category_multi_hot", lambda: k.chain((3,), L.CategoryEncoding(5, output_mode="multi_hot"),
                                                     dtype="int32"), high=5)
    yield Case("category_count", lambda: k.chain((6,), L.CategoryEncoding(5, output_mode="count"), dtype="int32"),
               high=5)
    yield one("discretization", lambda: L.Discretization(bin_boundaries=[-1.0, 0.0, 0.5]), (6,))
    yield Case("augmentation_at_inference", lambda: k.chain(
        (6, 6, 3), L.RandomFlip(), L.RandomRotation(0.2), L.RandomZoom(0.1), L.RandomTranslation(0.1, 0.1),
        L.RandomContrast(0.2), L.Conv2D(2, 3)))
    yield Case("picture_front", lambda: k.chain(
        (9, 8, 3), L.Resizing(6, 6), L.Rescaling(1 / 127.5, -1.0), L.Conv2D(4, 3, activation="relu"),
        L.GlobalAveragePooling2D(), L.Dense(3, activation="softmax")), scale=80.0)
