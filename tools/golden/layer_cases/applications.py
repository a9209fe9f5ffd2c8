"""A classifier of ImageNet's size, on pictures as keras.applications prepares them."""

import numpy as np

from . import Case


def cases(k):
    pixels = (np.arange(96) * 37 % 251).astype("uint8").reshape(2, 4, 4, 3)  # tests/cli makes the same
    modules = ("resnet50", "mobilenet_v2", "densenet", "efficientnet") if k.v3 else ("vgg16", "xception")
    for name in modules:
        prepared = getattr(k.keras.applications, name).preprocess_input(pixels.astype("float32"))
        yield Case(f"classes_{name}", lambda: k.chain(
            (4, 4, 3), k.layers.GlobalAveragePooling2D(), k.layers.Dense(1000, activation="softmax")),
            feeds=[np.ascontiguousarray(prepared)])
