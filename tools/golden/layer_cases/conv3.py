"""Convolutions in three dimensions, and the options that conv and transposed leave out."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    for padding in ("valid", "same"):
        yield one(f"conv3d_{padding}", lambda p=padding: L.Conv3D(5, 3, padding=p), (5, 6, 4, 3))
        yield one(f"conv3d_{padding}_stride2", lambda p=padding: L.Conv3D(4, (2, 3, 1), strides=(2, 1, 2), padding=p),
                  (6, 5, 7, 2))
        yield one(f"conv3d_{padding}_dilated", lambda p=padding: L.Conv3D(3, 2, dilation_rate=(2, 1, 2), padding=p),
                  (6, 5, 6, 2))
        yield one(f"conv3d_transpose_{padding}", lambda p=padding: L.Conv3DTranspose(3, 3, strides=2, padding=p),
                  (3, 2, 3, 2))
        yield one(f"conv3d_transpose_{padding}_output_padding",
                  lambda p=padding: L.Conv3DTranspose(2, 3, strides=2, padding=p, output_padding=1), (2, 3, 2, 3))
        yield one(f"conv1d_transpose_{padding}_output_padding",
                  lambda p=padding: L.Conv1DTranspose(3, 4, strides=3, padding=p, output_padding=2), (5, 2))
        yield one(f"conv1d_transpose_{padding}_dilated",
                  lambda p=padding: L.Conv1DTranspose(3, 3, padding=p, dilation_rate=2), (6, 2))
        yield one(f"conv2d_transpose_{padding}_uneven",
                  lambda p=padding: L.Conv2DTranspose(3, (2, 5), strides=(3, 2), padding=p, output_padding=(2, 0)),
                  (3, 4, 2))
        yield one(f"separable1d_{padding}_dilated",
                  lambda p=padding: L.SeparableConv1D(4, 3, dilation_rate=2, depth_multiplier=2, padding=p), (11, 3))
        yield one(f"depthwise1d_{padding}_dilated",
                  lambda p=padding: L.DepthwiseConv1D(3, dilation_rate=3, padding=p), (12, 3))
    yield one("conv3d_groups", lambda: L.Conv3D(6, 2, groups=3, padding="same"), (4, 3, 4, 6))
    yield one("conv3d_channels_first", lambda: L.Conv3D(4, 2, data_format="channels_first"), (3, 5, 4, 6))
    yield one("conv3d_no_bias_relu", lambda: L.Conv3D(4, 1, use_bias=False, activation="relu"), (3, 4, 3, 5))
    yield one("conv3d_unknown_size", lambda: L.Conv3D(3, 2, strides=2, padding="same"), (None, None, None, 2),
              sizes=(5, 4, 6))
    yield one("conv3d_17_channels", lambda: L.Conv3D(18, 3, padding="same", activation="tanh"), (3, 4, 5, 17))
    yield one("conv3d_transpose_channels_first",
              lambda: L.Conv3DTranspose(3, 2, strides=2, data_format="channels_first"), (2, 3, 2, 4))
    yield one("conv1d_transpose_channels_first",
              lambda: L.Conv1DTranspose(3, 3, strides=2, padding="same", data_format="channels_first"), (2, 5))
    yield one("conv1d_groups_stride2", lambda: L.Conv1D(6, 4, strides=2, groups=3, padding="causal"), (11, 6))
    yield Case("conv3d_network", lambda: k.chain(
        (6, 8, 8, 2), L.Conv3D(6, 3, padding="same"), L.BatchNormalization(), L.ReLU(), L.MaxPooling3D(2),
        L.Conv3D(4, 3, padding="same", activation="relu"), L.GlobalAveragePooling3D(), L.Dense(3)))
