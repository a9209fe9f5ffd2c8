#!/usr/bin/env python3
"""Writes one network in 8-bit integers for every engine, calibrated with the same samples.

usage: make_int8.py NETWORK FOLDER BATCH...   (in the peers' environment)

batchN.tflite takes and gives bytes; batchN_x.npy are its input's, batchN_y.npy what TensorFlow Lite's reference kernels
answer. batchN_float_x.npy and batchN_float_y.npy are the same numbers as floats, for engines whose form is ONNX.
float.h5 is the network before.
"""

import os
import pathlib
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "golden"))

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from onnxruntime.quantization import (  # noqa: E402
    CalibrationDataReader, QuantFormat, QuantType, quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: E402

import int8_networks  # noqa: E402
import make_onnx  # noqa: E402
import networks  # noqa: E402
from framework import Framework  # noqa: E402

SEED, SAMPLES = 11, 16


def samples(network):
    """What both quantisers see."""
    return network.draw(np.random.default_rng(SEED + 1000), SAMPLES)[0]


def save_tflite(model, calibration, shape, file):
    function = tf.function(lambda x: model(x, training=False),
                           input_signature=[tf.TensorSpec(shape, tf.float32, name="x")])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    converter.representative_dataset = lambda: ([np.resize(x, shape)] for x in calibration)
    file.write_bytes(converter.convert())


def save_answers(file, x, folder, batch):
    """The input in bytes and in floats that are exactly these bytes, and the reference kernels' answer in both."""
    interpreter = tf.lite.Interpreter(
        str(file), experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    fed, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = fed["quantization"]
    bytes_in = np.clip(np.round(x / scale) + zero, -128, 127).astype("int8")
    interpreter.set_tensor(fed["index"], bytes_in)
    interpreter.invoke()
    bytes_out = interpreter.get_tensor(given["index"])
    for name, array, (s, z) in (("x", bytes_in, fed["quantization"]), ("y", bytes_out, given["quantization"])):
        np.save(folder / f"batch{batch}_{name}.npy", array)
        np.save(folder / f"batch{batch}_float_{name}.npy", ((array.astype("float32") - z) * s).astype("float32"))


class Calibration(CalibrationDataReader):
    """The samples, one at a time, under the name that the network's input has in ONNX."""

    def __init__(self, calibration, shape):
        self.left = [{"x": np.resize(x, shape).astype("float32")} for x in calibration]

    def get_next(self):
        return self.left.pop() if self.left else None


def save_onnx(model, calibration, x, file):
    """Quantise and dequantise around every operator, weights by channel: what ONNX Runtime's own tool makes by default,
    with unsigned activations, the form for which it has the fastest kernels on x86-64.
    """
    with tempfile.TemporaryDirectory() as folder:
        before, ready = pathlib.Path(folder) / "before.onnx", pathlib.Path(folder) / "ready.onnx"
        make_onnx.save(model, x, before)
        quant_pre_process(str(before), str(ready), skip_symbolic_shape=True)
        quantize_static(str(ready), str(file), Calibration(calibration, x.shape), quant_format=QuantFormat.QDQ,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True)


def main():
    network = int8_networks.NETWORKS[sys.argv[1]]
    folder, batches = pathlib.Path(sys.argv[2]), [int(b) for b in sys.argv[3:]]
    folder.mkdir(parents=True, exist_ok=True)
    k = Framework("tf_keras")
    k.fresh()
    model = networks.trained_looking(k, network, SEED)
    model.save(folder / "float.h5", include_optimizer=False)
    calibration = samples(network)
    for batch in batches:
        x = network.draw(np.random.default_rng(SEED + batch), batch)[0]
        file = folder / f"batch{batch}.tflite"
        save_tflite(model, calibration, x.shape, file)
        save_answers(file, x, folder, batch)
        save_onnx(k.keras.models.load_model(folder / "float.h5", compile=False), calibration, x,
                  folder / f"batch{batch}.onnx")
    (folder / "done").write_text(" ".join(map(str, batches)))


if __name__ == "__main__":
    main()
