# vivace explain: rooflines, what would gain, memory, and the plots.
import json
import unittest
import xml.etree.ElementTree
import zipfile

from program import CASES, MODEL, ProgramTest

QUICK = ("--repeats", 2)
SVG = "{http://www.w3.org/2000/svg}"


class Roofline(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        test.setUp()
        cls.addClassCleanup(test.doCleanups)
        cls.answer = test.json("explain", MODEL, *QUICK)

    def test_every_step_has_a_roofline_from_what_was_measured(self):
        peak = self.answer["ceilings"]["flops_per_s"]
        names = [memory["name"] for memory in self.answer["ceilings"]["memories"]]
        self.assertEqual(names[-1], "DRAM")
        for step in self.answer["steps"]:
            self.assertGreater(step["roofline_s"], 0)
            self.assertLessEqual(step["weight_bytes"], step["bytes"])
            if step["memory_bound"]:
                self.assertGreater(step["roofline_s"], step["flops"] / peak)
            else:
                self.assertAlmostEqual(step["roofline_s"], step["flops"] / peak)
        self.assertAlmostEqual(self.answer["roofline_s"], sum(step["roofline_s"] for step in self.answer["steps"]))

    def test_gains_group_the_steps_by_kernel_the_largest_first(self):
        gains = self.answer["gains"]
        self.assertEqual(sorted(name for gain in gains for name in gain["nodes"]),
                         sorted(name for step in self.answer["steps"] for name in step["nodes"]))
        self.assertEqual(gains, sorted(gains, key=lambda gain: -gain["to_gain_s"]))
        above = sum(max(0, step["seconds"] - step["roofline_s"]) for step in self.answer["steps"])
        self.assertAlmostEqual(sum(gain["to_gain_s"] for gain in gains), above)

    def test_memory_stands_beside_its_lower_bound(self):
        memory = self.answer["memory"]
        self.assertEqual(set(memory), {"arena", "arena_lower_bound", "workspace", "weights", "packed"})
        self.assertGreaterEqual(memory["arena"], memory["arena_lower_bound"])
        self.assertGreater(memory["arena_lower_bound"], 32 * 32 * 16 * 4)
        self.assertGreater(memory["weights"], 300_000)


class Plots(ProgramTest):
    def texts(self, file):
        """Every text of an SVG, which must be well-formed and harmless."""
        root = xml.etree.ElementTree.parse(self.folder / file).getroot()
        self.assertEqual({element.tag.removeprefix(SVG) for element in root.iter()},
                         {"svg", "style", "text", "rect", "line", "g", "title"})
        for element in root.iter():
            self.assertFalse([name for name in element.attrib if name.startswith("on") or "href" in name])
        return [element.text for element in root.iter() if element.tag in (SVG + "text", SVG + "title")]

    def test_a_plot_has_a_bar_for_each_step(self):
        self.data("explain", MODEL, *QUICK, "--svg", "steps.svg", "--html", "steps.html")
        texts = self.texts("steps.svg")
        for step in ("conv2d", "conv2d_1", "dense", "average_pooling2d"):
            self.assertIn(step, texts)
        page = (self.folder / "steps.html").read_text()
        self.assertTrue(page.startswith("<!doctype html>"))
        self.assertNotIn("<script", page)
        self.assertNotIn("http:", page.replace("http://www.w3.org/2000/svg", ""))
        self.assertIn("prefers-color-scheme:dark", page)
        self.data("explain", MODEL, *QUICK, "--svg", "steps.svg")  # a plot may be replaced

    def hostile_model(self, units=b'"units": '):
        """A model whose last layer's name is markup, and what a terminal obeys."""
        hostile = '</text><script>alert(1)</script>&"\'\u202e\u0007\x1b[31m\u009b31m' + "x" * 500
        with zipfile.ZipFile(CASES / "dense/keras3/dense.keras") as good, \
                zipfile.ZipFile(self.folder / "hostile.keras", "w") as bad:
            config = good.read("config.json")
            name = json.loads(config)["config"]["layers"][-1]["config"]["name"]
            renamed = config.replace(json.dumps(name).encode(), json.dumps(hostile).encode())
            for member in good.namelist():
                bad.writestr(member, renamed.replace(b'"units": ', units) if member == "config.json"
                             else good.read(member))
        return "hostile.keras"

    def check_harmless(self, text):
        for character in "\u202e\u0007\x1b\u009b":
            self.assertNotIn(character, text)

    def test_names_of_a_hostile_file_are_shown_and_never_obeyed(self):
        model = self.hostile_model()
        self.check_harmless(self.data("explain", model, *QUICK, "--svg", "h.svg", "--html", "h.html"))
        self.assertTrue(any(text.startswith("</text><script>") for text in self.texts("h.svg")))
        page = (self.folder / "h.html").read_text()
        self.assertNotIn("<script", page)
        self.check_harmless(page)

    def test_a_terminal_never_obeys_a_name(self):
        shown = self.data("inspect", self.hostile_model())
        self.assertIn("\ufffd[31m", shown)
        self.check_harmless(shown)
        refused = self.refusal("inspect", self.hostile_model(b'"units": -'), code=1)
        self.assertIn("\ufffd[31m", refused)
        self.check_harmless(refused)
        data = self.json("inspect", self.hostile_model())
        self.assertIn("\x1b[31m", data["outputs"][0]["name"])  # data stays as it is

    def test_a_file_of_another_kind_is_not_overwritten(self):
        photo = self.write("photo.png", b"mine")
        for option in ("--svg", "--html"):
            self.assertIn("error[usage.output]", self.refusal("explain", MODEL, option, photo))
        self.assertEqual(photo.read_bytes(), b"mine")

    def test_a_plot_that_cannot_be_written_is_an_error(self):
        self.assertIn("error[file.unwritable]",
                      self.refusal("explain", MODEL, *QUICK, "--svg", "no/steps.svg", code=1))


if __name__ == "__main__":
    unittest.main()
