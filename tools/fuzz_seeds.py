#!/usr/bin/env python3
"""Seeds for fuzzing models, for ./dev fuzz.

    tools/fuzz_seeds.py keras_config        of the models in tests/data/keras, the smallest configs that together hold
                                            every class of layer, every operation and every function; and a dictionary
                                            of their words
    tools/fuzz_seeds.py tflite              of those in tests/data/tflite, the smallest of each operator
    tools/fuzz_seeds.py tflite_import       the same

Fills build/fuzz/corpus/NAME and build/fuzz/NAME.dict.
"""

import io
import json
import pathlib
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "fuzz"
LARGEST = 12_000  # bytes of a seed: mutations of longer texts rarely hit


def configs():
    """(name, text) of every archived .keras file."""
    for archive in sorted((ROOT / "tests" / "data" / "keras").glob("*.tar.xz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                if not member.name.endswith(".keras"):
                    continue
                with zipfile.ZipFile(io.BytesIO(tar.extractfile(member).read())) as model:
                    yield member.name[:-6].replace("/", "_"), model.read("config.json").decode()


def words(value, into):
    """Class names, functions, keys and short texts."""
    if isinstance(value, dict):
        into.update(key for key in value if key not in ("name", "registered_name"))
        for key, inner in value.items():
            if key not in ("name", "registered_name", "keras_history"):
                words(inner, into)
    elif isinstance(value, list):
        for inner in value:
            words(inner, into)
    elif isinstance(value, str) and len(value) < 40:
        into.add(value)
    return into


def classes(value):
    """What a seed is chosen for: classes, functions, and the choices of a setting (padding=same)."""
    if isinstance(value, list):
        return set().union(*map(classes, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {str(value.get(key)) for key in ("class_name", "function") if isinstance(value.get(key), str)}
    return own.union(*map(classes, value.values()))


def tflite_models():
    """Of the archived .tflite files, the smallest that together hold every operator: {name: bytes}."""
    found = []
    for archive in sorted((ROOT / "tests" / "data" / "tflite").glob("*.tar.xz")):
        with tarfile.open(archive) as tar:
            held = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
        family = archive.name.split(".")[0]
        for case in json.loads(held[f"{family}/cases.json"])["cases"]:
            model = held[f"{family}/{case['model']}"]
            found.append((len(model), f"{family}_{case['model']}", model, {*case["operators"], case["quantised"]}))
    covered, chosen = set(), {}
    for size, name, model, operators in sorted(found):
        if size <= LARGEST and operators - covered:
            covered |= operators
            chosen[name] = model
    return chosen


def tflite_seeds(name):
    folder = BUILD / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    models = tflite_models()
    for file in (ROOT / "tests" / "data" / "tflite_metadata").glob("*.tflite"):
        models[file.name] = file.read_bytes()
    for seed, model in models.items():
        (folder / seed).write_bytes(model)
    print(f"{len(models)} models as seeds")


def keras_seeds():
    found = sorted(((len(text), name, text) for name, text in configs() if len(text) <= LARGEST))
    covered, chosen, dictionary = set(), {}, set()
    for _, name, text in found:
        config = json.loads(text)
        words(config, dictionary)
        fresh = classes(config) - covered
        if fresh:
            covered |= fresh
            chosen[f"{name}.json"] = text
    (BUILD / "corpus" / "keras_config").mkdir(parents=True, exist_ok=True)
    for name, text in chosen.items():
        (BUILD / "corpus" / "keras_config" / name).write_text(text)
    lines = sorted('"' + "".join(c if c.isalnum() or c in " _./-" else f"\\x{ord(c):02x}" for c in word) + '"'
                   for word in dictionary if word.isascii() and word)
    (BUILD / "keras_config.dict").write_text("\n".join(lines) + "\n")
    print(f"{len(chosen)} seeds for {len(covered)} classes and functions, {len(lines)} words")


if __name__ == "__main__":
    if sys.argv[1:] in (["tflite"], ["tflite_import"]):
        tflite_seeds(sys.argv[1])
    else:
        keras_seeds()
