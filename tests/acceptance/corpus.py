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
REFUSED = {  # files that cannot run, and the error that says why
    "pilotnet_keras1": "import.unsupported",  # a Lambda, in a file of Keras 1
    "slimnet_portrait": "import.lambda",
    "cartpole_dqn_weights_only": "import.no-architecture",
}


def goldens(corpus):
    for entry in json.loads((corpus / "MANIFEST.json").read_text())["entries"]:
        for case in entry["golden"]:
            if case["model"].endswith(SUFFIXES):
                name = f"{entry['name']}/{case['model']} {pathlib.Path(case['file']).stem}"
                yield runner.Golden(name, corpus / entry["name"], case, REFUSED.get(entry["name"], ""))


def main():
    args = runner.arguments(__doc__).parse_args()
    corpus = pathlib.Path(os.environ.get("VIVACE_CORPUS", program.ROOT.parent / "shared" / "models"))
    if not (corpus / "MANIFEST.json").exists():
        print(f"skipped: the corpus is not at {corpus}; set VIVACE_CORPUS", file=sys.stderr)
        return 0
    return runner.run_all(goldens(corpus), args)


if __name__ == "__main__":
    sys.exit(main())
