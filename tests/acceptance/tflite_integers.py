#!/usr/bin/env python3
"""Quantised TensorFlow Lite models of one operator, through vivace predict: no element may differ.

    PYTHON tests/acceptance/tflite_integers.py [--family linear] [--only conv_2d]

The models are those that tools/golden/quantised_cases writes, of every type and attribute that the reference kernels
know, run here by both. Needs TensorFlow.
"""

import collections
import importlib
import pathlib
import sys
import tempfile

import numpy as np
from support import program, runner

sys.path.insert(0, str(program.ROOT / "tools" / "golden"))
import tflite_model  # noqa: E402

FAMILIES = ("linear", "elementwise", "functions", "hybrid")


class Recorder:
    """Takes the place of what runs a model, and of what stores its case."""

    def __init__(self):
        self.ran, self.cases = None, []

    def run(self, model, *feeds, **keywords):
        answers = tflite_model.run(model, *feeds, **keywords)
        self.ran = model, feeds, answers
        return answers

    def add(self, name, *_):
        """A hybrid case is added in two halves; the model counts once."""
        if self.ran:
            self.cases.append((name, *self.ran))
        self.ran = None


def cases_of(family):
    recorder, module = Recorder(), importlib.import_module(f"quantised_cases.{family}")
    module.run = recorder.run
    module.cases(recorder)
    return recorder.cases


def names_of_inputs(model):
    return [d["name"] for d in tflite_model.tf.lite.Interpreter(model_content=model).get_input_details()]


def verdict_of(tool, model, feeds, answers, scratch):
    file = pathlib.Path(scratch) / "model.tflite"
    file.write_bytes(model)
    inputs = dict(zip(names_of_inputs(model), feeds))
    found, said = program.predict(tool, file, inputs, scratch, ("--no-cache",))
    if found is None:
        return "refused", runner.first_error(said)
    for mine, wanted in zip(found.values(), answers, strict=True):
        if mine.shape != wanted.shape:
            return "failed", f"{mine.shape}, not {wanted.shape}"
        if not np.array_equal(mine, wanted):
            return "failed", f"{int((mine != wanted).sum())} of {wanted.size} differ"
    return "passed", ""


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--family", action="append", choices=FAMILIES, help="only this one; may be given again")
    args = parser.parse_args()
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for family in args.family or FAMILIES:
            for name, model, feeds, answers in cases_of(family):
                if args.only in name:
                    state, said = verdict_of(args.vivace, model, feeds, answers, scratch)
                    counts[family, state] += 1
                    if state != "passed" or not args.quiet:
                        print(f"{state:7}  {family} {name}: {said}", flush=True)
    for (family, state), count in sorted(counts.items()):
        print(f"{family}: {count} {state}")
    return int(any(state != "passed" for _, state in counts))


if __name__ == "__main__":
    sys.exit(main())
