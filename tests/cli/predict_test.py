# vivace predict: inputs of every kind, outputs of every kind, and what does not fit.
import io
import os
import unittest
import zipfile

from program import CASES, LABELS, MODEL, PICTURE, ProgramTest, from_npy, npy

CAT = 3
ZEROS = npy((1, 32, 32, 3), [0.0] * 3072)


class Answers(ProgramTest):
    def scores(self, *words, **options):
        """The answer as JSON has it."""
        return self.json("predict", MODEL, *words, **options)["outputs"][0]["values"]

    def test_the_picture_is_a_cat(self):
        out = self.data("predict", MODEL, PICTURE, "--top", 3, "--labels", LABELS)
        self.assertEqual(out, "   0.9934  cat\n   0.0049  frog\n   0.0015  deer\n")

    def test_labels_alone_show_five_and_top_alone_shows_numbers_of_classes(self):
        self.assertEqual(len(self.data("predict", MODEL, PICTURE, "--labels", LABELS).splitlines()), 5)
        self.assertEqual(self.data("predict", MODEL, PICTURE, "--top", 1), "   0.9934  class 3\n")

    def test_json_follows_its_schema(self):
        answer = self.json("predict", MODEL, PICTURE, "--top", 2, "--labels", LABELS, "--time")
        self.assertEqual(set(answer), {"outputs", "seconds", "from_cache"})
        self.assertEqual(set(answer["seconds"]), {"open", "input", "first_call", "steady_call"})
        output = answer["outputs"][0]
        self.assertEqual((output["name"], output["dtype"], output["shape"]), ("dense", "float32", [1, 10]))
        self.assertEqual([place["label"] for place in output["top"][0]], ["cat", "frog"])
        self.assertAlmostEqual(output["top"][0][0]["value"], 0.993408, places=5)

    def test_debug_shows_each_operator_on_stderr_and_in_json(self):
        out, err = self.run_program("predict", MODEL, PICTURE, "--debug")
        self.assertEqual(len(out.splitlines()), 2)
        self.assertIn("conv2d_8", err)
        operators = self.json("predict", MODEL, PICTURE, "--debug")["operators"]
        self.assertEqual(set(operators[0]), {"node", "op", "dtype", "shape", "min", "max", "nans", "infinities",
                                             "seconds"})

    def test_every_way_to_compute_gives_the_same_cat(self):
        usual = self.scores(PICTURE)
        for words in (["--strict"], ["--small"], ["--isa", "baseline"], ["--threads", 1], ["--without", "all"],
                      ["--without", "fuse_activation", "--without", "fuse_residual"], ["--memory", "64M"],
                      ["--no-cache"]):
            scores = self.scores(PICTURE, *words)
            self.assertLess(max(abs(a - b) for a, b in zip(usual, scores)), 1e-5, words)

    def test_numbers_do_not_depend_on_threads_or_memory(self):
        batch = self.write("batch.npy", npy((8, 32, 32, 3), [float(i % 251) for i in range(8 * 3072)]))
        usual = self.scores(batch, "--threads", 1)
        self.assertEqual(self.scores(batch, "--threads", 2), usual)
        self.assertEqual(self.scores(batch, "--memory", "1M"), usual)

    def test_the_second_start_comes_from_the_cache_unless_it_is_off(self):
        self.environment.pop("VIVACE_CACHE")
        cache = {"XDG_CACHE_HOME": str(self.folder / "cache")}
        seen = [self.json("predict", MODEL, PICTURE, **cache)["from_cache"] for _ in range(2)]
        self.assertTrue(seen[1])
        self.assertFalse(self.json("predict", MODEL, PICTURE, "--no-cache", **cache)["from_cache"])


