"""Dense and EinsumDense."""

from . import Case, of_layers


def cases(k):
    L = k.layers

    one = of_layers(k)

    yield one("dense", lambda: L.Dense(5), (7,))
    yield one("dense_no_bias", lambda: L.Dense(4, use_bias=False), (3,))
    yield one("dense_relu", lambda: L.Dense(8, activation="relu"), (6,), batch=5)
    yield one("dense_softmax", lambda: L.Dense(10, activation="softmax"), (9,))
    yield one("dense_one_unit", lambda: L.Dense(1, activation="sigmoid"), (33,))
    yield one("dense_wide", lambda: L.Dense(67, activation="tanh"), (35,), batch=3)
    yield one("dense_on_3d", lambda: L.Dense(5, activation="gelu"), (4, 6))
    yield one("dense_on_4d", lambda: L.Dense(3), (2, 3, 4))
    yield one("dense_unknown_steps", lambda: L.Dense(3), (None, 4))
    yield one("einsum_dense", lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d"), (4, 3))
    yield one("einsum_dense_heads",
              lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 5), bias_axes="de", activation="relu"),
              (4, 3))
    yield one("einsum_dense_join", lambda: L.EinsumDense("abcd,cde->abe", output_shape=(None, 6)), (4, 2, 3))
    yield Case("mlp_sequential", lambda: k.Sequential([
        L.Input((12,)) if k.v3 else L.InputLayer((12,)), L.Dense(9, activation="relu"), L.Dropout(0.4),
        L.Dense(7, activation="elu"), L.Dense(3, activation="softmax")]), batch=4)
