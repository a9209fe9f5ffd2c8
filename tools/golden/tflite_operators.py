#!/usr/bin/env python3
"""Small TensorFlow Lite models of one operator each, made by TensorFlow's converter, with the outputs of TensorFlow
Lite's reference kernels.

    PYTHON=/path/to/python ./dev golden tflite_operators [--family NAME]

Needs TensorFlow. A family is a file in tflite_cases/ whose cases() yields Case(...); each becomes
tests/data/tflite/FAMILY.tar.xz: NAME.tflite and NAME.npz of its inputs and outputs, and cases.json.
"""

import argparse
import dataclasses
import importlib
import io
import json
import lzma
import os
import pathlib
import sys
import tarfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[1] / "tests" / "data" / "tflite"


@dataclasses.dataclass
class Case:
    name: str
    function: callable  # of tensors, to a tensor or several
    shapes: list  # of the inputs; None is an unknown size
    dtypes: list = ()  # float32 where left out
    feeds: list = ()  # shapes that are fed, or arrays; the inputs' own where left out
    quantise: str = ""  # "", "float16", "dynamic", "int8", "int8_float_io", "uint8_io", "int16x8"
    low: float = -2.0  # what is fed lies between these
    high: float = 2.0
    refused: str = ""  # the error id that vivace must give
    calls: int = 1  # one after another, without a reset
    atol: float = 1e-5  # of the largest number in an output
    variables: object = None  # a tf.Module whose __call__ is the function, where it keeps state
    flex: bool = False  # TensorFlow's own operators may be carried along
    kernels: str = "REF"  # "WITHOUT_DEFAULT_DELEGATES" where the reference set lacks it, "XNNPACK": LiteRT's usual answer
    model: bytes = b""  # written by hand (tflite_model.py); there is no function then


def fed(case, rng):
    arrays = []
    for i, shape in enumerate(case.shapes):
        dtype = np.dtype(case.dtypes[i] if i < len(case.dtypes) else "float32")
        given = case.feeds[i] if i < len(case.feeds) else shape
        if isinstance(given, np.ndarray):
            arrays.append(given)
            continue
        dims = [case.calls, *given] if case.calls > 1 else given
        if dtype == bool:
            arrays.append(rng.random(dims) < 0.5)
        elif dtype.kind == "f":
            arrays.append(rng.uniform(case.low, case.high, dims).astype(dtype))
        else:
            arrays.append(rng.integers(int(case.low), int(case.high), dims, endpoint=True).astype(dtype))
    return arrays


def converter_of(case):
    specs = [tf.TensorSpec(shape, case.dtypes[i] if i < len(case.dtypes) else "float32", name=f"x{i}")
             for i, shape in enumerate(case.shapes)]
    module = case.variables or tf.Module()
    concrete = tf.function(case.function).get_concrete_function(*specs)
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)


def settings(converter, case, rng):
    if case.flex:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    if not case.quantise:
        return
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if case.quantise == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if case.quantise in ("float16", "dynamic"):
        return
    concrete = [[1 if size is None else size for size in shape] for shape in case.shapes]
    converter.representative_dataset = lambda: (
        [rng.uniform(case.low, case.high, shape).astype("float32") for shape in concrete] for _ in range(16))
    kinds = {"int16x8": tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8}
    converter.target_spec.supported_ops = [kinds.get(case.quantise, tf.lite.OpsSet.TFLITE_BUILTINS_INT8)]
    io_types = {"int8": tf.int8, "uint8_io": tf.uint8, "int16x8": tf.int16}
    if case.quantise in io_types:
        converter.inference_input_type = converter.inference_output_type = io_types[case.quantise]


def interpreter_of(model, kernels):
    if kernels == "XNNPACK":
        from ai_edge_litert.interpreter import Interpreter  # the one that people run; TensorFlow's lies behind it
        return Interpreter(model_content=model)
    return tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=getattr(
        tf.lite.experimental.OpResolverType, f"BUILTIN_{kernels}"))


def run(model, case, arrays):
    """The outputs of the reference kernels, by name; stacked where there are several calls."""
    interpreter = interpreter_of(model, case.kernels)
    inputs = sorted(interpreter.get_input_details(), key=lambda detail: detail["name"])
    stacked = case.calls > 1
    for detail, array in zip(inputs, arrays):
        interpreter.resize_tensor_input(detail["index"], array.shape[1:] if stacked else array.shape)
    interpreter.allocate_tensors()
    results = []
    for call in range(case.calls):
        for detail, array in zip(inputs, arrays):
            interpreter.set_tensor(detail["index"], array[call] if stacked else array)
        interpreter.invoke()
        results.append({d["name"]: interpreter.get_tensor(d["index"]).copy() for d in interpreter.get_output_details()})
    feeds = {detail["name"]: array for detail, array in zip(inputs, arrays)}
    return feeds, {name: np.stack([r[name] for r in results]) if stacked else results[0][name] for name in results[0]}


