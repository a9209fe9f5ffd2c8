"""The smallest program on each engine's own library: c/main.c with c/NAME.c, or for vivace c/vivace.cc."""

import os
import pathlib
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent / "c"
LIBRARIES = {"onnxruntime": "onnxruntime/capi/libonnxruntime.so.*", "openvino": "openvino/libs/libopenvino_c.so*",
             "litert": "ai_edge_litert/libLiteRt.so"}
INCLUDE = SOURCES.parents[2] / "include"


def _compile(out, source, version, *more):
    """The program at `out`, or None, with the compiler's first complaint on stderr."""
    c, cxx = os.environ.get("CC", "cc"), os.environ.get("CXX", "c++")
    main = out.with_suffix(".main.o")
    compiler = (c, "-std=gnu11") if source.suffix == ".c" else (cxx, "-std=c++20")
    for command in ((c, "-std=gnu11", "-O2", f'-DPEER_VERSION="{version}"', "-c", SOURCES / "main.c", "-o", main),
                    (*compiler, "-O2", source, main, "-o", out, *more, "-lm")):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            print(f"{out.name}: {(done.stderr.strip() or 'no compiler').splitlines()[0]}", file=sys.stderr)
            return None
    return str(out)


def vivace(program, folder):
    """The program on vivace's library, which lies beside vivace as it was built."""
    folder.mkdir(parents=True, exist_ok=True)
    library = pathlib.Path(program).resolve().parent / "src" / "libvivace.a"
    if not library.exists():
        raise SystemExit(f"there is no {library}: ./dev build")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    made = _compile(folder / "vivace", SOURCES / "vivace.cc", version, f"-I{INCLUDE}", library, "-static-libstdc++",
                    "-static-libgcc")
    if not made:
        raise SystemExit("vivace's own program does not compile")
    return made


def reader(folder):
    """The program that measures how fast memory is read; None where it does not compile."""
    out = folder / "read"
    done = subprocess.run([os.environ.get("CC", "cc"), "-O2", "-std=gnu11", "-march=native", str(SOURCES / "read.c"),
                           "-o", str(out), "-lpthread"], capture_output=True, text=True)
    return None if done.returncode else str(out)


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
        made[engine] = _compile(folder / engine, SOURCES / f"{engine}.c", version, *_link(library, folder))
    return {engine: program for engine, program in made.items() if program}
