#!/usr/bin/env python3
"""Makes examples/: the trained model without its optimiser state, its labels and a picture, and checks the answer."""

import argparse
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LABELS = "airplane automobile bird cat deer dog frog horse ship truck".split()
SQUARE = (100, 300)  # left edge and side of the part of the photograph that is kept


def strip_optimiser(source, target):
    """Copies the architecture and the weights, object by object; the numbers stay bit for bit."""
    import h5py

    with h5py.File(source) as old, h5py.File(target, "w", libver="earliest") as new:
        for key, value in old.attrs.items():
            if key != "training_config":
                new.attrs[key] = value
        old.copy("model_weights", new)


def shrink(photograph, target):
    """The square part at the model's own 32 x 32, each pixel the mean of the area it covers."""
    import numpy as np
    import tensorflow as tf

    picture = tf.io.decode_image(pathlib.Path(photograph).read_bytes(), channels=3).numpy().astype("float32")
    left, side = SQUARE
    small = tf.image.resize(picture[:side, left : left + side], (32, 32), method="area").numpy()
    pixels = np.clip(np.round(small), 0, 255).astype("uint8")
    pathlib.Path(target).write_bytes(tf.io.encode_png(pixels).numpy())
    return pixels


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="pretrainedResnet.h5 of github.com/mlcommons/tiny")
    parser.add_argument("photograph", help="chelsea.png of scikit-image")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "examples")
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tf_keras

    args.out.mkdir(exist_ok=True)
    model = args.out / "cifar10_resnet8.h5"
    strip_optimiser(args.model, model)
    pixels = shrink(args.photograph, args.out / "cat.png")
    (args.out / "cifar10_labels.txt").write_text("\n".join(LABELS) + "\n")
    batch = pixels[None].astype("float32")
    answer = tf_keras.models.load_model(model, compile=False)(batch).numpy()[0]
    whole = tf_keras.models.load_model(args.model, compile=False)(batch).numpy()[0]
    if (answer != whole).any():
        raise SystemExit("the copy without optimiser state answers differently")
    for index in answer.argsort()[::-1][:3]:
        print(f"{LABELS[index]:10} {answer[index]:.6f}")


if __name__ == "__main__":
    main()