def by_tensorflow(model, case, arrays):
    """What run() gives, of a model that its interpreter cannot run: by the function itself."""
    interpreter = tf.lite.Interpreter(model_content=model)
    inputs = sorted(interpreter.get_input_details(), key=lambda detail: detail["name"])
    output, = interpreter.get_output_details()
    return {d["name"]: a for d, a in zip(inputs, arrays)}, {output["name"]: np.asarray(case.function(*arrays))}


def retyped(arrays, model):
    """Inputs of a model with integer inputs: any numbers of their type."""
    interpreter = tf.lite.Interpreter(model_content=model)
    details = sorted(interpreter.get_input_details(), key=lambda detail: detail["name"])
    rng = np.random.default_rng(5)
    for i, detail in enumerate(details):
        if arrays[i].dtype != detail["dtype"]:
            bounds = np.iinfo(detail["dtype"])
            arrays[i] = rng.integers(bounds.min, bounds.max, arrays[i].shape, endpoint=True).astype(detail["dtype"])
    return arrays


def make_case(case, folder):
    rng = np.random.default_rng(zlib.crc32(case.name.encode()))
    model = case.model
    if not model:
        converter = converter_of(case)
        settings(converter, case, rng)
        model = converter.convert()
    arrays = fed(case, rng)
    feeds, outputs = by_tensorflow(model, case, arrays) if case.flex else run(model, case, retyped(arrays, model))
    (folder / f"{case.name}.tflite").write_bytes(model)
    np.savez(folder / f"{case.name}.npz", **{f"in{i}": x for i, x in enumerate(feeds.values())},
             **{f"out{i}": y for i, y in enumerate(outputs.values())})
    limit = {f"out{i}": case.atol * max(1.0, float(np.abs(np.nan_to_num(y.astype("float64"), posinf=0, neginf=0)).max(
        initial=0))) if y.dtype.kind == "f" else 0 for i, y in enumerate(outputs.values())}
    operators = sorted({d["op_name"] for d in tf.lite.Interpreter(model_content=model)._get_ops_details()} - {"DELEGATE"})
    return {"name": case.name, "model": f"{case.name}.tflite", "file": f"{case.name}.npz", "calls": case.calls,
            "operators": operators, "quantised": case.quantise, "refused": case.refused,
            "rounding": "xnnpack" if case.kernels == "XNNPACK" else "reference",
            "feeds": {name: {"array": f"in{i}"} for i, name in enumerate(feeds)},
            "fetches": {name: {"array": f"out{i}"} for i, name in enumerate(outputs)},
            "limits": {name: {"atol": value} for name, value in limit.items()}}


def pack(files, archive):
    """A tar.xz whose bytes depend on nothing but the files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in files:
            entry = tarfile.TarInfo(f"{archive.name.split('.')[0]}/{path.name}")
            entry.size = path.stat().st_size
            tar.addfile(entry, io.BytesIO(path.read_bytes()))
    archive.write_bytes(lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def make_family(family, out, work):
    folder = work / family
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for case in importlib.import_module(f"tflite_cases.{family}").cases(Case):
        try:
            records.append(make_case(case, folder))
        except Exception as reason:  # a case that TensorFlow itself cannot convert is no case
            print(f"{family}/{case.name}: {str(reason).splitlines()[0][:160]}", file=sys.stderr)
    (folder / "cases.json").write_text(json.dumps({"framework": f"TensorFlow {tf.__version__}", "cases": records}, indent=1))
    kept = {name for record in records for name in (record["model"], record["file"])} | {"cases.json"}
    pack([path for path in sorted(folder.iterdir()) if path.name in kept], out / f"{family}.tar.xz")
    print(f"{family}: {len(records)} cases")


def main():
    import tempfile
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", help="only this one; may be given again")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(HERE))
    families = args.family or sorted(p.stem for p in (HERE / "tflite_cases").glob("[a-z]*.py"))
    with tempfile.TemporaryDirectory() as work:
        for family in families:
            make_family(family, args.out, pathlib.Path(work))


if __name__ == "__main__":
    main()
