# Nothing of ours runs before main: the objects of our libraries have no .init_array. A program that starts in
# milliseconds cannot afford registration, and the order of static constructors is nobody's friend.
import re
import subprocess

from tree import Skip, library_objects

SECTION = re.compile(r"\s\.(?:init_array|ctors)\S*\s+\S+\s+\S+\s+\S+\s+([0-9a-f]+)")


def constructor_bytes(listing):
    """Bytes of constructor tables in what `readelf -SW` prints."""
    return sum(int(size, 16) for size in SECTION.findall(listing))


def check(tree):
    # Not the sanitizers' builds: their runtime registers every object.
    build = tree.newest_build("dev", "checked", "release")
    objects = list(library_objects(build))
    if not objects:
        raise Skip(f"no object is built in {build.relative_to(tree.root)}")
    problems = []
    for path in objects:
        listing = subprocess.run(["readelf", "-SW", str(path)], capture_output=True, text=True).stdout
        if constructor_bytes(listing):
            problems.append(f"{path.relative_to(build)}: runs before main; make the object constexpr or local")
    return problems
