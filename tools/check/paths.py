# Dead paths: what a document names in backticks or links to, as a path of this repository, must exist.
import re

LINK = re.compile(r"\]\(([^)#\s]+)")
QUOTED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.S | re.M)
PATH = re.compile(r"\.?[\w.*-]+(?:/[\w.*-]*)*")
MADE_BY_THE_BUILD = ("build/",)


def documents(tree):
    pages = [path.relative_to(tree.root) for path in tree.root.glob("*.md")]
    return sorted(pages + tree.files("docs", "examples", endings=(".md",)))


def exists(tree, page, name):
    """As seen from the root, from src/, or from the page itself; * stands for any name."""
    bases = (tree.root, tree.root / "src", (tree.root / page).parent)
    return any(any(base.glob(name.strip("/"))) if "*" in name else (base / name).exists() for base in bases)


def looks_like_ours(tree, name):
    """Whether quoted text is meant as a path here: its first part is one of our folders, or it is a root file."""
    if not PATH.fullmatch(name) or "NAME" in name or name.startswith(MADE_BY_THE_BUILD):
        return False
    first, _, rest = name.partition("/")
    if not rest and not name.endswith("/"):
        return name.endswith((".toml", ".md")) and name == name.strip("*")
    folders = {path.name for base in (tree.root, tree.root / "src") for path in base.iterdir() if path.is_dir()}
    return first in folders


def check(tree):
    problems = []
    for page in documents(tree):
        text = (tree.root / page).read_text()
        prose = FENCED.sub(lambda match: "\n" * match[0].count("\n"), text)
        named = [(match.start(), match[1]) for match in QUOTED.finditer(prose) if looks_like_ours(tree, match[1])]
        named += [(match.start(), match[1]) for match in LINK.finditer(prose) if ":" not in match[1]]
        for at, name in named:
            if not exists(tree, page, name):
                problems.append(f"{page}:{prose.count(chr(10), 0, at) + 1}: there is no {name}")
    return problems
