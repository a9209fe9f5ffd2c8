#!/usr/bin/env python3
"""vivace beside TensorFlow, TensorFlow with XLA, ONNX Runtime, OpenVINO and LiteRT, on this machine, in one run.

Every engine gets the same network, weights, input and processors (the process is pinned to as many as it has threads),
computes in float32 (in 8-bit integers where the network's name ends in _int8), runs in a process of its own, and its
answer is compared before anything is timed. Rounds are
interleaved (every engine a short while, then again), so that a slow minute of the machine hurts all alike. C stands
beside C: one and the same small program runs vivace, ONNX Runtime, OpenVINO and LiteRT on their own libraries;
TensorFlow, and every engine named with -python, is called from Python.

examples: ./dev bench peers                                   everything, about an hour
          ./dev bench peers --quick --networks mlp,mobilenet_v2
          ./dev bench peers --engines vivace,litert,litert-python --networks mlp16
          ./dev bench peers --env /opt/peers                  use an environment that is there
          ./dev bench peers --readme                          measure nothing: README's figures and chart, from OUT.json
                                                            and what open, start and neighbour measured
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

from peers import machine, readme, table
from peers.files import BUILD, model_folder
from peers.goals import NETWORKS, runs, wrong
from peers.tools import Tools
from peers.vivace import PROGRAM, ROOT

# LiteRT's C library refuses models with state, and its interpreter, which only Python reaches, is often as fast.
PEERS = ("tensorflow", "tensorflow-xla", "onnxruntime", "openvino", "litert", "litert-python")
LONG = 4.0  # an engine that needs more seconds for one inference gets one round
HOPELESS = 10  # and so does one that needs so many times as long as the fastest, and more than a tenth of a second


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=BUILD / "env",
                        help="Python environment of the peers; made from PyPI if it is not there (build/bench/env)")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="with commas: " + ",".join(NETWORKS))
    parser.add_argument("--engines", default=",".join(("vivace", *PEERS)), help="with commas")
    parser.add_argument("--batches", help="with commas; those that have a goal where it is not given")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="per engine and round")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.15 s")
    parser.add_argument("--vivace", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "peers",
                        help="writes OUT.json and OUT.md (build/bench/peers)")
    parser.add_argument("--merge", action="store_true", help="keeps the rows of OUT.json that are not measured again")
    parser.add_argument("--readme", action="store_true",
                        help="writes the figures of the last runs and the chart into the README")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 3, 0.15
    for name in ("networks", "engines", "batches", "threads"):
        if (given := getattr(args, name)) is not None:
            setattr(args, name, [int(x) if x.isdigit() else x for x in given.split(",")])
    return args


def open_all(engines, batch, network):
    """Opens and checks every engine; a record for each, with the error where one cannot go on."""
    records = {}
    for name, engine in engines.items():
        records[name] = {}
        try:
            records[name] |= engine.open(batch)
            if not records[name]["difference"] < wrong(network, name):
                records[name]["error"] = f"answers differently, by {records[name]['difference']:.2g}"
        except (RuntimeError, OSError, ValueError) as error:
            records[name]["error"] = str(error)
    return records


def is_lost(median, rounds):
    """Whether more rounds of an engine would only cost time: it is that far behind the others."""
    fastest = min(past[0]["median"] for past in rounds.values() if past)
    return median > LONG or (median > 0.1 and median > HOPELESS * fastest)


def measure(engines, records, args):
    """Interleaved rounds; each engine's record gets the median of its rounds' medians and its least time."""
    rounds = {name: [] for name in engines if "error" not in records[name]}
    for number in range(args.rounds):
        for name, past in rounds.items():
            if past and is_lost(past[0]["median"], rounds):
                continue
            try:
                past.append(engines[name].run(args.seconds))
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                records[name]["error"] = str(error)
    for name, past in rounds.items():
        if past and "error" not in records[name]:
            records[name] |= {"median": statistics.median(r["median"] for r in past),
                              "min": min(r["min"] for r in past), "p90": statistics.median(r["p90"] for r in past),
                              "rounds": past}


def compare(network, batch, threads, args, tools, log):
    """One row; every engine's process lives through all rounds of it."""
    folder = model_folder(tools.python, network, args.batches or NETWORKS[network])
    engines = {}
    try:
        for name in (e for e in args.engines if runs(e, network)):
            engines[name] = tools.start(name, folder, threads, log)
        records = open_all(engines, batch, network)
        measure(engines, records, args)
    finally:
        for engine in engines.values():
            engine.close()
    for name, record in records.items():
        record["through"] = tools.through(name)
    return {"network": network, "batch": batch, "threads": threads, "engines": records}


def merged(rows, new):
    """The rows with the new one at its place, instead of an older one of the same."""
    def place(row):
        return list(NETWORKS).index(row["network"]), row["batch"], row["threads"]
    return sorted([row for row in rows if place(row) != place(new)] + [new], key=place)


def run(args, report, log):
    """Yields the rows, each when it is measured."""
    tools = Tools(args.env, args.vivace)
    begin = time.monotonic()
    for network in args.networks:
        for batch in args.batches or NETWORKS[network]:
            for threads in args.threads:
                row = compare(network, batch, threads, args, tools, log)
                report["results"] = merged(report["results"], row)
                report["seconds"] = round(time.monotonic() - begin)
                yield row


def main():
    args = arguments()
    stored = pathlib.Path(f"{args.out}.json")
    if args.readme:
        return readme.write(ROOT, readme.read(stored, BUILD))
    before = json.loads(stored.read_text())["results"] if args.merge and stored.exists() else []
    report = {"machine": machine.describe(), "started": time.strftime("%Y-%m-%d %H:%M"), "results": before}
    stored.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{args.out}.log", "w") as log:
        for row in run(args, report, log):
            times = "  ".join(f"{e} {1e3 * r['median']:.3g}" if "median" in r else f"{e} -"
                              for e, r in row["engines"].items())
            print(f"{row['network']} batch {row['batch']} threads {row['threads']}, ms:  {times}", file=sys.stderr,
                  flush=True)
            stored.write_text(json.dumps(report, indent=1) + "\n")
    text = table.markdown(report, args.engines)
    pathlib.Path(f"{args.out}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
