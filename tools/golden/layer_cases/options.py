"""Branches of layers that their own families leave out."""

import numpy as np

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k, (3, 8))

    # Dense and Einsum
    yield one("dense_5d", lambda: L.Dense(4, activation="relu"), (2, 2, 3, 5))
    for name, equation, shape, out, bias in (
            ("ellipsis", "...x,xy->...y", (3, 2, 5), 4, "y"), ("kernel_turned", "abc,dc->abd", (3, 5), (None, 4), "d"),
            ("batched", "abc,bcd->abd", (3, 5), (3, 4), None), ("bias_of_steps", "abc,cd->abd", (3, 5), (3, 4), "bd"),
            ("bias_of_first", "abc,cd->abd", (3, 5), (3, 4), "b"), ("turned", "abc,cd->adb", (3, 5), (4, 3), "d"),
            ("two_sums", "abcd,cde->abe", (2, 3, 4), (None, 5), "e"), ("outer", "ab,cd->abcd", (3,), (3, 2, 4), None)):
        yield one(f"einsum_{name}", lambda e=equation, o=out, b=bias: L.EinsumDense(e, output_shape=o, bias_axes=b), shape)

    # Normalisation
    yield one("batch_norm_5d", L.BatchNormalization, (2, 3, 2, 4))
    yield one("batch_norm_negative_axis", lambda: L.BatchNormalization(axis=-2), (3, 4, 5))
    yield one("batch_norm_renorm", lambda: L.BatchNormalization(renorm=True), (3, 4))
    yield one("batch_norm_synchronized", lambda: L.BatchNormalization(synchronized=True), (3, 4))
    if not k.v3:
        yield one("batch_norm_two_axes", lambda: L.BatchNormalization(axis=[1, 3]), (3, 4, 5))
        yield one("batch_norm_two_axes_bare", lambda: L.BatchNormalization(axis=[1, 2], scale=False), (3, 4, 5))
        yield one("layer_norm_axes_turned", lambda: L.LayerNormalization(axis=[2, 1]), (3, 4))
    yield one("layer_norm_three_axes", lambda: L.LayerNormalization(axis=[-1, -2, -3]), (3, 4, 5))
    yield one("layer_norm_outer_axes", lambda: L.LayerNormalization(axis=[1, 3]), (3, 4, 5))
    yield one("layer_norm_bare", lambda: L.LayerNormalization(center=False, scale=False), (3, 7))
    yield one("group_norm_one", lambda: L.GroupNormalization(groups=1), (3, 4, 6))
    yield one("group_norm_bare", lambda: L.GroupNormalization(groups=3, center=False, scale=False), (3, 6))
    yield one("group_norm_vector", lambda: L.GroupNormalization(groups=2), (6,))
    yield one("unit_norm_axis1", lambda: L.UnitNormalization(axis=1), (4, 6))
    yield one("unit_norm_axes", lambda: L.UnitNormalization(axis=[1, 2]), (4, 6))
    if k.v3:
        yield one("layer_norm_rms", lambda: L.LayerNormalization(rms_scaling=True), (3, 7))
        yield one("layer_norm_rms_no_scale", lambda: L.LayerNormalization(rms_scaling=True, scale=False), (3, 7))
        yield one("rms_norm_axes", lambda: L.RMSNormalization(axis=[1, 2]), (3, 7))
        yield one("rms_norm_epsilon", lambda: L.RMSNormalization(epsilon=1e-3), (3, 7))
    spectral = L.SpectralNormalization if hasattr(L, "SpectralNormalization") else None
    if spectral:
        yield one("spectral_conv", lambda: spectral(L.Conv2D(4, 3)), (5, 5, 3))
        yield one("spectral_dense", lambda: spectral(L.Dense(4, activation="relu"), power_iterations=2), (6,))
        yield Case("spectral_between", lambda: k.chain((6,), L.Dense(5), spectral(L.Dense(4)), L.Dense(3)))

    # Activations
    if k.v3:
        yield one("sparsemax_wide", lambda: L.Activation("sparsemax"), (2, 19), scale=2.0)
        yield one("dense_sparsemax", lambda: L.Dense(6, activation="sparsemax"), (5,))
        yield one("glu_dense", lambda: L.Dense(6, activation="glu"), (5,))
    yield one("prelu_2d", lambda: L.PReLU(shared_axes=[1]), (3, 4))
    yield one("prelu_vector", L.PReLU, (7,))
    yield one("relu_max_threshold", lambda: L.ReLU(max_value=4.0, threshold=1.0), scale=3.0)
    yield one("relu_threshold_slope", lambda: L.ReLU(negative_slope=0.2, threshold=0.7), scale=3.0)
    yield one("relu_max_slope", lambda: L.ReLU(max_value=2.0, negative_slope=0.1), scale=3.0)
    if k.v3:
        for name, layer in (("relu_all", lambda: L.ReLU(max_value=3.0, negative_slope=0.2, threshold=1.0)),
                            ("relu6", lambda: L.ReLU(6.0)), ("softmax_axis1", lambda: L.Softmax(axis=1)),
                            ("elu", lambda: L.ELU(0.4)), ("leaky", lambda: L.LeakyReLU(0.05))):
            yield one(f"dense_of_{name}", lambda a=layer: L.Dense(6, activation=a()), (4, 5), scale=2.0)
            yield one(f"activation_of_{name}", lambda a=layer: L.Activation(a()), (4, 5), scale=2.0)
    for name in ("softmax", "relu", "tanh", "softplus", "selu"):
        yield one(f"conv_of_{name}", lambda n=name: L.Conv1D(4, 2, activation=n), (5, 3))

    # Shapes
    yield one("flatten_channels_first_5d", lambda: L.Flatten(data_format="channels_first"), (2, 3, 2, 2))
    yield one("reshape_unknown_two", lambda: L.Reshape((-1, 2, 2)), (None, 4))
    yield one("reshape_to_vector", lambda: L.Reshape((-1,)), (2, 3, 2))
    yield one("permute_5d", lambda: L.Permute((4, 2, 1, 3)), (2, 3, 2, 4))
    yield one("repeat_once", lambda: L.RepeatVector(1), (5,))

    # Embedding
    def words(name, *layers, length=6, dtype="int32", **more):
        return Case(name, lambda: k.chain((length,), *[layer() for layer in layers], dtype=dtype), **more)

    for dtype in ("int64", "uint8", "int8"):
        yield words(f"embedding_{dtype}", lambda: L.Embedding(10, 3), dtype=dtype)
    yield words("embedding_mask_dense", lambda: L.Embedding(5, 4, mask_zero=True), lambda: L.Dense(3), L.GlobalAveragePooling1D, high=4)
    if k.v3:
        yield words("embedding_from_the_end", lambda: L.Embedding(10, 3), feeds=[np.array([[0, -1, 3, -10, 9, 2]], "int32")])

    # Nested models and how they are called
    yield Case("nested_squeezed", lambda: nested(k, (4,), (4, 1)))
    yield Case("nested_expanded", lambda: nested(k, (4, 1), (4,)))
    yield Case("nested_integers", lambda: nested(k, (4,), (4,), "int32"))
    yield Case("nested_dict", lambda: nested_dict(k))
    yield Case("nested_list_twice", lambda: nested_twice(k))
    yield Case("nested_two_outputs", lambda: nested_outputs(k))
    yield Case("outputs_in_dict", lambda: dict_outputs(k))


