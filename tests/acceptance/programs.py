#!/usr/bin/env python3
"""Programs as users write them, Keras's guides and examples in small, through vivace predict.

Their models are made by tools/golden/programs.py, which needs TensorFlow: where PYTHON has it and the folder is not
there yet, this makes them; without them nothing is tested, and the program says so.
"""

import importlib.util
import pathlib
import subprocess
import sys

from support import cases, program, runner


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--goldens", type=pathlib.Path, default=program.ROOT / "build" / "programs",
                        help="the folder that programs.py filled (default: build/programs)")
    args = parser.parse_args()
    if not args.goldens.exists():
        if not importlib.util.find_spec("tensorflow"):
            print(f"skipped: there is no {args.goldens}, and no TensorFlow to make it: PYTHON=... ./dev golden programs",
                  file=sys.stderr)
            return 0
        make = program.ROOT / "tools" / "golden" / "programs.py"
        subprocess.run([sys.executable, make, "--work", args.goldens], check=True)
    return runner.run_all(list(cases.goldens(args.goldens)), args)


if __name__ == "__main__":
    sys.exit(main())
