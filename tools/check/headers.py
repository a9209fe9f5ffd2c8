# Self-contained headers: each compiles alone. The build has shown it of a header that some source includes before
# anything else; the others are compiled here when they, or a header of ours that they reach, have changed (--all: all).
# What compiled once is remembered by the hash of those headers.
import hashlib
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
FIRST = re.compile(r'\A(?:\s|//[^\n]*\n)*#\s*include\s+"([^"]+)"')
# Headers of tests name folders that the build defines.
COMMAND = ("g++", "-std=c++20", "-fsyntax-only", "-Isrc", "-Iinclude", "-Itests", '-DVIVACE_TEST_DATA=""',
           '-DVIVACE_KERAS_CASES=""', "-x", "c++")
MEMORY = "build/headers.json"
# A header of an instruction set's own needs that set's flags, by its file's name.
ISA_FLAGS = {
    "avx2": ("-mavx2", "-mfma", "-mf16c", "-mbmi2"),
    "avx512": ("-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mf16c", "-mbmi2"),
}


# What is written on top of a vector layer is compiled on top of the plainest, as a kernel's unit does it.
ON_A_LAYER = ("-DVIVACE_ISA=baseline", "-include", "src/kernels/simd/baseline.h")
NEEDS_A_LAYER = re.compile(r"^namespace [\w:]*\bVIVACE_ISA\b", re.M)


def flags_of(root, path):
    if NEEDS_A_LAYER.search((root / path).read_text()):
        return ON_A_LAYER
    return ISA_FLAGS.get(path.stem, ())


def opening_headers(tree):
    """Those that a source includes before anything else, wherever they lie."""
    first = (FIRST.search((tree.root / path).read_text()) for path in tree.files("src", "tests", endings=(".cc",)))
    names = {match[1] for match in first if match}
    return {f"{folder}/{name}" for folder in ("src", "include", "tests") for name in names}


def closure(root, path):
    """The header and all of ours that it reaches, each once."""
    reached, pending = {}, [path]
    while pending:
        file = pending.pop()
        if file in reached:
            continue
        reached[file] = text = (root / file).read_text()
        for name in INCLUDE.findall(text):
            places = (os.path.normpath(os.path.join(folder, name)) for folder in
                      ("src", "include", "tests", os.path.dirname(file)))
            pending += [place for place in places if (root / place).is_file()][:1]
    return reached


def digest(root, path, rules=""):
    parts = "".join(f"{file}\0{text}\0" for file, text in sorted(closure(root, str(path)).items()))
    return hashlib.sha256((parts + rules + " ".join(COMMAND + flags_of(root, path))).encode()).hexdigest()


def generated(root):
    """Where a build has written the list of operators and what it makes of schemas; any build will do."""
    def newest(pattern):
        return sorted(root.glob(pattern), key=lambda folder: folder.stat().st_mtime)[-1:]

    return [f"-I{folder}" for pattern in ("build/*/src/generated", "build/*/tests/generated")
            for folder in newest(pattern)]


def compile_alone(root, path):
    done = subprocess.run([*COMMAND, *generated(root), *flags_of(root, path), "-include", str(path), "/dev/null"], cwd=root,
                          capture_output=True, text=True)
    if done.returncode == 0:
        return None
    first = next((line for line in done.stderr.splitlines() if "error" in line), "does not compile")
    return f"{path}: does not compile alone: {first}"


def check(tree):
    # A kernel's body is no header: each instruction set's translation unit includes it once.
    headers = [path for path in tree.files("src", "include", "tests", endings=(".h",))
               if not path.name.endswith((".body.h", ".dot.h", ".amx.h"))]
    compiled, changed = opening_headers(tree), {str(path) for path in tree.changed("src", "include", "tests")}
    headers = [path for path in headers
               if str(path) not in compiled and not changed.isdisjoint(closure(tree.root, str(path)))]
    memory = tree.root / MEMORY
    known = set(json.loads(memory.read_text())) if memory.exists() else set()
    digests = {path: digest(tree.root, path) for path in headers}
    pending = [path for path in headers if digests[path] not in known]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda path: compile_alone(tree.root, path), pending))
    bad = {path for path, problem in zip(pending, results) if problem}
    memory.parent.mkdir(exist_ok=True)
    memory.write_text(json.dumps(sorted(known | {digests[path] for path in headers if path not in bad})))
    return [problem for problem in results if problem]
