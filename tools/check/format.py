# Formatting: changed files stand as clang-format would put them (.clang-format: Google, 110 columns).
import shutil
import subprocess

from tree import Skip

FOLDERS = ("src", "include", "tests", "fuzz", "bench", "examples")


def check(tree):
    if not shutil.which("clang-format"):
        raise Skip("clang-format is not installed")
    problems = []
    for path in tree.changed(*FOLDERS):
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", str(path)], cwd=tree.root,
                              capture_output=True, text=True)
        if done.returncode != 0:
            line = done.stderr.split(":")[1] if ":" in done.stderr else "1"
            problems.append(f"{path}:{line}: not formatted; clang-format -i {path}")
    return problems
