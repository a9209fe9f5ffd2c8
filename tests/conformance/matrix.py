"""The matrix itself: what the universe asks of each layer and operation, and what the cases that pass give."""

import collections
import dataclasses
import fnmatch

import branches
import configs

POLICIES = ("float32", "float64", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16")
SUFFIXES = (".keras", ".h5")


@dataclasses.dataclass
class Row:
    era: str
    kind: str  # layer or op
    name: str
    covered: list
    explained: list
    holes: list


class Coverage:
    """The uses of every layer and operation by cases that pass."""

    def __init__(self, universe):
        self.universe = universe
        self.uses = collections.defaultdict(list)  # (era, kind, name) to [(use, file suffix)]
        self.formats = collections.Counter()

    def add(self, golden):
        era = golden.case["name"].split("/")[0]
        suffix = "." + golden.case["model"].rpartition(".")[2]
        with_json = "architecture beside it" if golden.options else ""
        self.formats[era, suffix, golden.case.get("golden_source", ""), with_json] += 1
        uses = golden.case.get("traits")
        if uses is None:
            uses = configs.uses((golden.folder / golden.case["model"]).with_suffix(".keras"), self.universe[era])
        for use in uses:
            kind = "op" if "op" in use else "layer"
            self.uses[era, kind, use[kind]].append((use, suffix))

    def files(self):
        for (era, suffix, source, with_json), count in sorted(self.formats.items()):
            yield f"{count:5} files {suffix:9} by {source} {with_json}".rstrip()


class Explained:
    """Lines of a file: PATTERN, two blanks, why what matches need not be covered. Patterns are ERA/KIND/NAME/ASPECT."""

    def __init__(self, path):
        self.lines = {}
        for line in path.read_text().splitlines():
            pattern, _, reason = line.partition("  ")
            if pattern and not line.startswith("#"):
                self.lines[pattern] = reason.strip()
        self.used = set()

    def holds(self, place):
        found = [p for p in self.lines if fnmatch.fnmatchcase(place, p)]
        self.used.update(found)
        return bool(found)

    def stale(self):
        return [p for p in self.lines if p not in self.used]


def wanted(kind, what):
    """Every aspect of one layer or operation: "padding =same", "rank 3", "mask", "file .h5", ..."""
    for attribute, about in what["attributes"].items():
        for branch in about["branches"]:
            yield f"{attribute} {branch}"
    if kind == "op":
        return (yield "runs")
    yield from (f"rank {rank}" for rank in what["ranks"])
    yield from (f"policy {policy}" for policy in POLICIES)
    yield from (f"file {suffix}" for suffix in SUFFIXES)
    if what.get("mask"):
        yield "mask"


def given(kind, what, use, suffix):
    """The aspects that one use covers."""
    found = {"runs", f"file {suffix}"}
    ranks = use.get("ranks") or [None]
    for attribute, about in what["attributes"].items():
        value = use["config"].get(attribute, about["default"])
        if attribute == "axis" and ranks[0]:
            value = from_the_end(value, ranks[0])
        found |= {f"{attribute} {b}" for b in branches.of(value, about["branches"], about["default"])}
    found.add(f"rank {ranks[0]}")
    found.add(f"policy {use['config'].get('dtype')}")
    if use.get("mask"):
        found.add("mask")
    return found


def from_the_end(axis, rank):
    """Axes as the constructor's default has them: a built layer names the last one by its number, in a list."""
    if isinstance(axis, list):
        return from_the_end(axis[0], rank) if len(axis) == 1 else axis
    return -1 if axis == rank - 1 else axis


def rows(universe, coverage, explained):
    for era, about in universe.items():
        for kind, group in (("layer", "layers"), ("op", "operations")):
            for name, what in about.get(group, {}).items():
                found = set()
                for use, suffix in coverage.uses[era, kind, name]:
                    found |= given(kind, what, use, suffix)
                row = Row(era, kind, name, [], [], [])
                for aspect in wanted(kind, what):
                    if aspect in found:
                        row.covered.append(aspect)
                    elif explained.holds(f"{era}/{kind}/{name}/{aspect}"):
                        row.explained.append(aspect)
                    else:
                        row.holes.append(aspect)
                yield row
