"""Runs golden cases through the program and prints one line for each."""

import argparse
import collections
import dataclasses
import pathlib
import sys
import tempfile

import numpy as np

from . import compare, feeds, program


@dataclasses.dataclass
class Golden:
    name: str  # what the table calls it
    folder: pathlib.Path
    case: dict  # a record as MANIFEST.json's "golden" has them
    refused: str = ""  # the error id that must come instead of numbers
    options: tuple = ()  # what this case needs on the command line
    network: str = ""  # cases of one network share the comparison with float64


@dataclasses.dataclass
class Verdict:
    state: str  # passed, failed or skipped
    text: str
    to_float64: tuple = (0.0, 0.0)  # the error against a float64 evaluation: ours, the framework's


def check_output(golden, arrays, mine, fetch):
    """(holds, text, distances to float64) for one output."""
    case, array = golden.case, fetch["array"]
    spec = case.get("arrays", {}).get(array, {})
    stored = arrays.get(compare.stored_name(array, spec), case["file"])
    limit = case["limits"][array]
    kept = compare.stored_part(mine, spec)
    holds, far = compare.within(kept, stored, limit, case.get("outliers"))
    if not holds:
        return False, f"{far if isinstance(far, str) else f'{far:.2g}'} against {limit}", (0.0, 0.0)
    if not compare.top1_agrees(kept, stored, limit.get("atol", 1)):
        return False, "another top-1", (0.0, 0.0)
    to_float64 = (0.0, 0.0)
    text = f"{far:.1e} of {limit.get('atol', limit)}"
    if array in case.get("exact", {}):
        exact = arrays.get(case["exact"][array], case["file"])
        to_float64 = compare.error(kept, exact), compare.error(stored, exact)
        text += ", to float64 {:.1e} ({:.1e} theirs)".format(*to_float64)
    return True, text, to_float64


def first_error(said):
    lines = said.splitlines()
    return next((line for line in lines if line.startswith("error[")), lines[-1])


def run_one(golden, tool, scratch, options):
    case, arrays = golden.case, feeds.Arrays(golden.folder)
    calls = ("--calls",) if case.get("calls", 1) > 1 else ()
    try:
        inputs = {n: feeds.value_of(f, arrays, case["file"]) for n, f in case["feeds"].items()}
    except feeds.Unsupported as reason:
        return Verdict("skipped", str(reason))
    if calls:  # what is not given for each call is the same in all
        inputs = {n: x if case["feeds"][n].get("per_call") else np.stack([x] * case["calls"]) for n, x in inputs.items()}
    outputs, said = program.predict(tool, golden.folder / case["model"], inputs, scratch,
                                    (*golden.options, *calls, *options))
    if golden.refused:
        if outputs is not None:
            return Verdict("failed", f"must be refused with {golden.refused}, but it ran")
        found = f"error[{golden.refused}]" in said
        return Verdict("passed" if found else "failed", first_error(said))
    if outputs is None:
        return Verdict("failed", first_error(said))
    texts, to_float64 = [], (0.0, 0.0)
    for name, fetch in case["fetches"].items():
        if name not in outputs:
            return Verdict("failed", f"no output {name!r}, only {', '.join(outputs)}")
        holds, text, distances = check_output(golden, arrays, outputs[name], fetch)
        if not holds and "differs" in case:
            return Verdict("passed", f"other numbers than the framework's: {case['differs']}")
        if not holds:
            return Verdict("failed", f"{name}: {text}")
        texts.append(text)
        to_float64 = tuple(map(max, to_float64, distances))
    return Verdict("passed", "; ".join(texts[:2]), to_float64)


def check_float64(distances, counts):
    """Of each network, over all its inputs: at most twice the framework's own error against float64."""
    for network, (own, theirs) in distances.items():
        holds = own <= 2 * theirs
        counts["passed" if holds else "failed"] += 1
        print(f"{'passed' if holds else 'failed':7}  {network}: error to float64 {own:.1e}, "
              f"the framework's {theirs:.1e}", flush=True)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--vivace", type=pathlib.Path, default=program.DEFAULT, help="the program to test")
    parser.add_argument("--only", default="", help="only cases whose name holds this text")
    parser.add_argument("--quiet", action="store_true", help="print only what did not pass")
    parser.add_argument("--option", action="append", default=[],
                        help="passed on to vivace predict, as --option=--strict")
    return parser


def run_all(goldens, args):
    """Prints a table; the exit status for the caller."""
    if not args.vivace.exists():
        sys.exit(f"there is no {args.vivace}: ./dev build first, or --vivace")
    chosen = [g for g in goldens if args.only in g.name]
    counts = collections.Counter()
    distances = collections.defaultdict(lambda: (0.0, 0.0))
    width = max((len(g.name) for g in chosen), default=0)
    with tempfile.TemporaryDirectory() as scratch:
        for golden in chosen:
            verdict = run_one(golden, args.vivace, scratch, args.option)
            counts[verdict.state] += 1
            if golden.network and verdict.to_float64[1]:
                distances[golden.network] = tuple(map(max, distances[golden.network], verdict.to_float64))
            if verdict.state != "passed" or not args.quiet:
                print(f"{verdict.state:7}  {golden.name:{width}}  {verdict.text}", flush=True)
    check_float64(distances, counts)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not chosen else 0
