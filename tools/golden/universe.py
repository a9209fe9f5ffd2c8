#!/usr/bin/env python3
"""Lists what Keras has: every layer, operation and activation, with the branches of every attribute.

Writes tests/conformance/keras.json, against which ./dev conformance keras holds what the golden cases cover. Needs
Python with keras 3 and tf_keras; the classes and their attributes are read from them, the values of enumerations
stand in attribute_values.py.
"""

import argparse
import importlib
import inspect
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import attribute_values  # noqa: E402

UNINTERESTING = {"self", "name", "trainable", "kwargs", "args", "dtype"}
# What a user does not put into a model: bases, and what describes an input's type.
NO_LAYERS = {"Layer", "Wrapper", "InputSpec", "AbstractRNNCell"}
ERAS = {"keras3": "keras", "tf_keras": "tf_keras"}


def layer_classes(keras):
    """Every public class, once: an alias is not another layer."""
    for name in dir(keras.layers):
        found = getattr(keras.layers, name)
        if inspect.isclass(found) and found.__name__ == name and name not in NO_LAYERS:
            yield name, found


def parameters(function):
    for p in inspect.signature(function).parameters.values():
        if p.name not in UNINTERESTING and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL):
            yield p.name, p.default, p.default is p.empty


def sample_of(keras, name, found):
    sample = attribute_values.SAMPLES.get(name)
    try:
        return found(**sample.options) if sample else found()
    except Exception:
        return None


def attributes(name, found, made):
    """Attribute to its default and branches; only what a saved configuration holds."""
    kept = set(made.get_config()) if made is not None else None
    result = {}
    for attribute, default, required in parameters(found.__init__):
        if kept is not None and attribute not in kept:
            continue
        branches = attribute_values.values_of(name, attribute, None if required else default, required)
        result[attribute] = {"default": None if required else plain(default), "branches": list(branches)}
    return result


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def ranks_of(name):
    """The ranks (the batch counted) of the first input in the layer's samples; a cell takes one step of its own."""
    sample = attribute_values.SAMPLES.get(name)
    shapes = sample.shapes if sample else ()
    batch = 0 if name.endswith("Cell") else 1
    return sorted({len(s[0] if isinstance(s[0], tuple) else s) + batch for s in shapes})


def layers_of(keras):
    found = {}
    for name, layer in layer_classes(keras):
        made = sample_of(keras, name, layer)
        ranks = ranks_of(name)
        found[name] = {"attributes": attributes(name, layer, made), "ranks": ranks}
        if made is not None and getattr(made, "supports_masking", False) and max(ranks, default=0) > 2:
            found[name]["mask"] = True
    return found


def usable_by_name(keras, name, function):
    """No alias, and nothing that wants more arguments than a layer gives."""
    others = [p for p in list(inspect.signature(function).parameters.values())[1:] if p.default is p.empty]
    if name in ("get", "serialize", "deserialize") or others:
        return False
    saved = keras.activations.serialize(function)
    return saved == name or isinstance(saved, dict)


def operations_of():
    """The operation classes that functions of keras.ops put into a model, with their attributes."""
    import keras
    from keras.src.ops.operation import Operation

    found = {}
    for room in ("", "nn", "numpy", "linalg", "image"):
        for name, function in inspect.getmembers(getattr(keras.ops, room) if room else keras.ops, inspect.isfunction):
            module = importlib.import_module(function.__module__)
            for word in inspect.unwrap(function).__code__.co_names:
                made = getattr(module, word, None)
                if inspect.isclass(made) and issubclass(made, Operation) and made is not Operation:
                    entry = found.setdefault(word, {"functions": [], "attributes": {}})
                    entry["functions"] = sorted({*entry["functions"], f"{room}.{name}" if room == "image" else name})
                    entry["attributes"] = {
                        a: {"default": None if required else plain(default),
                            "branches": list(attribute_values.values_of(f"op.{word}", a, None if required else default, required))}
                        for a, default, required in parameters(made.__init__)}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests" / "conformance" / "keras.json")
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    eras = {}
    for era, module in ERAS.items():
        keras = importlib.import_module(module)
        eras[era] = {
            "version": keras.__version__, "layers": layers_of(keras),
            "activations": sorted(n for n, f in inspect.getmembers(keras.activations, inspect.isfunction)
                                  if usable_by_name(keras, n, f))}
        eras[era]["layers"]["Activation"]["attributes"]["activation"]["branches"] = [
            f"={name}" for name in eras[era]["activations"]]
    eras["keras3"]["operations"] = operations_of()
    lines = [f'"{era}": {{"version": "{found["version"]}", "activations": {json.dumps(found["activations"])},\n'
             + ",\n".join(f'"{kind}": {{\n' + ",\n".join(
                 f' "{name}": {json.dumps(what)}' for name, what in sorted(found[kind].items())) + "}"
                 for kind in ("layers", "operations") if kind in found) + "}"
             for era, found in eras.items()]
    args.out.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    for era, found in eras.items():
        print(f"{era} {found['version']}: {len(found['layers'])} layers, {len(found.get('operations', {}))} operations, "
              f"{len(found['activations'])} activations")


if __name__ == "__main__":
    main()
