# vivace doctor where programs end badly, go on, or run already.
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from doctor import DoctorTest, PLAIN
from program import PROGRAM


class Endings(DoctorTest):
    def test_a_program_that_is_not_there(self):
        code, out, err = self.doctor("no-such-program")
        self.assertEqual((code, out), (127, ""))
        self.assertTrue(err.startswith('error[doctor.command]: there is no program "no-such-program"\n'), err)
        self.script("no program", "data.txt")
        self.assertIn("cannot be executed", self.doctor("./data.txt")[2])

    def test_a_program_that_dies_by_a_signal_gets_its_report(self):
        code, diagnosis, err = self.diagnosis("sh", "-c", "sleep 0.3; kill -SEGV $$")
        self.assertEqual((code, diagnosis["signal"]), (128 + signal.SIGSEGV, signal.SIGSEGV))
        self.assertIn("signal 11", err)

    def test_an_exception_is_told(self):
        code, diagnosis, _ = self.diagnosis(sys.executable, self.script("raise ValueError('of mine')"))
        self.assertEqual(code, 1)
        self.assertEqual(diagnosis["faults"][0]["facts"], ["of mine"])

    def test_without_a_program_or_with_too_much(self):
        self.assertIn("usage.missing", self.refusal("doctor"))
        self.assertIn("usage.value", self.refusal("doctor", "--from", "x", "--", "true"))

    def test_a_daemon_is_left_alone(self):
        begin = time.monotonic()
        code, _, _ = self.doctor("sh", "-c", "(sleep 5 >/dev/null 2>&1 &) ; exit 2")
        self.assertEqual(code, 2)
        self.assertLess(time.monotonic() - begin, 4)

    def gaps(self):
        return {gap["what"]: gap["why"] for gap in json.loads((self.folder / "e.json").read_text())["gaps"]}

    def test_what_outlives_the_program_is_told(self):
        self.diagnosis("sh", "-c", "(sleep 3 >/dev/null 2>&1 &) ; sleep 0.2")
        self.assertIn("1 of its processes outlived it, sleep", self.gaps()["what goes on"])

    def test_a_hundred_processes(self):
        code, _, _ = self.diagnosis("sh", "-c", "for i in $(seq 110); do sleep 1 & done; wait; exit 3")
        self.assertEqual(code, 3)
        self.assertIn("the 64 busiest are told", self.gaps()["most processes"])

    def test_python_that_leaves_without_an_end(self):
        code, _, _ = self.diagnosis(sys.executable, "-c", "import os, time; time.sleep(2.6); os._exit(6)")
        self.assertEqual(code, 6)
        self.assertIn("the end of Python", self.gaps())

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to make a program that belongs to root")
    def test_a_program_with_rights_of_its_own(self):
        tool = self.folder / "tool"
        shutil.copy("/bin/sleep", tool)
        tool.chmod(0o4755)
        self.folder.chmod(0o777)
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", PROGRAM, "doctor", "--", tool, "0.4"],
                              capture_output=True, cwd=self.folder, env={"PATH": os.environ["PATH"]})
        if b"Permission denied" in done.stderr:
            self.skipTest("nobody may not read the program under test here")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"vivace doctor", done.stderr)

    def test_a_program_that_closes_its_streams_or_prints_bytes(self):
        self.assertEqual(self.doctor("sh", "-c", "exec >&- 2>&- <&-; sleep 0.1")[0], 0)
        done = subprocess.run([PROGRAM, "doctor", "--quiet", "--", "head", "-c", "4096", "/dev/urandom"],
                              capture_output=True, env=PLAIN)
        self.assertEqual((done.returncode, len(done.stdout)), (0, 4096))


class Attaching(DoctorTest):
    def attach(self, *command, options=("--seconds", "1.2"), end=None):
        """(what the doctor says, its evidence) of a process that runs already, and goes on."""
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, env=PLAIN) as process:
            time.sleep(0.5)
            doctor = subprocess.Popen([PROGRAM, "doctor", "--pid", str(process.pid), "--save", "e.json", *options],
                                      cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN)
            if end is not None:
                time.sleep(1.2)
                doctor.send_signal(end)
            out, err = doctor.communicate(timeout=60)
            self.assertIsNone(process.poll())
            process.kill()
        self.assertEqual(doctor.returncode, 0, err)
        return (out + err).decode(), json.loads((self.folder / "e.json").read_text())

    def test_a_program_that_sleeps(self):
        said, evidence = self.attach("sleep", "30")
        self.assertIn("vivace doctor", said)
        self.assertTrue(evidence["program"]["still_running"])
        self.assertEqual(evidence["program"]["command"][:2], ["sleep", "30"])
        self.assertIn("what was before", [gap["what"] for gap in evidence["gaps"]])
        self.assertGreater(sum(slice["blocked"][0][0] for slice in evidence["slices"] if slice["blocked"]), 0.8e9)

    def test_a_python_that_computes_until_a_signal_comes(self):
        _, evidence = self.attach(sys.executable, "-c", "while True: sum(range(1000))", options=(), end=signal.SIGINT)
        run = sum(slice["run"] + slice["queued"] for slice in evidence["slices"])
        self.assertGreater(run, 0.6 * evidence["program"]["wall"])
        self.assertIn("Python", [gap["what"] for gap in evidence["gaps"]])
        if evidence["sampled"]:
            self.assertTrue(evidence["libraries"])

    def test_its_end_ends_the_looking(self):
        with subprocess.Popen(["sleep", "1.5"]) as process:
            done = subprocess.run([PROGRAM, "doctor", "--pid", str(process.pid), "--quiet"], timeout=30)
        self.assertEqual(done.returncode, 0)

    def test_no_such_process_and_too_many_subjects(self):
        self.assertIn("error[doctor.process]", self.refusal("doctor", "--pid", "999999999", code=1))
        self.assertIn("usage.value", self.refusal("doctor", "--pid", "1", "--", "true"))

    def test_from_within_a_program_that_runs(self):
        environment = {**PLAIN, "XDG_CACHE_HOME": str(self.folder)}
        where = subprocess.run([PROGRAM, "doctor", "--python-path"], capture_output=True, env=environment).stdout.decode().strip()
        app = self.script(f"""
            import sys, time
            sys.path.append({where!r})
            import vivace_doctor
            for _ in range(2):
                vivace_doctor.start()
                end = time.time() + 0.7
                while time.time() < end: sum(range(1000))
                vivace_doctor.report(save="e.json")
            try: vivace_doctor.report()
            except RuntimeError as error: print("said:", error)
            print("goes on")
            """)
        done = subprocess.run([sys.executable, app], capture_output=True, cwd=self.folder, env=environment, timeout=60)
        out = done.stdout.decode()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(out.count("vivace doctor:"), 2, out)
        self.assertTrue(out.endswith("goes on\n"), out)
        self.assertIn("said: vivace_doctor does not watch", out)
        python = json.loads((self.folder / "e.json").read_text())["python"]
        self.assertTrue(python["seen"])
        self.assertIn(python["lines"][0]["line"], (8, 9))


if __name__ == "__main__":
    unittest.main()
