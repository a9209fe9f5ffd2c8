"""Whether outputs are as near to the stored ones as a case's limits ask."""

import re

import numpy as np


def stored_part(output, spec):
    """The elements of an output that the case keeps: all, or every N-th of the flattened array."""
    every = re.fullmatch(r"flat\[::(\d+)\]", spec.get("stored", ""))
    return output.reshape(-1)[:: int(every.group(1))] if every else output


def stored_name(name, spec):
    every = re.fullmatch(r"flat\[::(\d+)\]", spec.get("stored", ""))
    return f"{name}_every{every.group(1)}" if every else name


def plain(array):
    """NumPy holds bfloat16 as two bytes without a meaning: as the float32 that it is."""
    return (array.view("u2").astype("u4") << 16).view("f4") if array.dtype == "V2" else array


def distance(mine, golden):
    """The largest difference; NaN matches NaN, infinities match themselves."""
    if golden.dtype.kind in "SU":
        return float((mine.astype(golden.dtype.kind) != golden).max(initial=False))
    mine, golden = plain(mine), plain(golden)
    if mine.dtype == bool or golden.dtype == bool:
        return float((mine.astype(bool) != golden.astype(bool)).max(initial=False))
    a, b = mine.astype("float64"), golden.astype("float64")
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(a - b))
    return float(np.where(np.isnan(apart), np.inf, apart).max(initial=0.0))


def is_softmax(array):
    return (array.ndim > 1 and array.shape[-1] > 2 and array.min(initial=1.0) > 0
            and np.allclose(array.sum(-1), 1, rtol=0, atol=1e-4))


def error(mine, exact):
    """The root of the mean square difference to a float64 evaluation; at least float32's own rounding.

    Of a softmax, the logarithms are compared, which are its logits but for a sum: in the probabilities nearly all of
    the error is that of one picture, multiplied by how undecided the network is about it. Single numbers and largest
    ones are luck: another batch, or another order of the same sums, moves them by a factor of five either way.
    """
    mine, exact = plain(mine).astype("float64"), exact.astype("float64")
    if is_softmax(exact):
        least = np.finfo("float32").tiny  # what float32 cannot hold is no error of the network
        mine, exact = np.log(np.maximum(mine, least)), np.log(np.maximum(exact, least))
    if not exact.size:
        return 0.0
    rounding = np.finfo("float32").eps * np.sqrt(np.square(exact).mean())
    return float(max(np.sqrt(np.square(mine - exact).mean()), rounding))


def within(mine, golden, limit, outliers):
    """(holds, largest distance) for one output under its limit."""
    if mine.shape != golden.shape:
        return False, f"shape {list(mine.shape)} instead of {list(golden.shape)}"
    if mine.dtype != golden.dtype and {mine.dtype.kind, golden.dtype.kind} & {"f", "V"}:
        return False, f"{mine.dtype} instead of {golden.dtype}"
    far = distance(mine, golden)
    if "differing_share" in limit:
        share = float((mine != golden).mean())
        return share <= limit["differing_share"], share
    atol = limit["atol"] if "atol" in limit else limit["steps"]
    if far <= atol:
        return True, far
    beyond = np.abs(mine.astype("float64") - golden.astype("float64")) > atol
    return bool(outliers) and float(beyond.mean()) <= outliers, far


def top1_agrees(mine, golden, atol):
    """The same largest element in every row whose margin exceeds ten tolerances."""
    if golden.ndim < 2 or golden.shape[-1] < 2 or golden.dtype.kind != "f":
        return True
    ordered = np.sort(golden, axis=-1)
    clear = ordered[..., -1] - ordered[..., -2] > 10 * atol
    return bool(np.all((mine.argmax(-1) == golden.argmax(-1)) | ~clear))
