# Objects compiled for one instruction set may define no weak symbol outside that set's namespace: the linker
# keeps one copy of a weak function, and the AVX-512 copy of std::sort ends a program on an older processor.
import re
import subprocess

from tree import Skip, library_objects

ISAS = ("baseline", "avx2", "avx512")
# The namespaces in which a body is compiled: vivace::kernels::avx2::f.
OF_AN_ISA = re.compile(r"\bvivace::(?:\w+::)*(?:" + "|".join(ISAS) + r")::")
WEAK = "WVuwv"


def weak_symbols(listing):
    """Names of the defined weak symbols in what `nm -C --defined-only` prints."""
    for line in listing.splitlines():
        parts = line.split(maxsplit=2)
        if len(parts) == 3 and parts[1] in WEAK:
            yield parts[2]


def leaks(listing):
    return [name for name in weak_symbols(listing) if not OF_AN_ISA.search(name)]


def is_kernel(path):
    return "vivace_kernels" in str(path) and path.name.endswith(tuple(f"_{isa}.cc.o" for isa in ISAS))


def check(tree):
    build = tree.newest_build("dev", "checked", "release")
    objects = [path for path in library_objects(build) if is_kernel(path)]
    if not objects:
        raise Skip(f"no kernel is built in {build.relative_to(tree.root)}")
    problems = []
    for path in objects:
        listing = subprocess.run(["nm", "-C", "--defined-only", str(path)], capture_output=True, text=True).stdout
        problems += [f"{path.relative_to(build)}: weak symbol outside its namespace: {name}"
                     for name in leaks(listing)]
    return problems