class Inputs(ProgramTest):
    def top(self, *words, **options):
        return self.json("predict", MODEL, *words, "--top", 1, **options)["outputs"][0]["top"][0][0]["index"]

    def test_a_picture_may_come_by_position_by_name_or_through_stdin(self):
        with open(PICTURE, "rb") as file:
            picture = file.read()
        self.assertEqual(self.top(PICTURE), CAT)
        self.assertEqual(self.top(f"input_1={PICTURE}"), CAT)
        self.assertEqual(self.top("-", stdin=picture), CAT)

    def test_npy_npz_and_csv_hold_the_same_numbers(self):
        numbers = [float(i % 256) for i in range(3072)]
        array = npy((1, 32, 32, 3), numbers)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("input_1.npy", array)
        files = [self.write("x.npy", array), self.write("x.npz", packed.getvalue()),
                 self.write("x.csv", ",".join(map(str, numbers)).encode())]
        answers = [self.json("predict", MODEL, file)["outputs"] for file in files]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])

    def test_preprocess_changes_the_numbers_before_the_model_sees_them(self):
        doubled = self.write("doubled.npy", npy((1, 32, 32, 3), [3.0] * 3072))
        plain = self.write("plain.npy", npy((1, 32, 32, 3), [4.0] * 3072))
        self.assertEqual(self.json("predict", MODEL, plain, "--preprocess", "2,2,2")["outputs"],
                         self.json("predict", MODEL, doubled)["outputs"])
        self.assertIn("error[usage.preprocess]", self.refusal("predict", MODEL, PICTURE, "--preprocess", "a,b"))

    def test_what_does_not_fit_is_told(self):
        self.assertIn('there is no file for the input "input_1"', self.refusal("predict", MODEL))
        self.assertIn("one file too many: the model has 1 input", self.refusal("predict", MODEL, PICTURE, PICTURE))
        self.assertIn('the model has no input "input_2", did you mean "input_1"?',
                      self.refusal("predict", MODEL, "input_2=x.npy"))
        small = self.write("small.npy", npy((1, 8, 8, 3), [0.0] * 192))
        error = self.refusal("predict", MODEL, small, code=1)
        self.assertIn('error[predict.shape]: input "input_1" wants [-1,32,32,3], the file holds [1,8,8,3]', error)
        self.assertIn("error[input.kind]",
                      self.refusal("predict", MODEL, self.write("x.bin", b"??"), code=1))
        self.assertIn("error[file.empty]", self.refusal("predict", MODEL, "-", code=1))
        self.assertIn("error[file.missing]", self.refusal("predict", MODEL, "nowhere.png", code=1))

    def test_a_picture_as_the_model_gets_a_way_out(self):
        self.assertIn("the model comes first", self.refusal("predict", PICTURE, MODEL, code=1))

    def test_an_instruction_set_or_pass_that_is_none_is_told(self):
        self.assertIn("error[options.isa]", self.refusal("predict", MODEL, PICTURE, "--isa", "sse9", code=1))
        self.assertIn('did you mean "fuse_residual"?',
                      self.refusal("predict", MODEL, PICTURE, "--without", "fuse_residaul", code=1))


class SeveralEnds(ProgramTest):
    """A model with the inputs x and y and the outputs p and q."""

    MODEL = CASES / "topology/keras3/nested_many_ends.keras"

    def setUp(self):
        super().setUp()
        self.x = self.write("x.npy", npy((1, 3), [0.1, 0.2, 0.3]))
        self.y = self.write("y.npy", npy((1, 4), [0.4, -0.3, 0.2, -0.1]))

    def test_names_decide_where_they_are_given_and_the_order_where_not(self):
        usual = self.json("predict", self.MODEL, self.x, self.y)["outputs"]
        self.assertEqual(sorted(output["name"] for output in usual), ["p", "q"])
        self.assertEqual(self.json("predict", self.MODEL, "y=y.npy", "x=x.npy")["outputs"], usual)
        self.assertEqual(self.json("predict", self.MODEL, "y=y.npy", self.x)["outputs"], usual)
        self.assertIn('input "x" wants [-1,3], the file holds [1,4]',
                      self.refusal("predict", self.MODEL, self.y, self.x, code=1))

    def test_one_npz_gives_all_inputs_and_takes_all_outputs(self):
        with zipfile.ZipFile(self.folder / "in.npz", "w") as archive:
            archive.write(self.x, "x.npy")
            archive.write(self.y, "y.npy")
        self.data("predict", self.MODEL, "in.npz", "-o", "out.npz")
        usual = self.json("predict", self.MODEL, self.x, self.y)["outputs"]
        with zipfile.ZipFile(self.folder / "out.npz") as archive:
            self.assertEqual({name: from_npy(archive.read(name))[1] for name in archive.namelist()},
                             {output["name"] + ".npy": output["values"] for output in usual})

    def test_what_is_missing_is_named(self):
        self.assertIn('there is no file for the input "y"', self.refusal("predict", self.MODEL, self.x))
        self.assertIn('the model has 2 outputs, "o.npy" holds one',
                      self.refusal("predict", self.MODEL, self.x, self.y, "-o", "o.npy"))


