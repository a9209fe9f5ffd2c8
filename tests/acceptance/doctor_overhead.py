#!/usr/bin/env python3
"""What watching costs: TensorFlow programs alone and under the doctor, in turns.

Of each program: processor time of the collector, of the hooks and of the looking thread, as shares of the wall time
(goal: 1.5 % in the median program, 3 % in the worst); the difference of wall times with its 95 % interval over pairs of
runs; and the seconds that the doctor needed beside the program's own (goal: 2). Then the start of an interpreter that
does nothing, alone and watched (goal: 60 ms more). PYTHON is the Python that runs them.
"""

import json
import math
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from support import doctor_runs

HEAD = 'import os\nos.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"\nimport numpy as np, keras\n'
MODEL = ("m = keras.Sequential([keras.Input((32,)), keras.layers.Dense(64, activation='relu'), keras.layers.Dense(8)])\n")
PROGRAMS = {
    "import": HEAD,
    "predict": HEAD + MODEL + "d = np.random.rand(2048, 32).astype('float32')\nfor _ in range(30): m.predict(d, verbose=0)",
    "predict, rows": HEAD + MODEL + "for _ in range(50): m.predict(np.random.rand(1, 32), verbose=0)",
    "eager calls": HEAD + MODEL + "d = np.random.rand(1, 32).astype('float32')\nfor _ in range(1000): m(d)",
    "tf.function": HEAD + MODEL + ("import tensorflow as tf\nf = tf.function(m)\nd = tf.ones((1, 32))\n"
                                  "for _ in range(10000): f(d)"),
    "fit": HEAD + MODEL + ("m.compile('adam', 'mse')\n"
                           "m.fit(np.random.rand(20000, 32), np.random.rand(20000, 8), epochs=4, verbose=0)"),
    "preprocessing": HEAD + MODEL + ("rows = np.random.rand(200000, 32).astype('float32')\nout = []\n"
                                     "for row in rows: out.append((row - row.mean()) * 2)\n"
                                     "m.predict(np.array(out), batch_size=4096, verbose=0)"),
    "LiteRT": HEAD + MODEL + ("import tensorflow as tf\nfrom ai_edge_litert.interpreter import Interpreter\n"
                              "i = Interpreter(model_content=tf.lite.TFLiteConverter.from_keras_model(m).convert())\n"
                              "i.allocate_tensors()\n"
                              "n, o = i.get_input_details()[0]['index'], i.get_output_details()[0]['index']\n"
                              "d = np.random.rand(1, 32).astype('float32')\n"
                              "for _ in range(200000): i.set_tensor(n, d); i.invoke(); i.get_tensor(o)"),
}
# As 97.5 % quantiles of Student's t: degrees of freedom 1, 2, ...
STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)


def run(command, folder):
    """(wall, processor time) of a command and all that it started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def interval(ratios):
    """Middle and 95 % interval of paired ratios, in percent more."""
    logs = [math.log(ratio) for ratio in ratios]
    middle = statistics.mean(logs)
    if len(logs) < 2:
        return 100 * math.expm1(middle), -math.inf, math.inf
    half = STUDENT[min(len(logs) - 2, len(STUDENT) - 1)] * statistics.stdev(logs) / math.sqrt(len(logs))
    return tuple(100 * math.expm1(value) for value in (middle, middle - half, middle + half))


def measure(tool, python, source, folder, rounds):
    script, saved = folder / "p.py", folder / "e.json"
    script.write_text(source)
    alone, watched = [str(python), str(script)], [str(tool), "doctor", "--save", str(saved), "--", str(python), str(script)]
    walls, processors, shares, beside = [], [], [], []
    run(alone, folder)  # what the first run reads, the others find in memory
    for turn in range(rounds):
        order = (alone, watched) if turn % 2 == 0 else (watched, alone)
        took = {id(command): run(command, folder) for command in order}
        (wall, cpu), (watched_wall, watched_cpu) = took[id(alone)], took[id(watched)]
        evidence = json.loads(saved.read_text())
        seconds = evidence["program"]["wall"] / 1e9
        shares.append([evidence["cost"]["cpu"] / 1e7 / seconds, evidence["python"]["hooks"] / 1e7 / seconds,
                       evidence["python"]["looking"] / 1e7 / seconds])
        walls.append(watched_wall / wall)
        processors.append(watched_cpu / cpu)
        beside.append(watched_wall - seconds)
    parts = [statistics.median(column) for column in zip(*shares)]
    return {"wall": seconds, "parts": parts, "share": statistics.median(map(sum, shares)), "walls": interval(walls),
            "processors": interval(processors), "beside": max(beside)}


def starts(tool, python, folder, rounds):
    more = []
    for _ in range(rounds):
        alone = run([str(python), "-c", "pass"], folder)[0]
        more.append(run([str(tool), "doctor", "--quiet", "--", str(python), "-c", "pass"], folder)[0] - alone)
    return 1e3 * statistics.median(more)


def main():
    parser = doctor_runs.parser(__doc__)
    parser.add_argument("--only", default="", help="programs whose name holds this")
    parser.add_argument("--rounds", type=int, default=4, help="pairs of runs of each program")
    args = parser.parse_args()
    needed = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ('tensorflow', 'keras'))))"
    if subprocess.run([args.python, "-c", needed]).returncode:
        print("skipped: this Python has no TensorFlow and Keras")
        return 0
    print(f"{'program':14} {'wall':>7}  collector + hooks + looking = watching   wall difference (95 %)   "
          "processor time (95 %)    beside")
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for name, source in PROGRAMS.items():
            if args.only not in name:
                continue
            one = measure(args.program, args.python, source, folder, args.rounds)
            found.append(one)
            parts = " + ".join(f"{part:.2f}" for part in one["parts"])
            between = ["{:+.1f} % ({:+.1f} to {:+.1f})".format(*one[key]) for key in ("walls", "processors")]
            print(f"{name:14} {one['wall']:5.1f} s  {parts} = {one['share']:.2f} %    {between[0]:24} {between[1]:24} "
                  f"{one['beside']:.2f} s", flush=True)
        start = starts(args.program, args.python, folder, 5 * args.rounds)
    shares = sorted(one["share"] for one in found)
    beside = max(one["beside"] for one in found)
    print(f"watching: median {statistics.median(shares):.2f} % (goal 1.5), worst {shares[-1]:.2f} % (goal 3); beside the "
          f"program {beside:.2f} s (goal 2); start-up {start:+.0f} ms (goal 60)")
    return 0 if statistics.median(shares) <= 1.5 and shares[-1] <= 3 and beside <= 2 and start <= 60 else 1


if __name__ == "__main__":
    sys.exit(main())
