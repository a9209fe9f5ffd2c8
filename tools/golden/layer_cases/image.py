"""Pictures inside a model: resizing in every way, cropping, scaling, enlarging."""

from . import Case


def cases(k):
    L = k.layers
    methods = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    if not k.v3:
        methods += ("area", "gaussian", "mitchellcubic")

    def one(name, layer, shape=(7, 9, 3), dtype=None, **more):
        return Case(name, lambda: k.chain(shape, layer(), dtype=dtype), **more)

    def single(name, layer, shape, dtype=None, **more):  # no batch
        def build():
            x = k.Input(batch_shape=shape, dtype=dtype)
            return k.Model(x, layer()(x))
        return Case(name, build, **more)

    for method in methods:
        for what, size in (("up", (13, 15)), ("down", (3, 4)), ("mixed", (12, 5)), ("same", (7, 9)), ("one", (1, 1))):
            yield one(f"resizing_{method}_{what}", lambda m=method, s=size: L.Resizing(*s, interpolation=m))
        yield one(f"resizing_{method}_unknown", lambda m=method: L.Resizing(5, 6, interpolation=m), (None, None, 2),
                  sizes=(8, 7))
        yield one(f"resizing_{method}_crop", lambda m=method: L.Resizing(4, 6, interpolation=m,
                                                                         crop_to_aspect_ratio=True))
        yield one(f"resizing_{method}_bytes", lambda m=method: L.Resizing(5, 12, interpolation=m), dtype="uint8",
                  high=256)
        yield one(f"resizing_{method}_ints", lambda m=method: L.Resizing(5, 12, interpolation=m), dtype="int32",
                  high=1000)
    for name, size in (("wide", (3, 8)), ("tall", (9, 2)), ("square", (5, 5)), ("sliver", (1, 100))):
        yield one(f"resizing_crop_{name}", lambda s=size: L.Resizing(*s, crop_to_aspect_ratio=True))
        yield one(f"resizing_crop_{name}_unknown", lambda s=size: L.Resizing(*s, crop_to_aspect_ratio=True),
                  (None, None, 1), sizes=(7, 10))
    yield one("resizing_crop_same_after", lambda: L.Resizing(7, 5, "gaussian" if not k.v3 else "lanczos3",
                                                             crop_to_aspect_ratio=True))
    yield single("resizing_single", lambda: L.Resizing(4, 5), (6, 8, 3))
    yield single("resizing_single_crop", lambda: L.Resizing(4, 4, crop_to_aspect_ratio=True), (6, 8, 3))
    if k.v3:
        yield from resizing_of_keras3(L, one, single, methods)
    yield from cropping(k, one, single)
    yield from scaling(k, one)
    yield from enlarging(k, one, methods)
    yield from borders(k, one)
    yield Case("picture_chain", lambda: k.chain(
        (None, None, 3), L.Resizing(8, 8, crop_to_aspect_ratio=True), L.CenterCrop(6, 6), L.Rescaling(1 / 127.5, -1.0),
        L.Conv2D(3, 3), L.UpSampling2D(2, interpolation="bilinear"), L.GlobalAveragePooling2D()),
        sizes=(11, 9), scale=80.0)


def resizing_of_keras3(L, one, single, methods):
    for method in methods:
        yield one(f"resizing_{method}_antialias", lambda m=method: L.Resizing(3, 4, m, antialias=True))
        yield one(f"resizing_{method}_antialias_up", lambda m=method: L.Resizing(9, 12, m, antialias=True))
        yield one(f"resizing_{method}_first", lambda m=method: L.Resizing(5, 4, m, data_format="channels_first"),
                  (3, 7, 9))
        yield one(f"resizing_{method}_pad", lambda m=method: L.Resizing(6, 4, m, pad_to_aspect_ratio=True,
                                                                        fill_value=0.5))
    for name, size in (("wide", (3, 8)), ("tall", (9, 2)), ("square", (5, 5)), ("large", (21, 21))):
        for fill in (0.0, 7.0):
            yield one(f"resizing_pad_{name}_{int(fill)}",
                      lambda s=size, f=fill: L.Resizing(*s, pad_to_aspect_ratio=True, fill_value=f))
        yield one(f"resizing_pad_{name}_unknown",
                  lambda s=size: L.Resizing(*s, pad_to_aspect_ratio=True, fill_value=2.0), (None, None, 1), sizes=(7, 10))
    yield one("resizing_pad_antialias", lambda: L.Resizing(3, 3, pad_to_aspect_ratio=True, antialias=True, fill_value=1.0),
              (8, 13, 2))
    yield one("resizing_pad_first", lambda: L.Resizing(5, 5, pad_to_aspect_ratio=True, fill_value=1.0,
                                                       data_format="channels_first"), (2, 8, 5))
    yield one("resizing_pad_bytes", lambda: L.Resizing(5, 5, pad_to_aspect_ratio=True, fill_value=100), dtype="uint8",
              high=256)
    yield one("resizing_crop_first", lambda: L.Resizing(5, 5, crop_to_aspect_ratio=True, data_format="channels_first"),
              (2, 8, 5))
    yield single("resizing_single_first", lambda: L.Resizing(4, 5, data_format="channels_first"), (3, 6, 8))
    yield single("resizing_single_pad", lambda: L.Resizing(4, 4, pad_to_aspect_ratio=True, fill_value=3.0), (6, 9, 3))
    yield single("resizing_single_bytes", lambda: L.Resizing(4, 5), (6, 8, 3), dtype="uint8", high=256)


