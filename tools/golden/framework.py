"""One face for the two Keras generations that write model files: Keras 3 and tf_keras (Keras 2)."""

import os

NAMES = ("keras3", "tf_keras")


class Framework:
    """What a case needs to build a model: the generation's layers, Input, Model and Sequential."""

    def __init__(self, name):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import tensorflow as tf

        if name == "keras3":
            import keras
        elif name == "tf_keras":
            import tf_keras as keras
        else:
            raise ValueError(f"unknown framework {name!r}, one of {NAMES}")
        self.name, self.v3, self.tf, self.keras = name, name == "keras3", tf, keras
        self.layers, self.Input, self.Model = keras.layers, keras.Input, keras.Model
        self.Sequential = keras.Sequential
        self.ops = keras.ops if self.v3 else None
        self.version = f"{name.replace('keras3', 'keras')} {keras.__version__}"

    def fresh(self, floatx="float32"):
        """Forgets names and counters, so that equal code gives equal files."""
        self.keras.backend.clear_session()
        if self.v3:
            self.keras.config.set_floatx(floatx)
            self.keras.config.set_dtype_policy(floatx)
        else:
            self.keras.backend.set_floatx(floatx)
            self.keras.mixed_precision.set_global_policy(floatx)
        self.keras.utils.set_random_seed(1)

    def chain(self, shape, *layers, dtype=None):
        """A functional model of layers one after another on one input."""
        x = first = self.Input(shape, dtype=dtype)
        for layer in layers:
            x = layer(x)
        return self.Model(first, x)

    def output_names(self, model):
        """One name an output: the layer's, numbered where a layer gives several (as tf_keras does)."""
        if not self.v3:
            return list(model.output_names)
        names = []
        for tensor in model.outputs:
            base = tensor._keras_history.operation.name
            name, n = base, 0
            while name in names:
                n += 1
                name = f"{base}_{n}"
            names.append(name)
        return names

    def input_names(self, model):
        if not self.v3:
            return list(model.input_names)
        return [tensor._keras_history.operation.name for tensor in model.inputs]
