# vivace doctor on programs of the system: what they print and how they end is theirs, and the first cause is right.
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import unittest

from program import PROGRAM, ProgramTest

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


class DoctorTest(ProgramTest):
    def script(self, text, name="app.py"):
        path = self.folder / name
        path.write_text(textwrap.dedent(text))
        return path

    def doctor(self, *command, options=(), env=None, stdin=b""):
        done = subprocess.run([PROGRAM, "doctor", *options, "--", *map(str, command)], input=stdin, capture_output=True,
                              cwd=self.folder, env=env or PLAIN, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def diagnosis(self, *command, **more):
        code, _, err = self.doctor(*command, options=("--json", "d.json", "--save", "e.json"), **more)
        return code, json.loads((self.folder / "d.json").read_text()), err

    def same(self, *command, stdin=b""):
        """Runs the command alone and under the doctor: the same streams and the same end."""
        alone = subprocess.run(list(map(str, command)), input=stdin, capture_output=True, cwd=self.folder, env=PLAIN)
        code, out, err = self.doctor(*command, options=("--quiet",), stdin=stdin)
        self.assertEqual((code, out, err), (alone.returncode, alone.stdout.decode(), alone.stderr.decode()))
        return out


class Transparency(DoctorTest):
    def test_streams_exit_codes_and_arguments_are_the_programs_own(self):
        self.same("cat", stdin=b"a\nb\n")
        self.same("sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual(self.same("echo", "--", "--json", "-x"), "-- --json -x\n")

    def test_a_python_program_sees_the_environment_and_the_path_as_they_were(self):
        app = self.script("""
            import os, subprocess, sys
            print(sys.path, sys.argv, sorted(os.environ.items()), sys.flags)
            print(sys.dont_write_bytecode, "vivace" in " ".join(sys.path), __file__)
            print(subprocess.run([sys.executable, "-c", "import os, sys; print(sys.path, sorted(os.environ.items()))"],
                                 capture_output=True, text=True).stdout)
            """)
        self.same(sys.executable, app, "one", "--two")

    def test_tracebacks_of_programs_and_of_failed_imports_are_the_same(self):
        self.script("import nothing_of_that_name\n", "broken.py")
        self.script("x = (\n", "wrong.py")
        for text in ("1 / 0", "import broken", "import wrong", "import sys; sys.exit('words')", "raise SystemExit(3)",
                     "import os; os._exit(5)", "import warnings; warnings.warn('here')"):
            self.same(sys.executable, self.script(text))

    def test_the_programs_own_sitecustomize_runs(self):
        self.script("print('mine')", "sitecustomize.py")
        app = self.script("import sitecustomize; print(sitecustomize.__file__)")
        code, out, _ = self.doctor(sys.executable, app, options=("--quiet",),
                                   env={**PLAIN, "PYTHONPATH": str(self.folder)})
        self.assertEqual((code, out), (0, f"mine\n{self.folder}/sitecustomize.py\n"))

    def test_whatever_the_interpreter_is_told(self):
        app = self.script("import os, sys; print(sys.flags, sys.path, sorted(os.environ.items()), sys.warnoptions)")
        for options in (("-I",), ("-S",), ("-E",), ("-s", "-B"), ("-W", "error"), ("-OO", "-bb"), ("-X", "dev"), ("-u",)):
            with self.subTest(options):
                if options[0] not in ("-I", "-E", "-S"):  # those do not take our words out of the environment
                    self.same(sys.executable, *options, app)
                self.assertEqual(self.doctor(sys.executable, *options, app, options=("--quiet",))[0], 0)

    def test_children_of_other_pythons_are_not_watched(self):
        watched = ("import os, subprocess, sys; child = [sys.executable, '-c', "
                   "'import sys; print(any(name.startswith(\"vivace\") for name in sys.modules))']; "
                   "subprocess.run(child); subprocess.run([child[0], '-E', *child[1:]]); "
                   "print('VIVACE_DOCTOR' in os.environ)")
        for options in ((), ("-I",), ("-S",)):
            out = self.doctor(sys.executable, *options, "-c", watched, options=("--quiet",))[1]
            self.assertEqual(out.split()[:2], ["False", "False"], options)

    def test_a_virtual_environment_is_its_own(self):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.folder / "venv"], check=True)
        python = self.folder / "venv/bin/python"
        app = self.script("import sys; print(sys.prefix != sys.base_prefix, sys.path)")
        self.assertTrue(self.same(python, app).startswith("True"))
        self.diagnosis(python, "-c", "import time; time.sleep(0.3)")
        seen = json.loads((self.folder / "e.json").read_text())["python"]
        self.assertEqual((seen["seen"], seen["executable"]), (True, str(python)))
        outer = self.script(f"import subprocess; subprocess.run([{str(python)!r}, {str(app)!r}])", "outer.py")
        self.same(sys.executable, outer)

    def test_a_program_that_sets_the_path_of_its_children(self):
        (self.folder / "lib").mkdir()
        (self.folder / "lib/sitecustomize.py").write_text("print('of the child')\n")
        self.same(sys.executable, self.script("""
            import os, subprocess, sys
            os.environ["PYTHONPATH"] = os.path.abspath("lib")
            subprocess.run([sys.executable, "-c", "import sys; print(sys.path)"])
            """))

    def test_a_sitecustomize_that_fails(self):
        for text in ("raise ValueError('mine')", "import nothing_of_that_name", "1 +"):
            self.script(text, "sitecustomize.py")
            command = [sys.executable, "-c", "print('runs')"]
            env = {**PLAIN, "PYTHONPATH": str(self.folder)}
            alone = subprocess.run(command, capture_output=True, cwd=self.folder, env=env)
            code, out, err = self.doctor(*command, options=("--quiet",), env=env)
            self.assertEqual((code, out, err), (alone.returncode, alone.stdout.decode(), alone.stderr.decode()))

    def test_descriptors_closed_behind_its_back_and_programs_exchanged(self):
        self.same(sys.executable, "-c", "import os, time; os.closerange(3, 4096); time.sleep(0.3); print('there')")
        self.same(sys.executable, "-c", "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'print(7)'])")

    def test_without_a_folder_for_its_files(self):
        code, out, err = self.doctor(sys.executable, "-c", "print(1)", env={**PLAIN, "TMPDIR": "/nonexistent"})
        self.assertEqual((code, out), (0, "1\n"), err)

    def test_forks_and_threads_go_on(self):
        self.same(sys.executable, self.script("""
            import multiprocessing, os, threading
            def work(x): return x * x
            if __name__ == "__main__":
                if os.fork() == 0: os._exit(4)
                print(os.wait()[1] >> 8, threading.active_count())
                with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(work, range(5)))
            """))

    def test_nothing_is_left_behind(self):
        folder = self.folder / "tmp"
        folder.mkdir()
        self.doctor(sys.executable, "-c", "pass", env={**PLAIN, "TMPDIR": str(folder)})
        self.assertEqual(list(folder.iterdir()), [])

    def test_a_signal_to_the_doctor_reaches_the_program(self):
        app = self.script("""
            import signal, sys, time
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
            print("ready", flush=True)
            time.sleep(60)
            """)
        doctor = subprocess.Popen([PROGRAM, "doctor", "--quiet", "--", sys.executable, app], stdout=subprocess.PIPE,
                                  env=PLAIN)
        self.assertEqual(doctor.stdout.readline(), b"ready\n")
        doctor.send_signal(signal.SIGTERM)
        self.assertEqual(doctor.wait(20), 9)
        doctor.stdout.close()


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


