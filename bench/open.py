#!/usr/bin/env python3
"""From a file to a model that is ready, and to its first answer: vivace beside the others, each in a fresh process.

vivace opens the .h5 twice over: the first time ever (its cache is empty) and prepared, as from the second start on. The
peers open the same network in their own formats: ONNX Runtime .onnx, OpenVINO its .xml and .bin, LiteRT .tflite (these
three from C), TensorFlow the .h5 by tf_keras (from Python, its import not counted). Times count from the opening call
until the object is there (ready) and until it has answered once; loading the engine's library is not in them, it is in
./dev bench start. vivace packs weights beside the program, so both times are to be looked at. Where it says "its cache"
the peer was let keep what it can: ONNX Runtime the graph it optimised, OpenVINO the compiled model, LiteRT the packed
weights. Networks whose names end in _int8 are opened by vivace and LiteRT from the same .tflite. All files lie in the page cache; the engines take turns.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from peers import environment, machine, native
from peers.files import BUILD, model_folder
from peers.goals import is_int8
from peers.table import duration
from peers.vivace import PROGRAM

NETWORKS = {"mobilenet_v2": 70, "resnet50": 100, "bert_base": 300}  # goals: of ONNX Runtime's create
INT8_NETWORKS = ("mobilenet_v2_int8", "resnet50_int8")
LITERT_GOAL, LITERT_FIRST_GOAL = 5, 1  # of int8 networks, which both open from the same .tflite
OPENVINO_GOAL, FIRST_TIME_GOAL = 100, 2
CACHED = ", its cache"
TENSORFLOW = """
import json, os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy, tensorflow as tf, tf_keras
tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
x = tf.constant(numpy.load(sys.argv[1] + "/batch1_x.npy"))
begin = time.perf_counter()
model = tf_keras.models.load_model(sys.argv[1] + "/model.h5", compile=False)
ready = time.perf_counter()
model(x, training=False).numpy()
print(json.dumps({"ready_s": ready - begin, "first_s": time.perf_counter() - begin}))
"""


def answer(command, environ=None):
    """The JSON on the last line that a command prints."""
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environ)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines or '"error"' in lines[-1]:
        told = (done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}").splitlines()
        raise SystemExit(f"open: {pathlib.Path(command[0]).name}: {lines[-1] if lines else told[-1]}")
    return json.loads(lines[-1] if lines[-1].startswith("{") else done.stdout)


def vivace(program, folder, threads, cache):
    """One fresh process of vivace; prepared where the cache folder holds the model already."""
    model = folder / ("batch1.tflite" if is_int8(folder.name) else "model.h5")
    words = (program, "predict", model, folder / "batch1_x.npy", "--json", "--top", "1", "--threads",
             threads)
    told = answer(words, dict(os.environ, XDG_CACHE_HOME=str(cache)))
    seconds = told["seconds"]
    return {"ready_s": seconds["open"], "first_s": seconds["open"] + seconds["first_call"],
            "from_cache": told["from_cache"]}


def engines(args, folder, tools, prepared):
    """{name: a call that opens in a fresh process and gives its times}."""
    def first_time():
        with tempfile.TemporaryDirectory() as empty:
            return vivace(args.vivace, folder, args.threads, empty)

    found = {"vivace, first time ever": first_time,
             "vivace, prepared": lambda: vivace(args.vivace, folder, args.threads, prepared)}
    for name, program in tools["programs"].items():
        cache = pathlib.Path(prepared) / name
        cache.mkdir()
        words = (program, folder, args.threads, "once")
        found[name] = lambda words=words: answer(words)
        found[name + CACHED] = lambda words=words, cache=cache: answer((*words, cache))
    if is_int8(folder.name):
        return found
    found["tensorflow"] = lambda: answer((tools["python"], "-c", TENSORFLOW, folder, args.threads))
    return found


def measure(network, args, tools):
    folder = model_folder(tools["python"], network, [1])
    with tempfile.TemporaryDirectory() as prepared:
        calls = engines(args, folder, tools, prepared)
        for call in calls.values():
            call()  # fills the page cache, and vivace's
        times = {name: [] for name in calls}
        for _ in range(args.rounds):
            for name, call in calls.items():
                times[name].append(call())
    if not all(t["from_cache"] for t in times["vivace, prepared"]):
        raise SystemExit(f"open: vivace did not open {network} from its cache")
    return {name: {key: {"median": statistics.median(r[key] for r in records), "min": min(r[key] for r in records)}
                   for key in ("ready_s", "first_s")} for name, records in times.items()}


def judge(network, times):
    """[(what is compared, ratio of ready, its goal, ratio of first answer, its goal)]; no goal is None."""
    def ratio(name, mine, key):
        return times[name][key]["median"] / times[mine][key]["median"]

    def best(names, mine, goal):
        least = [min(names, key=lambda name: times[name][key]["median"]) for key in ("ready_s", "first_s")]
        return (f"best peer ({least[0]}; {least[1]}) / {mine}", ratio(least[0], mine, "ready_s"), goal,
                ratio(least[1], mine, "first_s"), goal)

    if is_int8(network):
        return [(f"litert / {mine}", ratio("litert", mine, "ready_s"), wanted, ratio("litert", mine, "first_s"), None)
                for mine, wanted in (("vivace, prepared", LITERT_GOAL), ("vivace, first time ever", LITERT_FIRST_GOAL))
                if "litert" in times]
    rows = [(f"{name} / vivace, prepared", name, "vivace, prepared", goal)
            for name, goal in (("onnxruntime", NETWORKS[network]), ("openvino", OPENVINO_GOAL)) if name in times]
    judged = [(what, ratio(name, mine, "ready_s"), goal, ratio(name, mine, "first_s"), None)
              for what, name, mine, goal in rows]
    prepared = [name for name in times if name.endswith(CACHED)]
    if prepared:
        judged.append(best(prepared, "vivace, prepared", None))
    first = [name for name in times if not name.startswith("vivace") and name not in prepared]
    return [*judged, best(first, "vivace, first time ever", FIRST_TIME_GOAL)]


def print_tables(report):
    print(f"{machine.text(report['machine'])}. {report['threads']} threads, medians (minima) of {report['rounds']}.\n")
    for network, times in report["networks"].items():
        print(f"| {network} | ready | first answer |\n|---|---|---|")
        for name, record in times.items():
            cells = [f"{duration(r['median'])} ({duration(r['min'])})" for r in record.values()]
            print(f"| {name} | {cells[0]} | {cells[1]} |")
        print("\n| ratio | ready | goal | reached | first answer | goal | reached |\n|---|---|---|---|---|---|---|")
        for what, *both in judge(network, times):
            cells = [f"{value:.1f} | {goal or ''} | {'' if goal is None else 'yes' if value >= goal else 'no'}"
                     for value, goal in (both[:2], both[2:])]
            print(f"| {what} | {cells[0]} | {cells[1]} |")
        print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=BUILD / "env", help="Python environment of the peers; made if it is not there")
    parser.add_argument("--vivace", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--networks", default=",".join((*NETWORKS, *INT8_NETWORKS)),
                        help="with commas: " + ",".join((*NETWORKS, *INT8_NETWORKS)))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "open.json")
    args = parser.parse_args()
    python = environment.python_of(args.env)
    tools = {"python": python, "programs": native.programs(python, BUILD / "native")}
    report = {"machine": machine.describe(), "threads": args.threads, "rounds": args.rounds, "networks": {}}
    for network in args.networks.split(","):
        report["networks"][network] = measure(network, args, tools)
        print(f"{network} measured", file=sys.stderr)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=1) + "\n")
    print_tables(report)


if __name__ == "__main__":
    main()
