"""The cases that tools/golden/keras_layers.py and programs.py record: FAMILY/cases.json, the files beside it."""

import json
import pathlib

from . import runner


def goldens(folder):
    """One for every model file of every family under the folder."""
    for manifest in sorted(folder.glob("*/cases.json")):
        for case in json.loads(manifest.read_text())["cases"]:
            where = manifest.parent / case["name"].split("/")[0]
            for model in case["models"]:
                architecture = where / pathlib.Path(model).with_name("model.json")
                options = ["--architecture", str(architecture)] if architecture.exists() else []
                for layer, function in case.get("lambdas", {}).items():
                    options += ["--map-lambda", f"{layer}={function}"]
                yield runner.Golden(f"{case['family']}/{case['name'].split('/')[0]}/{model}", where,
                                    case | {"model": model}, case.get("refused", ""), tuple(options))
