#!/usr/bin/env python3
"""Whole networks (MobileNetV2, ResNet50, EfficientNetB0, U-Net, ...) against TensorFlow's numbers and float64.

Their files are made by tools/golden/keras_models.py, which needs TensorFlow; without them nothing is tested, and the
program says so.
"""

import json
import pathlib
import sys

from support import program, runner


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--goldens", type=pathlib.Path, default=program.ROOT / "build" / "golden",
                        help="the folder that keras_models.py filled (default: build/golden)")
    args = parser.parse_args()
    manifest = args.goldens / "manifest.json"
    if not manifest.exists():
        print(f"skipped: there is no {manifest}; make it with ./dev golden keras_models", file=sys.stderr)
        return 0
    goldens = [runner.Golden(f"{entry['name']}/{case['model']} {pathlib.Path(case['file']).stem.rpartition('_')[2]}",
                             args.goldens / entry["name"], case,
                             network=f"{entry['name']}/{pathlib.Path(case['model']).stem}")
               for entry in json.loads(manifest.read_text())["entries"] for case in entry["golden"]]
    return runner.run_all(goldens, args)


if __name__ == "__main__":
    sys.exit(main())
