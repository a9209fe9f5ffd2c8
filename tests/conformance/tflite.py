#!/usr/bin/env python3
"""The coverage matrix of TensorFlow Lite: every operator with the types, branches of attributes and shapes that its
cases cover, through vivace predict. Integers may not differ from the reference kernels' in any element, floats by 1e-5 of
the largest. The cases are stored (tests/data/tflite_conformance.tar.xz, and those of tests/data/tflite); with a PYTHON that has TensorFlow, --wide makes
and runs more of them. A hole is an operator without a case, one whose numbers differ, a combination that vivace refuses, with
whatever error, although the reference kernels compute it, or a branch of a flag that no case takes. Holes that are known stand in tflite_holes.txt; others fail.
"""

import argparse
import collections
import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "acceptance"))

import numpy as np  # noqa: E402
from support import program, runner  # noqa: E402

ARCHIVE = program.ROOT / "tests" / "data" / "tflite_conformance.tar.xz"
MAKER = program.ROOT / "tools" / "golden" / "tflite_conformance.py"
BUILD = program.ROOT / "build" / "conformance"
FLOAT_LIMIT = 1e-5


def unpacked(archive, under=BUILD):
    folder = under / archive.name.split(".")[0]
    note, state = folder / "stamp", archive.stat()
    stamp = f"{state.st_size} {state.st_mtime_ns}"
    if not note.exists() or note.read_text() != stamp:
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder)
        note.write_text(stamp)
    return folder


def difference(mine, want):
    """What is wrong with an answer; "" where nothing is."""
    if mine.shape != want.shape or mine.dtype != want.dtype:
        return f"{mine.dtype}{mine.shape}, not {want.dtype}{want.shape}"
    if want.dtype.kind != "f":
        return "" if np.array_equal(mine, want) else f"{int((mine != want).sum())} of {want.size} differ"
    if not want.size:
        return ""
    far = float(np.abs(mine.astype("f8") - want).max() / max(np.abs(want).max(), 1e-3))
    return "" if far <= FLOAT_LIMIT else f"{far:.1e} apart"


def verdict_of(tool, folder, name):
    """passed, refused or failed, and why."""
    arrays = np.load(folder / f"{name}.npz")
    names = [n["name"] for n in inputs_of(tool, folder / f"{name}.tflite")]
    feeds = [arrays[f"x{i}"] for i in range(sum(key[0] == "x" for key in arrays))]
    with tempfile.TemporaryDirectory() as scratch:
        inputs = dict(zip(names, feeds)) if len(names) == len(feeds) else {}
        found, said = program.predict(tool, folder / f"{name}.tflite", inputs, scratch, ("--no-cache",))
    if found is None:
        first = runner.first_error(said)
        return "refused" if first.startswith("error[") else "failed", first
    wanted = [arrays[f"y{i}"] for i in range(sum(key[0] == "y" for key in arrays))]
    if len(found) != len(wanted):
        return "failed", f"{len(found)} outputs, not {len(wanted)}"
    wrong = [text for text in map(difference, found.values(), wanted) if text]
    return ("failed", wrong[0]) if wrong else ("passed", "")


@functools.cache
def records_elsewhere():
    """The cases of tests/data/tflite by archive and name, and the folder with their files."""
    found = {}
    for archive in sorted((ARCHIVE.parent / "tflite").glob("*.tar.xz")):
        family = archive.name.split(".")[0]
        folder = unpacked(archive, BUILD / "elsewhere") / family
        for record in json.loads((folder / "cases.json").read_text())["cases"]:
            for feed in record["feeds"].values():
                feed["per_call"] = True
            found[f"{family}/{record['name']}"] = folder, record
    return found


def verdict_elsewhere(tool, name):
    folder, record = records_elsewhere()[name]
    options = "--no-cache", f"--rounding={record.get('rounding', 'reference')}"
    with tempfile.TemporaryDirectory() as scratch:
        verdict = runner.run_one(runner.Golden(name, folder, record), tool, scratch, options)
    refused = verdict.state == "failed" and verdict.text.startswith("error[")
    return "refused" if refused else verdict.state, verdict.text


def inputs_of(tool, file):
    done = subprocess.run([str(tool), "inspect", str(file), "--json"], capture_output=True, text=True)
    return json.loads(done.stdout)["inputs"] if done.stdout.startswith("{") else []