class Calls(ProgramTest):
    MODEL = CASES / "recurrent/keras3/lstm_stateful.keras"  # an LSTM over [2,3,3]

    def test_each_call_goes_on_where_the_one_before_ended(self):
        once = self.write("x.npy", npy((2, 3, 3), [1.0] * 18))
        thrice = self.write("calls.npy", npy((3, 2, 3, 3), [1.0] * 54))
        first = self.json("predict", self.MODEL, once)["outputs"][0]
        self.assertEqual(first["shape"], [2, 4])
        all_calls = self.json("predict", self.MODEL, thrice, "--calls")["outputs"][0]
        self.assertEqual(all_calls["shape"], [3, 2, 4])
        self.assertEqual(all_calls["values"][:8], first["values"])
        self.assertNotEqual(all_calls["values"][8:16], first["values"])
        timed = self.json("predict", self.MODEL, thrice, "--calls", "--time")["outputs"][0]
        self.assertEqual(timed["values"], all_calls["values"])
        debugged = self.json("predict", self.MODEL, thrice, "--calls", "--debug")["outputs"][0]
        self.assertLess(max(abs(a - b) for a, b in zip(debugged["values"], all_calls["values"])), 1e-6)
        self.assertIn("keeps state", self.data("inspect", self.MODEL))

    def test_a_file_without_calls_is_refused(self):
        scalar = self.write("x.npy", npy((), [1.0]))
        self.assertIn("error[usage.calls]", self.refusal("predict", self.MODEL, scalar, "--calls"))


class Outputs(ProgramTest):
    def test_npy_and_npz_hold_what_is_printed(self):
        zeros = self.write("zeros.npy", ZEROS)
        shown = self.json("predict", MODEL, zeros)["outputs"][0]["values"]
        self.assertEqual(self.data("predict", MODEL, zeros, "-o", "y.npy"), "")
        self.assertEqual(from_npy((self.folder / "y.npy").read_bytes()), ((1, 10), shown))
        self.data("predict", MODEL, zeros, "-o", "y.npz")
        with zipfile.ZipFile(self.folder / "y.npz") as archive:
            self.assertEqual(archive.namelist(), ["dense.npy"])
            self.assertEqual(from_npy(archive.read("dense.npy")), ((1, 10), shown))

    def test_what_is_written_has_the_permissions_that_files_have_here(self):
        self.data("predict", MODEL, PICTURE, "-o", "y.npy")
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual((self.folder / "y.npy").stat().st_mode & 0o777, 0o666 & ~mask)

    def test_a_pipe_or_device_is_written_into_not_replaced(self):
        os.mkfifo(self.folder / "pipe")
        reader = os.open(self.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.data("predict", MODEL, PICTURE, "-o", "pipe")
        self.assertEqual(from_npy(os.read(reader, 65536))[0], (1, 10))

    def test_a_folder_that_is_not_there_is_an_error(self):
        self.assertIn("error[file.unwritable]", self.refusal("predict", MODEL, PICTURE, "-o", "no/y.npy", code=1))


if __name__ == "__main__":
    unittest.main()
