# The working tree as the checks see it: its files, what changed, its newest build.
import os
import subprocess
from pathlib import Path


class Skip(Exception):
    """Why a check cannot be made here."""


class Tree:
    def __init__(self, root, whole=False):
        self.root = Path(root)
        self.whole = whole  # look at every file where a check would look at changed ones only

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True)
        return done.stdout.split("\n")[:-1] if done.returncode == 0 else []

    def files(self, *folders, endings=(".h", ".cc")):
        """Files below the folders, as sorted paths relative to the root."""
        return sorted(
            path.relative_to(self.root)
            for folder in folders
            for path in (self.root / folder).rglob("*")
            if path.is_file() and path.name.endswith(endings)
        )

    def changed(self, *folders):
        """Sources that differ from the main line: since the fork, or since the commit before on main itself."""
        sources = self.files(*folders)
        if self.whole:
            return sources
        head = self.git("rev-parse", "HEAD")
        bases = (self.git("merge-base", "HEAD", name) for name in ("origin/main", "main"))
        base = next((base for base in bases if base and base != head), None) or self.git("rev-parse", "HEAD~1")
        if not base:
            return sources
        names = self.git("diff", "--name-only", "--diff-filter=d", base[0])
        names += self.git("ls-files", "--others", "--exclude-standard")
        return [path for path in sources if str(path) in set(names)]

    def has_no_past(self):
        """Whether this is a clone of the last commit alone, of which all counts as changed."""
        return self.git("rev-parse", "--is-shallow-repository") == ["true"] and not self.git("rev-parse", "HEAD~1")

    def newest_build(self, *presets):
        """The build folder used last, of those presets."""
        folders = [self.root / "build" / preset for preset in presets]
        folders = [folder for folder in folders if (folder / ".ninja_log").exists()]
        if not folders:
            raise Skip("nothing is built yet; ./dev build first")
        return max(folders, key=lambda folder: os.path.getmtime(folder / ".ninja_log"))


def library_objects(build):
    """Object files of our own libraries, tests and fuzzers left out; each with its source below src/."""
    for path in sorted(build.glob("src/CMakeFiles/vivace_*.dir/**/*.o")):
        if "_test.cc" not in path.name:
            yield path
