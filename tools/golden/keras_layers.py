#!/usr/bin/env python3
"""Makes tests/data/keras: small models of every layer and option, written and computed by the real frameworks.

Needs Python with tensorflow, keras 3, tf_keras and h5py; the tests need only what it writes.
"""

import argparse
import importlib
import io
import json
import lzma
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import framework  # noqa: E402

ABOUT = (
    "Small Keras models made by tools/golden/keras_layers.py. A case's files lie in "
    "FAMILY/FRAMEWORK. feeds: input name to array of the .npz; fetches: output name to array; limits: largest difference; calls: "
    "consecutive calls on one loaded model, the arrays stacked over them; models: file to what the framework does with "
    "it (same: it reads it back and computes the same); refused: the error that vivace must give instead; differs: why "
    "the framework's own numbers are not to be met; traits: the layers and operations that ran, with what they were "
    "configured to and given. exactN in the .npz is outN computed in float64.")


def families_of(package):
    return sorted(p.stem for p in (HERE / package).glob("[a-z]*.py"))


def make_family(name, package, args):
    """The records of one family from one framework, and the cases that it could not make."""
    import run_case

    k = framework.Framework(name)
    records, failures = [], []
    for case in importlib.import_module(f"{package}.{args.family}").cases(k):
        if not re.search(args.only, case.name):
            continue
        try:
            records.append(run_case.run(k, args.family, case, args.work, zlib.crc32(case.name.encode()), args.quick))
        except Exception as error:
            failures.append(f"{name}/{args.family}/{case.name}: {type(error).__name__}: {str(error).splitlines()[0]}")
    return records, failures


def pack(folder, archive):
    """A tar.xz whose bytes depend on nothing but the files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(folder.rglob("*"), key=lambda p: (p.suffix, str(p))):
            if path.is_file():
                info = tarfile.TarInfo(str(path.relative_to(folder.parent)))
                info.size, info.mode = path.stat().st_size, 0o644
                with path.open("rb") as file:
                    tar.addfile(info, file)
    archive.write_bytes(lzma.compress(raw.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def worker(package, args):
    records, failures = make_family(args.framework, package, args)
    json.dump({"records": records, "failures": failures}, sys.stdout)


def collect(package, args, work):
    records, failures = [], []
    for family in args.family.split(",") if args.family else families_of(package):
        for name in framework.NAMES:
            command = [sys.executable, sys.argv[0], "--framework", name, "--family", family, "--only", args.only,
                       "--work", work, *(["--quick"] if args.quick else [])]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit(f"{name}/{family} failed:\n{done.stderr[-3000:]}")
            part = json.loads(done.stdout[done.stdout.index('{"records"'):])
            records += part["records"]
            failures += part["failures"]
            print(f"{family:12} {name:9} {len(part['records']):4} cases", flush=True)
    return records, failures


def write_cases(path, records):
    """One line a case."""
    lines = ",\n".join(json.dumps(r, ensure_ascii=False) for r in records)
    path.write_text(f'{{"about": {json.dumps(ABOUT)},\n"cases": [\n{lines}\n]}}\n')


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", default="", help="only these families, with commas")
    parser.add_argument("--only", default="", help="only cases whose name this regular expression finds; leaves the archives alone (see --work)")
    parser.add_argument("--work", help="keep the plain files in this folder")
    parser.add_argument("--quick", action="store_true", help="leave out what the outputs ought to be in float64")
    parser.add_argument("--framework", choices=framework.NAMES, help=argparse.SUPPRESS)
    return parser


def make(package, args, work):
    """Fills the folder `work` with a folder for each family, its cases.json in it."""
    records, failures = collect(package, args, work)
    for family in sorted({r["family"] for r in records}):
        write_cases(pathlib.Path(work) / family / "cases.json", [r for r in records if r["family"] == family])
    print(f"{len(records)} cases, {sum(len(r['models']) for r in records)} model files, {len(failures)} not made")
    for failure in failures:
        print(" ", failure)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests" / "data" / "keras",
                        help="where the archives go (default: tests/data/keras)")
    args = parser.parse_args()
    if args.framework:
        return worker("layer_cases", args)
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(args.work or scratch)
        make("layer_cases", args, work)
        if not args.only:
            args.out.mkdir(parents=True, exist_ok=True)
            for folder in sorted(p for p in work.iterdir() if p.is_dir()):
                pack(folder, args.out / f"{folder.name}.tar.xz")


if __name__ == "__main__":
    main()
