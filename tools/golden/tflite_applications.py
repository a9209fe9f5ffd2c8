#!/usr/bin/env python3
"""Networks of keras.applications as TensorFlow Lite files in four forms, with the reference kernels' answers.

usage: PYTHON tools/golden/tflite_applications.py FOLDER [NAME...]

FOLDER/NAME gets FORM.tflite and FORM.npz (x, y) for the forms float32, float16, dynamic (8-bit weights, float
activations) and int8 (bytes throughout). What is there already is not made again. Needs TensorFlow and tf_keras.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import networks
from framework import Framework

# One of every family that the converter knows whole, at a size that its architecture allows and the reference kernels
# (a loop a multiply) get through.
SIZES = {"MobileNet": 96, "MobileNetV2": 96, "MobileNetV3Large": 96, "ResNet50": 64, "ResNet50V2": 64,
         "DenseNet121": 64, "EfficientNetB0": 96, "InceptionV3": 96, "NASNetMobile": 96, "Xception": 96}
SEED, SAMPLES = 23, 8


def network_of(name):
    def draw(rng, batch):
        module = getattr(tf.keras.applications, name).__module__.rpartition(".")[2]
        return networks.pictures(rng, batch, SIZES[name], *networks.RANGES.get(module, (0, 255)))

    def build(k):
        return getattr(k.keras.applications, name)(input_shape=(SIZES[name], SIZES[name], 3), weights=None)

    return networks.Network(name, build, draw, deep=True)


def converter_of(model, form, calibration, shape):
    function = tf.function(lambda x: model(x, training=False),
                           input_signature=[tf.TensorSpec(shape, tf.float32, name="x")])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], model)
    if form == "float32":
        return converter
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if form == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif form == "int8":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        converter.representative_dataset = lambda: ([x[None]] for x in calibration)
    return converter


def answer(file, x):
    """The input as the model takes it, and what the reference kernels give."""
    interpreter = tf.lite.Interpreter(
        str(file), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    fed = interpreter.get_input_details()[0]
    if fed["dtype"] == np.int8:
        scale, zero = fed["quantization"]
        x = np.clip(np.round(x / scale) + zero, -128, 127).astype("int8")
    interpreter.set_tensor(fed["index"], x)
    interpreter.invoke()
    return x, interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


FORMS = ("float32", "float16", "dynamic", "int8")


def write(k, name, folder):
    missing = [form for form in FORMS if not (folder / f"{form}.npz").exists()]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    k.fresh()
    network = network_of(name)
    model = networks.trained_looking(k, network, SEED)
    x = network.draw(np.random.default_rng(SEED), 1)[0]
    calibration = network.draw(np.random.default_rng(SEED + 1), SAMPLES)[0]
    for form in missing:
        file = folder / f"{form}.tflite"
        file.write_bytes(converter_of(model, form, calibration, x.shape).convert())
        fed, given = answer(file, x)
        np.savez(folder / f"{form}.npz", x=fed, y=given)
        print(f"{name} {form}", flush=True)


def main():
    k = Framework("tf_keras")
    for name in sys.argv[2:] or SIZES:
        write(k, name, pathlib.Path(sys.argv[1]) / name)


if __name__ == "__main__":
    main()
