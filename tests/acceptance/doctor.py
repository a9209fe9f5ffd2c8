#!/usr/bin/env python3
"""vivace doctor on programs whose one cause is known, and on healthy ones: is the first cause the right one?

PYTHON (or --python) is the Python that runs them; scenarios whose modules it lacks are skipped, and told. Those that
need root and control groups are skipped for others. Prints each run, the confusion matrix, and Wilson intervals.
--pairs and --remedies are questions of their own.
"""

import collections
import pathlib
import random
import subprocess
import sys
import tempfile

from support import doctor_modes, doctor_runs, doctor_scenarios
from support.doctor_runs import alarms, examine, missing, ranked, wilson



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
    parser = doctor_runs.parser(__doc__)
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--severities", default="1", help="of 0,1,2")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the evidence of runs that went wrong")
    parser.add_argument("--offset", type=int, default=0, help="the first seed: others than those the rules were mended on")
    parser.add_argument("--pairs", action="store_true", help="two causes at once: are both among the first three?")
    parser.add_argument("--remedies", action="store_true", help="each remedy is applied, A/B/A/B: is the gain as predicted?")
    parser.add_argument("--resume", type=pathlib.Path, help="a file of what was measured: a run that was broken off goes on")
    parser.add_argument("--minutes", type=float, default=15, help="no run begins later")
    args = parser.parse_args()
    if args.pairs or args.remedies:
        return (doctor_modes.pairs if args.pairs else doctor_modes.remedies)(args)
    tally, skipped = Tally(), collections.Counter()
    severities = [int(one) for one in args.severities.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (doctor_scenarios.SCENARIOS | doctor_scenarios.DECOYS).items():
            if args.only not in name:
                continue
            for severity in severities:
                for seed in range(args.offset, args.offset + args.seeds):
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
