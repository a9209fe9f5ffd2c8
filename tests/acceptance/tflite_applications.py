#!/usr/bin/env python3
"""Ten networks of keras.applications as TensorFlow Lite files in four forms, against the reference kernels.

    PYTHON tests/acceptance/tflite_applications.py [--only MobileNet] [--table]

float32 and float16 agree within 1e-4 of the largest number, int8 in every byte. So does dynamic range, within 1e-4,
unless a float sum that differs in its last bit before a layer rounds to the neighbouring step there, of which untrained
networks make much (TensorFlow Lite's own answer moves by up to a third when its input is scaled by one millionth). Then
the kernels without fused multiply-adds, which round each product as TensorFlow Lite's builds for x86-64 do, must agree
within 1e-4; or, where other functions differ in their last bit as well (HARD_SWISH), the answer must be as near to the
float32 network's as TensorFlow Lite's is, or 1.5 times as far. Each single operator of dynamic range is compared by
./dev conformance tflite. The models are made first where they are missing
(build/tflite_applications), which needs TensorFlow and, for all forty, half an hour.
"""

import importlib.util
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from support import program, runner

FOLDER = program.ROOT / "build" / "tflite_applications"
MAKER = program.ROOT / "tools" / "golden" / "tflite_applications.py"
FORMS = ("float32", "float16", "dynamic", "int8")
LIMIT, NEAR = 1e-4, 1.5


def relative(mine, want):
    return float(np.abs(mine - want).max() / np.abs(want).max())


def without_fused(tool, folder, arrays, scratch):
    """The same network's dynamic range by the plain kernels: how far from TensorFlow Lite's answer."""
    options, environment = ("--no-cache",), {"VIVACE_ISA": "baseline"}
    found, _ = program.predict(tool, folder / "dynamic.tflite", {"": arrays["x"]}, scratch, options, environment)
    return relative(next(iter(found.values())).astype("float64"), arrays["y"]) if found else float("inf")


def verdict_of(tool, folder, form, scratch):
    """(holds, what to say): the largest difference of the largest value."""
    arrays = np.load(folder / f"{form}.npz")
    found, said = program.predict(tool, folder / f"{form}.tflite", {"": arrays["x"]}, scratch, ("--no-cache",))
    if found is None:
        return False, runner.first_error(said)
    mine, want = next(iter(found.values())).astype("float64"), arrays["y"].astype("float64")
    if mine.shape != want.shape:
        return False, f"{mine.shape}, not {want.shape}"
    if form == "int8":
        return np.array_equal(mine, want), f"{int((mine != want).sum())} of {want.size} bytes differ"
    apart = relative(mine, want)
    if form == "dynamic" and apart > LIMIT:
        if (plain := without_fused(tool, folder, arrays, scratch)) <= LIMIT:
            return True, f"{apart:.2f}; {plain:.1e} without fused multiply-adds"
        exact = np.load(folder / "float32.npz")["y"].astype("float64")
        own, theirs = relative(mine, exact), relative(want, exact)
        return own <= NEAR * theirs, f"{apart:.2f}; from float32 {own:.2f}, theirs {theirs:.2f}"
    same = bool((mine.argmax(-1) == want.argmax(-1)).all())
    return apart <= LIMIT and same, f"{apart:.1e}" + ("" if same else ", another top-1")


def make_missing(names):
    missing = [n for n in names if any(not (FOLDER / n / f"{form}.npz").exists() for form in FORMS)]
    if missing and importlib.util.find_spec("tensorflow") is None:
        print(f"skipped: {', '.join(missing)} are not made yet, which needs TensorFlow: PYTHON=...")
    elif missing:
        subprocess.run([sys.executable, MAKER, FOLDER, *missing], check=True)


def names_of(only):
    """From the maker's table, without its imports."""
    text = MAKER.read_text()
    sizes = eval(text[text.index("SIZES = ") + len("SIZES = "):text.index("SEED, SAMPLES")], {})
    return [name for name in sizes if only in name]


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--made", action="store_true", help="make none")
    parser.add_argument("--table", action="store_true", help="in Markdown")
    args = parser.parse_args()
    names = names_of(args.only)
    if not args.made:
        make_missing(names)
    failed = passed = 0
    if args.table:
        print("| network | " + " | ".join(FORMS) + " |\n|---" + "|---" * len(FORMS) + "|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            told = []
            for form in FORMS:
                if not (FOLDER / name / f"{form}.npz").exists():
                    told.append("not made")
                    continue
                holds, said = verdict_of(args.vivace, FOLDER / name, form, scratch)
                passed, failed = passed + holds, failed + (not holds)
                told.append(said)
                if not args.table and not (holds and args.quiet):
                    print(f"{'passed' if holds else 'failed':7}  {name} {form}: {said}", flush=True)
            if args.table:
                print(f"| {name} | " + " | ".join(told) + " |", flush=True)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
