# Which room may include which: every #include in src/ against architecture.toml, and no circle anywhere.
import re
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
TABLE = "architecture.toml"
# A room's testing.h is what its tests share.
OF_TESTS = ("_test.cc", "/testing.h")


def room_of(path, rooms):
    """The innermost room that holds the path "kernels/gemm/gemm.h", or None."""
    parts = path.split("/")[:-1]
    names = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in rooms), None)


def circle(edges):
    """One circle in {node: [node...]}, as a list of nodes, or None. Walks with a stack of its own."""
    done = set()
    for start in edges:
        trail, rests = [start], [iter(edges[start])]
        while trail:
            step = next(rests[-1], None)
            if step is None:
                done.add(trail.pop())
                rests.pop()
            elif step in trail:
                return trail[trail.index(step):] + [step]
            elif step not in done and step in edges:
                trail.append(step)
                rests.append(iter(edges[step]))
    return None


def allowed(room, target, rooms):
    """Whether the table lets a room include another; a name in its list opens the rooms within it too."""
    if target in (room, "base"):
        return True
    return any(target == name or target.startswith(name + "/") for name in rooms[room]["may_include"])


def check_table(rooms):
    problems = []
    for room, line in rooms.items():
        for name in line["may_include"]:
            if name == "include":
                continue
            if name not in rooms:
                problems.append(f"{TABLE}: {room} may include {name}, which is no room")
            elif rooms[name]["floor"] > line["floor"]:
                problems.append(f"{TABLE}: {room} may include {name}, which is a floor above it")
    edges = {room: [name for name in line["may_include"] if name in rooms] for room, line in rooms.items()}
    if found := circle(edges):
        problems.append(f"{TABLE}: a circle: {' -> '.join(found)}")
    return problems


def resolve(tree, source, name):
    """Where a quoted include leads, relative to the root, or None."""
    for folder in (tree.root / "src", tree.root / "include", (tree.root / source).parent, tree.root / "tests"):
        if (folder / name).is_file():
            return (folder / name).resolve().relative_to(tree.root.resolve()).as_posix()
    return None


def verdict(room, target, table):
    """What is wrong with a file of that room including the file `target`, or None."""
    rooms = table["rooms"]
    if target.startswith("include/"):
        if target.removeprefix("include/") in table["vocabulary"] or "include" in rooms[room]["may_include"]:
            return None
        return "only the vocabulary and the rooms above the api may include public headers"
    if not target.startswith("src/"):
        return None
    inner = room_of(target.removeprefix("src/"), rooms)
    if inner is None or allowed(room, inner, rooms):
        return None
    return f"{room} may include base {' '.join(rooms[room]['may_include'])}".rstrip()


def includes(tree, source):
    """(line, name, where it leads) of every quoted include. What the build makes stands in src/ by its name."""
    text = (tree.root / source).read_text()
    for match in INCLUDE.finditer(text):
        target = resolve(tree, source, match[1]) or f"src/{match[1]}"
        yield text.count("\n", 0, match.start(1)) + 1, match[1], target


def check_file(room, path, found, table):
    """What is wrong with the includes `found` in a file of that room."""
    for line, name, target in found:
        for_tests = target.startswith("tests/") or target.endswith(OF_TESTS)
        if for_tests and not path.endswith(OF_TESTS):
            yield f"{path}:{line}: includes {name}, which is for tests only"
        if reason := verdict(room, target, table):
            yield f"{path}:{line}: includes {name}; {reason}"


def check(tree):
    table = tomllib.loads((tree.root / TABLE).read_text())
    rooms = table["rooms"]
    problems = check_table(rooms)
    between_rooms = {room: set() for room in rooms}
    between_files = {}
    for source in tree.files("src", endings=(".h", ".cc", ".inc")):
        path = source.as_posix()
        room = room_of(path.removeprefix("src/"), rooms)
        if room is None:
            problems.append(f"{path}: is in no room of {TABLE}")
            continue
        found = list(includes(tree, source))
        problems += check_file(room, path, found, table)
        between_files[path] = [target for _, _, target in found]
        if not path.endswith(OF_TESTS):
            inside = (target.removeprefix("src/") for target in between_files[path] if target.startswith("src/"))
            between_rooms[room] |= {room_of(target, rooms) for target in inside} - {room, None}
    if found := circle({room: sorted(names) for room, names in between_rooms.items()}):
        problems.append(f"rooms include each other in a circle: {' -> '.join(found)}")
    if found := circle(between_files):
        problems.append(f"files include each other in a circle: {' -> '.join(found)}")
    return problems
