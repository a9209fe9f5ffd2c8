#!/usr/bin/env python3
"""Makes whole networks as .h5 and .keras by Keras 3 and tf_keras, with inputs and TensorFlow's outputs.

The weights are seeded and the batch-norm statistics those of a trained network. What TensorFlow computes in float64
lies beside its float32 answer, so that errors can be compared. About 700 MB; tests/acceptance/applications.py uses it,
and has it make each architecture of keras.applications (--one), one after the other.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import framework  # noqa: E402

BATCHES = (1, 3)
MOST_DOUBLED = 150_000_000  # parameters of the largest network of keras.applications that is computed in float64 too


def limits(network, outputs, exact):
    """1e-5 of the range, 1e-4 through a deep network; three times the framework's own error where that is more."""
    relative = 1e-4 if network.deep else 1e-5
    own = [abs(a - e).max() for a, e in zip(outputs, exact)] or [0] * len(outputs)
    return {f"out{i}": {"atol": float(f"{max(relative * max(abs(a).max(), 1e-3), 3 * o):.2g}")}
            for i, (a, o) in enumerate(zip(outputs, own))}


def call(k, model, inputs):
    import numpy as np

    result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(t) for t in k.tf.nest.flatten(result)]


def check_reopened(k, files, inputs, outputs):
    """Where the framework reads its own file back (Keras 3 refuses an .h5 with masks), it must compute the same.

    Gives the seconds that each file took to open.
    """
    seconds = {}
    for file in files:
        start = time.perf_counter()
        try:
            again = k.keras.models.load_model(file, compile=False)
            seconds[file.name] = time.perf_counter() - start
        except (ValueError, TypeError) as error:
            print(f"{file.name}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        for batch, wanted in outputs.items():
            for mine, before in zip(call(k, again, inputs[batch]), wanted):
                if abs(mine - before).max() > 1e-6 * max(abs(before).max(), 1e-3):
                    raise ValueError(f"{file.name} answers differently when it is opened again")
    return seconds


def in_float64(k, network, model, inputs):
    """The outputs by batch in double precision; the model's values are moved into a network built anew."""
    import numpy as np

    import weights

    k.fresh("float64")
    wide = network.build(k)
    weights.copy(model, wide)
    return {batch: call(k, wide, [a.astype("float64") if a.dtype == np.float32 else a for a in arrays])
            for batch, arrays in inputs.items()}


def measured(outputs, exact):
    return {f"out{i}": {"max_abs": float(abs(a - e).max())} for i, (a, e) in enumerate(zip(outputs, exact))}


def make(name, framework_name, folder, seed):
    """One network from one framework: its files and a record for each file and batch."""
    import numpy as np

    import networks

    k, network = framework.Framework(framework_name), networks.find(name)
    k.fresh()
    model = networks.trained_looking(k, network, seed)
    folder = pathlib.Path(folder) / framework_name
    folder.mkdir(parents=True, exist_ok=True)
    files = [f"{name}{suffix}" for suffix in (".keras", ".h5")]
    for file in files:
        model.save(folder / file)
    inputs = {b: network.draw(np.random.default_rng(seed + b), b) for b in network.batches or BATCHES}
    outputs = {b: call(k, model, arrays) for b, arrays in inputs.items()}
    feeds = {n: {"array": f"in{i}"} for i, n in enumerate(k.input_names(model))}
    fetches = {n: {"array": f"out{i}", "argmax": f"top{i}"} for i, n in enumerate(k.output_names(model))}
    about = {"name": framework_name, "network": name, "parameters": model.count_params(),
             "inputs": [list(a.shape[1:]) for a in next(iter(inputs.values()))],
             "seconds_to_open": check_reopened(k, [folder / f for f in files], inputs, outputs)}
    # In float64 TensorFlow takes many minutes for the depthwise convolutions of the one, and 24 GB for the others.
    costly = name.startswith("ConvNeXt") or name in ("EfficientNetB7", "EfficientNetV2L", "NASNetLarge")
    doubled = not network.batches or (about["parameters"] <= MOST_DOUBLED and not costly)
    exact = in_float64(k, network, model, inputs) if doubled else {}
    records = []
    for batch in inputs:
        arrays = {f"in{i}": a for i, a in enumerate(inputs[batch])}
        arrays |= {f"out{i}": a for i, a in enumerate(outputs[batch])}
        arrays |= {f"top{i}": a.argmax(-1) for i, a in enumerate(outputs[batch])}
        arrays |= {f"exact{i}": a for i, a in enumerate(exact.get(batch, ()))}
        file = f"{name}_batch{batch}.npz"
        np.savez_compressed(folder / file, **arrays)
        record = {"file": file, "arithmetic": "float32", "feeds": feeds, "fetches": fetches,
                  "limits": limits(network, outputs[batch], exact.get(batch, ())), "golden_source": k.version}
        if exact:
            record |= {"exact": {f"out{i}": f"exact{i}" for i in range(len(exact[batch]))},
                       "measured": {"float64": measured(outputs[batch], exact[batch])}}
        records += [record | {"model": m} for m in files]
    return about | {"golden": records}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=pathlib.Path, default=ROOT / "build" / "golden",
                        help="the folder to fill (default: build/golden)")
    parser.add_argument("--networks", help="only these, with commas")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--applications", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    import networks

    if args.applications:
        return print(*networks.applications(), *networks.NETWORKS)
    if args.one:
        return print(json.dumps(make(*args.one, args.out, seed=20)))

    entries = []
    for name in args.networks.split(",") if args.networks else networks.NETWORKS:
        for framework_name in framework.NAMES:
            done = subprocess.run([sys.executable, __file__, str(args.out), "--one", name, framework_name],
                                  stdout=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit(f"{name} by {framework_name} failed")
            entries.append(json.loads(done.stdout.splitlines()[-1]))
            worst = {r["file"]: r["measured"]["float64"] for r in entries[-1]["golden"]}
            print(f"{name:16} {framework_name:9} float32 against float64: {json.dumps(worst)}", flush=True)
    manifest = args.out / "manifest.json"
    made = {e["network"] for e in entries}
    kept = [e for e in json.loads(manifest.read_text())["entries"] if e["network"] not in made] \
        if manifest.exists() else []
    manifest.write_text(json.dumps({"entries": kept + entries}, indent=1) + "\n")


if __name__ == "__main__":
    main()
