#!/usr/bin/env python3
"""Every Keras file of the corpus of real models, through vivace predict, within the manifest's limits.

The corpus is the folder VIVACE_CORPUS, or ../shared/models beside the project; without it nothing is tested, and the
program says so.
"""

import json
import os
import pathlib
import sys

from support import program, runner

SUFFIXES = (".h5", ".hdf5", ".keras")
RESIZE = "lambda{}=tf.compat.v1.image.resize_bilinear(x, [{size}, {size}], align_corners=True)"
LAMBDAS = {  # what the Lambda layers compute, as their authors' programs say
    "pilotnet_keras1": ["lambda_1=lambda x: x / 127.5 - 1.0"],
    "slimnet_portrait": [RESIZE.format("", size=32), RESIZE.format("_1", size=64), RESIZE.format("_2", size=128),
                         "strided_slice=x[:, :, :, 1:2]"],
}
ARCHITECTURES = {"cartpole_dqn_weights_only": pathlib.Path(__file__).parent / "support" / "cartpole_dqn.json"}


def options_for(name):
    options = [word for function in LAMBDAS.get(name, []) for word in ("--map-lambda", function)]
    if name in ARCHITECTURES:
        options += ["--architecture", str(ARCHITECTURES[name])]
    return tuple(options)


def goldens(corpus):
    for entry in json.loads((corpus / "MANIFEST.json").read_text())["entries"]:
        for case in entry["golden"]:
            if case["model"].endswith(SUFFIXES):
                name = f"{entry['name']}/{case['model']} {pathlib.Path(case['file']).stem}"
                yield runner.Golden(name, corpus / entry["name"], case, options=options_for(entry["name"]))


def main():
    args = runner.arguments(__doc__).parse_args()
    corpus = pathlib.Path(os.environ.get("VIVACE_CORPUS", program.ROOT.parent / "shared" / "models"))
    if not (corpus / "MANIFEST.json").exists():
        print(f"skipped: the corpus is not at {corpus}; set VIVACE_CORPUS", file=sys.stderr)
        return 0
    return runner.run_all(goldens(corpus), args)


if __name__ == "__main__":
    sys.exit(main())
