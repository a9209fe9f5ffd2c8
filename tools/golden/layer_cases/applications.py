"""A classifier of ImageNet's size, on pictures as keras.applications prepares them; the layers of its own that it has."""

import importlib

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

    def own(module, name):
        return getattr(importlib.import_module(f"{'keras' if k.v3 else 'tf_keras'}.src.applications.{module}"), name)

    yield Case("layer_scale", lambda: k.chain((4, 5, 3), own("convnext", "LayerScale")(1e-6, 3)))
    yield Case("stochastic_depth", lambda: k.chain((4, 5, 3), own("convnext", "StochasticDepth")(0.3)))

    def scaled():
        a, b = k.Input((4, 3)), k.Input((4, 3))
        return k.Model([a, b], own("inception_resnet_v2", "CustomScaleLayer")(0.17)([a, b]))

    yield Case("custom_scale", scaled)
