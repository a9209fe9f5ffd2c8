#!/usr/bin/env python3
"""This tree beside another state of it: does any model run or open slower than before, beyond the noise?

Builds both (the other in a work tree of its own under build/bench/against), then runs the two programs in turns, a
process each, so that a slow minute of the machine hurts both alike. Each round gives one ratio, new to old, of the
median latency and of the time of opening; the interval of their median says what is noise (bootstrap over the rounds).
A regression is a ratio whose whole interval lies above 1, and whose median above 1 by at least --least percent.
Exits with 1 if there is one.

examples: ./dev bench --against main                          all models in build/bench/models, and the README's
          ./dev bench --against HEAD~3 mobilenet_v2 my_model.h5 --threads 1
          ./dev bench --against main --programs old/vivace new/vivace    builds nothing
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
EXAMPLE = ROOT / "examples" / "cifar10_resnet8.h5"
RESAMPLES = 2000
CONFIDENCE = 0.99  # a table has dozens of rows: at 95 % one in twenty would cry wolf


@dataclasses.dataclass
class Compared:
    """One figure of one model, in seconds, of the old and the new program, a pair a round."""
    model: str
    threads: int
    figure: str
    pairs: list

    def ratios(self):
        return [new / old for old, new in self.pairs]

    def median(self):
        return statistics.median(self.ratios())

    def interval(self):
        """Where the median ratio lies, by resampling the rounds; the same for the same pairs."""
        choose, ratios = random.Random(1), self.ratios()
        medians = sorted(statistics.median(choose.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
        tail = int(RESAMPLES * (1 - CONFIDENCE) / 2)
        return medians[tail], medians[-1 - tail]

    def verdict(self, least):
        """"slower", "faster" or "same"."""
        (low, high), median = self.interval(), self.median()
        if low > 1 and median > 1 + least:
            return "slower"
        return "faster" if high < 1 and median < 1 - least else "same"

    def record(self, least):
        low, high = self.interval()
        old, new = (statistics.median(side) for side in zip(*self.pairs))
        return {"model": self.model, "threads": self.threads, "figure": self.figure, "old_s": old, "new_s": new,
                "ratio": self.median(), "interval": [low, high], "verdict": self.verdict(least)}


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="files, or names: folders of build/bench/models, cifar10_resnet8")
    parser.add_argument("--against", metavar="REF", required=True, help="a branch, tag or commit")
    parser.add_argument("--threads", default="1,2", help="with commas (1,2)")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=0.5, help="of calls, for each program and round")
    parser.add_argument("--least", type=float, default=1, help="percent that matter (1)")
    parser.add_argument("--programs", nargs=2, type=pathlib.Path, metavar=("OLD", "NEW"), help="built already")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.threads = [int(number) for number in args.threads.split(",")]
    if args.rounds < 5:
        parser.error("fewer than 5 rounds cannot tell a change from noise")
    return args


def models_of(words):
    """(name, file) of each model named; without names all there are."""
    made = {EXAMPLE.stem: EXAMPLE} | {file.parent.name: file
                                      for file in sorted((BUILD / "models").glob("*/model.h5"))}
    if not words:
        return list(made.items())
    found = []
    for word in words:
        if word not in made and not pathlib.Path(word).exists():
            raise SystemExit(f"against: there is no model {word}; known by name: {', '.join(made)}")
        found.append((word, made[word]) if word in made else (pathlib.Path(word).name, pathlib.Path(word)))
    return found


def build(tree):
    """The program of a tree, built as ./dev build does."""
    folder = tree / "build" / "release"
    commands = [["cmake", "--preset", "release"],
                ["cmake", "--build", str(folder), "--target", "vivace", f"-j{os.environ.get('VIVACE_JOBS', '')}"]]
    for command in commands:
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"against: {tree} cannot be built\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return folder / "vivace"


def other_tree(ref):
    """A work tree at `ref`, used again from run to run, so that only what differs is compiled."""
    tree = BUILD.resolve() / "against"
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"],
                           capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(f"against: git knows no commit {ref}")
    commit = found.stdout.strip()
    if (tree / ".git").exists():
        subprocess.run(["git", "-C", str(tree), "checkout", "--quiet", "--detach", commit], check=True)
    else:
        subprocess.run([*git, "worktree", "prune"], check=True)
        subprocess.run([*git, "worktree", "add", "--quiet", "--detach", str(tree), commit], check=True)
    return tree


def once(program, model, threads, args, cache):
    """What one process of a program measures: {figure: seconds}."""
    command = [program, "bench", model, "--json", "--threads", threads, "--batch", args.batch,
               "--seconds", args.seconds]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env={**os.environ, "XDG_CACHE_HOME": str(cache)})
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[0] if done.stderr.strip() else "it crashed")
    answer = json.loads(done.stdout)
    return {"call": answer["batches"][0]["latency_s"]["median"], "open": answer["open_s"]}


def compare(programs, name, model, threads, args, caches):
    """Interleaved rounds, the first of which warms up; every other round the new program goes first."""
    rounds = []
    for number in range(args.rounds + 1):
        sides = [0, 1] if number % 2 else [1, 0]
        seen = {side: once(programs[side], model, threads, args, caches[side]) for side in sides}
        rounds.append((seen[0], seen[1]))
    return [Compared(name, threads, figure, [(old[figure], new[figure]) for old, new in rounds[1:]])
            for figure in rounds[0][0]]


def text_of(record):
    percent = [f"{100 * (value - 1):+6.1f}" for value in (record["ratio"], *record["interval"])]
    return (f"{record['model']:24} {record['threads']:7} {record['figure']:>6} {1e3 * record['old_s']:11.4f} "
            f"{1e3 * record['new_s']:11.4f} {percent[0]} %  [{percent[1]}, {percent[2]}]  {record['verdict']}")


def measured(args, models, programs, say):
    records, failures = [], []
    with tempfile.TemporaryDirectory() as folder:
        caches = [pathlib.Path(folder) / side for side in ("old", "new")]
        for name, model in models:
            for threads in args.threads:
                try:
                    compared = compare(programs, name, model, threads, args, caches)
                except RuntimeError as error:
                    failures.append(f"{name}, {threads} threads: {error}")
                    say(failures[-1])
                    continue
                records += [one.record(args.least / 100) for one in compared]
                for record in records[-len(compared):]:
                    say(text_of(record))
    return records, failures


def main():
    args = arguments()
    models = models_of(args.models)
    programs = args.programs or [build(other_tree(args.against)), build(ROOT)]
    say = (lambda line: None) if args.json else (lambda line: print(line, flush=True))
    say(f"{'model':24} {'threads':>7} {'figure':>6} {'old ms':>11} {'new ms':>11} {'change':>8}  "
        f"{'where it lies, %':16}  verdict")
    records, failures = measured(args, models, programs, say)
    slower = [record for record in records if record["verdict"] == "slower"]
    if args.json:
        json.dump({"against": args.against, "results": records, "failures": failures}, sys.stdout, indent=1)
        print()
    calls = [math.log(record["ratio"]) for record in records if record["figure"] == "call"]
    if calls:
        say(f"{len(slower)} of {len(records)} figures are slower than with {args.against}; calls take "
            f"{100 * (math.exp(statistics.mean(calls)) - 1):+.1f} % (geometric mean)")
    return 1 if slower or failures or not records else 0


if __name__ == "__main__":
    sys.exit(main())
