# --preprocess keras-NAME: what keras.applications does to pictures, and ImageNet's names for 1000 outputs.
import unittest

from program import CASES, MODEL, PICTURE, ProgramTest, npy

PIXELS = [i * 37 % 251 for i in range(96)]
# What keras.applications says of them: argsort()[-5:][::-1], and the likeliest of each network.
RESNET50 = ["jeep", "lacewing", "dishwasher", "Maltese_dog", "standard_poodle"]
FIRST = {"resnet50": "jeep", "mobilenet_v2": "brain_coral", "densenet": "gondola", "efficientnet": "whiptail",
         "vgg16": "grille", "xception": "ear"}


class Applications(ProgramTest):
    def setUp(self):
        super().setUp()
        self.pixels = self.write("pixels.npy", npy((2, 4, 4, 3), PIXELS, "|u1"))

    def model(self, module):
        folder = CASES / "applications" / ("tf_keras" if module in ("vgg16", "xception") else "keras3")
        return folder / f"classes_{module}.h5"

    def test_the_five_likeliest_are_told_by_name(self):
        lines = self.data("predict", self.model("resnet50"), self.pixels, "--preprocess", "keras-resnet50").splitlines()
        self.assertEqual(len(lines), 12)
        self.assertEqual([line.split()[1] for line in lines[1:6]], RESNET50)

    def test_every_way_to_prepare_gives_the_framework_s_first_class(self):
        for module, label in FIRST.items():
            answer = self.json("predict", self.model(module), self.pixels, "--preprocess", f"keras-{module}", "--top", 1)
            self.assertEqual(answer["outputs"][0]["top"][0][0]["label"], label, module)

    def test_labels_of_ones_own_come_first_and_other_models_keep_their_numbers(self):
        labels = self.write("labels.txt", b"\n".join(b"l%d" % i for i in range(1000)))
        out = self.data("predict", self.model("resnet50"), self.pixels, "--preprocess", "keras-resnet50", "--labels",
                        labels, "--top", 1)
        self.assertIn("  l", out.splitlines()[1])
        self.assertEqual(len(self.data("predict", MODEL, PICTURE, "--preprocess", "keras-mobilenet").splitlines()), 2)

    def test_what_is_no_preprocessing_is_told_with_the_nearest_name(self):
        said = self.refusal("predict", MODEL, PICTURE, "--preprocess", "keras-resnet5")
        self.assertIn('"keras-resnet5" is no preprocessing, did you mean "keras-resnet"?', said)
        grey = self.write("grey.npy", npy((2, 4, 4, 1), [1.0] * 32))
        said = self.refusal("predict", self.model("vgg16"), grey, "--preprocess", "keras-vgg16")
        self.assertIn("for three channels, and there are 1", said)


if __name__ == "__main__":
    unittest.main()
