#!/usr/bin/env python3
"""The forms in which TensorFlow Lite keeps one network, beside each other in vivace: float32, float16 weights, dynamic
range and int8. Dynamic range may not be slower than float32, nor int8 where the processor has VNNI.

The models are those of ./dev acceptance tflite_applications, which makes them. Rounds are interleaved; medians of calls,
and the ratio to float32: above 1 the form is faster.

examples: ./dev bench forms
          ./dev bench forms --networks MobileNetV2,ResNet50 --threads 1 --isa avx2
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ROOT / "build" / "tflite_applications"
FORMS = ("float32", "float16", "dynamic", "int8")


def once(args, file):
    """The median of one process's calls, in seconds."""
    words = [args.vivace, "bench", file, "--json", "--threads", args.threads, "--seconds", args.seconds]
    words += ["--isa", args.isa] if args.isa else []
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"forms: {done.stderr.strip().splitlines()[0]}")
    return json.loads(done.stdout)["batches"][0]["latency_s"]["median"]


def measure(args, folder):
    rounds = [{form: once(args, folder / f"{form}.tflite") for form in FORMS} for _ in range(args.rounds + 1)]
    return {form: statistics.median(r[form] for r in rounds[1:]) for form in FORMS}  # the first warms up


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default="", help="with commas; all that are made")
    parser.add_argument("--vivace", type=pathlib.Path, default=ROOT / "build" / "release" / "vivace")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--isa", help="as for vivace")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3, help="of calls, for each form and round")
    args = parser.parse_args()
    made = [f for f in sorted(MODELS.glob("*")) if all((f / f"{form}.tflite").exists() for form in FORMS)]
    chosen = [f for f in made if not args.networks or f.name in args.networks.split(",")]
    if not chosen:
        raise SystemExit("forms: no models are made: PYTHON=... ./dev acceptance tflite_applications")
    slower = 0
    print("| network | " + " | ".join(f"{form}, ms" for form in FORMS) + " | dynamic / float32 | int8 / float32 |")
    print("|---" * (len(FORMS) + 3) + "|")
    for folder in chosen:
        times = measure(args, folder)
        gains = [times["float32"] / times[form] for form in ("dynamic", "int8")]
        slower += gains[0] < 1
        print(f"| {folder.name} | " + " | ".join(f"{1e3 * times[form]:.3g}" for form in FORMS)
              + "".join(f" | {gain:.2f}" for gain in gains) + " |", flush=True)
    print(f"\n{args.threads} thread{'s' * (args.threads > 1)}; ratios above 1: faster than float32. Dynamic range is slower in "
          f"{slower} of {len(chosen)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
