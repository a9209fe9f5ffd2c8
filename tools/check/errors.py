# Errors: every id that src/ uses is explained in docs/errors.md, and every id explained there is used.
import re

LIST = "docs/errors.md"
MADE = re.compile(r'\bError\(\s*"([^"]+)"')
# Not behind a brace: there a table of names begins a line ({"image.resize", resize}).
LITERAL = re.compile(r'(?<!\{)"([a-z][a-z0-9_-]*\.[a-z][a-z0-9-]*)"')
LISTED = re.compile(r"^\| `([a-z][a-z0-9_-]*\.[a-z][a-z0-9-]*)` \|", re.M)
WELL_FORMED = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAMES_OF_FILES = ("json", "h5", "keras", "npy", "npz", "png", "jpg", "csv", "viv", "onnx", "tflite", "pb", "zip")


def used_ids(tree, listed):
    """{id: where it is made}. A helper may make the Error, so literals of a known family count as well."""
    texts = {
        path: (tree.root / path).read_text()
        for path in tree.files("src", "include")
        if not path.name.endswith("_test.cc")
    }
    made = {name: path for path, text in texts.items() for name in MADE.findall(text)}
    # Error("zip." + kind, ...): the kinds are the listed ones that stand as literals in that file's folder.
    for family in [name for name in made if name.endswith(".")]:
        folder = made.pop(family).parent
        beside = "".join(text for path, text in texts.items() if path.parent == folder)
        made |= {name: folder for name in listed
                 if name.startswith(family) and f'"{name.removeprefix(family)}"' in beside}
    families = {name.split(".")[0] for name in (*made, *listed)}
    for path, text in texts.items():
        for name in LITERAL.findall(text):
            family, kind = name.split(".", 1)
            if family in families and kind not in NAMES_OF_FILES:
                made.setdefault(name, path)
    return made


def check(tree):
    listed = LISTED.findall((tree.root / LIST).read_text())
    used = used_ids(tree, listed)
    problems = [f"{path}: \"{name}\" is no id: room.kind, small letters" for name, path in sorted(used.items())
                if not WELL_FORMED.fullmatch(name)]
    problems += [f"{path}: {name} is not explained in {LIST}" for name, path in sorted(used.items())
                 if name not in listed]
    problems += [f"{LIST}: {name} is used nowhere in src/" for name in listed if name not in used]
    problems += [f"{LIST}: {name} stands there twice" for name in sorted(set(listed)) if listed.count(name) > 1]
    return problems
