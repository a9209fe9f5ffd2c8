#!/usr/bin/env python3
"""vivace doctor on programs whose one cause is known, and on healthy ones: is the first cause the right one?

PYTHON (or --python) is the Python that runs them; scenarios whose modules it lacks are skipped, and told. Those that
need root and control groups are skipped for others. Prints each run, the confusion matrix, and Wilson intervals.
"""

import argparse
import collections
import contextlib
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from support import doctor_scenarios

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = pathlib.Path("/sys/fs/cgroup")


def wilson(right, count, z=1.96):
    if not count:
        return 0.0, 1.0
    p, d = right / count, 1 + z * z / count
    middle = (p + z * z / (2 * count)) / d
    half = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / d
    return max(0.0, middle - half), min(1.0, middle + half)


@contextlib.contextmanager
def spinning(count):
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@contextlib.contextmanager
def limited(quota):
    """A control group with a quota, of version 1 or 2; gives what a child does to enter it, or nothing."""
    if not quota:
        yield None
        return
    old = GROUPS / "cpu" / "cpu.cfs_quota_us"
    folder = (GROUPS / "cpu" if old.exists() or (GROUPS / "cpu").exists() else GROUPS) / f"vivace-{os.getpid()}"
    folder.mkdir()
    try:
        if (folder / "cpu.max").exists():
            (folder / "cpu.max").write_text(f"{int(quota * 100000)} 100000")
        else:
            (folder / "cpu.cfs_quota_us").write_text(str(int(quota * 100000)))
        yield lambda: (folder / "cgroup.procs").write_text(str(os.getpid()))
    finally:
        for _ in range(50):
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.1)


def examine(tool, python, case, work, keep=None):
    """(diagnosis, seconds) of one run."""
    script = work / "s.py"
    script.write_text(case.source)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OMP_", "OPENBLAS"))}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3"} | case.environment
    report = work / "d.json"
    report.unlink(missing_ok=True)
    save = ["--save", str(keep)] if keep else []
    command = [*case.before, str(tool), "doctor", "--quiet", "--json", str(report), *save, "--", str(python), str(script)]
    begin = time.monotonic()
    with spinning(case.spinners), limited(case.quota) as enter:
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, preexec_fn=enter, timeout=600)
    if not report.exists() or done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return json.loads(report.read_text()), time.monotonic() - begin


def ranked(diagnosis, case):
    """Ids of causes, the first first. Load that was not put there by the scenario is the machine's, not the program's."""
    ids = [cause["id"] for cause in diagnosis["causes"] + diagnosis["startup"]]
    if diagnosis["first"] in ids:
        ids.remove(diagnosis["first"])
        ids.insert(0, diagnosis["first"])
    return [name for name in ids if name != "background-load" or case.spinners]


def alarms(diagnosis, case):
    """Ids of causes in the work itself that claim a tenth of the wall or more."""
    return [cause["id"] for cause in diagnosis["causes"]
            if cause["share"] >= 0.10 and (cause["id"] != "background-load" or case.spinners)]


def missing(case, python):
    if case.root and os.geteuid() != 0:
        return "needs root"
    code = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))"
    return "" if subprocess.run([str(python), "-c", code, *case.needs]).returncode == 0 else f"needs {', '.join(case.needs)}"


class Tally:
    def __init__(self):
        self.runs = self.first = self.top = self.healthy = self.false = self.failed = 0
        self.confusion = collections.Counter()
        self.watching = []

    def add(self, name, case, diagnosis):
        ids = ranked(diagnosis, case)
        self.watching.append(diagnosis["watching_s"] / diagnosis["wall_s"])
        if not case.expected:
            self.healthy += 1
            wrong = alarms(diagnosis, case)
            self.false += bool(wrong)
            return not wrong, f"alarms: {', '.join(wrong) or 'none'}"
        self.runs += 1
        first = ids[0] if ids else "healthy"
        right = first in case.expected
        self.first += right
        self.top += any(one in case.expected for one in ids[:3])
        self.confusion[name, first] += 1
        return right, f"first {first}, then {', '.join(ids[1:3]) or 'nothing'}"

    def report(self):
        for what, right, count in (("first cause right", self.first, self.runs), ("in the top three", self.top, self.runs),
                                   ("healthy, no alarm", self.healthy - self.false, self.healthy)):
            low, high = wilson(right, count)
            print(f"{what}: {right} of {count}" + (f" ({100 * right / count:.0f} %, {100 * low:.0f} to {100 * high:.0f})"
                                                  if count else ""))
        for (name, first), count in sorted(self.confusion.items()):
            print(f"  {name:24} {first:20} {count}")
        if self.watching:
            self.watching.sort()
            print(f"collector: median {100 * self.watching[len(self.watching) // 2]:.2f} % of the wall, "
                  f"most {100 * self.watching[-1]:.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/vivace")
    parser.add_argument("--python", default=os.environ.get("PYTHON", sys.executable))
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--severities", default="1", help="of 0,1,2")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the evidence of runs that went wrong")
    args = parser.parse_args()
    tally, skipped = Tally(), collections.Counter()
    severities = [int(one) for one in args.severities.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (doctor_scenarios.SCENARIOS | doctor_scenarios.DECOYS).items():
            if args.only not in name:
                continue
            for severity in severities:
                for seed in range(args.seeds):
                    case = make(random.Random(f"{name} {severity} {seed}"), severity)
                    if reason := missing(case, args.python):
                        skipped[f"{name}: {reason}"] += 1
                        continue
                    evidence = pathlib.Path(folder) / "e.json"
                    try:
                        diagnosis, seconds = examine(args.program, args.python, case, pathlib.Path(folder), evidence)
                    except (RuntimeError, subprocess.TimeoutExpired) as error:
                        tally.failed += 1
                        print(f"FAILED {name} {severity}: {error}")
                        continue
                    right, words = tally.add(name, case, diagnosis)
                    print(f"{'right' if right else 'WRONG'} {name} {severity} ({seconds:.1f} s): {words}", flush=True)
                    if not right and args.keep:
                        args.keep.mkdir(parents=True, exist_ok=True)
                        evidence.rename(args.keep / f"{name}-{severity}-{seed}.json")
    tally.report()
    for words, count in skipped.items():
        print(f"skipped {words} ({count})")
    goals = tally.first >= 0.92 * tally.runs and tally.top >= 0.98 * tally.runs and 25 * tally.false <= tally.healthy
    return 0 if goals and not tally.failed else 1


if __name__ == "__main__":
    sys.exit(main())
