#!/usr/bin/env python3
"""The small Keras models of tests/data/keras, one layer or option each, through vivace predict."""

import json
import pathlib
import sys
import tarfile
import tempfile

from support import program, runner

DATA = program.ROOT / "tests" / "data" / "keras"


def goldens(folder):
    for manifest in sorted(folder.glob("*/cases.json")):
        for case in json.loads(manifest.read_text())["cases"]:
            where = manifest.parent / case["name"].split("/")[0]
            for model in case["models"]:
                architecture = where / pathlib.Path(model).with_name("model.json")
                options = ("--architecture", str(architecture)) if architecture.exists() else ()
                yield runner.Golden(f"{case['family']}/{case['name'].split('/')[0]}/{model}", where,
                                    case | {"model": model}, case.get("refused", ""), options)


def main():
    args = runner.arguments(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for archive in DATA.glob("*.tar.xz"):
            with tarfile.open(archive) as tar:
                tar.extractall(folder)
        return runner.run_all(list(goldens(pathlib.Path(folder))), args)


if __name__ == "__main__":
    sys.exit(main())
