#!/usr/bin/env python3
"""Makes whole networks as .h5 and .keras by Keras 3 and tf_keras, with inputs and TensorFlow's outputs.

The weights are seeded and the batch-norm statistics those of a trained network. What TensorFlow computes in float64
lies beside its float32 answer, so that errors can be compared. About 700 MB; tests/acceptance/applications.py uses it.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import framework  # noqa: E402

BATCHES = (1, 3)


def limits(network, outputs):
    """1e-5 of the range, 1e-4 through a deep network."""
    relative = 1e-4 if network.deep else 1e-5
    return {f"out{i}": {"atol": float(f"{relative * max(abs(a).max(), 1e-3):.2g}")} for i, a in enumerate(outputs)}


def call(k, model, inputs):
    import numpy as np

    result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(t) for t in k.tf.nest.flatten(result)]


def check_reopened(k, files, inputs, outputs):
    """Where the framework reads its own file back (Keras 3 refuses an .h5 with masks), it must compute the same."""
    for file in files:
        try:
            again = k.keras.models.load_model(file, compile=False)
        except (ValueError, TypeError) as error:
            print(f"{file.name}: {str(error).splitlines()[0]}", file=sys.stderr)
            continue
        for batch, wanted in outputs.items():
            for mine, before in zip(call(k, again, inputs[batch]), wanted):
                if abs(mine - before).max() > 1e-6 * max(abs(before).max(), 1e-3):
                    raise ValueError(f"{file.name} answers differently when it is opened again")


def make(name, framework_name, folder, seed):
    """One network from one framework: its files and a record for each file and batch."""
    import numpy as np

    import weights
    from networks import NETWORKS, trained_looking

    k, network = framework.Framework(framework_name), NETWORKS[name]
    k.fresh()
    model = trained_looking(k, network, seed)
    folder = pathlib.Path(folder) / framework_name
    folder.mkdir(parents=True, exist_ok=True)
    files = [f"{name}{suffix}" for suffix in (".keras", ".h5")]
    for file in files:
        model.save(folder / file)
    inputs = {b: network.draw(np.random.default_rng(seed + b), b) for b in BATCHES}
    outputs = {b: call(k, model, inputs[b]) for b in BATCHES}
    feeds = {n: {"array": f"in{i}"} for i, n in enumerate(k.input_names(model))}
    check_reopened(k, [folder / f for f in files], inputs, outputs)
    fetches = {n: {"array": f"out{i}", "argmax": f"top{i}"} for i, n in enumerate(k.output_names(model))}
    k.fresh("float64")
    wide = network.build(k)
    weights.copy(model, wide)
    records = []
    for batch in BATCHES:
        doubled = [a.astype("float64") if a.dtype == np.float32 else a for a in inputs[batch]]
        exact = call(k, wide, doubled)
        arrays = {f"in{i}": a for i, a in enumerate(inputs[batch])}
        for i, (mine, true) in enumerate(zip(outputs[batch], exact)):
            arrays |= {f"out{i}": mine, f"exact{i}": true, f"top{i}": mine.argmax(-1)}
        file = f"{name}_batch{batch}.npz"
        np.savez_compressed(folder / file, **arrays)
        measured = {f"out{i}": {"max_abs": float(abs(a - e).max())}
                    for i, (a, e) in enumerate(zip(outputs[batch], exact))}
        records += [{"file": file, "model": m, "arithmetic": "float32", "feeds": feeds, "fetches": fetches,
                     "limits": limits(network, outputs[batch]),
                     "exact": {f"out{i}": f"exact{i}" for i in range(len(exact))},
                     "golden_source": k.version, "measured": {"float64": measured}} for m in files]
    return {"name": framework_name, "network": name, "golden": records}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=pathlib.Path, default=ROOT / "build" / "golden",
                        help="the folder to fill (default: build/golden)")
    parser.add_argument("--networks", help="only these, with commas")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(make(*args.one, args.out, seed=20)))
        return
    import networks

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
