"""Convolutions: plain, depthwise and separable, in one and two dimensions."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    # Where the last axis is as long as the channels.
    misplaced = "Keras 3 on TensorFlow adds the bias along the last axis" if k.v3 else ""

    for padding in ("valid", "same", "causal"):
        yield one(f"conv1d_{padding}", lambda p=padding: L.Conv1D(4, 3, padding=p), (9, 3))
        yield one(f"conv1d_{padding}_stride2", lambda p=padding: L.Conv1D(4, 4, strides=2, padding=p), (10, 3))
        yield one(f"conv1d_{padding}_dilated", lambda p=padding: L.Conv1D(4, 3, dilation_rate=2, padding=p), (9, 2))
    yield one("conv1d_groups", lambda: L.Conv1D(6, 3, groups=2, padding="same"), (8, 4))
    yield one("conv1d_channels_first", lambda: L.Conv1D(5, 3, data_format="channels_first"), (3, 9))
    yield one("conv1d_unknown_length", lambda: L.Conv1D(5, 3, padding="same", activation="relu"), (None, 3))

    for padding in ("valid", "same"):
        for size in (1, 2, 3):
            yield one(f"conv2d_{padding}_{size}x{size}", lambda p=padding, s=size: L.Conv2D(5, s, padding=p), (7, 6, 3))
            yield one(f"conv2d_{padding}_{size}x{size}_stride2",
                      lambda p=padding, s=size: L.Conv2D(5, s, strides=2, padding=p), (8, 7, 3))
        yield one(f"conv2d_{padding}_5x3_stride1x3",
                  lambda p=padding: L.Conv2D(4, (5, 3), strides=(1, 3), padding=p), (9, 11, 2))
        yield one(f"conv2d_{padding}_dilated", lambda p=padding: L.Conv2D(4, 3, dilation_rate=2, padding=p), (9, 8, 2))
        yield one(f"conv2d_{padding}_dilated1x3",
                  lambda p=padding: L.Conv2D(4, (2, 3), dilation_rate=(1, 3), padding=p), (6, 11, 2))
        yield one(f"conv2d_{padding}_groups", lambda p=padding: L.Conv2D(6, 3, groups=3, padding=p), (7, 6, 6))
        yield one(f"conv2d_{padding}_channels_first",
                  lambda p=padding: L.Conv2D(4, 3, strides=2, padding=p, data_format="channels_first"), (3, 7, 8),
                  differs=misplaced if padding == "same" else "")
    for activation in ("relu", "tanh", "sigmoid", "swish"):
        yield one(f"conv2d_{activation}", lambda a=activation: L.Conv2D(4, 3, activation=a), (5, 6, 3))
    yield one("conv2d_no_bias", lambda: L.Conv2D(4, 3, use_bias=False, padding="same"), (5, 5, 3))
    yield one("conv2d_unknown_size", lambda: L.Conv2D(4, 3, strides=2, padding="same"), (None, None, 3), sizes=(9, 8))
    yield one("conv2d_19_channels", lambda: L.Conv2D(21, 3, padding="same", activation="relu"), (6, 5, 19))
    yield one("conv2d_stride_over_kernel", lambda: L.Conv2D(4, 1, strides=3, padding="same"), (10, 11, 3))
    yield one("conv2d_kernel_over_image", lambda: L.Conv2D(4, 7, padding="same"), (4, 5, 2))
    yield Case("conv2d_keras_like_stem", lambda: k.chain(
        (17, 17, 3), L.ZeroPadding2D(((0, 1), (0, 1))), L.Conv2D(8, 3, strides=2, use_bias=False),
        L.BatchNormalization(), L.ReLU(6.0), L.DepthwiseConv2D(3, padding="same", use_bias=False),
        L.BatchNormalization(), L.ReLU(6.0), L.Conv2D(4, 1, use_bias=False), L.BatchNormalization()))

    for padding in ("valid", "same"):
        for stride in (1, 2):
            yield one(f"depthwise2d_{padding}_stride{stride}",
                      lambda p=padding, s=stride: L.DepthwiseConv2D(3, strides=s, padding=p), (8, 7, 5))
        yield one(f"depthwise2d_{padding}_multiplier",
                  lambda p=padding: L.DepthwiseConv2D((3, 2), depth_multiplier=3, padding=p), (6, 7, 4))
        yield one(f"depthwise2d_{padding}_dilated",
                  lambda p=padding: L.DepthwiseConv2D(3, dilation_rate=2, padding=p, activation="relu"), (9, 8, 3))
        yield one(f"depthwise1d_{padding}", lambda p=padding: L.DepthwiseConv1D(3, padding=p), (8, 4))
        yield one(f"separable2d_{padding}", lambda p=padding: L.SeparableConv2D(6, 3, padding=p), (7, 8, 3))
        yield one(f"separable2d_{padding}_stride2",
                  lambda p=padding: L.SeparableConv2D(6, 3, strides=2, depth_multiplier=2, padding=p), (7, 8, 3))
        yield one(f"separable1d_{padding}", lambda p=padding: L.SeparableConv1D(6, 3, padding=p), (9, 3))
    yield one("depthwise1d_stride2",
              lambda: L.DepthwiseConv1D(3, strides=2, depth_multiplier=2, padding="same"), (9, 3))
    yield one("depthwise2d_no_bias", lambda: L.DepthwiseConv2D(5, use_bias=False, padding="same"), (8, 8, 17))
    yield one("depthwise2d_channels_first", lambda: L.DepthwiseConv2D(3, data_format="channels_first"), (4, 7, 6),
              differs=misplaced)
    yield one("separable2d_dilated_relu",
              lambda: L.SeparableConv2D(5, 3, dilation_rate=2, activation="relu", use_bias=False), (9, 9, 3))
    if not k.v3:
        yield one("separable1d_causal", lambda: L.SeparableConv1D(4, 3, padding="causal"), (9, 3))
    yield one("separable1d_stride2", lambda: L.SeparableConv1D(4, 3, strides=2, depth_multiplier=2), (9, 3))
