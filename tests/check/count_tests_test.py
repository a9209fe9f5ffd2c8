# The counter of tests: what it takes for a passed, failed or skipped case.
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from count_tests import cases  # noqa: E402

DOCTEST = "[doctest] test cases:  5 |  {} passed | {} failed | 0 skipped\n"


class CountTests(unittest.TestCase):
    def test_counts_the_cases_of_a_doctest_program(self):
        self.assertEqual(cases("run", DOCTEST.format(5, 0)), (5, 0, []))
        self.assertEqual(cases("fail", DOCTEST.format(3, 2)), (3, 2, []))

    def test_takes_a_case_that_says_skipped_out_of_the_passed_ones(self):
        output = "SKIPPED: no corpus\n" + DOCTEST.format(5, 0)
        self.assertEqual(cases("run", output), (4, 0, ["no corpus"]))

    def test_a_program_that_crashes_has_failed_once(self):
        self.assertEqual(cases("fail", "Segmentation fault"), (0, 1, []))
        self.assertEqual(cases("fail", DOCTEST.format(5, 0)), (5, 1, []))

    def test_counts_the_cases_of_a_unittest_program(self):
        output = "....\nRan 4 tests in 0.1s\n\nFAILED (failures=1, skipped=1)\n"
        self.assertEqual(cases("fail", output), (2, 1, ["a Python test"]))

    def test_any_other_program_is_one_case(self):
        self.assertEqual(cases("run", "fine"), (1, 0, []))


if __name__ == "__main__":
    unittest.main()
