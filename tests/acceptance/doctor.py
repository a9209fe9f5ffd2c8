#!/usr/bin/env python3
"""vivace doctor on programs whose one cause is known, and on healthy ones: is the first cause the right one?

PYTHON (or --python) is the Python that runs them; scenarios whose modules it lacks are skipped, and told. Those that
need root and control groups are skipped for others. Prints each run, the confusion matrix, and Wilson intervals.
--pairs and --remedies are questions of their own. With --resume FILE a run that was broken off goes on where it was.
"""

import collections
import pathlib
import random
import sys
import tempfile

from support import doctor_modes, doctor_runs, doctor_scenarios
from support.doctor_runs import Log, alarms, missing, ranked, rate, undisturbed


class Tally:
    def __init__(self):
        self.runs = self.first = self.top = self.healthy = self.false = 0
        self.confusion = collections.Counter()
        self.watching = []

    def add(self, name, expected, found):
        """(right, words) of what was found in one run."""
        ids, wrong = found["ids"], found["alarms"]
        self.watching.append(found["watching"])
        if not expected:
            self.healthy += 1
            self.false += bool(wrong)
            return not wrong, f"alarms: {', '.join(wrong) or 'none'}"
        self.runs += 1
        first = ids[0] if ids else "healthy"
        right = first in expected
        self.first += right
        self.top += any(one in expected for one in ids[:3])
        self.confusion[name, first] += 1
        return right, f"first {first}, then {', '.join(ids[1:3]) or 'nothing'}"

    def report(self):
        print(f"first cause right: {rate(self.first, self.runs)}")
        print(f"in the top three: {rate(self.top, self.runs)}")
        print(f"healthy, no alarm: {rate(self.healthy - self.false, self.healthy)}")
        for (name, first), count in sorted(self.confusion.items()):
            print(f"  {name:24} {first:20} {count}")
        if self.watching:
            self.watching.sort()
            print(f"collector: median {100 * self.watching[len(self.watching) // 2]:.2f} % of the wall, "
                  f"most {100 * self.watching[-1]:.2f} %")


def found_in(args, case, work, keep):
    """What one run says; its evidence is kept where it went wrong."""
    evidence = work / "e.json"
    diagnosis = undisturbed(args.program, args.python, case, work, evidence)
    found = {"ids": ranked(diagnosis, case), "alarms": alarms(diagnosis, case), "wall_s": diagnosis["wall_s"],
             "watching": diagnosis["watching_s"] / diagnosis["wall_s"]}
    right = not found["alarms"] if not case.expected else found["ids"] and found["ids"][0] in case.expected
    if keep and not right:
        keep.parent.mkdir(parents=True, exist_ok=True)
        keep.write_bytes(evidence.read_bytes())
    return found


def plain(args):
    tally, skipped, failed = Tally(), collections.Counter(), 0
    log = Log(args.resume, args.minutes)
    with tempfile.TemporaryDirectory() as folder:
        try:
            for severity in (int(one) for one in args.severities.split(",")):
                for seed in range(args.offset, args.offset + args.seeds):
                    for name, make in (doctor_scenarios.SCENARIOS | doctor_scenarios.DECOYS).items():
                        if args.only not in name:
                            continue
                        case = make(random.Random(f"{name} {severity} {seed}"), severity)
                        if reason := missing(case, args.python):
                            skipped[f"{name}: {reason}"] += 1
                            continue
                        keep = args.keep and args.keep / f"{name}-{severity}-{seed}.json"
                        found = log.measured(f"plain {name} {severity} {seed}",
                                             lambda: found_in(args, case, pathlib.Path(folder), keep))
                        if not found:
                            failed += 1
                            continue
                        right, words = tally.add(name, case.expected, found)
                        print(f"{'right' if right else 'WRONG'} {name} {severity} {seed} ({found['wall_s']:.1f} s): {words}", flush=True)
        except TimeoutError:
            print("broken off when the time was up; --resume goes on")
    tally.report()
    for words, count in skipped.items():
        print(f"skipped {words} ({count})")
    goals = tally.first >= 0.92 * tally.runs and tally.top >= 0.98 * tally.runs and 25 * tally.false <= tally.healthy
    return 0 if goals and not failed else 1


def main():
    parser = doctor_runs.parser(__doc__)
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--severities", default="1", help="of 0,1,2")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the evidence of runs that went wrong")
    parser.add_argument("--offset", type=int, default=0, help="the first seed: others than those the rules were mended on")
    parser.add_argument("--resume", type=pathlib.Path, help="a file of what was measured: a run that was broken off goes on")
    parser.add_argument("--minutes", type=float, default=15, help="no run begins later")
    parser.add_argument("--pairs", action="store_true", help="two causes at once: are both among the first three?")
    parser.add_argument("--remedies", action="store_true", help="each remedy is applied, A/B/A/B: is the gain as predicted?")
    args = parser.parse_args()
    mode = doctor_modes.pairs if args.pairs else doctor_modes.remedies if args.remedies else plain
    return mode(args)


if __name__ == "__main__":
    sys.exit(main())