def nested(k, inside, outside, dtype=None):
    L = k.layers
    x = k.Input(inside)
    inner = k.Model(x, L.Dense(3)(L.Flatten()(x)))
    y = k.Input(outside, dtype=dtype)
    return k.Model(y, L.Dense(2)(inner(y)))


def nested_dict(k):
    L = k.layers
    a, b = k.Input((3,), name="a"), k.Input((4,), name="b")
    inner = k.Model({"a": a, "b": b}, L.Concatenate()([L.Dense(2)(a), L.Dense(3)(b)]))
    x, y = k.Input((3,)), k.Input((4,))
    return k.Model([x, y], inner({"a": x, "b": y}))


def nested_twice(k):
    L = k.layers
    a, b = k.Input((3,)), k.Input((4,))
    inner = k.Model([a, b], L.Add()([L.Dense(2)(a), L.Dense(2)(b)]))
    x, y = k.Input((3,)), k.Input((4,))
    return k.Model([x, y], L.Concatenate()([inner([x, y]), inner([L.Dense(3)(y), L.Dense(4)(x)])]))


def nested_outputs(k):
    L = k.layers
    a = k.Input((3,))
    hidden = L.Dense(4)(a)
    inner = k.Model(a, [L.Dense(2)(hidden), L.Dense(3)(hidden)])
    x = k.Input((3,))
    first, second = inner(x)
    return k.Model(x, [second, L.Dense(2)(first)])


def dict_outputs(k):
    L = k.layers
    x = k.Input((3,))
    return k.Model(x, {"zeta": L.Dense(2, name="zeta_dense")(x), "alpha": L.Dense(3, name="alpha_dense")(x)})
