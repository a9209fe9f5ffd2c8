// The Python program that `vivace check --against tensorflow` gives to the user's Python.
#pragma once

#include <string_view>

namespace vivace::cli {

inline constexpr int kNoTensorFlow = 3, kRefused = 4;  // its exit statuses

// Arguments: model, inputs.npz, outputs.npz, model.json or nothing. Modules come from the installation, never
// from the current folder, and the safe mode of Keras stays on: no code of a model is run.
inline constexpr std::string_view kScript = R"python(
import sys

sys.path = [folder for folder in sys.path if folder]
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
model_file, inputs_file, outputs_file, architecture = sys.argv[1:5]


def leave(status, words):
    print(" ".join(str(words).split())[:2000], file=sys.stderr)
    sys.exit(status)


try:
    import numpy as np
    import tensorflow as tf
except ImportError as error:
    leave(3, error)


def generations():
    for name in ("keras", "tf_keras"):
        try:
            yield __import__(name)
        except ImportError:
            pass


def load(keras):
    if not architecture:
        return keras.models.load_model(model_file, compile=False)
    with open(architecture) as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(model_file)
    return model


def loaded():
    troubles = []
    for keras in generations():
        try:
            return keras, load(keras)
        except Exception as error:
            troubles.append(f"{keras.__name__} {keras.__version__}: {type(error).__name__}: {error}")
    leave(4, "; ".join(troubles) or "there is no keras")


def name_of(tensor):
    history = getattr(tensor, "_keras_history", None)
    owner = getattr(history, "operation", None) or getattr(history, "layer", None)
    return getattr(owner, "name", None)


def arranged(model, arrays):
    tensors = [tf.constant(arrays[name]) for name in arrays.files]
    names = [name_of(tensor) for tensor in model.inputs]
    if set(names) == set(arrays.files):
        tensors = [tf.constant(arrays[name]) for name in names]
    if isinstance(model.input, dict):
        return dict(zip(names, tensors)) if set(names) == set(model.input) else dict(zip(sorted(model.input), tensors))
    return tensors if len(tensors) > 1 else tensors[0]


def array_of(tensor):
    array = tf.convert_to_tensor(tensor)
    return np.asarray(tf.cast(array, "float32") if array.dtype == tf.bfloat16 else array)


def main():
    keras, model = loaded()
    try:
        tf.config.experimental.enable_tensor_float_32_execution(False)
        inputs = arranged(model, np.load(inputs_file))
        try:
            outputs = model(inputs, training=False)
        except tf.errors.OpError:  # a CPU lacks kernels for channels first: XLA has them
            outputs = tf.function(lambda x: model(x, training=False), jit_compile=True)(inputs)
        arrays = [array_of(tensor) for tensor in tf.nest.flatten(outputs)]
    except Exception as error:
        leave(4, f"{keras.__name__} {keras.__version__}: {type(error).__name__}: {error}")
    np.savez(outputs_file, **{f"output{number:04}": array for number, array in enumerate(arrays)})
    print(f"{keras.__name__} {keras.__version__}, tensorflow {tf.__version__}")


main()
)python";

}  // namespace vivace::cli
