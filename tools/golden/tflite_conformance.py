#!/usr/bin/env python3
"""Single-operator TensorFlow Lite models over types, attributes, broadcasting and edge sizes, with the outputs of the
reference kernels: what ./dev conformance tflite runs.

    PYTHON=/path/to/python ./dev golden tflite_conformance [--wide FOLDER] [--only OPERATOR]

Needs TensorFlow. Writes tests/data/tflite_conformance.tar.xz: NAME.tflite, NAME.npz, and cases.json with what each case
covers, those of tests/data/tflite with them. A combination that the reference kernels refuse is no case. With --wide
also every shape with every type, as an archive of its own.
"""

import argparse
import io
import itertools
import json
import lzma
import os
import pathlib
import pickle
import sys
import tarfile
import tempfile
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402

import tflite_model  # noqa: E402
from tensorflow.lite.python import schema_py_generated as schema  # noqa: E402
from tflite_rare import rare_groups  # noqa: E402
from tflite_wide import groups, quantised_families  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "tflite_conformance.tar.xz"


def names_of(enum):
    return {value: name for name, value in vars(enum).items() if isinstance(value, int)}


TYPES, CODES = names_of(schema.TensorType), names_of(schema.BuiltinOperator)
ENUMS = {"fusedActivationFunction": schema.ActivationFunctionType, "padding": schema.Padding,
         "mode": schema.MirrorPadMode, "combiner": schema.CombinerType,
         "reduceFunction": schema.ReduceWindowFunction}


def branch_of(name, value):
    """The branch of an attribute that a value takes: its word, or on which side of 1 a number lies."""
    if name in ENUMS:
        return names_of(ENUMS[name]).get(value, str(value))
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, int):
        return "negative" if value < 0 else str(value) if value < 2 else "above 1"
    return None


def shapes_of(tensors):
    """What is special about the inputs that are fed."""
    fed = [tuple(t.shape) if t.shape is not None else () for t in tensors]
    found = [f"rank {len(fed[0])}"] if fed else []
    if len(fed) > 1 and len(set(fed)) > 1:
        found.append("inputs of different shapes")
    if any(1 in s for s in fed):
        found.append("an axis of 1")
    if any(0 in s for s in fed):
        found.append("no elements")
    if any(s == () for s in fed):
        found.append("a scalar")
    return found


def covered(model):
    """What the operators of a model are: [{operator, types, branches}]."""
    record = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(model)))
    return [found for graph in record.subgraphs for found in covered_by(graph, record)]


def covered_by(graph, record):
    result = []
    for op in graph.operators:
        code = record.operatorCodes[op.opcodeIndex]
        name = CODES[max(code.builtinCode, code.deprecatedBuiltinCode)]
        inputs = [graph.tensors[i] for i in (op.inputs if op.inputs is not None else []) if i >= 0]
        fed = [t for t in inputs if record.buffers[t.buffer].data is None]
        types = " ".join(dict.fromkeys(TYPES[t.type].lower() for t in inputs)) + " to " + " ".join(
            dict.fromkeys(TYPES[graph.tensors[i].type].lower() for i in op.outputs))
        branches = shapes_of(fed)
        op_options = op.builtinOptions or op.builtinOptions2
        for field, value in vars(op_options).items() if op_options else ():
            if (branch := branch_of(field, value)) is not None:
                branches.append(f"{field} {branch}")
        if any(t.quantization is not None and t.quantization.scale is not None and len(t.quantization.scale) > 1
               for t in inputs):
            branches.append("scales by channel")
        result.append({"operator": name, "types": types, "branches": branches})
    return result


def answers_of(model, feeds):
    """By the reference kernels; by the others where these lack the operator, or leave out the last of the channels that
    a LOCAL_RESPONSE_NORMALIZATION is to look at (TensorFlow and the others do not).
    """
    if any(record["operator"] == "LOCAL_RESPONSE_NORMALIZATION" for record in covered(model)):
        return tflite_model.run(model, *feeds, kernels="WITHOUT_DEFAULT_DELEGATES")
    try:
        return tflite_model.run(model, *feeds)
    except tflite_model.Refused as error:
        if "Didn't find op" not in str(error):
            raise
        return tflite_model.run(model, *feeds, kernels="WITHOUT_DEFAULT_DELEGATES")


