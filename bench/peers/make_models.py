#!/usr/bin/env python3
"""Writes one network for every engine: model.h5 by tf_keras, .onnx and .tflite made from it, input and answer.

usage: make_models.py NETWORK FOLDER BATCH...   (in the peers' environment)
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "golden"))

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import make_onnx  # noqa: E402
import networks  # noqa: E402
import speed_networks  # noqa: E402
from framework import Framework  # noqa: E402

SEED = 11


def save_tflite(model, x, file):
    """The same computation with the batch fixed."""
    spec = tf.TensorSpec(x.shape, x.dtype, name="x")
    function = tf.function(lambda x: model(x, training=False), input_signature=[spec])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], model)
    file.write_bytes(converter.convert())


def main():
    network = (networks.NETWORKS | speed_networks.NETWORKS)[sys.argv[1]]
    folder, batches = pathlib.Path(sys.argv[2]), [int(b) for b in sys.argv[3:]]
    folder.mkdir(parents=True, exist_ok=True)
    k = Framework("tf_keras")
    k.fresh()
    model = networks.trained_looking(k, network, SEED)
    model.save(folder / "model.h5", include_optimizer=False)
    inputs = {batch: network.draw(np.random.default_rng(SEED + batch), batch)[0] for batch in batches}
    for batch, x in inputs.items():
        np.save(folder / f"batch{batch}_x.npy", x)
        np.save(folder / f"batch{batch}_y.npy", model(x, training=False).numpy())
        save_tflite(model, x, folder / f"batch{batch}.tflite")
    for batch, x in inputs.items():
        fresh = k.keras.models.load_model(folder / "model.h5", compile=False)
        make_onnx.save(fresh, x, folder / f"batch{batch}.onnx")
    (folder / "done").write_text(" ".join(map(str, batches)))


if __name__ == "__main__":
    main()
