#!/usr/bin/env python3
"""TensorFlow Lite models that give back the numbers they are given, with metadata good and bad.

    PYTHON=/path/to/python ./dev golden tflite_metadata

Needs TensorFlow. Writes tests/data/tflite_metadata/: NAME.tflite, and cases.json with the numbers that a picture's
pixels become by TensorFlow Lite's own QUANTIZE, from which tests/cli/metadata_test.py takes what it expects.
"""

import io
import json
import pathlib
import zipfile

import flatbuffers
import numpy as np

import tflite_model
from tensorflow.lite.python import schema_py_generated as schema

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "tflite_metadata"
PIXELS = np.array([0, 1, 63, 64, 127, 128, 129, 200, 201, 254, 255, 33], np.float32).reshape(1, 2, 2, 3)
CLASSES = [f"class of {word}" for word in "ant bee cat dog eel fox gnu hen ibis jay koi lynx".split()]
AXIS_LABELS, NORMALISATION = 2, 1


def table(builder, slots):
    """A table with offsets in some of its slots: {slot: offset}."""
    builder.StartObject(max(slots, default=-1) + 1)
    for slot, (kind, value) in slots.items():
        if kind == "offset":
            builder.PrependUOffsetTRelativeSlot(slot, value, 0)
        else:
            builder.PrependByteSlot(slot, value, 0)
    return builder.EndObject()


def vector(builder, offsets):
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def floats(builder, numbers):
    builder.StartVector(4, len(numbers), 4)
    for number in reversed(numbers):
        builder.PrependFloat32(number)
    return builder.EndVector()


def tensor_metadata(builder, mean=None, std=None, labels=None):
    slots = {1: ("offset", builder.CreateString("numbers"))}
    if mean is not None:
        options = table(builder, {0: ("offset", floats(builder, mean)), 1: ("offset", floats(builder, std))})
        unit = table(builder, {0: ("byte", NORMALISATION), 1: ("offset", options)})
        slots[4] = "offset", vector(builder, [unit])
    if labels:
        file = table(builder, {0: ("offset", builder.CreateString(labels)), 2: ("byte", AXIS_LABELS)})
        slots[6] = "offset", vector(builder, [file])
    return table(builder, slots)


def metadata(mean=None, std=None, labels=None):
    builder = flatbuffers.Builder(256)
    inputs = vector(builder, [tensor_metadata(builder, mean, std)])
    outputs = vector(builder, [tensor_metadata(builder, labels=labels)])
    graph = table(builder, {2: ("offset", inputs), 3: ("offset", outputs)})
    graphs = vector(builder, [graph])
    name, author = builder.CreateString("an echo"), builder.CreateString("nobody")
    builder.Finish(table(builder, {0: ("offset", name), 3: ("offset", graphs), 4: ("offset", author)}), b"M001")
    return bytes(builder.Output())


def archive(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return held.getvalue()


def echo(dtype, scale, zero):
    """What goes in comes out, as one row."""
    x = tflite_model.tensor((1, 2, 2, 3), dtype, scale, zero)
    sizes = tflite_model.tensor(data=np.array([1, 12], np.int32))
    return tflite_model.one_operator("RESHAPE", None, [x, sizes], [tflite_model.tensor((1, 12), dtype, scale, zero)])


def with_metadata(model, about, files=None):
    record = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(model)))
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(about, np.uint8)
    entry.name, entry.buffer = b"TFLITE_METADATA", len(record.buffers)
    record.buffers.append(buffer)
    record.metadata = [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(record.Pack(builder), b"TFL3")
    return bytes(builder.Output()) + (archive(files) if files else b"")


def quantised(reals, dtype, scale, zero):
    x = tflite_model.tensor(reals.shape, "float32")
    y = tflite_model.tensor(reals.shape, dtype, scale, zero)
    return tflite_model.run(tflite_model.one_operator("QUANTIZE", None, [x], [y]), reals)[0]


def good():
    """(name, model, the numbers that the pixels become)"""
    labels = {"labels.txt": "\n".join(CLASSES) + "\n"}
    channels = [100.0, 110.0, 120.0], [50.0, 60.0, 70.0]
    for name, dtype, scale, zero, mean, std in (
            ("uint8_half", "uint8", 1 / 128, 128, [127.5], [127.5]), ("uint8_ratio", "uint8", 1 / 255, 0, [0], [255]),
            ("int8_half", "int8", 1 / 127.5, -1, [127.5], [127.5]),
            ("int8_channels", "int8", 0.02, 3, *channels), ("float_channels", "float32", None, 0, *channels)):
        mean, std = [np.array(numbers, np.float32) for numbers in (mean, std)]
        reals = (PIXELS - mean) / std
        numbers = reals if scale is None else quantised(reals, dtype, scale, zero)
        model = with_metadata(echo(dtype, scale, zero), metadata(mean, std, "labels.txt"), labels)
        yield name, model, numbers
    yield "uint8_silent", echo("uint8", 1 / 128, 128), PIXELS
    yield "int8_silent", echo("int8", 1 / 128, 0), PIXELS - 128


def bad():
    """(name, model, what is said of it)"""
    about, plain = metadata([127.5], [127.5], "labels.txt"), echo("uint8", 1 / 128, 128)
    labels = {"labels.txt": "\n".join(CLASSES)}
    yield "no_archive", with_metadata(plain, about), "this is no zip archive"
    yield "no_file", with_metadata(plain, about, {"others.txt": "x"}), "\"labels.txt\" is not behind the model"
    yield "few_labels", with_metadata(plain, about, {"labels.txt": "ant\nbee\n"}), "\"labels.txt\" has 2 lines"
    yield "cut_off", with_metadata(plain, about[:-40], labels), "metadata are damaged"
    yield "another_form", with_metadata(plain, about[:4] + b"M999" + about[8:], labels), "not in the form"
    yield "no_deviation", with_metadata(plain, metadata([1.0], [0.0], "labels.txt"), labels), "divides by 0"
    yield "nan_mean", with_metadata(plain, metadata([np.nan], [1.0], "labels.txt"), labels), "one of the means"
    yield "two_of_three", with_metadata(plain, metadata([1.0] * 2, [1.0] * 3, ""), labels), "2 means and 3 deviations"
    whole = with_metadata(plain, about, labels)
    yield "cut_archive", whole[:-30] + b"\0" * 8 + whole[-22:], "labels are not read"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = {"pixels": PIXELS.ravel().astype(int).tolist(), "classes": CLASSES, "good": {}, "bad": {}}
    for name, model, numbers in good():
        (OUT / f"{name}.tflite").write_bytes(model)
        cases["good"][name] = np.asarray(numbers, np.float64).ravel().tolist()
    for name, model, said in bad():
        (OUT / f"{name}.tflite").write_bytes(model)
        cases["bad"][name] = said
    (OUT / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
