"""Augmentation of pictures as it is once training is over: mostly nothing, but some layers resize, cast or compute."""

from . import Case


def cases(k):
    L = k.layers

    def both(name, layer, **more):
        """The layer on floats and on bytes, before something that shows the type."""
        shape = more.pop("shape", (6, 7, 3))
        yield Case(f"{name}_floats", lambda: k.chain(shape, layer()), scale=60.0, **more)
        yield Case(f"{name}_bytes", lambda: k.chain(shape, layer(), dtype="uint8"), high=256, **more)

    yield from both("random_flip", L.RandomFlip)
    yield from both("random_rotation", lambda: L.RandomRotation(0.3))
    yield from both("random_translation", lambda: L.RandomTranslation(0.2, 0.2))
    yield from both("random_zoom", lambda: L.RandomZoom(0.2))
    yield from both("random_contrast", lambda: L.RandomContrast(0.4))
    yield from both("random_brightness", lambda: L.RandomBrightness(0.4))
    yield from both("random_crop", lambda: L.RandomCrop(6, 7))
    if not k.v3:
        yield from both("random_crop_smaller", lambda: L.RandomCrop(4, 3))
        yield from both("random_crop_larger", lambda: L.RandomCrop(9, 5))
        yield Case("random_crop_unknown", lambda: k.chain((None, None, 2), L.RandomCrop(4, 5)), sizes=(7, 9))
        yield from both("random_height", lambda: L.RandomHeight(0.3))
        yield from both("random_width", lambda: L.RandomWidth(0.3))
        return
    yield Case("random_crop_smaller", lambda: k.chain((6, 7, 3), L.RandomCrop(4, 3)))
    plain = ("RandomColorDegeneration", "RandomErasing", "RandomGrayscale", "RandomPerspective", "RandomShear",
             "RandomElasticTransform", "RandomInvert", "RandomGaussianBlur", "AugMix", "RandAugment", "CutMix", "MixUp",
             "Solarization", "AutoContrast", "Equalization", "MaxNumBoundingBoxes", "RandomSharpness",
             "ContrastLimitedAdaptiveHistogramEqualization")
    arguments = {
        "RandomColorDegeneration": {"factor": 0.5}, "MaxNumBoundingBoxes": {"max_number": 3},
        "RandomSharpness": {"factor": 0.5}, "Solarization": {"addition_factor": 0.3, "threshold_factor": 0.3},
        "ContrastLimitedAdaptiveHistogramEqualization": {"tile_grid_size": (2, 2)}, "RandomShear": {"x_factor": 0.2},
    }
    for name in plain:
        if hasattr(L, name):
            yield from both(name, lambda n=name: getattr(L, n)(**arguments.get(n, {})))
    yield from both("random_hue", lambda: L.RandomHue(0.5))
    yield from both("random_saturation", lambda: L.RandomSaturation(0.5))
    yield from both("random_posterization", lambda: L.RandomPosterization(4))
    yield from both("random_color_jitter", lambda: L.RandomColorJitter(brightness_factor=0.2, hue_factor=0.2))
    yield from both("auto_contrast_unit", lambda: L.AutoContrast(value_range=(0, 1)))
    yield Case("auto_contrast_flat", lambda: k.chain((3, 4, 2), L.AutoContrast()), scale=0.0)
    yield Case("auto_contrast_single", lambda: single(k, L.AutoContrast(), (5, 4, 3)), scale=60.0)
    yield Case("random_flip_single", lambda: single(k, L.RandomFlip(), (5, 4, 3), "uint8"), high=256)
    if hasattr(L, "ContrastLimitedAdaptiveHistogramEqualization"):
        clahe = L.ContrastLimitedAdaptiveHistogramEqualization
        yield from both("clahe_fine", lambda: clahe(tile_grid_size=(3, 2), clip_limit=2.0), shape=(13, 9, 2))
        yield from both("clahe_unclipped", lambda: clahe(tile_grid_size=(2, 2), clip_limit=0.0))
        yield Case("clahe_first", lambda: k.chain((2, 8, 6), clahe(tile_grid_size=(2, 2), data_format="channels_first"),
                                                  dtype="uint8"), high=256)
    if hasattr(L, "Pipeline"):
        yield Case("pipeline", lambda: k.chain((6, 7, 3), L.Pipeline(
            [L.RandomFlip(), L.Resizing(4, 5), L.Rescaling(1 / 255), L.CenterCrop(3, 3)])), scale=60.0)
        yield Case("pipeline_nested", lambda: k.chain((6, 7, 3), L.Pipeline(
            [L.Rescaling(0.5), L.Pipeline([L.RandomZoom(0.2), L.Normalization(mean=[1.0, 2.0, 3.0],
                                                                              variance=[1.0, 4.0, 9.0])])]), L.Conv2D(2, 3)))
    yield Case("dropout_noise", lambda: k.chain((4, 3), L.GaussianNoise(0.1, seed=3), L.AlphaDropout(0.2, seed=2),
                                                L.SpatialDropout1D(0.1), L.GaussianDropout(0.1),
                                                L.ActivityRegularization(0.1, 0.2), L.Dropout(0.4, noise_shape=(None, 1, 3))))
    yield Case("spatial_dropouts", lambda: k.chain((2, 3, 2, 2), L.SpatialDropout3D(0.3, data_format="channels_first"),
                                                   L.Reshape((6, 2, 2)), L.SpatialDropout2D(0.4)))


def single(k, layer, shape, dtype=None):
    x = k.Input(batch_shape=shape, dtype=dtype)
    return k.Model(x, layer(x))
