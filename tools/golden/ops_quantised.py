"""Golden cases of the quantised operators: what TensorFlow Lite's reference kernels give, to the byte.

usage: python tools/golden/ops_quantised.py [NAME...]       (writes tests/data/ops/quantised_NAME.txt)

Each case is a TensorFlow Lite model of one operator; attributes() functions say how the file's scales become
the attributes of ours, in the precision in which TensorFlow Lite computes them.
"""

import importlib
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import tensorflow as tf

from operator_cases import Cases

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "ops"
FAMILIES = ("linear", "elementwise", "functions", "hybrid", "recurrent", "detection", "audio")


def main(names):
    for name in names or FAMILIES:
        out = Cases(FOLDER / f"quantised_{name}.txt",
                    f"made by tools/golden/ops_quantised.py with TensorFlow Lite {tf.__version__}, reference kernels")
        importlib.import_module(f"quantised_cases.{name}").cases(out)
        out.write()


if __name__ == "__main__":
    main(sys.argv[1:])
