#!/usr/bin/env python3
"""Makes tests/data/errors/: model files that must be refused, a few kilobytes each."""

import io
import pathlib
import struct
import sys
import zipfile

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "errors"


def external(path):
    """A Keras file whose kernel is said to lie in another file."""
    import h5py

    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = (
            '{"class_name": "Sequential", "config": {"name": "m", "layers": [{"class_name": "Dense", "config": '
            '{"name": "dense", "trainable": true, "batch_input_shape": [null, 4], "dtype": "float32", '
            '"units": 3, "activation": "linear", "use_bias": false}}]}}')
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"dense"]
        layer = weights.create_group("dense")
        layer.attrs["weight_names"] = [b"dense/kernel:0"]
        layer.create_group("dense")["kernel:0"] = h5py.ExternalLink("/etc/passwd", "/x")


def archive(path, info, data, claimed=None):
    """A .keras archive of one member; `claimed` is the size that its headers tell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(info, data)
    raw = bytearray(out.getvalue())
    if claimed:
        struct.pack_into("<I", raw, 22, claimed)
        struct.pack_into("<I", raw, raw.rindex(b"PK\1\2") + 24, claimed)
    path.write_bytes(raw)


def member(name, mode=0o100644, method=zipfile.ZIP_STORED):
    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, method
    return info


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    external(OUT / "external_link.h5")
    archive(OUT / "symlink.keras", member("config.json", 0o120777), "/etc/passwd")
    archive(OUT / "dotdot.keras", member("../config.json"), "{}")
    archive(OUT / "bomb.keras", member("config.json", method=zipfile.ZIP_DEFLATED), "{}" * 100, 2_000_000_000)


if __name__ == "__main__":
    sys.exit(main())
