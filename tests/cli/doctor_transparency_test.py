# vivace doctor changes nothing of the program: what it prints and how it ends is its own.
import json
import os
import signal
import subprocess
import sys
import time
import unittest

from doctor import DoctorTest, PLAIN
from program import PROGRAM


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

    def test_the_byte_code_of_its_part_stays_in_the_users_cache_and_nowhere_else(self):
        cache, temporary = self.folder / "cache", self.folder / "tmp"
        temporary.mkdir()
        environment = {**PLAIN, "XDG_CACHE_HOME": str(cache), "TMPDIR": str(temporary)}
        app = self.script("import sys; print('vivace' in str(sys.path))")
        run = lambda **more: self.doctor(sys.executable, app, options=("--quiet", "--save", "e.json"), env={**environment, **more})
        for _ in range(2):
            self.assertEqual(run(), (0, "False\n", ""))
        (kept,) = (cache / "vivace").iterdir()
        self.assertEqual(kept.stat().st_mode & 0o777, 0o700)
        self.assertTrue(list(kept.glob("vivace_doctor/__pycache__/watch.*.pyc")))
        self.assertEqual(list(temporary.iterdir()), [])
        self.assertTrue(json.loads((self.folder / "e.json").read_text())["python"]["seen"])
        before = sorted(cache.rglob("*"))
        for more in ({"PYTHONDONTWRITEBYTECODE": "1"}, {"VIVACE_CACHE": "off"}):
            self.assertEqual(run(**more), (0, "False\n", ""))
        self.assertEqual(sorted(cache.rglob("*")), before)
        kept.chmod(0o770)  # others may have written into it: it is not believed
        self.assertEqual(run(), (0, "False\n", ""))
        self.assertTrue(json.loads((self.folder / "e.json").read_text())["python"]["seen"])

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


if __name__ == "__main__":
    unittest.main()
