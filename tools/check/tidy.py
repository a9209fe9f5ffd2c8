# clang-tidy 14 on the changed sources, by the flags of the newest build. A source that was clean is remembered
# by the hash of itself, of all our headers that it includes and of .clang-tidy.
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

from headers import digest
from tree import Skip

MEMORY = "build/tidy.json"


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
    if tree.has_no_past() and not tree.whole:
        raise Skip("a clone without history does not say what changed: git fetch --unshallow, or --all for every source")
    build = tree.newest_build("dev", "checked", "release")
    paths = [path for path in tree.changed("src", "tests", "examples") if path.suffix == ".cc"]
    memory = tree.root / MEMORY
    known = set(json.loads(memory.read_text())) if memory.exists() else set()
    rules = (tree.root / ".clang-tidy").read_text()
    digests = {path: digest(tree.root, path, rules) for path in paths}
    pending = [path for path in paths if digests[path] not in known]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = dict(zip(pending, pool.map(lambda path: tidy(tree, build, path), pending)))
    memory.write_text(json.dumps(sorted(known | {digests[path] for path, lines in found.items() if not lines})))
    return sorted({line for lines in found.values() for line in lines})  # a header is seen once for each source
