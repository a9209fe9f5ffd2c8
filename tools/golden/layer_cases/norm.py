"""Normalisation with moving or own statistics."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    yield one("batch_norm_4d", lambda: L.BatchNormalization(), (5, 4, 6))
    yield one("batch_norm_3d", lambda: L.BatchNormalization(), (5, 6))
    yield one("batch_norm_2d", lambda: L.BatchNormalization(epsilon=1e-5), (9,))
    yield one("batch_norm_axis1", lambda: L.BatchNormalization(axis=1), (3, 5, 4))
    yield one("batch_norm_no_scale", lambda: L.BatchNormalization(scale=False), (4, 4, 5))
    yield one("batch_norm_no_center", lambda: L.BatchNormalization(center=False), (4, 4, 5))
    yield one("batch_norm_bare", lambda: L.BatchNormalization(center=False, scale=False, epsilon=1.001e-5), (4, 4, 5))
    yield one("batch_norm_frozen", lambda: L.BatchNormalization(trainable=False), (4, 4, 5))
    yield Case("batch_norm_after_conv", lambda: k.chain(
        (6, 6, 3), L.Conv2D(5, 3, padding="same"), L.BatchNormalization(), L.Activation("relu")))
    yield Case("batch_norm_before_padded_conv", lambda: k.chain(
        (6, 6, 3), L.BatchNormalization(), L.Conv2D(5, 3, padding="same")), note="must not be folded into the kernel")
    yield Case("batch_norm_before_valid_conv", lambda: k.chain((6, 6, 3), L.BatchNormalization(), L.Conv2D(5, 3)))
    yield Case("batch_norm_around_dense", lambda: k.chain(
        (6,), L.BatchNormalization(), L.Dense(5), L.BatchNormalization(), L.ReLU()))
    yield Case("batch_norm_after_depthwise", lambda: k.chain(
        (6, 6, 3), L.DepthwiseConv2D(3, depth_multiplier=2, use_bias=False), L.BatchNormalization()))
    yield Case("batch_norm_after_transposed", lambda: k.chain(
        (4, 4, 3), L.Conv2DTranspose(5, 3, strides=2, padding="same"), L.BatchNormalization()))
    yield Case("batch_norm_after_relu", lambda: k.chain(
        (6, 6, 3), L.Conv2D(5, 3, activation="relu"), L.BatchNormalization()), note="the activation stands between")

    yield one("layer_norm", lambda: L.LayerNormalization(), (5, 8))
    yield one("layer_norm_epsilon", lambda: L.LayerNormalization(epsilon=1e-6), (5, 19))
    yield one("layer_norm_two_axes", lambda: L.LayerNormalization(axis=[1, 2]), (4, 6))
    yield one("layer_norm_axis1", lambda: L.LayerNormalization(axis=1), (4, 6))
    yield one("layer_norm_4d", lambda: L.LayerNormalization(axis=-1), (3, 4, 5))
    yield one("layer_norm_no_scale", lambda: L.LayerNormalization(scale=False), (5, 8))
    yield one("layer_norm_no_center", lambda: L.LayerNormalization(center=False), (5, 8))
    yield one("layer_norm_constant_rows", lambda: L.LayerNormalization(), (3, 4), scale=0.0)
    yield one("group_norm", lambda: L.GroupNormalization(groups=2), (4, 5, 6))
    yield one("group_norm_instance", lambda: L.GroupNormalization(groups=-1), (4, 5, 6))
    yield one("unit_norm", lambda: L.UnitNormalization(), (4, 6))
    if k.v3:
        yield one("rms_norm", lambda: L.RMSNormalization(), (4, 6))
        yield one("group_norm_axis1", lambda: L.GroupNormalization(groups=3, axis=1), (6, 5, 4))