def cropping(k, one, single):
    L = k.layers
    for name, size in (("even", (3, 5)), ("odd", (4, 4)), ("whole", (7, 9)), ("taller", (9, 4)), ("wider", (3, 12)),
                       ("larger", (10, 11)), ("one", (1, 1))):
        yield one(f"center_crop_{name}", lambda s=size: L.CenterCrop(*s))
    yield one("center_crop_unknown", lambda: L.CenterCrop(4, 5), (None, None, 2), sizes=(7, 8))
    yield one("center_crop_unknown_small", lambda: L.CenterCrop(6, 5), (None, None, 2), sizes=(5, 8))
    yield one("center_crop_bytes", lambda: L.CenterCrop(4, 4), dtype="uint8", high=256)
    yield one("center_crop_bytes_small", lambda: L.CenterCrop(8, 4), dtype="uint8", high=256)
    yield single("center_crop_single", lambda: L.CenterCrop(4, 5), (6, 8, 3))
    yield single("center_crop_single_small", lambda: L.CenterCrop(7, 5), (6, 8, 3))
    if k.v3:
        yield one("center_crop_first", lambda: L.CenterCrop(4, 3, data_format="channels_first"), (3, 7, 6))
        yield one("center_crop_first_small", lambda: L.CenterCrop(9, 3, data_format="channels_first"), (3, 7, 6))


def scaling(k, one):
    L = k.layers
    yield one("rescaling_list", lambda: L.Rescaling([1.0, 2.0, 0.5], [0.0, 1.0, -1.0]))
    yield one("rescaling_list_offset", lambda: L.Rescaling(0.25, [0.0, 1.0, -1.0]))
    yield one("rescaling_ints", lambda: L.Rescaling(1 / 3, 1), dtype="int32", high=1000)
    yield one("rescaling_vector", lambda: L.Rescaling(2.0, -1), (5,))
    yield one("rescaling_nothing", lambda: L.Rescaling(1.0))


def enlarging(k, one, methods):
    L = k.layers
    for method in methods:
        yield one(f"upsampling2d_{method}", lambda m=method: L.UpSampling2D((2, 3), interpolation=m), (4, 5, 2))
        yield one(f"upsampling2d_{method}_unknown", lambda m=method: L.UpSampling2D(2, interpolation=m),
                  (None, None, 2), sizes=(5, 4))
        yield one(f"upsampling2d_{method}_by1", lambda m=method: L.UpSampling2D(1, interpolation=m), (4, 5, 2))
        yield one(f"upsampling2d_{method}_first",
                  lambda m=method: L.UpSampling2D(2, interpolation=m, data_format="channels_first"), (2, 4, 3))
    yield one("upsampling2d_tall", lambda: L.UpSampling2D((3, 1), interpolation="bilinear"), (4, 5, 2))
    yield one("upsampling2d_ints", lambda: L.UpSampling2D(2), (4, 5, 2), dtype="int32")
    yield one("upsampling1d", lambda: L.UpSampling1D(3), (5, 2))
    yield one("upsampling1d_unknown", lambda: L.UpSampling1D(2), (None, 2))
    yield one("upsampling3d", lambda: L.UpSampling3D((2, 1, 3)), (2, 3, 4, 2))
    yield one("upsampling3d_first", lambda: L.UpSampling3D(2, data_format="channels_first"), (2, 3, 2, 2))


def borders(k, one):
    L = k.layers
    yield one("zero_padding1d_one", lambda: L.ZeroPadding1D(1), (None, 3))
    yield one("zero_padding3d", lambda: L.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), (2, 3, 4, 2))
    yield one("zero_padding3d_triple", lambda: L.ZeroPadding3D((1, 2, 0)), (2, 3, 4, 2))
    yield one("zero_padding3d_one", lambda: L.ZeroPadding3D(1), (2, 3, 2, 2))
    yield one("zero_padding3d_first", lambda: L.ZeroPadding3D((0, 1, 2), data_format="channels_first"), (2, 3, 2, 2))
    yield one("zero_padding2d_unknown", lambda: L.ZeroPadding2D(((1, 2), (0, 3))), (None, None, 2))
    if k.v3:
        yield one("zero_padding1d_first", lambda: L.ZeroPadding1D((1, 2), data_format="channels_first"), (3, 4))
    yield one("cropping1d_one", lambda: L.Cropping1D(1), (5, 3))
    yield one("cropping1d_unknown", lambda: L.Cropping1D((0, 2)), (None, 3))
    yield one("cropping2d_pair", lambda: L.Cropping2D((1, 2)))
    yield one("cropping2d_end", lambda: L.Cropping2D(((0, 2), (0, 0))))
    yield one("cropping2d_first", lambda: L.Cropping2D(((1, 0), (1, 1)), data_format="channels_first"), (2, 5, 6))
    yield one("cropping3d", lambda: L.Cropping3D(((1, 0), (0, 1), (1, 1))), (3, 4, 5, 2))
    yield one("cropping3d_triple", lambda: L.Cropping3D((1, 0, 2)), (3, 4, 5, 2))
    yield one("cropping3d_one", lambda: L.Cropping3D(1), (3, 4, 5, 2))
    yield one("cropping3d_first", lambda: L.Cropping3D((1, 0, 2), data_format="channels_first"), (2, 3, 4, 5))
    yield one("cropping2d_unknown", lambda: L.Cropping2D(((1, 2), (0, 3))), (None, None, 2))
