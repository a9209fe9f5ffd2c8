# vivace inspect, explain, check, compile and bench.
import os
import unittest

from program import CASES, LABELS, MODEL, PICTURE, ProgramTest

PORT = {"name", "dtype", "shape"}


class Inspect(ProgramTest):
    def test_a_model_is_shown_with_its_layers(self):
        out = self.data("inspect", MODEL)
        self.assertIn("input   input_1 float32[batch,32,32,3]\n", out)
        self.assertIn("78666 parameters, 25.", out)
        model = self.json("inspect", MODEL)
        self.assertEqual(set(model), {"format", "producer", "parameters", "flops", "inputs", "outputs", "layers",
                                      "warnings", "unsupported"})
        self.assertEqual(set(model["inputs"][0]), PORT)
        self.assertEqual(set(model["layers"][0]), {"name", "kind", "output", "dtype", "weights", "parameters",
                                                    "flops"})
        self.assertEqual((model["parameters"], model["unsupported"]), (78666, []))

    def test_all_that_is_unsupported_is_listed_at_once(self):
        for framework in ("keras3", "tf_keras"):
            for ending in ("h5", "keras"):
                file = CASES / "foreign" / framework / f"lambda_and_custom_layer.{ending}"
                out = self.data("inspect", file, code=4)
                self.assertIn("unsupported (2):", out)
                self.assertIn("Lambda minus", out)
                self.assertIn("Doubled twice", out)
                listed = self.json("inspect", file, code=4)["unsupported"]
                self.assertEqual([set(error) for error in listed], [{"id", "what", "at", "fix"}] * 2)
                self.refusal("predict", file, code=4)

    def test_a_prepared_model_can_be_inspected(self):
        self.data("compile", MODEL, "-o", "m.viv")
        model = self.json("inspect", "m.viv")
        self.assertEqual(model["format"], "vivace prepared model")
        self.assertIn("Keras", model["producer"])

    def test_weights_without_their_layers_get_a_way_out(self):
        weights = sorted((CASES / "containers").rglob("*.weights.h5"))
        self.assertTrue(weights)
        alone = self.write("alone.weights.h5", weights[0].read_bytes())
        error = self.refusal("inspect", alone, code=1)
        self.assertIn("error[import.no-architecture]", error)
        self.assertIn("model.json", error)

    def test_what_is_no_model_is_named(self):
        self.assertIn("is a PNG picture", self.refusal("inspect", PICTURE, code=1))
        self.assertIn("error[file.missing]", self.refusal("inspect", "nowhere.h5", code=1))
        self.assertIn("error[file.empty]", self.refusal("inspect", self.write("e.h5", b""), code=1))
        self.assertIn("error[import.kind]", self.refusal("inspect", LABELS, code=1))


class Compile(ProgramTest):
    def test_the_prepared_form_gives_the_same_numbers(self):
        answer = self.json("compile", MODEL, "-o", "m.viv")
        self.assertEqual(answer, {"file": "m.viv", "bytes": (self.folder / "m.viv").stat().st_size})
        source, prepared = (self.json("predict", model, PICTURE)["outputs"] for model in (MODEL, "m.viv"))
        self.assertEqual(source, prepared)

    def test_a_prepared_form_may_be_written_again_but_nothing_else_is_overwritten(self):
        self.data("compile", MODEL, "-o", "m.viv")
        self.data("compile", MODEL, "-o", "m.viv")
        photo = self.write("photo.png", b"mine")
        self.assertIn("error[usage.output]", self.refusal("compile", MODEL, "-o", photo))
        self.assertEqual(photo.read_bytes(), b"mine")
        self.assertEqual(sorted(os.listdir(self.folder)), ["m.viv", "photo.png"])

    def test_a_missing_folder_is_an_error_and_leaves_nothing(self):
        self.assertIn("error[file.unwritable]", self.refusal("compile", MODEL, "-o", "no/m.viv", code=1))
        self.assertEqual(os.listdir(self.folder), [])


class Check(ProgramTest):
    def test_sound_files_are_sound(self):
        self.data("compile", MODEL, "-o", "m.viv")
        for model in (MODEL, "m.viv"):
            self.assertEqual(self.data("check", model), f"{model}: sound; 1 input, 1 output\n")
        self.assertEqual(self.json("check", MODEL), {"sound": True, "inputs": 1, "outputs": 1})

    def test_one_flipped_byte_of_a_prepared_form_is_found(self):
        self.data("compile", MODEL, "-o", "m.viv")
        damaged = bytearray((self.folder / "m.viv").read_bytes())
        damaged[len(damaged) // 2] ^= 1
        self.write("m.viv", damaged)
        self.assertIn("error[viv.damaged]", self.refusal("check", "m.viv", code=1))


class Measure(ProgramTest):
    def test_explain_shows_passes_and_steps(self):
        out = self.data("explain", MODEL, "--repeats", 2)
        self.assertIn("fuse_activation", out)
        self.assertIn("% of all", out)
        answer = self.json("explain", MODEL, "--repeats", 2, "--batch", 2)
        self.assertEqual(set(answer), {"isa", "passes", "ceilings", "steps", "seconds", "roofline_s", "gains",
                                       "memory"})
        self.assertEqual(set(answer["passes"][0]), {"name", "changes", "seconds"})
        self.assertEqual(set(answer["steps"][0]), {"node", "nodes", "op", "kernel", "seconds", "flops", "bytes",
                                                     "weight_bytes", "roofline_s", "memory_bound"})

    def test_open_sizes_are_given_by_shape(self):
        self.data("explain", MODEL, "--repeats", 1, "--shape", "input_1=3,32,32,3")
        self.assertIn("--shape gives 2 sizes", self.refusal("explain", MODEL, "--shape", "3,32"))
        self.assertIn("error[usage.shape]", self.refusal("explain", MODEL, "--shape", "a,b"))

    def test_sizes_that_are_fixed_stay_so(self):
        for command in ("predict", "bench", "explain"):
            words = [PICTURE] if command == "predict" else []
            error = self.refusal(command, MODEL, *words, "--shape", "1,64,64,3", code=1)
            self.assertIn("error[predict.shape]", error)
            self.assertIn("input_1", error)


if __name__ == "__main__":
    unittest.main()
