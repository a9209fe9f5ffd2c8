"""How far default and --strict arithmetic are from float64: the table of docs/accuracy.md.

Winograd's transforms are what the default does and --strict does not. Errors are roots of mean squares as compare.error
takes them, over all outputs of a network's pictures.
"""

import json
import subprocess
import tempfile

from . import compare, feeds, program

HEAD = ("| network | parameters, M | Winograd steps of all | reference | TensorFlow | `--strict` | default "
        "| default / strict |\n|---|---:|---:|---|---:|---:|---:|---:|")


def inputs_of(golden):
    arrays = feeds.Arrays(golden.folder)
    return {n: feeds.value_of(f, arrays, golden.case["file"]) for n, f in golden.case["feeds"].items()}


def steps(golden, tool):
    """(steps that are Winograd's, all steps) of a model's plan."""
    sizes = [f"--shape={name}={','.join(map(str, (1, *x.shape[1:])))}" for name, x in inputs_of(golden).items()]
    done = subprocess.run([str(tool), "explain", str(golden.folder / golden.case["model"]), "--repeats=1", "--json", *sizes],
                          capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    kernels = [step["kernel"] for step in json.loads(done.stdout)["steps"]]
    return sum("winograd" in kernel for kernel in kernels), len(kernels)


def errors(golden, tool, options):
    """(ours, TensorFlow's) for one golden case; TensorFlow's is None where it is the reference itself."""
    case, arrays = golden.case, feeds.Arrays(golden.folder)
    with tempfile.TemporaryDirectory() as scratch:
        outputs, said = program.predict(tool, golden.folder / case["model"], inputs_of(golden), scratch, options)
    if outputs is None:
        raise RuntimeError(said)
    own, theirs = 0.0, None
    for name, fetch in case["fetches"].items():
        stored = arrays.get(fetch["array"], case["file"])
        doubled = case.get("exact", {}).get(fetch["array"])
        reference = arrays.get(doubled, case["file"]) if doubled else stored
        own = max(own, compare.error(outputs[name], reference))
        if doubled:
            theirs = max(theirs or 0.0, compare.error(stored, reference))
    return own, theirs


def row(entry, golden, tool):
    """One line of the table, for a network that lies in golden.folder."""
    strict, theirs = errors(golden, tool, ("--strict",))
    default, _ = errors(golden, tool, ())
    winograd, count = steps(golden, tool)
    reference = "float32" if theirs is None else "float64"
    return (f"| {entry['network']} | {entry['parameters'] / 1e6:.1f} | {winograd} of {count} | {reference} "
            f"| {'' if theirs is None else f'{theirs:.1e}'} | {strict:.1e} | {default:.1e} | {default / strict:.2f} |")