def run_group(cases, file):
    """In a process of its own: some combinations make a kernel crash. Each attempt is noted before it is made."""
    with open(file, "wb") as out:
        for name, model, feeds in cases:
            pickle.dump(name, out)
            out.flush()
            try:
                answers = answers_of(model, feeds)
            except (tflite_model.Refused, ValueError) as error:
                if isinstance(error, ValueError):
                    print(f"{name}: {str(error)[:150]}", file=sys.stderr)
                continue
            pickle.dump((name, model, [np.asarray(f) for f in feeds], answers), out)
            out.flush()


def records_of(file):
    while True:
        try:
            yield pickle.load(file)
        except (EOFError, pickle.UnpicklingError):
            return


def results_of(make):
    attempts = 0
    while True:
        with tempfile.NamedTemporaryFile() as held:
            child = os.fork()
            if child == 0:
                try:
                    run_group(itertools.islice(make(), attempts, None), held.name)
                except Exception:  # noqa: BLE001 - the group ends here, and its author is told
                    traceback.print_exc()
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            with open(held.name, "rb") as file:
                for record in records_of(file):
                    attempts += isinstance(record, str)
                    if not isinstance(record, str):
                        yield record
        if status == 0:
            return
        print(f"  crashed at attempt {attempts}", file=sys.stderr)


def is_finite(answers):
    """NaN and infinities are tested with the operators' own tests."""
    return all(a.dtype.kind != "f" or np.isfinite(a).all() for a in answers)


def cases(wide, only):
    seen = set()
    for family, make in [*groups(wide), *rare_groups(), *quantised_families()]:
        count = 0
        for name, model, feeds, answers in results_of(make):
            if only not in name and only not in family or not is_finite(answers):
                continue
            while f"{family}.{name}" in seen:
                name += "_"
            seen.add(f"{family}.{name}")
            count += 1
            yield f"{family}.{name}", model, feeds, answers
        print(f"{family}: {count}", file=sys.stderr)


# Where the reference kernels are wrong, and others right: tests/import/tflite_operators_test.cc tells how.
DISPUTED = ("elementwise/special_values", "network/batch_matmul_adjoint", "network/local_response_normalization")


def elsewhere():
    """What the cases of tests/data/tflite cover, by archive and name: {"network/conv": [...]}."""
    found = {}
    for archive in sorted((OUT.parent / "tflite").glob("*.tar.xz")):
        folder = archive.name.split(".")[0]
        with tarfile.open(archive) as tar:
            for case in json.load(tar.extractfile(f"{folder}/cases.json"))["cases"]:
                if not case["refused"] and f"{folder}/{case['name']}" not in DISPUTED:
                    found[f"{folder}/{case['name']}"] = covered(tar.extractfile(f"{folder}/{case['model']}").read())
    return found


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(data), 0
    tar.addfile(info, io.BytesIO(data))


def write(file, found):
    table = {}
    with lzma.open(file, "wb", preset=9) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, model, feeds, answers in found:
            held = io.BytesIO()
            np.savez(held, **{f"x{i}": x for i, x in enumerate(feeds)}, **{f"y{i}": y for i, y in enumerate(answers)})
            add(tar, f"{name}.tflite", model)
            add(tar, f"{name}.npz", held.getvalue())
            table[name] = covered(model)
        everything = sorted(n for n in CODES.values() if not n.startswith("STABLEHLO"))
        add(tar, "cases.json", json.dumps(
            {"operators": everything, "cases": table, "elsewhere": elsewhere()}).encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wide", type=pathlib.Path, metavar="FILE", help="the wide matrix, to this .tar.xz instead")
    parser.add_argument("--only", default="", help="only families and cases whose name holds this text")
    args = parser.parse_args()
    write(args.wide or OUT, cases(bool(args.wide), args.only))


if __name__ == "__main__":
    main()
