#!/usr/bin/env python3
"""Writes the small HDF5 files of tests/data/hdf5 with h5py: one file a feature, values that the test knows.

    python tools/golden/hdf5.py tests/data/hdf5
"""
import os
import sys

import h5py
import numpy as np


def ramp(dtype, shape=(3, 4)):
    """0, 1, 2, ... in `dtype`: what the test expects of every numeric dataset."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def types(file):
    """At most 8 names a group: libhdf5 makes larger new-style groups dense."""
    for group, dtypes in {"floats": ("<f4", "<f8", "<f2", ">f4", ">f8", ">f2"), "ints": ("i1", "<i2", "<i4", "<i8"),
                          "others": (">i4", ">i8", "u1", "<u2", "<u4", ">u8")}.items():
        for dtype in dtypes:
            file.create_dataset(group + "/" + dtype.replace("<", "le_").replace(">", "be_"), data=ramp(dtype))
    file["floats/bf16"] = (ramp("<f4").view("<u4") >> 16).astype("<u2").view("V2")
    texts = file.create_group("texts")
    texts["fixed"] = np.array([b"abc", b"de", b""])
    texts.create_dataset("vlen", data=["one", "zw\u00f6lf", ""], dtype=h5py.string_dtype())
    file["a/b:0/c"] = ramp("f4")
    file = file.create_group("rest")
    file["bool"] = np.array([True, False, True, True])
    file["scalar"] = np.float32(7)
    file["empty"] = h5py.Empty("f4")
    file["none"] = np.zeros((0,))
    file.create_dataset("unwritten", shape=(5,), dtype="f4", fillvalue=2.5)


def attributes(file):
    file.attrs["text"] = "a variable string"
    file.attrs["fixed"] = np.bytes_("fixed")
    file.attrs["list"] = ["layer", "b\u00fcro", ""]
    file.attrs["fixed_list"] = np.array([b"kernel:0", b"bias:0"])
    file.attrs["empty_list"] = []
    file.attrs["integer"] = -5
    file.attrs["flag"] = True
    file.attrs["doubles"] = [0.5, -1.25]
    file.attrs["halves"] = np.array([0.5, -1.25], ">f2")
    file.attrs["long"] = "x" * 70000
    for part in range(3):
        file.attrs["names%d" % part] = [b"p%d_%d" % (part, i) for i in range(2)]


def chunked(file):
    data = ramp("f4", (5, 7))
    file.create_dataset("plain", data=data, chunks=(2, 3))
    file.create_dataset("gzip", data=data, chunks=(2, 3), compression="gzip")
    file.create_dataset("shuffled", data=data, chunks=(2, 3), compression="gzip", shuffle=True)
    file.create_dataset("shuffle_only", data=data, chunks=(2, 3), shuffle=True)
    file.create_dataset("one_chunk", data=data, chunks=(5, 7), compression="gzip")
    file.create_dataset("big_endian", data=ramp(">f4", (5, 7)), chunks=(2, 3), compression="gzip", shuffle=True)
    file.create_dataset("zipped_text", data=np.array([b"ab", b"cde"]), chunks=(1,), compression="gzip")
    sparse = file.create_dataset("sparse", shape=(6, 4), dtype="i2", chunks=(2, 2), fillvalue=9)
    sparse[2:4, 2:4] = 1


def paged(file):
    """More chunks than one page of a fixed array holds."""
    file.create_dataset("many", data=(np.arange(1100) % 100).astype("i1"), chunks=(1,))


def early(file):
    """Space for all chunks is taken at once: latest libraries index that implicitly."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((2, 3))
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple((5, 7))
    made = h5py.h5d.create(file.id, b"implicit", h5py.h5t.NATIVE_FLOAT, space, plist)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, ramp("f4", (5, 7)))
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    made = h5py.h5d.create(file.id, b"compact", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple((5, 7)), compact)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, ramp("f4", (5, 7)))


def refused(file):
    file["target"] = ramp("f4")
    file["soft"] = h5py.SoftLink("/target")
    file["external"] = h5py.ExternalLink("other.h5", "/target")
    file = file.create_group("data")
    file.create_dataset("growing", data=ramp("f4"), chunks=(2, 2), maxshape=(None, 4))
    file.create_dataset("lzf", data=ramp("f4"), chunks=(2, 2), compression="lzf")
    file.create_dataset("fletcher", data=ramp("f4"), chunks=(2, 2), fletcher32=True)
    file["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    file.create_dataset("raw", shape=(4,), dtype="f4", external=[("other.bin", 0, 16)])
    layout = h5py.VirtualLayout(shape=(3, 4), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "target", shape=(3, 4))
    file.create_virtual_dataset("virtual", layout)


def dense(file):
    for i in range(12):
        file["group/%d" % i] = np.float32(i)
        file["group"].attrs["a%d" % i] = i


def many(file):
    """Enough names for a B-tree of two levels."""
    target = file.create_dataset("target", data=np.float32(1))
    for i in range(600):
        file["group/n%d" % ((i * 7919) % 600)] = target


def main(folder):
    os.makedirs(folder, exist_ok=True)
    latest, earliest = ("latest", "latest"), ("earliest", "latest")
    files = {
        "types_v0": (types, earliest, {}), "types_v3": (types, latest, {}), "types_v2": (types, ("v108", "v108"), {}),
        "userblock": (types, earliest, {"userblock_size": 1024}),
        "attributes_v0": (attributes, earliest, {}), "chunked_v0": (chunked, earliest, {}),
        "chunked_v3": (chunked, latest, {}), "early_v0": (early, earliest, {}), "early_v3": (early, latest, {}),
        "refused_v0": (refused, earliest, {}), "refused_v3": (refused, latest, {}), "dense": (dense, latest, {}),
        "many": (many, earliest, {}), "paged_v3": (paged, latest, {}),
    }
    for name, (write, libver, options) in files.items():
        with h5py.File(os.path.join(folder, name + ".h5"), "w", libver=libver, **options) as file:
            write(file)


if __name__ == "__main__":
    main(sys.argv[1])
