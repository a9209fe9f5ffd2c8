#!/usr/bin/env python3
"""The coverage matrix of Keras files: every layer and operation, every branch of its attributes, its ranks, precisions,
masks and file formats, by generation of Keras.

What there is to cover stands in keras.json (read from Keras itself by tools/golden/universe.py). What is covered is read
from the golden cases that pass: their records hold the layers that ran, with their configurations; where a record does
not, the model file itself is read. A hole is
either explained by a line of explained.txt or printed, and fails the run.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "acceptance"))

import matrix  # noqa: E402
from support import cases, program, runner  # noqa: E402

DATA = program.ROOT / "tests" / "data" / "keras"
BUILD = program.ROOT / "build" / "conformance"


def stamp(path):
    state = path.stat()
    return f"{path.name} {state.st_size} {state.st_mtime_ns}"


def unpacked(archive):
    """The folder with an archive's family, unpacked once."""
    folder = BUILD / "cases" / archive.name.split(".")[0]
    note = folder / "stamp"
    if not note.exists() or note.read_text() != stamp(archive):
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder)
        note.write_text(stamp(archive))
    return folder


def judged(golden, tool):
    with tempfile.TemporaryDirectory() as scratch:
        verdict = runner.run_one(golden, tool, scratch, ())
    return [verdict.state, verdict.text]


def verdicts_of(archive, goldens, tool, pool):
    """Name to [state, text] for one family; kept beside the unpacked files until the program or the archive changes."""
    file = BUILD / f"{archive.name.split('.')[0]}.json"
    key = f"{stamp(tool)}; {stamp(archive)}"
    kept = json.loads(file.read_text()) if file.exists() else {}
    if kept.get("key") != key:
        found = pool.map(lambda g: judged(g, tool), goldens)
        kept = {"key": key, "verdicts": dict(zip((g.name for g in goldens), found))}
        file.write_text(json.dumps(kept))
    return kept["verdicts"]


def run_cases(tool, without):
    """(golden, state, text) for every model file of every family."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for archive in sorted(DATA.glob("*.tar.xz")):
            if archive.name.split(".")[0] == without:
                continue
            goldens = list(cases.goldens(unpacked(archive)))
            found = verdicts_of(archive, goldens, tool, pool)
            yield from ((golden, *found[golden.name]) for golden in goldens)


def print_row(row, width):
    print(f"{row.era:8}  {row.kind:5}  {row.name:{width}}  {len(row.covered):3}/{len(row.covered) + len(row.holes):<3}"
          + (f"  {len(row.explained)} explained" if row.explained else ""))
    by_attribute = collections.defaultdict(list)
    for hole in row.holes:
        attribute, _, branch = hole.partition(" ")
        by_attribute[attribute].append(branch)
    if by_attribute:
        print("          missing: " + "; ".join(f"{a} {', '.join(b)}".strip() for a, b in by_attribute.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="keras", choices=["keras"], help="the file format (default: keras)")
    parser.add_argument("--vivace", type=pathlib.Path, default=program.DEFAULT, help="the program to test")
    parser.add_argument("--only", default="", help="only layers and operations whose name holds this text")
    parser.add_argument("--holes", action="store_true", help="only those with holes")
    parser.add_argument("--without", metavar="FAMILY", help="as if this family of cases did not exist")
    parser.add_argument("--json", action="store_true", help="print the holes as one JSON object")
    args = parser.parse_args()
    if not args.vivace.exists():
        sys.exit(f"there is no {args.vivace}: ./dev build first, or --vivace")
    BUILD.mkdir(parents=True, exist_ok=True)
    universe = json.loads((HERE / "keras.json").read_text())
    coverage, failures, counts = matrix.Coverage(universe), [], collections.Counter()
    for golden, state, text in run_cases(args.vivace, args.without):
        counts[state] += 1
        if state == "failed":
            failures.append(f"{golden.name}  {text}")
        if state == "passed" and not golden.refused and "differs" not in golden.case:
            coverage.add(golden)
    explained = matrix.Explained(HERE / "explained.txt")
    rows = [r for r in matrix.rows(universe, coverage, explained)
            if args.only in r.name]
    if args.json:
        print(json.dumps({f"{r.era}/{r.kind}/{r.name}": r.holes for r in rows if r.holes}, indent=1))
        return 1 if failures or any(r.holes for r in rows) else 0
    width = max((len(r.name) for r in rows), default=0)
    for row in rows:
        if row.holes or not args.holes:
            print_row(row, width)
    holes, covered = sum(len(r.holes) for r in rows), sum(len(r.covered) for r in rows)
    print()
    for line in coverage.files():
        print(line)
    for failure in failures:
        print(f"failed: {failure}")
    stale = [] if args.only else explained.stale()
    for pattern in stale:
        print(f"explained.txt: nothing needs the line {pattern}")
    print(f"\n{counts['passed']} model files pass, {counts['failed']} fail, {counts['skipped']} are skipped")
    print(f"{covered} of {covered + holes} branches covered, {sum(len(r.explained) for r in rows)} explained, "
          f"{holes} holes in {sum(bool(r.holes) for r in rows)} of {len(rows)} rows")
    return 1 if failures or holes or stale else 0


if __name__ == "__main__":
    sys.exit(main())
