#!/usr/bin/env python3
"""One engine in a process of its own, told on stdin what to do; answers are one JSON line each.

usage: worker.py ENGINE FOLDER THREADS
commands: open BATCH   loads the model, warms it up, compares its answer with TensorFlow's
          run SECONDS  times single inferences for so long, at least one
"""

import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

from engines import ENGINES

WARM = 0.6  # seconds of warm-up; a first inference that takes longer is warm-up enough
BLOCK = 20e-6  # seconds of calls that are timed at once, so that reading the clock costs them nothing
SHORT = 0.2  # an inference below this many seconds is run once untimed at the start of every round


def peak_bytes():
    """The most memory this process has had resident, Python and its modules included."""
    with open("/proc/self/status") as file:
        return 1024 * int(next(line for line in file if line.startswith("VmHWM")).split()[1])


def open_engine(make, folder, batch, threads):
    begin = time.perf_counter()
    engine = make(folder, batch, threads)
    opened = time.perf_counter()
    engine.run()
    first = time.perf_counter()
    want, got = np.load(folder / f"batch{batch}_y.npy"), np.asarray(engine.output())
    if got.shape != want.shape:
        raise ValueError(f"an output of shape {got.shape} instead of {want.shape}")
    far = float(np.abs(got.astype("float64") - want).max() / max(np.abs(want).max(), 1e-30))
    while time.perf_counter() - opened < WARM:
        engine.run()
    return engine, {"version": engine.version, "open_s": opened - begin, "first_s": first - opened, "difference": far,
                    "peak_bytes": peak_bytes()}


def several(engine, calls):
    """Seconds a call."""
    start = time.perf_counter()
    for _ in range(calls):
        engine.run()
    return (time.perf_counter() - start) / calls


def measure(engine, seconds):
    first = several(engine, 1)
    times = [first] if first > SHORT else []
    calls = 1 if first >= BLOCK else int(BLOCK / several(engine, 100)) + 1
    total = sum(times)
    while total < seconds or not times:
        times.append(several(engine, calls))
        total += calls * times[-1]
    times.sort()
    return {"median": statistics.median(times), "min": times[0], "p90": times[int(0.9 * (len(times) - 1))],
            "p99": times[int(0.99 * (len(times) - 1))], "runs": len(times)}


def main():
    name, folder, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")  # the engines print on stdout too
    os.dup2(2, 1)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    engine = None
    for line in sys.stdin:
        verb, value = line.split()
        try:
            if verb == "open":
                engine = None
                engine, answer = open_engine(ENGINES[name], folder, int(value), threads)
            else:
                answer = measure(engine, float(value))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
