#!/usr/bin/env python3
"""Latency beside a busy neighbour: two threads while another process keeps one of two processors busy all the time.

A team of threads that waits for its slowest member is as slow as the member that the neighbour preempts. The measure is
the engine's own latency with one thread alone: two threads beside the neighbour ought to be hardly slower than that, at
the 99th percentile too. vivace and the peers take turns (the peers in C, on their own libraries); everything is limited
to two processors, and the neighbour to the second of them.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys

from peers import machine
from peers.files import BUILD, model_folder
from peers.table import duration
from peers.tools import Tools
from peers.vivace import PROGRAM

GOAL = 1.3  # p99 beside the neighbour, of p99 with one thread alone
KINDS = {"1 thread alone": (1, False), "2 threads alone": (2, False), "2 threads beside": (2, True)}


@contextlib.contextmanager
def neighbour(cpu):
    """A process that computes on that processor until it is told to end."""
    code = f"import os\nos.sched_setaffinity(0, [{cpu}])\nprint(flush=True)\nwhile True: pass"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()


def once(name, kind, seconds, tools, folder, log):
    """One round of one engine: its percentiles."""
    threads, beside = KINDS[kind]
    engine = tools.start(name, folder, threads, log)
    try:
        engine.open(1)
        with neighbour(sorted(os.sched_getaffinity(0))[1]) if beside else contextlib.nullcontext():
            return engine.run(seconds)
    finally:
        engine.close()


def measure(network, args, tools, log):
    """{engine: {kind: {median, p99}}}, each the median over the rounds."""
    folder = model_folder(tools.python, network, [1])
    rounds = {(name, kind): [] for name in args.engines.split(",") for kind in KINDS}
    for _ in range(args.rounds):
        for (name, kind), past in rounds.items():
            past.append(once(name, kind, args.seconds, tools, folder, log))
    found = {}
    for (name, kind), past in rounds.items():
        found.setdefault(name, {})[kind] = {p: statistics.median(r[p] for r in past) for p in ("median", "p99")}
    return found


def print_table(network, found):
    print(f"\n| {network} | " + " | ".join(f"{kind}: median, p99" for kind in KINDS) +
          " | p99 beside / p99 of 1 thread | goal | reached |\n|---|" + "---|" * (len(KINDS) + 3))
    for name, kinds in found.items():
        ratio = kinds["2 threads beside"]["p99"] / kinds["1 thread alone"]["p99"]
        cells = [f"{duration(r['median'])}, {duration(r['p99'])}" for r in kinds.values()]
        goal = f"{GOAL} | {'yes' if ratio <= GOAL else 'no'}" if name == "vivace" else " | "
        print(f"| {name} | " + " | ".join(cells) + f" | {ratio:.2f} | {goal} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=BUILD / "env", help="Python environment of the peers; made if it is not there")
    parser.add_argument("--vivace", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--networks", default="mobilenet_v2,resnet50,mlp", help="with commas")
    parser.add_argument("--engines", default="vivace,onnxruntime,openvino,litert", help="with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="per round; a hundred calls make a 99th percentile")
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "neighbour.json")
    args = parser.parse_args()
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        raise SystemExit("neighbour: this needs two processors")
    os.sched_setaffinity(0, mine[:2])
    tools = Tools(args.env, args.vivace)
    report = {"machine": machine.describe(), "networks": {}}
    print(machine.text(report["machine"]) + ".")
    with open(args.out.with_suffix(".log"), "w") as log:
        for network in args.networks.split(","):
            report["networks"][network] = measure(network, args, tools, log)
            print_table(network, report["networks"][network])
    args.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
