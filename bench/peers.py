#!/usr/bin/env python3
"""vivace beside TensorFlow, TensorFlow with XLA, ONNX Runtime, OpenVINO and LiteRT, on this machine, in one run.

Every engine gets the same network, weights, input and processors (the process is pinned to as many as it has threads),
computes in float32, runs in a process of its own, and its answer is compared before anything is timed. Rounds are
interleaved (every engine a short while, then again), so that a slow minute of the machine hurts all alike.

examples: ./dev bench peers                                   everything, about 25 minutes
          ./dev bench peers --quick --networks mlp,mobilenet_v2
          ./dev bench peers --env /opt/peers                  use an environment that is there
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

from peers import environment, table
from peers.goals import NETWORKS
from peers.remote import Remote
from peers.vivace import PROGRAM, ROOT, Vivace

PEERS = ("tensorflow", "tensorflow-xla", "onnxruntime", "openvino", "litert")
WRONG = 1e-3  # an answer that far from TensorFlow's, of the largest value, is not timed
LONG = 4.0  # an engine that needs more seconds for one inference gets fewer rounds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=ROOT / "build" / "bench" / "env",
                        help="Python environment of the peers; made from PyPI if it is not there (build/bench/env)")
    parser.add_argument("--networks", default=",".join(NETWORKS), help="with commas: " + ",".join(NETWORKS))
    parser.add_argument("--engines", default=",".join(("vivace", *PEERS)), help="with commas")
    parser.add_argument("--batches", help="with commas; what has a goal where it is not given")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="per engine and round")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.15 s")
    parser.add_argument("--vivace", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench" / "peers",
                        help="writes OUT.json and OUT.md (build/bench/peers)")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 3, 0.15
    for name in ("networks", "engines", "batches", "threads"):
        if (given := getattr(args, name)) is not None:
            setattr(args, name, [int(x) if x.isdigit() else x for x in given.split(",")])
    return args


def model_folder(python, network, batches):
    """The network's files, made when they are not there yet."""
    folder = ROOT / "build" / "bench" / "models" / network
    done = folder / "done"
    if not done.exists() or not set(map(str, batches)) <= set(done.read_text().split()):
        print(f"making the models of {network}", file=sys.stderr)
        maker = pathlib.Path(__file__).parent / "peers" / "make_models.py"
        subprocess.run([python, maker, network, folder, *map(str, batches)], check=True, capture_output=True)
    return folder


def open_all(engines, batch):
    """Opens and checks every engine; a record for each, with the error where one cannot go on."""
    records = {}
    for name, engine in engines.items():
        try:
            records[name] = engine.open(batch)
            if not records[name]["difference"] < WRONG:
                records[name]["error"] = f"answers differently, by {records[name]['difference']:.2g}"
        except (RuntimeError, OSError, ValueError) as error:
            records[name] = {"error": str(error)}
    return records


def measure(engines, records, args):
    """Interleaved rounds; each engine's record gets the median of its rounds' medians and its least time."""
    rounds = {name: [] for name in engines if "error" not in records[name]}
    for number in range(args.rounds):
        for name, past in rounds.items():
            if number > 1 and past and past[-1]["median"] > LONG:
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


def compare(network, threads, args, python, log):
    """One row for each batch size, with every engine's process alive throughout."""
    batches = args.batches or list(NETWORKS[network])
    folder = model_folder(python, network, batches)
    engines = {name: Vivace(args.vivace, folder, threads, python) if name == "vivace" else
               Remote(python, name, folder, threads, log) for name in args.engines}
    try:
        for batch in batches:
            records = open_all(engines, batch)
            measure(engines, records, args)
            yield {"network": network, "batch": batch, "threads": threads, "engines": records}
    finally:
        for engine in engines.values():
            engine.close()


def main():
    args = arguments()
    python = environment.python_of(args.env)
    report = {"machine": table.machine(), "started": time.strftime("%Y-%m-%d %H:%M"), "results": []}
    begin = time.monotonic()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{args.out}.log", "w") as log:
        for network in args.networks:
            for threads in args.threads:
                for row in compare(network, threads, args, python, log):
                    report["results"].append(row)
                    times = "  ".join(f"{e} {1e3 * r['median']:.3g}" if "median" in r else f"{e} -"
                                      for e, r in row["engines"].items())
                    what = f"{network} batch {row['batch']} threads {threads}"
                    print(f"{what}, ms:  {times}", file=sys.stderr, flush=True)
                    report["seconds"] = round(time.monotonic() - begin)
                    pathlib.Path(f"{args.out}.json").write_text(json.dumps(report, indent=1) + "\n")
    text = table.markdown(report, args.engines)
    pathlib.Path(f"{args.out}.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
