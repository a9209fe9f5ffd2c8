# vivace check --against tensorflow, with a Python that only looks as if it had TensorFlow.
import sys
import unittest

from program import MODEL, PICTURE, ProgramTest

# It runs the program's own words in stand-ins for keras and tensorflow, whose answers come from vivace predict.
FAKE = """#!{python}
import sys
kind = {kind!r}
if kind == "missing":
    sys.stderr.write("No module named 'tensorflow'\\n")
    sys.exit(3)
if kind == "refused":
    sys.stderr.write("keras 3: ValueError: no such layer\\n")
    sys.exit(4)
if kind == "killed":
    sys.exit(77)
if kind == "slow":
    import time
    time.sleep(60)
assert sys.argv[1] == "-c" and "safe" not in sys.argv[2] and "compile=False" in sys.argv[2]
model, inputs, outputs, architecture = sys.argv[3:7]
assert model.endswith("cifar10_resnet8.h5") and architecture == ""
import subprocess
done = subprocess.run([{program!r}, "predict", model, inputs, "-o", outputs], capture_output=True)
assert done.returncode == 0, done.stderr
if kind == "other":
    import struct, zipfile
    with zipfile.ZipFile(outputs) as archive:
        name = archive.namelist()[0]
        data = bytearray(archive.read(name))
    data[-4:] = struct.pack("<f", struct.unpack("<f", data[-4:])[0] + 0.01)
    with zipfile.ZipFile(outputs, "w") as archive:
        archive.writestr(name, bytes(data))
print("keras 3.0, tensorflow 2.99")
"""


class Against(ProgramTest):
    def fake(self, kind):
        from program import PROGRAM
        path = self.write("python", FAKE.format(python=sys.executable, kind=kind, program=PROGRAM).encode())
        path.chmod(0o755)
        return {"PYTHON": str(path)}

    def check(self, kind, *words, **options):
        return self.json("check", MODEL, *words, "--against", "tensorflow", **options, **self.fake(kind))

    def test_the_same_numbers(self):
        answer = self.check("same")
        self.assertEqual(set(answer), {"sound", "inputs", "against", "version", "limit", "same", "outputs"})
        self.assertEqual((answer["same"], answer["version"]), (True, "keras 3.0, tensorflow 2.99"))
        output = answer["outputs"][0]
        self.assertEqual(set(output), {"name", "dtype", "shape", "same", "difference", "range", "share", "rows",
                                       "other_top1"})
        self.assertEqual((output["shape"], output["difference"]), ([2, 10], 0))
        out = self.data("check", MODEL, "--against", "tensorflow", **self.fake("same"))
        self.assertIn("the same numbers as keras 3.0, tensorflow 2.99", out)

    def test_own_inputs(self):
        answer = self.check("same", PICTURE)
        self.assertEqual(answer["outputs"][0]["shape"], [1, 10])

    def test_other_numbers_fail(self):
        answer = self.check("other", code=1)
        self.assertFalse(answer["same"])
        self.assertFalse(answer["outputs"][0]["same"])
        self.assertIn("of its range", answer["outputs"][0]["why"])
        out = self.data("check", MODEL, "--against", "tensorflow", code=1, **self.fake("other"))
        self.assertIn("NOT the same numbers", out)
        self.assertTrue(self.check("other", "--limit", "0.5")["same"])

    def test_what_is_missing_is_said(self):
        def refusal(*words, **options):
            return self.refusal("check", MODEL, "--against", "tensorflow", *words, code=1, **options)

        self.assertIn("error[check.python]", refusal(PYTHON="/nowhere/python"))
        error = refusal(**self.fake("missing"))
        self.assertIn("error[check.tensorflow]", error)
        self.assertIn("No module named 'tensorflow'", error)
        error = refusal(**self.fake("refused"))
        self.assertIn("error[check.refused]", error)
        self.assertIn("no such layer", error)
        self.assertIn("ended with status 77", refusal(**self.fake("killed")))
        self.assertIn("error[check.timeout]", refusal("--timeout", "1", **self.fake("slow")))

    def test_the_command_line(self):
        self.assertIn("did you mean \"tensorflow\"", self.refusal("check", MODEL, "--against", "tensroflow"))
        self.assertIn("error[usage.against]", self.refusal("check", MODEL, "--against", "matlab"))
        self.assertIn("only --against", self.refusal("check", MODEL, PICTURE))


if __name__ == "__main__":
    unittest.main()
