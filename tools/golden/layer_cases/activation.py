"""Every activation function, by name and as a layer."""

import numpy as np

from . import Case, of_layers

BOTH = ("elu", "exponential", "gelu", "hard_sigmoid", "linear", "mish", "relu", "selu", "sigmoid", "softmax",
        "softplus", "softsign", "swish", "tanh")
ONLY_3 = ("celu", "glu", "hard_shrink", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "log_sigmoid",
          "log_softmax", "relu6", "silu", "soft_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
          "tanh_shrink", "threshold")
EDGES = np.array([[-100.0, -3.0, -2.5, -1.0, -0.5, -1e-6, -0.0, 0.0, 1e-6, 0.5, 1.0, 2.5, 3.0, 6.0, 20.0, 100.0]],
                 "float32")


def cases(k):
    L = k.layers
    known = BOTH + (ONLY_3 if k.v3 else ("leaky_relu",))
    for name in known:
        if name == "threshold":
            continue
        yield Case(f"activation_{name}", lambda n=name: k.chain((3, 8), L.Activation(n)), scale=3.0)
    for name in ("sigmoid", "tanh", "softplus", "gelu", "swish", "elu", "selu", "hard_sigmoid", "softsign", "mish",
                 "softmax"):
        yield Case(f"activation_{name}_edges", lambda n=name: k.chain((16,), L.Activation(n)), feeds=[EDGES])

    one = of_layers(k, (3, 8), scale=3.0)

    slope = "negative_slope" if k.v3 else "alpha"
    yield one("relu", L.ReLU)
    yield one("relu_6", lambda: L.ReLU(6.0))
    yield one("relu_slope", lambda: L.ReLU(negative_slope=0.1))
    yield one("relu_threshold", lambda: L.ReLU(threshold=0.5))
    yield one("relu_all", lambda: L.ReLU(max_value=3.0, negative_slope=0.2, threshold=1.0))
    yield one("leaky_relu", L.LeakyReLU)
    yield one("leaky_relu_slope", lambda: L.LeakyReLU(**{slope: 0.1}))
    yield one("elu", L.ELU)
    yield one("elu_alpha", lambda: L.ELU(alpha=0.5))
    yield one("prelu", L.PReLU)
    yield one("prelu_shared", lambda: L.PReLU(shared_axes=[1, 2]), (4, 5, 3))
    yield one("softmax", L.Softmax)
    yield one("softmax_axis1", lambda: L.Softmax(axis=1))
    yield one("softmax_two_axes", lambda: L.Softmax(axis=[1, 2]))

    def masked_softmax():
        x, mask = k.Input((3, 8)), k.Input((3, 8), dtype="bool")
        return k.Model([x, mask], L.Softmax()(x, mask=mask))

    yield Case("softmax_mask", masked_softmax, scale=3.0)
    yield one("softmax_wide", L.Softmax, (70,))
    if not k.v3:
        yield one("thresholded_relu", lambda: L.ThresholdedReLU(theta=0.7))
    yield Case("dense_activations_by_object", lambda: k.chain(
        (5,), L.Dense(6, activation=k.keras.activations.relu), L.Dense(4, activation=L.LeakyReLU(**{slope: 0.2}))
        if k.v3 else L.Dense(4, activation=k.keras.activations.tanh)))
