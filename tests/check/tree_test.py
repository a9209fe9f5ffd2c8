# What counts as changed, and what is said of a changed file that is not formatted.
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools" / "check"))
import format as formatting  # noqa: E402
from tree import Skip, Tree  # noqa: E402

NEAT = "int f() { return 1; }\n"


class Changed(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        (self.root / "src").mkdir()
        shutil.copy(ROOT / ".clang-format", self.root)
        self.git("init", "-q", "-b", "main")
        self.commit("src/old.cc", NEAT)
        self.commit("src/older.cc", NEAT)
        self.git("checkout", "-q", "-b", "work")
        self.tree = Tree(self.root)

    def tearDown(self):
        self.folder.cleanup()

    def git(self, *arguments):
        who = {f"GIT_{role}_{what}": "tester" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        subprocess.run(["git", *arguments], cwd=self.root, check=True, env=os.environ | who)

    def commit(self, name, text):
        (self.root / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", name)

    def changed(self):
        return [path.name for path in self.tree.changed("src")]

    def test_a_branch_has_changed_what_it_committed_edited_and_added(self):
        self.assertEqual(self.changed(), ["older.cc"])  # as on main itself: the last commit
        self.commit("src/committed.cc", NEAT)
        (self.root / "src/old.cc").write_text("int g();\n")
        (self.root / "src/added.cc").write_text(NEAT)
        self.assertEqual(self.changed(), ["added.cc", "committed.cc", "old.cc"])
        self.assertEqual(len(Tree(self.root, whole=True).changed("src")), 4)

    @unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
    def test_a_clone_of_the_last_commit_alone_has_no_past(self):
        self.assertFalse(self.tree.has_no_past())
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{self.root}", folder], check=True)
            self.assertTrue(Tree(Path(folder)).has_no_past())

    def test_a_changed_file_that_is_not_formatted_fails_and_an_old_one_does_not(self):
        self.commit("src/committed.cc", "int  f( ) {return 1;}\n")
        self.assertEqual(formatting.check(self.tree),
                         ["src/committed.cc:1: not formatted; clang-format -i src/committed.cc"])

    def test_a_check_of_objects_without_a_build_is_skipped(self):
        with self.assertRaises(Skip):
            self.tree.newest_build("dev")


if __name__ == "__main__":
    unittest.main()
