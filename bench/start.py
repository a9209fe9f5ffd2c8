#!/usr/bin/env python3
"""The whole process, from exec to the printed answer: vivace predict beside other programs that do the same.

Two cases: the README's example (a small model and a picture) beside Python with TensorFlow; and MobileNetV2 beside the
smallest C programs on ONNX Runtime's, OpenVINO's and LiteRT's libraries, and Python with TensorFlow. The programs take
turns within one run, all files lie in the page cache, and vivace's prepared form is there from the run before, as it is
from the second start on (a line shows the first start too).
"""

import argparse
import json
import os
import pathlib
import statistics
import tempfile
import time

from peers import environment, machine, native
from peers.files import BUILD, model_folder
from peers.table import duration
from peers.vivace import PROGRAM, ROOT

EXAMPLES = ROOT / "examples"
MODEL, PICTURE, LABELS = (EXAMPLES / n for n in ("cifar10_resnet8.h5", "cat.png", "cifar10_labels.txt"))
EXAMPLE = """
import sys, tensorflow as tf
model = tf.keras.models.load_model(sys.argv[1], compile=False)
picture = tf.io.decode_png(open(sys.argv[2], "rb").read(), channels=3)
labels = open(sys.argv[3]).read().split()
answer = model(tf.cast(picture, tf.float32)[None], training=False).numpy()[0]
print(labels[answer.argmax()], answer.max())
"""
CLASSIFY = """
import sys, numpy, tf_keras
model = tf_keras.models.load_model(sys.argv[1], compile=False)
answer = model(numpy.load(sys.argv[2]), training=False).numpy()[0]
print(answer.argmax(), answer.max())
"""
GOALS = {"onnxruntime in C": 6, "Python with TensorFlow": 500}  # MobileNetV2: so many times as long as vivace


def once(command, environ):
    """(seconds from exec until the program ended, what it printed)."""
    read, write = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
               (os.POSIX_SPAWN_CLOSE, read)]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, environ, file_actions=actions)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"start: {' '.join(command[:3])} ended with status {os.waitstatus_to_exitcode(status)}")
    return seconds, text


def summary(times):
    return {"median_s": statistics.median(times), "min_s": min(times), "runs": len(times)}


def measure(runs, rounds, wanted):
    """{name: its times' summary}; runs is {name: (command, environment, repeats)}, wanted what each has to print."""
    for name, (command, environ, _) in runs.items():
        text = once(command, environ)[1]
        if wanted not in text and name not in ("vivace --version", "/bin/true"):
            raise SystemExit(f"start: {name} answers {text!r} instead of {wanted!r}")
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (command, environ, repeats) in runs.items():
            times[name] += [once(command, environ)[0] for _ in range(repeats)]
    return {name: summary(t) for name, t in times.items()}


def example(args, python, warm):
    files = [str(p) for p in (MODEL, PICTURE, LABELS)]
    predict = [args.vivace, "predict", files[0], files[1], "--top", "1", "--labels", files[2]]
    first = once(predict, warm)[0]
    runs = {"vivace predict": (predict, warm, 10),
            "vivace predict, VIVACE_CACHE=off": (predict, dict(warm, VIVACE_CACHE="off"), 10),
            "vivace --version": ([args.vivace, "--version"], warm, 10), "/bin/true": (["/bin/true"], warm, 10),
            "Python with TensorFlow": ([python, "-c", EXAMPLE, *files], warm, 1)}
    return measure(runs, args.rounds, "cat") | {"vivace predict, the very first": summary([first])}


def mobilenet(args, python, warm):
    folder = model_folder(python, "mobilenet_v2", [1])
    files = [str(folder / "model.h5"), str(folder / "batch1_x.npy")]
    threads = str(args.threads)
    predict = [args.vivace, "predict", *files, "--top", "1", "--threads", threads]
    first = once(predict, warm)[0]
    runs = {"vivace predict": (predict, warm, 10)}
    runs |= {f"{name} in C": ([program, str(folder), threads, "once"], warm, 2)
             for name, program in native.programs(python, BUILD / "native").items()}
    runs["Python with TensorFlow"] = ([python, "-c", CLASSIFY, *files], warm, 1)
    top = json.loads(once([*predict, "--json"], warm)[1])["outputs"][0]["top"][0][0]["index"]
    return measure(runs, args.rounds, str(top)) | {"vivace predict, the very first": summary([first])}


def print_case(title, records, goals):
    print(f"\n{title}")
    mine = records["vivace predict"]["median_s"]
    for name, record in records.items():
        ratio = record["median_s"] / mine
        goal = f", goal {goals[name]}: {'reached' if ratio >= goals[name] else 'not reached'}" if name in goals else ""
        print(f"{name:34} median {duration(record['median_s']):>9}   least {duration(record['min_s']):>9}   "
              f"of {record['runs']:2}   {ratio:7.2f} x vivace's{goal}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=BUILD / "env",
                        help="Python environment with the peers; made from PyPI if it is not there")
    parser.add_argument("--vivace", type=str, default=str(PROGRAM))
    parser.add_argument("--rounds", type=int, default=7, help="TensorFlow starts once a round, vivace ten times")
    parser.add_argument("--threads", type=int, default=2, help="for MobileNetV2")
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "start.json")
    args = parser.parse_args()
    python = environment.python_of(args.env)
    about = machine.describe()
    with tempfile.TemporaryDirectory() as cache:
        warm = dict(os.environ, XDG_CACHE_HOME=cache, TF_CPP_MIN_LOG_LEVEL="3")
        cases = {"example": example(args, python, warm), "mobilenet_v2": mobilenet(args, python, warm)}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"machine": about, "cases": cases}, indent=1) + "\n")
    print(machine.text(about))
    print_case("the example of ./dev demo", cases["example"], {})
    print_case(f"MobileNetV2, {args.threads} threads", cases["mobilenet_v2"], GOALS)


if __name__ == "__main__":
    main()
