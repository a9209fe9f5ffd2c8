#!/usr/bin/env python3
"""Makes the models of programs as users write them (Keras's guides and examples, in small), with inputs and outputs.

Needs Python with tensorflow, keras 3, tf_keras and h5py. tests/acceptance/programs.py runs this and checks the models.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import keras_layers  # noqa: E402


def main():
    args = keras_layers.arguments(__doc__).parse_args()
    if args.framework:
        return keras_layers.worker("programs", args)
    work = pathlib.Path(args.work or keras_layers.ROOT / "build" / "programs")
    keras_layers.make("programs", args, work)


if __name__ == "__main__":
    main()
