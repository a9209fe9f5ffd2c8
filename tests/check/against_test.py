# ./dev bench --against: what it takes for a regression, and what for noise.
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "bench" / "against.py"
sys.path.insert(0, str(SCRIPT.parent))
from against import Compared  # noqa: E402

# Stands in for vivace: answers as its bench does, with a latency of its own and some noise.
PROGRAM = """#!{python}
import json, os, random, sys
assert sys.argv[1] == "bench" and "--json" in sys.argv
if "broken" in sys.argv[2]: sys.exit("error[file.missing]: there is no such file")
print(json.dumps({{"open_s": random.uniform(0.9, 1.1),
                  "batches": [{{"latency_s": {{"median": {seconds} * random.uniform(0.99, 1.01)}}}}]}}))
"""


def rounds(ratio, noise, seed, count=11):
    choose = random.Random(seed)
    return [(1 + choose.gauss(0, noise), ratio * (1 + choose.gauss(0, noise))) for _ in range(count)]


class Verdict(unittest.TestCase):
    def test_a_clear_change_is_found_either_way(self):
        for seed in range(20):
            self.assertEqual(Compared("m", 1, "call", rounds(1.05, 0.01, seed)).verdict(0.01), "slower")
            self.assertEqual(Compared("m", 1, "call", rounds(0.95, 0.01, seed)).verdict(0.01), "faster")

    def test_noise_is_no_regression(self):
        wrong = sum(Compared("m", 1, "call", rounds(1, 0.05, seed)).verdict(0.01) != "same" for seed in range(60))
        self.assertLessEqual(wrong, 4)

    def test_one_slow_round_is_no_regression(self):
        pairs = [(1, 1)] * 10 + [(1, 3)]
        self.assertEqual(Compared("m", 1, "call", pairs).verdict(0.01), "same")

    def test_what_is_too_little_to_matter_is_no_regression(self):
        self.assertEqual(Compared("m", 1, "call", [(1, 1.005)] * 11).verdict(0.01), "same")
        self.assertEqual(Compared("m", 1, "call", [(1, 1.005)] * 11).verdict(0.001), "slower")


class Program(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        (self.folder / "model.h5").write_bytes(b"")
        (self.folder / "broken.h5").write_bytes(b"")

    def program(self, name, seconds):
        path = self.folder / name
        path.write_text(PROGRAM.format(python=sys.executable, seconds=seconds))
        path.chmod(0o755)
        return path

    def run_script(self, old, new, *words):
        programs = [self.program("old", old), self.program("new", new)]
        return subprocess.run([sys.executable, SCRIPT, "--against", "main", "--threads", "1", "--rounds", "7",
                               *words, "--programs", *programs], capture_output=True, text=True)

    def test_a_regression_is_told_and_ends_with_1(self):
        done = self.run_script(1, 1.5, str(self.folder / "model.h5"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("slower", done.stdout)
        self.assertIn("1 of 2 figures", done.stdout)

    def test_the_same_program_is_the_same(self):
        done = self.run_script(1, 1, str(self.folder / "model.h5"), "--least", "5", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        call = json.loads(done.stdout)["results"][0]
        self.assertEqual((call["model"], call["figure"], call["verdict"]), ("model.h5", "call", "same"))

    def test_a_model_that_does_not_run_is_a_failure(self):
        done = self.run_script(1, 1, str(self.folder / "broken.h5"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("broken.h5, 1 threads: error[file.missing]", done.stdout)

    def test_a_model_that_is_not_there_is_named(self):
        done = self.run_script(1, 1, "nowhere.h5")
        self.assertIn("there is no model nowhere.h5", done.stderr)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
