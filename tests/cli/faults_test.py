# What is said where an operator gives up while it runs: its own words, and where it stands.
import unittest

from program import CASES, ProgramTest, npy

TFLITE = CASES.parent / "tflite"


class Faults(ProgramTest):
    def said(self, model, count, shape, kind, numbers):
        ones = self.write("ones.npy", npy(shape, [1] * count, kind))
        last = self.write("last.npy", npy(shape, numbers, kind))
        words = (f"serving_default_x0:0={ones}", f"serving_default_x1:0={last}")
        return self.refusal("predict", TFLITE / model, *words, code=1)

    def test_a_kernel_tells_the_operator_and_why(self):
        error = self.said("elementwise/floor_div_int32.tflite", 20, (4, 5), "<i4", [3] * 19 + [0])
        self.assertIn("error[op.value]: binary: floor_divide of integers by 0", error)
        self.assertIn('at   node "', error)
        self.assertIn("an integer has no quotient by 0", error)


if __name__ == "__main__":
    unittest.main()
