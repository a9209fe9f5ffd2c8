# ./dev check [NAME...] [--all]: the rules of the house, each in its own file, run one after the other.
import importlib
import sys
import time
from pathlib import Path

from tree import Skip, Tree

# In the order in which a person wants to hear of them.
CHECKS = ("architecture", "sizes", "errors", "paths", "format", "headers", "objects", "init_array", "tidy")


def run(name, tree):
    """Prints what one check found; "passed", "failed" or "skipped"."""
    start = time.monotonic()
    try:
        problems = importlib.import_module(name).check(tree)
    except Skip as reason:
        print(f"skipped {name}: {reason}")
        return "skipped"
    verdict = "failed" if problems else "passed"
    print(f"{verdict}  {name} ({time.monotonic() - start:.1f} s)")
    for problem in problems:
        print(f"  {problem}")
    return verdict


def main(arguments):
    names = [argument for argument in arguments if argument != "--all"]
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"check: unknown: {' '.join(unknown)}; there are: {' '.join(CHECKS)}", file=sys.stderr)
        return 2
    tree = Tree(Path(__file__).resolve().parents[2], whole="--all" in arguments)
    verdicts = [run(name, tree) for name in names or CHECKS]
    counts = {word: verdicts.count(word) for word in ("passed", "failed", "skipped")}
    print("check: " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
