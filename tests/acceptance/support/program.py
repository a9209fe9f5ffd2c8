"""Runs the built vivace on arrays and reads back what it computed."""

import os
import pathlib
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
DEFAULT = ROOT / "build" / "release" / "vivace"


def predict(program, model, inputs, scratch, options=(), environment=None):
    """Inputs are arrays by name, a lone one may be under "". (outputs by name, '') or (None, what the program said on stderr)."""
    out = pathlib.Path(scratch) / "out.npz"
    out.unlink(missing_ok=True)
    command = [str(program), "predict", str(model)]
    for number, (name, array) in enumerate(inputs.items()):
        file = pathlib.Path(scratch) / f"in{number}.npy"
        np.save(file, array)
        command.append(f"{name}={file}" if name else str(file))
    try:
        done = subprocess.run([*command, "-o", str(out), *options], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, env={**os.environ, "NO_COLOR": "1", **(environment or {})})
    except subprocess.TimeoutExpired:
        return None, "no answer in 300 s"
    if done.returncode:
        return None, done.stderr.strip() or f"exit status {done.returncode}"
    with np.load(out, allow_pickle=False) as result:
        return {name: result[name] for name in result}, ""
