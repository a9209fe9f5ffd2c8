# ./dev new: what it writes, and what it refuses.
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("new", ROOT / "tools" / "new" / "__main__.py")
new = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(new)


class New(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        (self.root / "src/ops/linear").mkdir(parents=True)
        (self.root / "src/passes/fold").mkdir(parents=True)
        (self.root / "src/passes/passes.inc").write_text("PASS(first)\n")

    def tearDown(self):
        self.folder.cleanup()

    def names(self, kind, path):
        return [str(file.relative_to(self.root)) for file in new.plan(self.root, kind, path)]

    def test_nothing_new_touches_more_than_three_files(self):
        self.assertEqual(self.names("op", "linear/outer"),
                         [f"src/ops/linear/outer{end}" for end in (".cc", ".h", "_test.cc")])
        self.assertEqual(self.names("kernel", "saxpy"),
                         [f"src/kernels/saxpy/saxpy{end}" for end in (".body.h", ".h", "_test.cc")])
        self.assertEqual(self.names("pass", "fold/sink"),
                         ["src/passes/fold/sink.cc", "src/passes/fold/sink_test.cc", "src/passes/passes.inc"])

    def test_every_word_of_a_template_is_filled_in(self):
        for kind, path in (("op", "linear/outer_sum"), ("kernel", "x/outer_sum"), ("pass", "fold/outer_sum")):
            for file, text in new.plan(self.root, kind, path).items():
                self.assertNotIn("@", text, file)
        text = next(iter(new.plan(self.root, "op", "linear/outer_sum").values()))
        self.assertIn("OuterSum", text)

    def test_a_pass_is_added_at_the_end_of_its_list(self):
        files = new.plan(self.root, "pass", "fold/sink")
        self.assertEqual(files[self.root / "src/passes/passes.inc"], "PASS(first)\nPASS(sink)\n")

    def test_what_makes_no_sense_is_refused_with_the_reason(self):
        self.assertIn("usage", new.refusal(self.root, "op", "Linear/Outer"))
        self.assertIn("usage", new.refusal(self.root, "door", "x"))
        self.assertIn("FAMILY is one of: linear", new.refusal(self.root, "op", "outer"))
        self.assertIn("there is no src/doctor", new.refusal(self.root, "finding", "x"))
        (self.root / "src/ops/linear/outer.h").write_text("")
        self.assertIn("is there already", new.refusal(self.root, "op", "linear/outer"))
        self.assertIsNone(new.refusal(self.root, "pass", "fold/sink"))


if __name__ == "__main__":
    unittest.main()
