"""What a golden case feeds a model: the fields that the corpus's README explains, as arrays."""

import pathlib

import numpy as np


class Unsupported(Exception):
    """A feed that one run of the program cannot give."""


class Arrays:
    """The stored arrays of one folder, opened once."""

    def __init__(self, folder):
        self.folder, self.opened = pathlib.Path(folder), {}

    def get(self, reference, own_file):
        file, _, name = reference.rpartition(":")
        file = file or own_file
        if file not in self.opened:
            self.opened[file] = np.load(self.folder / file, allow_pickle=False)
        return self.opened[file][name]


def value_of(feed, arrays, own_file):
    """The array that one feed stands for; its fields apply in the order that the corpus's README gives."""
    if "value" in feed:
        return np.asarray(feed["value"], feed["dtype"])
    for field in ("state_from", "strings", "files"):
        if field in feed:
            raise Unsupported(f"a feed by {field}")
    if "zeros" in feed:
        return np.zeros(feed["zeros"], feed.get("dtype", "float32"))
    x = arrays.get(feed["array"], own_file)
    if feed.get("reverse_channels"):
        x = x[..., ::-1]
    if "mean" in feed or "std" in feed:
        x = (x.astype("float64") - np.asarray(feed.get("mean", 0.0))) / np.asarray(feed.get("std", 1.0))
    if feed.get("append_zero_channel"):
        x = np.concatenate([x, np.zeros((*x.shape[:-1], 1), x.dtype)], axis=-1)
    if feed.get("batch"):
        x = x[None]
    if feed.get("layout") == "NCHW":
        x = np.moveaxis(x, -1, 1)
    return np.asarray(x.astype(feed.get("dtype", x.dtype)), order="C")  # which keeps a scalar one
