#!/usr/bin/env python3
"""The whole process, from exec to the printed answer: vivace predict beside Python with TensorFlow doing the same.

Both load the README's model, read the README's picture, predict and print the most likely class; the programs take
turns within one run, all files lie in the page cache, and vivace's prepared form is there from the run before, as it is
from the second start on (a line shows the first start too).
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

from peers import environment

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
MODEL, PICTURE, LABELS = (EXAMPLES / n for n in ("cifar10_resnet8.h5", "cat.png", "cifar10_labels.txt"))
SCRIPT = """
import sys, tensorflow as tf
model = tf.keras.models.load_model(sys.argv[1], compile=False)
picture = tf.io.decode_png(open(sys.argv[2], "rb").read(), channels=3)
labels = open(sys.argv[3]).read().split()
answer = model(tf.cast(picture, tf.float32)[None], training=False).numpy()[0]
print(labels[answer.argmax()], answer.max())
"""


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default=ROOT / "build" / "bench" / "env",
                        help="Python environment with TensorFlow; made from PyPI if it is not there")
    parser.add_argument("--vivace", default=ROOT / "build" / "release" / "vivace")
    parser.add_argument("--rounds", type=int, default=7, help="TensorFlow starts once a round, vivace ten times")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    python, program = environment.python_of(args.env), str(args.vivace)
    files = [str(p) for p in (MODEL, PICTURE, LABELS)]
    predict = [program, "predict", files[0], files[1], "--top", "1", "--labels", files[2]]
    tensorflow = [python, "-c", SCRIPT, *files]
    with tempfile.TemporaryDirectory() as cache:
        warm = dict(os.environ, XDG_CACHE_HOME=cache, TF_CPP_MIN_LOG_LEVEL="3")
        cold = dict(warm, VIVACE_CACHE="off")
        first, answer = once(predict, warm)
        _, wanted = once(tensorflow, warm)
        if "cat" not in answer or "cat" not in wanted:
            raise SystemExit(f"start: the answers differ: {answer!r} and {wanted!r}")
        runs = {"vivace predict": (predict, warm, 10), "vivace predict, VIVACE_CACHE=off": (predict, cold, 10),
                "vivace --version": ([program, "--version"], warm, 10), "/bin/true": (["/bin/true"], warm, 10),
                "Python with TensorFlow": (tensorflow, warm, 1)}
        times = {name: [] for name in runs}
        for _ in range(args.rounds):
            for name, (command, environ, repeats) in runs.items():
                times[name] += [once(command, environ)[0] for _ in range(repeats)]
    report = {name: summary(t) for name, t in times.items()}
    report["vivace predict, the very first"] = summary([first])
    ratio = report["Python with TensorFlow"]["median_s"] / report["vivace predict"]["median_s"]
    if args.json:
        json.dump({"programs": report, "ratio": ratio}, sys.stdout, indent=1)
        print()
        return
    for name, record in report.items():
        print(f"{name:34} median {1e3 * record['median_s']:9.2f} ms   least {1e3 * record['min_s']:9.2f} ms"
              f"   of {record['runs']}")
    print(f"TensorFlow needs {ratio:.0f} times as long as vivace (medians)")


if __name__ == "__main__":
    main()
