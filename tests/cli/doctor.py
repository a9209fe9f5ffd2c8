# What the tests of vivace doctor share: programs run under it, and alone.
import json
import os
import subprocess
import textwrap

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
