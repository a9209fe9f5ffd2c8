# vivace doctor: its reports, and that the first cause is right.
import json
import sys
import time
import unittest

from doctor import DoctorTest


class Reports(DoctorTest):
    def test_saved_evidence_gives_the_same_report_again(self):
        code, _, err = self.doctor("sleep", "0.6", options=("--save", "e.json"))
        self.assertEqual(code, 0)
        self.assertEqual(self.data("doctor", "--from", "e.json"), err.lstrip("\n"))
        again = json.loads(self.data("doctor", "--from", "e.json", "--json", "-"))
        self.assertEqual(again["first"], "sleep")

    def test_the_ledger_sums_up_to_the_wall(self):
        _, diagnosis, _ = self.diagnosis(sys.executable, "-c", "import time; time.sleep(0.4); sum(range(10**7))")
        cells = sum(sum(row.values()) for row in diagnosis["ledger"].values())
        self.assertAlmostEqual(cells, diagnosis["wall_s"], delta=1e-6)

    def test_the_first_screen_fits(self):
        _, _, err = self.doctor(sys.executable, "-c", "import json, asyncio, time; time.sleep(0.5)")
        lines = err.lstrip("\n").splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 100)

    def test_evidence_that_is_damaged_foreign_or_of_another_version(self):
        for text, error in (("{}", "doctor.not-evidence"), ('{"vivace_evidence": 7}', "doctor.version"),
                            ('{"vivace_evidence": 1, "program": {"wall": -4}}', "doctor.damaged"),
                            ('{"vivace_evidence": 1, "progr', "json.syntax")):
            (self.folder / "e.json").write_text(text)
            self.assertIn(f"error[{error}]", self.refusal("doctor", "--from", "e.json", code=1))
        self.assertIn("error[file.missing]", self.refusal("doctor", "--from", "none.json", code=1))

    def test_redaction_leaves_no_folder(self):
        app = self.script("import time; time.sleep(0.3)")
        self.doctor(sys.executable, app, options=("--redact", "--save", "e.json", "--html", "e.html", "--markdown", "e.md",
                                                    "--trace", "e.trace"))
        for name in ("e.json", "e.html", "e.md", "e.trace"):
            self.assertNotIn(str(self.folder), (self.folder / name).read_text(), name)

    def test_the_page_has_a_flame_graph_and_the_trace_has_phases(self):
        app = self.script("def work():\n    for i in range(9_000_000): i * i\nwork()\n")
        self.doctor(sys.executable, app, options=("--html", "e.html", "--trace", "e.trace"))
        page = (self.folder / "e.html").read_text()
        self.assertIn("app.py:2 work", page)
        self.assertNotIn("<script", page)
        events = json.loads((self.folder / "e.trace").read_text())["traceEvents"]
        self.assertIn("own code", [event["name"] for event in events if event["ph"] == "X"])


class Causes(DoctorTest):
    def first(self, text, env=None):
        _, diagnosis, err = self.diagnosis(sys.executable, self.script(text), env=env)
        return diagnosis, err

    def test_sleep_is_found_where_it_is(self):
        diagnosis, _ = self.first("import time\nfor _ in range(4):\n    time.sleep(0.25)\n")
        self.assertEqual(diagnosis["first"], "sleep")
        self.assertEqual(diagnosis["causes"][0]["place"], "app.py:3")

    def test_a_python_loop_is_found_where_it_is(self):
        diagnosis, err = self.first("def work():\n    s = 0\n    for i in range(15_000_000):\n        s += i * i\nwork()\n")
        found = [cause for cause in diagnosis["causes"] if cause["id"] == "python-loop"]
        self.assertTrue(found, err)
        self.assertIn(found[0]["place"], ("app.py:3", "app.py:4"))

    def test_logging_is_found(self):
        diagnosis, err = self.first("""
            import logging
            logging.basicConfig(level=logging.DEBUG, filename="log.txt")
            for i in range(40000): logging.debug("value %d of %s", i, "rows")
            """)
        self.assertIn("logging", [cause["id"] for cause in diagnosis["causes"]], err)

    def test_another_program_is_looked_into(self):
        _, diagnosis, err = self.diagnosis("sh", "-c", f"{sys.executable} -c 'import time; time.sleep(0.8)'; true")
        self.assertEqual(diagnosis["first"], "sleep", err)


if __name__ == "__main__":
    unittest.main()
