#!/usr/bin/env python3
"""The small Keras models of tests/data/keras, one layer or option each, through vivace predict."""

import pathlib
import sys
import tarfile
import tempfile

from support import cases, program, runner

DATA = program.ROOT / "tests" / "data" / "keras"


def main():
    args = runner.arguments(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for archive in DATA.glob("*.tar.xz"):
            with tarfile.open(archive) as tar:
                tar.extractall(folder)
        return runner.run_all(list(cases.goldens(pathlib.Path(folder))), args)


if __name__ == "__main__":
    sys.exit(main())
