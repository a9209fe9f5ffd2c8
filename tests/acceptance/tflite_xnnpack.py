#!/usr/bin/env python3
"""The integer cases of the corpus as XNNPACK rounds them: vivace --rounding xnnpack beside LiteRT with its delegate.

    PYTHON tests/acceptance/tflite_xnnpack.py [--only yamnet]

Counts the numbers that differ in all outputs, which may be none, and for comparison those of the reference's rounding.
Needs ai_edge_litert and the corpus (VIVACE_CORPUS).
"""

import collections
import importlib.util
import os
import pathlib
import sys
import tempfile

import numpy as np
import tflite
from support import feeds, program, runner


def answer_of(model, case, arrays):
    """LiteRT's outputs, each stacked over the calls."""
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(str(model))
    details, inputs, calls = {d["name"]: d for d in interpreter.get_input_details()}, {}, case.get("calls", 1)
    for name, feed in case["feeds"].items():
        x = tflite.value_of(feed, arrays, case["file"])
        detail = details.get(name) or next(iter(details.values()))  # a signature has a name of its own for the one input
        inputs[detail["index"]] = x if feed.get("per_call") else np.stack([x] * calls)
    for index, x in inputs.items():
        interpreter.resize_tensor_input(index, x.shape[1:])
    interpreter.allocate_tensors()
    told = []
    for call in range(calls):
        if call and case.get("reset_between_calls"):
            interpreter.reset_all_variables()
        for index, x in inputs.items():
            interpreter.set_tensor(index, x[call])
        interpreter.invoke()
        told.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
    return [np.stack(one) for one in zip(*told)]


def differing(tool, folder, case, scratch, rounding, wanted):
    """How many numbers differ, and what vivace said where it gave none."""
    options = [f"--rounding={rounding}", "--no-cache"]
    outputs, said = tflite.run_stacked(tool, folder / case["model"], case, feeds.Arrays(folder), scratch, options)
    if outputs is None:
        return None, runner.first_error(said)
    mine = [np.stack([call[name] for call in outputs]) for name in outputs[0]]
    if [m.shape for m in mine] != [w.shape for w in wanted]:
        return None, f"{[m.shape for m in mine]}, not {[w.shape for w in wanted]}"
    return sum(int((m != w).sum()) for m, w in zip(mine, wanted)), ""


def verdict_of(tool, folder, case, scratch):
    try:
        wanted = answer_of(folder / case["model"], case, feeds.Arrays(folder))
    except (RuntimeError, ValueError) as reason:
        return "skipped", f"LiteRT: {str(reason)[:90].splitlines()[0]}"
    count, said = differing(tool, folder, case, scratch, "xnnpack", wanted)
    if count is None:
        return "failed", said
    other, _ = differing(tool, folder, case, scratch, "reference", wanted)
    text = f"{count} of {sum(w.size for w in wanted)} differ, by the reference's rounding {other}"
    return "failed" if count else "passed", text


def main():
    args = runner.arguments(__doc__).parse_args()
    corpus = pathlib.Path(os.environ.get("VIVACE_CORPUS", program.ROOT.parent / "shared" / "models"))
    if not (corpus / "MANIFEST.json").exists() or importlib.util.find_spec("ai_edge_litert") is None:
        print(f"skipped: it needs the corpus, which is not at {corpus}, or a PYTHON with ai_edge_litert", file=sys.stderr)
        return 0
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for label, folder, case in tflite.cases_of(corpus):
            if case["arithmetic"] != "integer" or args.only not in label:
                continue
            state, said = verdict_of(args.vivace, folder, case, scratch)
            counts[state] += 1
            if state != "passed" or not args.quiet:
                print(f"{state:7}  {label}: {said}", flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return int(counts["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
