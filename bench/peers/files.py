"""Where the benchmarks' files lie, and how a network's come to be there."""

import pathlib
import subprocess
import sys

from peers.goals import is_int8

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "bench"


def model_folder(python, network, batches):
    """The network's files in every engine's format, made when they are not there yet."""
    folder, wanted = BUILD / "models" / network, list(map(str, batches))
    done = folder / "done"
    script = "make_int8.py" if is_int8(network) else "make_models.py"
    if not done.exists() or not set(wanted) <= set(done.read_text().split()):
        print(f"making the models of {network}", file=sys.stderr)
        subprocess.run([python, HERE / script, network, folder, *wanted], check=True, capture_output=True)
    missing = [b for b in wanted if not (folder / f"batch{b}.xml").exists()]
    if missing:
        subprocess.run([python, HERE / "make_openvino.py", folder, *missing], check=True, capture_output=True)
    return folder
