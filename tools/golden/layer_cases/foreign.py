"""What must be refused by name: layers that carry code, and layers that only their author has."""

from . import Case


def cases(k):
    L = k.layers
    register = k.keras.saving.register_keras_serializable if k.v3 else k.keras.utils.register_keras_serializable

    @register(package="mine")
    class Doubled(L.Layer):
        def call(self, x):
            return x * 2.0

        def compute_output_shape(self, shape):
            return shape

    def unknown_among_known():
        x = k.Input((5,))
        y = Doubled(name="twice")(L.Dense(4)(x))
        return k.Model(x, L.Lambda(lambda t: t - 1.0, output_shape=(4,), name="minus")(y))

    yield Case("lambda", lambda: k.chain((5,), L.Lambda(lambda t: t / 127.5 - 1.0, output_shape=(5,)), L.Dense(2)),
               refused="import.lambda")
    yield Case("custom_layer", lambda: k.chain((5,), L.Dense(4), Doubled()), refused="import.unsupported")
    yield Case("lambda_and_custom_layer", unknown_among_known, refused="import.unsupported", note="both are to be named at once")
