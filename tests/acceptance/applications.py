#!/usr/bin/env python3
"""Whole networks against TensorFlow's numbers and float64: every architecture of keras.applications, and a U-Net, LSTMs,
a transformer, ...

With a Python that has TensorFlow (PYTHON=... ./dev acceptance applications) each network is made with seeded weights,
compared, timed as it opens, and deleted, one at a time. With --arithmetic the errors of default and --strict runs are
printed instead, as the table of docs/accuracy.md. With --goldens the files that ./dev golden keras_models made
are compared instead; without either nothing is tested, and the program says so.
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from support import arithmetic, program, runner

MAKER = program.ROOT / "tools" / "golden" / "keras_models.py"
STORED = program.ROOT / "build" / "golden"


def goldens(entry, folder):
    for case in entry["golden"]:
        yield runner.Golden(f"{entry['name']}/{case['model']} {pathlib.Path(case['file']).stem.rpartition('_')[2]}",
                            folder / entry["name"], case,
                            network=f"{entry['name']}/{pathlib.Path(case['model']).stem}")


def made(name, framework, folder):
    """The record of one network whose files now lie in the folder, or None."""
    done = subprocess.run([sys.executable, str(MAKER), str(folder), "--one", name, framework], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
    if done.returncode:
        print(f"failed   {framework}/{name}: could not be made: {done.stderr.strip().splitlines()[-1][:300]}")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def opened(tool, model, feed, cache):
    """(until the file is open, until its first prediction is there): seconds that vivace takes, by that cache."""
    env = dict(os.environ, XDG_CACHE_HOME=str(cache))
    env.pop("VIVACE_CACHE", None)  # off, there would be no prepared form to time
    done = subprocess.run([str(tool), "predict", str(model), str(feed), "--json"], capture_output=True, text=True, env=env)
    if done.returncode:
        return None
    seconds = json.loads(done.stdout)["seconds"]
    return seconds["open"], seconds["open"] + seconds["first_call"]


def opening_lines(entry, folder, tool):
    """How long each file takes to open: the framework, vivace for the first time ever, vivace when it is prepared."""
    import numpy as np

    for file, theirs in entry["seconds_to_open"].items():
        with tempfile.TemporaryDirectory() as scratch:
            case = entry["golden"][0]
            feed = pathlib.Path(scratch) / "feed.npz"
            with np.load(folder / entry["name"] / case["file"]) as arrays:
                np.savez(feed, **{name: arrays[f["array"]] for name, f in case["feeds"].items()})
            times = [opened(tool, folder / entry["name"] / file, feed, pathlib.Path(scratch) / "cache") for _ in range(2)]
        if all(times):
            (first, first_answer), (prepared, answer) = times
            yield (f"{file:28} {entry['parameters'] / 1e6:7.1f} M parameters; opens in {theirs:.2f} s by keras, "
                   f"{1e3 * first:.0f} ms by vivace the first time ({theirs / first:.0f}x), {1e3 * prepared:.2f} ms "
                   f"prepared ({theirs / prepared:.0f}x); and has predicted after {1e3 * first_answer:.0f} ms, "
                   f"{1e3 * answer:.0f} ms")


def tested(entry, folder, args):
    status = runner.run_all(goldens(entry, folder), args)
    for line in opening_lines(entry, folder, args.vivace):
        print(line, flush=True)
    return status


def tabled(entry, folder, args):
    golden = next(g for g in goldens(entry, folder) if g.case["model"].endswith(".h5"))  # .keras holds the same weights
    try:
        print(arithmetic.row(entry, golden, args.vivace), flush=True)
    except RuntimeError as said:
        print(f"failed   {golden.name}: {runner.first_error(str(said))}", flush=True)
        return 1
    return 0


def one_at_a_time(args):
    listed = subprocess.run([sys.executable, str(MAKER), "--applications"], stdout=subprocess.PIPE, check=True, text=True)
    names = args.networks.split(",") if args.networks else listed.stdout.split()
    status = 0
    if args.arithmetic:
        print(arithmetic.HEAD, flush=True)
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            entry = made(name, args.framework, folder)
            if entry is None:
                status = 1
                continue
            status |= (tabled if args.arithmetic else tested)(entry, folder, args)
    return status


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--goldens", type=pathlib.Path, help="the folder that keras_models.py filled, like build/golden")
    parser.add_argument("--networks", default="", help="only these, with commas")
    parser.add_argument("--framework", default="keras3", help="keras3 or tf_keras, where they are made here")
    parser.add_argument("--arithmetic", action="store_true", help="print the errors of default and --strict runs as a table")
    args = parser.parse_args()
    if not args.goldens and importlib.util.find_spec("tensorflow"):
        return one_at_a_time(args)
    stored = args.goldens or STORED
    manifest = stored / "manifest.json"
    if not manifest.exists():
        print(f"skipped: this Python has no TensorFlow, and there is no {manifest}; make it with ./dev golden "
              "keras_models", file=sys.stderr)
        return 0
    entries = json.loads(manifest.read_text())["entries"]
    return runner.run_all([g for entry in entries for g in goldens(entry, stored)], args)


if __name__ == "__main__":
    sys.exit(main())
