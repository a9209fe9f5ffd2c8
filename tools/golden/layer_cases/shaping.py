"""Shapes: flatten, reshape, permute, repeat, pad, crop, enlarge."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    yield one("flatten", L.Flatten, (3, 4, 2))
    yield one("flatten_vector", L.Flatten, (5,))
    yield one("flatten_channels_first", lambda: L.Flatten(data_format="channels_first"), (3, 4, 2))
    yield one("reshape", lambda: L.Reshape((4, 3)), (6, 2))
    yield one("reshape_minus1", lambda: L.Reshape((-1, 4)), (6, 2))
    yield one("reshape_unknown", lambda: L.Reshape((-1, 2)), (None, 4))
    yield one("reshape_more_axes", lambda: L.Reshape((1, 1, 12)), (12,))
    yield one("permute_2", lambda: L.Permute((2, 1)), (3, 5))
    yield one("permute_3", lambda: L.Permute((3, 1, 2)), (2, 3, 4))
    yield one("repeat_vector", lambda: L.RepeatVector(4), (3,))
    yield one("zero_padding1d", lambda: L.ZeroPadding1D(2), (4, 3))
    yield one("zero_padding1d_uneven", lambda: L.ZeroPadding1D((1, 3)), (4, 3))
    yield one("zero_padding2d", lambda: L.ZeroPadding2D(1), (3, 4, 2))
    yield one("zero_padding2d_pair", lambda: L.ZeroPadding2D((2, 1)), (3, 4, 2))
    yield one("zero_padding2d_uneven", lambda: L.ZeroPadding2D(((0, 1), (2, 3))), (3, 4, 2))
    yield one("zero_padding2d_channels_first",
              lambda: L.ZeroPadding2D(((0, 1), (2, 0)), data_format="channels_first"), (2, 3, 4))
    yield one("cropping1d", lambda: L.Cropping1D((1, 2)), (7, 3))
    yield one("cropping2d", lambda: L.Cropping2D(1), (5, 6, 2))
    yield one("cropping2d_uneven", lambda: L.Cropping2D(((0, 1), (2, 1))), (5, 6, 2))
    yield one("upsampling1d", lambda: L.UpSampling1D(3), (4, 2))
    yield one("upsampling2d", lambda: L.UpSampling2D(2), (3, 4, 2))
    yield one("upsampling2d_uneven", lambda: L.UpSampling2D((3, 1)), (3, 4, 2))
    yield one("upsampling2d_bilinear", lambda: L.UpSampling2D(2, interpolation="bilinear"), (3, 4, 2))
    yield one("upsampling2d_bilinear_3x2", lambda: L.UpSampling2D((3, 2), interpolation="bilinear"), (4, 3, 3))
    yield one("upsampling2d_bicubic", lambda: L.UpSampling2D(2, interpolation="bicubic"), (4, 5, 2))
    yield one("upsampling2d_channels_first", lambda: L.UpSampling2D(2, data_format="channels_first"), (2, 3, 4))
    yield one("upsampling2d_unknown_size", lambda: L.UpSampling2D(2), (None, None, 2), sizes=(3, 5))
    yield Case("zero_padding_then_conv", lambda: k.chain(
        (7, 7, 3), L.ZeroPadding2D(((1, 0), (0, 2))), L.Conv2D(4, 3, strides=2)))
