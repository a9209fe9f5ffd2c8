"""The peers' C libraries, out of their wheels, each under the smallest program on it (c/NAME.c with c/main.c)."""

import os
import pathlib
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent / "c"
LIBRARIES = {"onnxruntime": "onnxruntime/capi/libonnxruntime.so.*", "openvino": "openvino/libs/libopenvino_c.so*",
             "litert": "ai_edge_litert/libLiteRt.so"}
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra")


def _compile(out, sources, *more):
    done = subprocess.run([os.environ.get("CC", "cc"), *FLAGS, *map(str, sources), "-o", str(out), *more, "-lm"],
                          capture_output=True, text=True)
    if done.returncode:
        print(f"{out.name}: {(done.stderr.strip() or 'no C compiler').splitlines()[0]}", file=sys.stderr)
    return str(out) if done.returncode == 0 else None


def _link(library, folder):
    """What to link with. ONNX Runtime's wheel leaves out the name that its library says it has."""
    if library.name.startswith("libonnxruntime.so."):
        name = folder / ".".join(library.name.split(".")[:3])
        name.unlink(missing_ok=True)
        name.symlink_to(library)
        library = name
    return str(library), f"-Wl,-rpath,{library.parent}", "-Wl,--allow-shlib-undefined"


def programs(python, folder):
    """{engine: its C program}, without those whose wheel or compiler is missing: they are called from Python."""
    folder.mkdir(parents=True, exist_ok=True)
    where = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"],
                           capture_output=True, text=True, check=True).stdout.strip()
    made = {}
    for engine, pattern in LIBRARIES.items():
        library = next(iter(sorted(pathlib.Path(where).glob(pattern))), None)
        if library is None:
            print(f"{engine}: no {pattern} in {where}", file=sys.stderr)
            continue
        release = next(iter(sorted(pathlib.Path(where).glob(pattern.split("/")[0] + "-*.dist-info"))), None)
        version = release.name.removesuffix(".dist-info").partition("-")[2] if release else "unknown"
        made[engine] = _compile(folder / engine, (SOURCES / "main.c", SOURCES / f"{engine}.c"),
                                f'-DPEER_VERSION="{version}"', *_link(library, folder))
    return {engine: program for engine, program in made.items() if program}


def peak_program(folder):
    """Runs a command and writes down its peak memory; None without a compiler."""
    folder.mkdir(parents=True, exist_ok=True)
    return _compile(folder / "peak", (SOURCES / "peak.c",))
