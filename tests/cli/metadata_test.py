# vivace predict and inspect on TensorFlow Lite models that say what pictures are to become and what classes are called.
import json
import unittest

from program import ROOT, ProgramTest

FOLDER = ROOT / "tests/data/tflite_metadata"
CASES = json.loads((FOLDER / "cases.json").read_text())


class Metadata(ProgramTest):
    def picture(self):
        """Two by two pixels."""
        file = self.folder / "photo.ppm"
        file.write_bytes(b"P6 2 2 255\n" + bytes(CASES["pixels"]))
        return file

    def answers(self, name, *words):
        return self.json("predict", FOLDER / f"{name}.tflite", *words)["outputs"][0]

    def test_pixels_become_what_the_metadata_say_and_integers_as_tensorflow_lite_makes_them(self):
        for name, want in CASES["good"].items():
            with self.subTest(name):
                got = self.answers(name, self.picture())["values"]
                self.assertEqual(len(got), len(want))
                for mine, theirs in zip(got, want):
                    self.assertAlmostEqual(mine, theirs, delta=1e-6 if name.startswith("float") else 0)

    def test_the_prepared_form_keeps_them(self):
        out = self.folder / "echo.viv"
        self.run_program("compile", FOLDER / "int8_channels.tflite", "-o", out)
        answer = self.json("predict", out, self.picture())["outputs"][0]["values"]
        self.assertEqual(answer, CASES["good"]["int8_channels"])
        self.assertIn("12 labels: class of ant", self.data("inspect", out))

    def test_what_was_assumed_is_said(self):
        for name, said in (("uint8_half", "become (x - 127.5) / 127.5, as the model's metadata say"),
                           ("float_channels", "become (x - [100, 110, 120]) / [50, 60, 70]"),
                           ("uint8_silent", "are given as the bytes they are, 0 to 255, which the model reads as -1 to"),
                           ("int8_silent", "are given less 128, as -128 to 127, which the model reads as -1 to 0.9922")):
            with self.subTest(name):
                self.assertIn(said, self.run_program("predict", FOLDER / f"{name}.tflite", self.picture())[1])

    def test_a_preprocessing_that_is_asked_for_counts_instead(self):
        got = self.answers("uint8_half", self.picture(), "--preprocess", "1,0,255")["values"]
        self.assertEqual(got, [min(255, round(p / 255 * 128) + 128) for p in CASES["pixels"]])

    def test_the_largest_are_real_numbers_under_their_names(self):
        shown = self.data("predict", FOLDER / "uint8_half.tflite", self.picture()).splitlines()
        self.assertEqual(shown[0], "   0.9922  class of jay")
        self.assertEqual(len(shown), 5)
        top = self.answers("uint8_half", self.picture(), "--top", 1)["top"][0][0]
        self.assertEqual((top["label"], top["value"]), ("class of jay", 0.9921875))
        labels = self.folder / "labels.txt"
        labels.write_text("\n".join(f"mine {i}" for i in range(12)))
        shown = self.data("predict", FOLDER / "uint8_half.tflite", self.picture(), "--top", 1, "--labels", labels)
        self.assertEqual(shown, "   0.9922  mine 9\n")

    def test_inspect_shows_them(self):
        text = self.data("inspect", FOLDER / "int8_channels.tflite")
        for words in ("an echo", "nobody", "0.02 * (number - 3)", "(x - [100, 110, 120]) / [50, 60, 70]",
                      "12 labels: class of ant, class of bee, class of cat, ..."):
            self.assertIn(words, text)
        found = self.json("inspect", FOLDER / "int8_channels.tflite")
        self.assertEqual(found["inputs"][0]["quantisation"]["zero_point"], 3)
        self.assertEqual(found["inputs"][0]["normalisation"], {"mean": [100, 110, 120], "deviation": [50, 60, 70]})
        self.assertEqual(found["outputs"][0]["labels"], CASES["classes"])

    def test_bad_metadata_are_left_out_and_said(self):
        for name, said in CASES["bad"].items():
            with self.subTest(name):
                self.assertIn(said, self.data("inspect", FOLDER / f"{name}.tflite"))
                answer, told = self.run_program("predict", FOLDER / f"{name}.tflite", self.picture())
                self.assertIn(said, told)
                self.assertNotIn("class of", answer)


if __name__ == "__main__":
    unittest.main()
