"""Transposed convolutions: output sizes and croppings are where engines differ."""

from . import of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    for padding in ("valid", "same"):
        for size, stride in ((2, 2), (3, 1), (3, 2), (4, 2), (5, 3), (2, 3)):
            yield one(f"conv2d_transpose_{padding}_{size}_stride{stride}",
                      lambda p=padding, s=size, t=stride: L.Conv2DTranspose(4, s, strides=t, padding=p), (4, 5, 3))
            yield one(f"conv1d_transpose_{padding}_{size}_stride{stride}",
                      lambda p=padding, s=size, t=stride: L.Conv1DTranspose(4, s, strides=t, padding=p), (5, 3))
        yield one(f"conv2d_transpose_{padding}_output_padding",
                  lambda p=padding: L.Conv2DTranspose(3, 3, strides=2, padding=p, output_padding=1), (4, 5, 2))
        yield one(f"conv2d_transpose_{padding}_dilated",
                  lambda p=padding: L.Conv2DTranspose(3, 3, padding=p, dilation_rate=2), (5, 4, 2))
    yield one("conv2d_transpose_uneven",
              lambda: L.Conv2DTranspose(3, (3, 2), strides=(1, 2), padding="same", activation="relu"), (4, 3, 5))
    yield one("conv2d_transpose_no_bias", lambda: L.Conv2DTranspose(3, 2, strides=2, use_bias=False), (3, 3, 4))
    yield one("conv2d_transpose_channels_first",
              lambda: L.Conv2DTranspose(3, 3, strides=2, padding="same", data_format="channels_first"), (2, 4, 5))
    yield one("conv2d_transpose_unknown_size",
              lambda: L.Conv2DTranspose(3, 3, strides=2, padding="same"), (None, None, 2), sizes=(3, 5))