def run_all(tool, folder, names):
    def judge(name):
        return verdict_elsewhere(tool, name) if "/" in name else verdict_of(tool, folder, name)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(judge, names)))


class Row:
    """An operator: how often each of its types and branches is covered by a case that passes, and what is not."""

    def __init__(self, name):
        self.name, self.cases = name, 0
        self.refused, self.failed = collections.Counter(), collections.Counter()
        self.types, self.branches = collections.Counter(), collections.Counter()

    def add(self, record, state):
        if state == "refused":
            self.refused[record["types"]] += 1
        if state == "failed":
            self.failed[record["types"]] += 1
        if state == "passed":
            self.cases += 1
            self.types[record["types"]] += 1
            self.branches.update(record["branches"])

    def holes(self):
        if not self.cases and not self.refused and not self.failed:
            return [f"{self.name}: no case"]
        found = [f"{self.name}: {types} is refused" for types in sorted(self.refused) if not self.types[types]]
        found += [f"{self.name}: {types} differs" for types in sorted(self.failed)]
        if self.cases:
            flags = {b.rsplit(" ", 1)[0] for b in self.branches if b.endswith((" True", " False"))}
            found += [f"{self.name}: {flag} is never {value}" for flag in sorted(flags) for value in ("True", "False")
                      if not self.branches[f"{flag} {value}"]]
        return found

    def text(self):
        lines = [f"{self.name}  {self.cases} cases"]
        for what, counts in (("types", self.types), ("branches", self.branches)):
            if counts:
                lines.append(f"    {what}: " + "; ".join(f"{key} ({count})" for key, count in sorted(counts.items())))
        return "\n".join(lines)


def selected(cases, only):
    """The cases of the operator of that name, in either case, or whose name holds the text."""
    by_operator = [name for name, records in cases.items()
                   if only.upper() in (record["operator"] for record in records)]
    return by_operator or [name for name in cases if only.lower() in name.lower()]


def rows_of(table, verdicts):
    rows = {name: Row(name) for name in table["operators"]}
    for name, (state, _) in verdicts.items():
        for record in table["cases"][name]:
            rows.setdefault(record["operator"], Row(record["operator"])).add(record, state)
    return rows.values()


def known_holes():
    lines = (HERE / "tflite_holes.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vivace", type=pathlib.Path, default=program.DEFAULT, help="the program to test")
    parser.add_argument("--only", default="", help="only this operator's cases, or those whose name holds this text")
    parser.add_argument("--holes", action="store_true", help="only the holes, as tflite_holes.txt has them")
    parser.add_argument("--wide", action="store_true", help="make more cases first: needs TensorFlow")
    args = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    archive = BUILD / "tflite_wide.tar.xz" if args.wide else ARCHIVE
    if args.wide and not archive.exists():
        subprocess.run([sys.executable, MAKER, "--wide", archive], check=True)
    folder = unpacked(archive)
    table = json.loads((folder / "cases.json").read_text())
    table["cases"].update(table.get("elsewhere", {}))
    records_elsewhere()
    names = selected(table["cases"], args.only)
    if not names:
        print(f"{args.only!r} is no operator with a case, and no case's name holds it: tests/conformance/tflite_holes.txt "
              "lists the operators without one")
        return 1
    verdicts = run_all(args.vivace, folder, names)
    rows = list(rows_of(table, verdicts))
    holes = [hole for row in rows for hole in row.holes()]
    if args.holes:
        print("\n".join(holes))
        return 0
    for row in rows:
        if row.cases:
            print(row.text())
    failures = [f"{name}: {said}" for name, (state, said) in verdicts.items() if state == "failed"]
    new = [] if args.only or args.wide else [hole for hole in holes if hole not in known_holes()]
    closed = [] if args.only or args.wide else sorted(known_holes() - set(holes))
    for title, lines in (("failed", failures), ("a new hole", new), ("no hole any more, strike it", closed)):
        for line in lines:
            print(f"{title}: {line}")
    counts = collections.Counter(state for state, _ in verdicts.values())
    print(f"\n{counts['passed']} cases pass, {counts['failed']} fail, {counts['refused']} are refused; "
          f"{sum(row.cases > 0 for row in rows)} of {len(rows)} operators covered, {len(holes)} holes "
          f"({HERE.name}/tflite_holes.txt lists {len(known_holes())})")
    return 1 if new or closed else 0


if __name__ == "__main__":
    sys.exit(main())
