# ./dev bench peers: what it makes of the times, and what it writes into the README. Nothing is measured here.
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from peers import chart, goals, native, readme, table  # noqa: E402

MACHINE = {"processor": "A processor", "family": "6/1/2", "isa": ["avx2", "fma"], "cores": 2,
           "caches": {"L1d": "32K"}, "memory_gib": 8.0, "system": "Linux 6.1", "load_before": 0.1}
CEILINGS = {"flops_per_s": 1e11, "memories": [{"name": "L2", "bytes": 1000, "bytes_per_s": 1e10},
                                              {"name": "DRAM", "bytes": 0, "bytes_per_s": 1e9}]}


def row(network="mobilenet_v2", batch=1, threads=1, vivace=2e-3, **others):
    engines = {name: {"median": time, "min": time, "through": "C", "peak_bytes": 30e6, "version": "1"}
               for name, time in {"vivace": vivace, **others}.items()}
    engines["vivace"] |= {"peak_bytes": 20e6, "difference": 1e-6, "work": {
        "flops": 1e8, "weight_bytes": 1500, "weights": 8e6, "arena": 1e6, "ceilings": CEILINGS}}
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

    def test_every_core_reads_its_part_of_the_weights(self):
        self.assertAlmostEqual(goals.shares(row())[1], 1500 / 2e-3 / 1e9)
        self.assertAlmostEqual(goals.shares(row(threads=2))[1], 1500 / 2e-3 / 2e10)
        self.assertAlmostEqual(goals.shares(row())[0], 1e8 / 2e-3 / 1e11)

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


@unittest.skipUnless(shutil.which("cc"), "no C compiler")
class Peak(unittest.TestCase):
    def test_it_is_the_commands_own_memory_and_status(self):
        with tempfile.TemporaryDirectory() as folder:
            program, told = native.peak_program(Path(folder) / "bin"), Path(folder) / "peak"
            use = f"x = bytearray({100 << 20}); import sys; sys.exit(3)"
            self.assertEqual(subprocess.run([program, told, sys.executable, "-c", use]).returncode, 3)
            self.assertGreater(int(told.read_text()), 100 << 20)
            subprocess.run([program, told, "/bin/true"], check=True)
            self.assertLess(int(told.read_text()), 20 << 20)


if __name__ == "__main__":
    unittest.main()
