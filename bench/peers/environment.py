"""The Python environment of the peers, made once from PyPI, apart from the system's and the project's."""

import pathlib
import subprocess
import sys
import venv

PACKAGES = ("tensorflow", "tf_keras", "tf2onnx", "onnx", "onnxruntime", "openvino", "ai-edge-litert")


def python_of(folder):
    """The environment's interpreter; makes the environment if there is none (about 2 GB)."""
    folder = pathlib.Path(folder)
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making {folder} with {', '.join(PACKAGES)}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return str(python)
