# Runs the program for the tests, and speaks .npy without NumPy.
import ast
import json
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("VIVACE_PROGRAM", str(ROOT / "build/release/vivace"))
CASES = Path(os.environ.get("VIVACE_KERAS_CASES", ROOT / "build/release/testdata/keras"))
MODEL, PICTURE = str(ROOT / "examples/cifar10_resnet8.h5"), str(ROOT / "examples/cat.png")
LABELS = str(ROOT / "examples/cifar10_labels.txt")
FORMATS = {"<f4": "f", "<f8": "d", "|u1": "B", "|i1": "b", "<i4": "i", "<i8": "q"}


def npy(shape, numbers, kind="<f4"):
    """The bytes of an .npy file."""
    head = repr({"descr": kind, "fortran_order": False, "shape": tuple(shape)})
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(
        f"<{len(numbers)}{FORMATS[kind]}", *numbers)


def from_npy(data):
    """(shape, numbers) of an .npy file."""
    length = struct.unpack_from("<H", data, 8)[0]
    head = ast.literal_eval(data[10:10 + length].decode())
    body = data[10 + length:]
    kind = FORMATS[head["descr"]]
    return head["shape"], list(struct.unpack(f"<{len(body) // struct.calcsize(kind)}{kind}", body))


class ProgramTest(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        self.environment = {**os.environ, "VIVACE_CACHE": "off"}

    def run_program(self, *words, code=0, stdin=b"", **environment):
        """(stdout, stderr) as text, after the exit code was checked."""
        done = subprocess.run([PROGRAM, *map(str, words)], input=stdin, capture_output=True, cwd=self.folder,
                              env={**self.environment, **environment}, timeout=120)
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, code, f"{words}\n{out}{err}")
        return out, err

    def data(self, *words, **options):
        return self.run_program(*words, **options)[0]

    def json(self, *words, **options):
        return json.loads(self.data(*words, "--json", **options))

    def refusal(self, *words, code=2, **options):
        """What stderr says of a command that fails; stdout must be silent then."""
        out, err = self.run_program(*words, code=code, **options)
        self.assertEqual(out, "")
        return err

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path
