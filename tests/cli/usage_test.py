# The words of the command line: help, mistakes, exit codes, and what goes to stdout and stderr.
import os
import pty
import subprocess
import unittest

from program import MODEL, PICTURE, PROGRAM, ProgramTest

COMMANDS = ("predict", "inspect", "explain", "check", "compile", "bench", "doctor")


class Help(ProgramTest):
    def test_help_shows_examples_before_anything_else(self):
        for words in ([], ["--help"], ["-h"], ["help"]):
            out, err = self.run_program(*words)
            self.assertEqual(err, "")
            self.assertLess(out.index("examples:"), out.index("usage:"))
            for command in COMMANDS:
                self.assertIn(f"\n  {command} ", out)

    def test_each_command_shows_its_own_examples_first(self):
        for command in COMMANDS:
            out = self.data(command, "--help")
            self.assertTrue(out.startswith(f"vivace {command}: "))
            self.assertLess(out.index(f"  vivace {command} "), out.index("usage:"))
            self.assertIn("-h, --help", out)

    def test_every_option_of_the_help_stands_in_docs_cli_md(self):
        page = (self.root() / "docs/cli.md").read_text()
        for command in COMMANDS:
            for line in self.data(command, "--help").split("options:\n")[1].splitlines():
                option = next(word for word in line.replace(",", " ").split() if word.startswith("--"))
                self.assertIn(f"`{option}", page, f"{command} {option}")

    def test_version_is_one_line(self):
        self.assertRegex(self.data("--version"), r"^vivace \d+\.\d+\.\d+\n$")

    @staticmethod
    def root():
        from program import ROOT
        return ROOT


class Mistakes(ProgramTest):
    def test_an_unknown_command_gets_the_nearest_one(self):
        self.assertEqual(self.refusal("perdict"),
                         'error[usage.command]: there is no command "perdict", did you mean "predict"?\n'
                         "  fix  vivace --help lists the commands\n")
        self.assertNotIn("did you mean", self.refusal("zebra"))
        self.assertIn('did you mean "--version"?', self.refusal("--versoin"))

    def test_an_unknown_option_gets_the_nearest_one_even_if_other_words_are_missing(self):
        self.assertEqual(self.refusal("predict", "--tpo", "3"),
                         'error[usage.option]: predict has no option "--tpo", did you mean "--top"?\n'
                         "  fix  vivace predict --help lists them\n")
        self.assertIn('did you mean "--batch"?', self.refusal("bench", MODEL, "--bacth=3"))
        self.assertIn('has no option "-x"', self.refusal("inspect", MODEL, "-x"))

    def test_missing_superfluous_and_wrong_words_are_told_apart(self):
        self.assertIn("error[usage.missing]: MODEL is required", self.refusal("inspect"))
        self.assertIn('there is "second.h5"', self.refusal("inspect", MODEL, "second.h5"))
        self.assertIn('"few" is no number from 0 to 4096', self.refusal("bench", MODEL, "--threads", "few"))
        self.assertIn('"-1" is no number', self.refusal("bench", MODEL, "--threads=-1"))
        self.assertIn('"0" is no number', self.refusal("bench", MODEL, "--batch", "4,0"))
        self.assertIn('error[usage.memory]: "lots" is no amount', self.refusal("check", MODEL, "--memory", "lots"))

    def test_a_missing_model_is_told_in_three_lines(self):
        self.assertEqual(self.refusal("inspect", "my_model.h5", code=1),
                         'error[file.missing]: there is no file "my_model.h5"\n  at   my_model.h5\n'
                         "  fix  check the path; relative paths start at the current folder\n")


class Streams(ProgramTest):
    def test_notes_and_times_go_to_stderr_only(self):
        out, err = self.run_program("predict", MODEL, PICTURE, "--time")
        self.assertEqual(len(out.splitlines()), 2)
        for stage in ("open ", "input ", "first call ", "steady call "):
            self.assertIn(stage, err)
        self.assertIn("note: ", err)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"error[file.unwritable]", done.stderr)

    def test_a_reader_that_goes_away_ends_the_program_quietly(self):
        command = f"'{PROGRAM}' predict '{MODEL}' '{PICTURE}' --debug --json 2>/dev/null | true; echo done"
        done = subprocess.run(["bash", "-c", command], capture_output=True, env=self.environment)
        self.assertEqual((done.stdout, done.stderr), (b"done\n", b""))

    def on_a_terminal(self, *words, **environment):
        """What the program writes to stderr where that is a terminal."""
        ours, theirs = pty.openpty()
        settings = {**self.environment, "TERM": "xterm", **environment}
        subprocess.run([PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=theirs, env=settings)
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 4096):
                said += part
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(ours)
        return said

    def test_colour_is_for_terminals_and_no_color_is_honoured(self):
        self.environment.pop("NO_COLOR", None)
        self.assertIn(b"\x1b[", self.on_a_terminal("inspect", "missing.h5"))
        self.assertNotIn(b"\x1b[", self.on_a_terminal("inspect", "missing.h5", NO_COLOR="1"))
        self.assertNotIn(b"\x1b[", self.on_a_terminal("inspect", "missing.h5", TERM="dumb"))
        self.assertNotIn("\x1b", self.refusal("inspect", "missing.h5", code=1))

    def test_progress_shows_on_a_terminal_only(self):
        words = ("bench", MODEL, "--seconds", "0.6")
        self.assertIn(b"batch 1 [", self.on_a_terminal(*words))
        self.assertEqual(self.run_program(*words)[1], "")


if __name__ == "__main__":
    unittest.main()
