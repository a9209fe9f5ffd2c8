# ./dev bench peers: what it makes of the times, and what it writes into the README. Nothing is measured here.
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from peers import chart, goals, native, readme, remote, table  # noqa: E402

MACHINE = {"processor": "A processor", "family": "6/1/2", "isa": ["avx2", "fma"], "cores": 2,
           "caches": {"L1d": "32K"}, "memory_gib": 8.0, "system": "Linux 6.1", "load_before": 0.1}


def row(network="mobilenet_v2", batch=1, threads=1, vivace=2e-3, **others):
    engines = {name: {"median": time, "min": time, "through": "C", "peak_bytes": 30e6, "version": "1"}
               for name, time in {"vivace": vivace, **others}.items()}
    engines["vivace"] |= {"peak_bytes": 20e6, "difference": 1e-6, "work": {
        "flops": 1e8, "weight_bytes": 1500, "weights": 8e6, "arena": 1e6, "flops_per_s": 1e11,
        "read_bytes_per_s": 1e9}}
    return {"network": network, "batch": batch, "threads": threads, "engines": engines}


class Goals(unittest.TestCase):
    def test_the_best_peer_counts(self):
        self.assertEqual(goals.ratios(row(onnxruntime=4e-3, litert=3e-3))[::2], (1.5, "litert"))
        self.assertTrue(goals.reached(row(litert=3e-3)))
        self.assertFalse(goals.reached(row(litert=2.9e-3)))

    def test_a_time_can_be_a_goal_too(self):
        self.assertTrue(goals.reached(row("mlp16", vivace=0.29e-6, litert=3e-6)))
        self.assertFalse(goals.reached(row("mlp16", vivace=0.31e-6, litert=9e-6)))

    def test_nothing_is_reached_where_nothing_was_measured(self):
        failed = row()
        failed["engines"]["litert"] = {"error": "no such file"}
        self.assertIsNone(goals.reached(failed))
        self.assertIsNone(goals.memory(failed))

    def test_memory_is_held_against_weights_and_the_best_peer(self):
        self.assertEqual(goals.memory(row(litert=1e-3)), (20e6, 19e6, 30e6))

    def test_the_share_is_of_all_cores(self):
        self.assertAlmostEqual(goals.shares(row())[0], 1e8 / 2e-3 / 1e11)
        self.assertAlmostEqual(goals.shares(row(threads=2))[0], 1e8 / 2e-3 / 2e11)
        self.assertAlmostEqual(goals.shares(row(threads=2))[1], 1500 / 2e-3 / 1e9)

    def test_every_network_has_a_name(self):
        self.assertEqual(set(goals.NAMES), set(goals.NETWORKS))


class Tables(unittest.TestCase):
    report = {"machine": MACHINE, "started": "today", "seconds": 60, "results": [
        row(litert=3.2e-3), row(threads=2, litert=1e-3), row("mlp16", vivace=0.2e-6, litert=9e-3)]}

    def test_times_have_their_unit(self):
        self.assertEqual([table.duration(t) for t in (0.25e-6, 31.04e-6, 7.654e-3, 1.2345)],
                         ["0.25 µs", "31 µs", "7.65 ms", "1,234 ms"])

    def test_the_table_says_what_is_reached(self):
        text = table.markdown(self.report, ["vivace", "litert"])
        self.assertIn("| mobilenet_v2 | 1 | 1 | 2 ms (2 ms) | 3.2 ms (3.2 ms) | 1.60 | 1.5 | yes | - |", text)
        self.assertIn("| geometric mean |", text)
        self.assertIn("2 of 3", text)

    def test_the_chart_is_xml_and_marks_what_lies_beyond_its_end(self):
        import xml.etree.ElementTree as xml

        text = "".join(xml.fromstring(chart.svg(self.report)).itertext())
        self.assertIn("MobileNetV2 224", text)
        self.assertIn("45000", text)

    def test_the_readme_is_written_between_its_marks_twice_alike(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "docs").mkdir()
            page = root / "README.md"
            page.write_text(f"before\n{readme.BEGIN}\nold\n{readme.END}\nafter\n")
            readme.write(root, {"peers": self.report})
            once = page.read_text()
            self.assertTrue(once.startswith("before\n") and once.endswith("\nafter\n"))
            self.assertNotIn("old", once)
            readme.write(root, {"peers": self.report})
            self.assertEqual(page.read_text(), once)

    def test_the_projects_readme_has_the_marks(self):
        text = (ROOT / "README.md").read_text()
        self.assertTrue(0 < text.find(readme.BEGIN) < text.find(readme.END))


FAKE = """
#include "peer.h"
static int calls;
static float answer[2];
void peer_open(const struct task* task) { answer[1] = ((const float*)task->input)[0] + (float)task->threads; }
void peer_run(void) { answer[0] = (float)++calls; }
const void* peer_output(size_t* bytes) { return *bytes = sizeof(answer), answer; }
void peer_close(void) {}
const int peer_floats_only = 0;
"""


def npy(*values):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }" % len(values)
    header += b" " * (117 - len(header)) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}f", *values)


@unittest.skipUnless(shutil.which("cc"), "no C compiler")
class Program(unittest.TestCase):
    """The program that measures every engine, on an engine of this test."""

    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        (self.folder / "fake.c").write_text(FAKE)
        (self.folder / "batch1_x.npy").write_bytes(npy(5))
        self.program = native._compile(self.folder / "fake", self.folder / "fake.c", "7", f"-I{native.SOURCES}")

    def talk(self, *commands):
        process = remote.Remote([self.program], self.folder, 1, subprocess.DEVNULL)
        try:
            return [process.open(value) if verb == "open" else process.run(value) for verb, value in commands]
        finally:
            process.close()

    def test_the_answer_is_compared_and_calls_are_timed(self):
        (self.folder / "batch1_y.npy").write_bytes(npy(1, 8))
        opened, ran = self.talk(("open", 1), ("run", 0.01))
        self.assertEqual((opened["version"], opened["difference"]), ("7", 0.25))
        self.assertLess(opened["peak_bytes"], 20 << 20)
        self.assertLess(0, ran["min"])
        self.assertLessEqual(ran["min"], ran["median"])
        self.assertLess(ran["p99"], 1e-3)

    def test_an_answer_of_another_size_is_an_error(self):
        (self.folder / "batch1_y.npy").write_bytes(npy(1, 8, 9))
        with self.assertRaisesRegex(RuntimeError, "another size"):
            self.talk(("open", 1))

    def test_a_missing_file_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "batch1_y.npy"):
            self.talk(("open", 1))


if __name__ == "__main__":
    unittest.main()
