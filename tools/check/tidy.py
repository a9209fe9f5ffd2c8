# clang-tidy 14 on the changed sources, by the flags of the newest build that clang can read.
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import Skip


def tidy(tree, build, path):
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), str(path)], cwd=tree.root,
                          capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if ": warning:" in line or ": error:" in line]
    if done.returncode != 0 and not found:
        found = [f"{path}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'clang-tidy failed'}"]
    return [line.replace(f"{tree.root}/", "") for line in found]


def check(tree):
    if not shutil.which("clang-tidy"):
        raise Skip("clang-tidy is not installed")
    build = tree.newest_build("dev", "checked", "release")
    paths = [path for path in tree.changed("src", "tests", "examples") if path.suffix == ".cc"]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = [line for lines in pool.map(lambda path: tidy(tree, build, path), paths) for line in lines]
    return sorted(set(found))  # a header is seen once for each source that includes it