class Calls(DoctorTest):
    """With stand-ins that have the frameworks' names."""

    def setUp(self):
        super().setUp()
        (self.folder / "ai_edge_litert").mkdir()
        self.script("""
            class Interpreter:
                def __init__(self, model_path=None):
                    self.made = model_path

                def get_input_details(self):
                    return [{"shape": (4, 8), "dtype": float}]

                def invoke(self):
                    if self.made == "broken":
                        raise ValueError("cannot")
                    sum(range(100))
            """, "ai_edge_litert/interpreter.py")

    def test_every_call_of_a_tight_loop_is_counted_and_few_are_looked_at(self):
        self.diagnosis(sys.executable, self.script("""
            from ai_edge_litert.interpreter import Interpreter
            one = Interpreter(model_path="m.tflite")
            for _ in range(300000): one.invoke()
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        calls = {row["kind"]: row for row in evidence["python"]["calls"]}
        invoked = calls["invoke"]
        self.assertEqual((invoked["count"], invoked["outer"], invoked["line"]), (300000, 300000, 4))
        self.assertEqual((invoked["shape"], invoked["dtype"], invoked["batch"]), ("4x8", "float", 4))
        self.assertLess(invoked["timed"], 30000)
        self.assertEqual((calls["load"]["object"], calls["load"]["count"]), ("m.tflite", 1))
        phases = [sum(column) for column in zip(*(row["phase"] + [0] * (12 - len(row["phase"])) for row in evidence["slices"]))]
        self.assertGreater(phases[5], 0.5 * invoked["total"])  # calls
        self.assertLess(phases[5], 1.5 * invoked["total"])

    def test_objects_without_end(self):
        self.diagnosis(sys.executable, self.script("""
            import sys
            from ai_edge_litert.interpreter import Interpreter
            for i in range(25000): Interpreter(f"m{i}").invoke()
            held = sys.modules.get("vivace_doctor.calls")
            print(len(held.rows), len(held._objects), len(held._called))
            assert len(held.rows) <= 401 and len(held._objects) <= 10000 and len(held._called) <= 30000
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        self.assertEqual(evidence["program"]["exit_code"], 0)
        self.assertEqual(sum(row["count"] for row in evidence["python"]["calls"] if row["kind"] == "invoke"), 25000)

    def test_errors_of_watched_calls_are_the_programs_own(self):
        self.same(sys.executable, self.script("""
            from ai_edge_litert.interpreter import Interpreter
            one = Interpreter("broken")
            for _ in range(3000):
                try: one.invoke()
                except ValueError: pass
            one.invoke()
            """))


class Workers(DoctorTest):
    def test_forked_and_spawned_workers_are_told(self):
        self.diagnosis(sys.executable, self.script("""
            import multiprocessing, os, sys, time
            def work(n):
                end = time.time() + 0.7
                while time.time() < end: sum(range(1000))
            if __name__ == "__main__":
                for way in ("fork", "spawn"):
                    worker = multiprocessing.get_context(way).Process(target=work, args=(1,))
                    worker.start()
                    worker.join()
                if os.fork() == 0:
                    work(1)
                    sys.exit(0)
                os.wait()
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        self.assertEqual(evidence["python"]["forked"], 2)
        self.assertEqual({line["function"] for worker in evidence["python"]["workers"] for line in worker["lines"]}, {"work"})
        self.assertIn("spawn", [process["role"] for process in evidence["processes"]])


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
