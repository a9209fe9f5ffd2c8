# Sizes: a file aims at 150 lines, is asked about at 400, fails at 600; a function fails at 80 (a kernel's body
# at 120); a folder holds at most 25 files. Generated files and simd/ are excepted.
from collections import Counter

from cpp import functions

FILE_ASK, FILE_MOST = 400, 600
FUNCTION_MOST, KERNEL_BODY_MOST = 80, 120
FOLDER_MOST = 25
FOLDERS = ("src", "include", "tests", "fuzz", "bench", "tools", "examples")


def excepted(path):
    return "simd" in path.parts or "generated" in path.parts


def check_file(tree, path):
    text = (tree.root / path).read_text(errors="replace")
    lines = text.count("\n")
    if lines > FILE_MOST:
        yield f"{path}: {lines} lines; a file has at most {FILE_MOST}"
    elif lines > FILE_ASK:
        print(f"  {path}: {lines} lines; could it be two files?")
    if path.suffix == ".py":
        return
    most = KERNEL_BODY_MOST if path.name.endswith((".body.h", ".dot.h", ".amx.h")) else FUNCTION_MOST
    for name, first, length in functions(text):
        if length > most:
            yield f"{path}:{first}: {name} has {length} lines; a function has at most {most}"


def check(tree):
    paths = [path for path in tree.files(*FOLDERS, endings=(".h", ".cc", ".py")) if not excepted(path)]
    problems = [problem for path in paths for problem in check_file(tree, path)]
    folders = Counter(path.parent for path in tree.files("src", "include") if not excepted(path))
    return problems + [
        f"{folder}: {count} files; a folder has at most {FOLDER_MOST}"
        for folder, count in sorted(folders.items())
        if count > FOLDER_MOST
    ]
