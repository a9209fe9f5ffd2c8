# What counts as covered: the branches of values, the layers of a file, the explanations.
import json
import pathlib
import tempfile
import types
import unittest
import zipfile

import branches
import configs
import matrix

STRIDES = ["one", "uniform", "mixed"]
UNIVERSE = {"keras3": {"layers": {
    "Conv2D": {"attributes": {"strides": {"default": [1, 1], "branches": STRIDES}}, "ranks": [4]},
    "LSTM": {"attributes": {}, "ranks": [3], "mask": True},
    "Dense": {"attributes": {}, "ranks": [2], "mask": True}}}}


def layer(kind, sources=(), **config):
    tensors = [{"class_name": "__keras_tensor__", "config": {"shape": shape, "keras_history": [source, 0, 0]}}
               for source, shape in sources]
    return {"module": "keras.layers", "class_name": kind, "config": {"dtype": {
        "class_name": "DTypePolicy", "config": {"name": "float32"}}, **config}, "name": config["name"],
        "inbound_nodes": [{"args": tensors, "kwargs": {}}] if tensors else []}


def archive(folder, layers):
    path = pathlib.Path(folder) / "m.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", json.dumps({"class_name": "Functional", "config": {"layers": layers}}))
    return path


class Branches(unittest.TestCase):
    def test_values(self):
        for value, known, default, wanted in (
                (True, ["true", "false"], True, {"true"}), ("same", ["=valid", "=same"], "valid", {"=same"}),
                ("tanh", ["=linear", "other"], None, {"other"}), (None, ["none", "some"], None, {"none"}),
                (3, ["none", "some"], None, {"some"}), ([1, 1], STRIDES, 1, {"one"}), (2, STRIDES, 1, {"uniform"}),
                ([2, 1], STRIDES, 1, {"mixed"}), ([[0, 1], [2, 3]], ["uniform", "mixed"], 1, {"mixed"}),
                (0.30000001192092896, ["default", "other"], 0.3, {"default"}), (0.5, ["default", "other"], 0.3, {"other"}),
                ([1, 2], ["default", "mixed", "other"], -1, {"mixed", "other"}), (2, ["=1", "=2"], 1, {"=2"}),
                (True, ["=1", "true"], False, {"true"}), ([1, 1], ["default", "other"], [1, 1], {"default"}), ("strange", ["=valid", "=same"], "valid", set())):
            self.assertEqual(branches.of(value, known, default), wanted, (value, known))


class Files(unittest.TestCase):
    def uses(self, layers):
        with tempfile.TemporaryDirectory() as folder:
            return configs.uses(archive(folder, layers), UNIVERSE["keras3"])

    def test_ranks_and_masks_are_followed(self):
        ids = layer("InputLayer", name="ids")
        table = layer("Embedding", [("ids", [None, 6])], name="e", mask_zero=True)
        inner = layer("LSTM", [("e", [None, 6, 3])], name="l", return_sequences=False)
        last = layer("Dense", [("l", [None, 4])], name="d")
        found = {use["layer"]: use for use in self.uses([ids, table, inner, last])}
        self.assertEqual((found["LSTM"]["ranks"], found["LSTM"].get("mask")), ([3], True))
        self.assertEqual((found["Dense"]["ranks"], found["Dense"].get("mask")), ([2], None))
        self.assertEqual(found["Dense"]["config"]["dtype"], "float32")

    def test_a_cell_takes_one_step(self):
        cells = layer("StackedRNNCells", name="s", cells=[layer("LSTMCell", name="c")])
        steps = layer("InputLayer", name="x")
        found = {use["layer"]: use for use in self.uses([steps, layer("RNN", [("x", [None, 6, 3])], name="r", cell=cells)])}
        self.assertEqual([found[n]["ranks"] for n in ("RNN", "StackedRNNCells", "LSTMCell")], [[3], [2], [2]])

    def test_what_is_no_archive_has_no_layers(self):
        self.assertEqual(configs.uses(pathlib.Path(__file__), UNIVERSE["keras3"]), [])


class Rows(unittest.TestCase):
    def test_holes_are_what_is_neither_covered_nor_explained(self):
        coverage = matrix.Coverage(UNIVERSE)
        use = {"layer": "Conv2D", "config": {"strides": [2, 1], "dtype": "float32"}, "ranks": [4], "dtypes": ["float32"]}
        coverage.add(types.SimpleNamespace(options=(), folder=pathlib.Path(), case={
            "name": "keras3/one", "model": "one.h5", "traits": [use]}))
        with tempfile.NamedTemporaryFile("w+") as file:
            file.write("# why\nkeras3/layer/Conv2D/policy *  none of these\nkeras3/layer/Nothing/*  stale\n")
            file.flush()
            explained = matrix.Explained(pathlib.Path(file.name))
        row = next(matrix.rows(UNIVERSE, coverage, explained))
        self.assertEqual(row.covered, ["strides mixed", "rank 4", "policy float32", "file .h5"])
        self.assertEqual(row.holes, ["strides one", "strides uniform", "file .keras"])
        self.assertEqual(explained.stale(), ["keras3/layer/Nothing/*"])


if __name__ == "__main__":
    unittest.main()
