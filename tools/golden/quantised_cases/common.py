"""What the families share: random numbers, and how scales become factors."""

import functools

import numpy as np

from tflite_model import Refused, run, tensor

random = np.random.default_rng(19)
WIDTHS = {"int8": "int32", "uint8": "int32", "int16": "int64"}  # of activations, to that of their bias


def case(make):
    """make(out, name, ...) adds one case, or says that TensorFlow Lite refuses it."""
    @functools.wraps(make)
    def guarded(out, name, *arguments, **keywords):
        try:
            make(out, name, *arguments, **keywords)
        except Refused as error:
            print(f"refused: {name}: {str(error).splitlines()[0][:110]}")
    return guarded


def whole(dtype, *dims, low=None, high=None):
    """Integers of a type, all of its range unless told."""
    info = np.iinfo(dtype)
    return random.integers(info.min if low is None else low, info.max + 1 if high is None else high,
                           dims).astype(dtype)


def extremes(array):
    """The array with the type's ends put among its elements, and its first row all high, its last all low."""
    flat, info = array.reshape(-1), np.iinfo(array.dtype)
    flat[:: 7], flat[3:: 11] = info.max, info.min
    return array


def zero_of(dtype, at=5):
    """A zero point that is none of the type's special numbers; 16-bit tensors have none."""
    return {"int8": at, "uint8": 128 + at, "int16": 0, "int32": 0}[dtype]


def clamp(y, activation="NONE"):
    """What CalculateActivationRangeQuantized makes of a fused activation: low and high."""
    info, scale, zero = np.iinfo(y.dtype), y.scales[0], y.zeros[0]

    def quantised(real):
        quotient = np.float32(real) / scale
        return zero + int(np.trunc(quotient + np.copysign(np.float32(0.5), quotient)))

    bounds = {"NONE": (None, None), "RELU": (0, None), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}[activation]
    low, high = (None if b is None else quantised(b) for b in bounds)
    return {"low": info.min if low is None else max(info.min, low),
            "high": info.max if high is None else min(info.max, high)}


def end(y, multipliers, activation="NONE", rounding="fixed31"):
    """The attributes of a Requantisation."""
    return {"multipliers": [float(m) for m in np.atleast_1d(multipliers)], "rounding": rounding, "result": y.dtype,
            "output_zero": y.zeros[0]} | clamp(y, activation)


def double(x):
    return np.asarray(x, np.float32).astype(np.float64)


__all__ = ["random", "case", "WIDTHS", "whole", "extremes", "zero_of", "clamp", "end", "double", "run", "tensor", "np"]
