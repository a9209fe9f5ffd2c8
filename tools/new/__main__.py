# ./dev new op|pass|kernel|finding NAME: a new one from the templates beside this file, complete and passing its
# own test, so that the first step is a small one. CMake lists operators and kernels from their folders; passes
# and findings run in an order, so each adds a line to a list.
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent
# kind -> (folder of the new files, list and line that a new one adds, or None)
KINDS = {
    "op": ("src/ops/@family@", None),
    "kernel": ("src/kernels/@family@", None),
    "pass": ("src/passes/@family@", ("src/passes/passes.inc", "PASS(@name@)\n")),
    "finding": ("src/doctor/findings", ("src/doctor/findings/findings.inc", "FINDING(@name@)\n")),
}
# Where the families of a kind are folders, all there already.
FAMILIES = {"op": "src/ops", "pass": "src/passes"}
USAGE = "usage: ./dev new op FAMILY/NAME | pass FAMILY/NAME | kernel [FAMILY/]NAME | finding NAME   (snake_case)"


def camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


def plan(root, kind, path):
    """{file: text} of what a new one writes; the list's whole new text included."""
    family, _, name = path.rpartition("/")
    words = {"@family@": family or name, "@name@": name, "@Name@": camel(name)}

    def fill(text):
        return re.sub(r"@\w+@", lambda match: words[match[0]], text)

    folder, entry = KINDS[kind]
    files = {
        root / fill(folder) / template.name.replace("NAME", name): fill(template.read_text())
        for template in sorted((TEMPLATES / kind).iterdir())
    }
    if entry:
        list_file = root / entry[0]
        files[list_file] = list_file.read_text() + fill(entry[1])
    return files


def refusal(root, kind, path):
    """Why there can be no such new one, or None."""
    if kind not in KINDS or not re.fullmatch(r"(?:[a-z][a-z0-9_]*/)?[a-z][a-z0-9_]*", path):
        return USAGE
    family = path.rpartition("/")[0]
    if folder := FAMILIES.get(kind):
        known = sorted(child.name for child in (root / folder).iterdir()
                       if child.is_dir() and child.name != "common")
        if family not in known:
            return f"{kind} FAMILY/NAME, where FAMILY is one of: {' '.join(known)}"
    if family and kind == "finding":
        return "a finding has no family"
    if entry := KINDS[kind][1]:
        if not (root / entry[0]).exists():
            return f"there is no {entry[0]} yet"
    taken = [file for file in plan(root, kind, path) if file.exists() and file.suffix != ".inc"]
    return f"{taken[0].relative_to(root)} is there already" if taken else None


def main(arguments):
    if len(arguments) != 2:
        print(USAGE, file=sys.stderr)
        return 2
    if reason := refusal(ROOT, *arguments):
        print(f"new: {reason}", file=sys.stderr)
        return 1
    files = plan(ROOT, *arguments)
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        print(file.relative_to(ROOT))
    if shutil.which("clang-format"):  # a long name breaks lines otherwise than a short one
        subprocess.run(["clang-format", "-i", *(file for file in files if file.suffix != ".inc")], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
