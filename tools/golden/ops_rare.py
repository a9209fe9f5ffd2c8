"""Golden cases of the operators that have no kernel: bits, special functions, slices by index, decompositions.

usage: python tools/golden/ops_rare.py       (writes tests/data/ops/rare.txt)
"""

import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

from operator_cases import Cases

random = np.random.default_rng(23)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def noise(*dims):
    return np.round(random.standard_normal(dims), 2).astype(np.float32)


def bitwise_cases(out):
    functions = {"both": tf.bitwise.bitwise_and, "either": tf.bitwise.bitwise_or, "differ": tf.bitwise.bitwise_xor,
                 "left_shift": tf.bitwise.left_shift, "right_shift": tf.bitwise.right_shift, "gcd": np.gcd}
    for name, function in functions.items():
        for dtype in (np.int8, np.uint8, np.int32, np.int64):
            info = np.iinfo(dtype)
            a = np.array([0, 1, 5, 12, -7 % 200 if info.min == 0 else -7, info.max], dtype)
            b = np.array([[3], [1], [6]], dtype)
            out.add(f"{name} of {np.dtype(dtype).name}", "bitwise", {"kind": name}, [a, b],
                    [np.asarray(function(*np.broadcast_arrays(a, b)))])
    out.add("gcd with the lowest number", "bitwise", {"kind": "gcd"},
            [np.array([-6, 0, 0], np.int32), np.array([4, -9, 0], np.int32)], [np.array([2, 9, 0], np.int32)])


def special_cases(out):
    x = np.array([-3.5, -1.25, -0.5, -1e-3, 0, 1e-3, 0.25, 1, 2.5, 7, 30, 80, np.nan], np.float32)
    functions = {"erfc": tf.math.erfc, "log_gamma": tf.math.lgamma, "digamma": tf.math.digamma,
                 "bessel_i0": tf.math.bessel_i0, "bessel_i0e": tf.math.bessel_i0e,
                 "bessel_i1": tf.math.bessel_i1, "bessel_i1e": tf.math.bessel_i1e}
    for name, function in functions.items():
        values = x[x != 0] if name == "digamma" else x[:-2] if name in ("bessel_i0", "bessel_i1") else x
        for value in values:  # one by one: each has a range of its own
            out.add(f"{name} of {value}", "special", {"function": name}, [value], [function(value)], 1e-5)
    # Nearer to one, TensorFlow's float32 errs by 2e-3.
    inside = np.array([-1, -0.9999, -0.8, -0.01, 0, 1e-6, 0.3, 0.7, 1, 2], np.float32)
    out.add("erf_inverse", "special", {"function": "erf_inverse"}, [inside], [tf.math.erfinv(inside)])


def slice_cases(out):
    x = noise(3, 4, 2)
    for name, indices in {"rows": [[2], [0]], "elements": [[[0, 1, 1], [2, 3, 0]]], "pairs": [[1, 3], [1, 3], [0, 0]],
                          "the whole": [[], []]}.items():
        index = np.array(indices, np.int32).reshape(np.shape(indices))
        out.add(f"gather_nd of {name}", "gather_nd", {}, [x, index], [tf.gather_nd(x, index)])
    index = np.array([[[1], [0]], [[3], [3]], [[2], [1]]], np.int64)
    out.add("gather_nd in batches", "gather_nd", {"batch_dims": 1}, [x, index], [tf.gather_nd(x, index, 1)])
    index = np.array([[0], [2], [0]], np.int32)
    functions = {"replace": tf.tensor_scatter_nd_update, "add": tf.tensor_scatter_nd_add,
                 "minimum": tf.tensor_scatter_nd_min, "maximum": tf.tensor_scatter_nd_max}
    for name, function in functions.items():
        for dtype in (np.float32, np.int32):
            base, updates = noise(4, 3) * 5, noise(3, 3) * 5
            base, updates = base.astype(dtype), updates.astype(dtype)
            out.add(f"scatter_nd that does {name} of {np.dtype(dtype).name}", "scatter_nd", {"reduction": name},
                    [base, index, updates], [function(base, index, updates)])
    base, updates = noise(4), noise(3)
    out.add("scatter_nd that multiplies", "scatter_nd", {"reduction": "multiply"}, [base, index, updates],
            [base * np.array([updates[0] * updates[2], 1, updates[1], 1], np.float32)])
    data, ids = noise(4, 2), np.array([1, -1, 0, 1], np.int32)
    out.add("scatter_nd that skips negative segments", "scatter_nd", {"reduction": "add", "skip_negative": True},
            [np.zeros((3, 2), np.float32), ids[:, None], data], [tf.math.unsorted_segment_sum(data, ids, 3)])


def linear_cases(out):
    for name, x in {"one": noise(3, 3), "a batch": noise(2, 2, 4, 4), "a number": noise(1, 1)}.items():
        positive = x @ np.swapaxes(x, -1, -2) + np.eye(x.shape[-1], dtype=np.float32)
        n = x.shape[-1]
        well = x + 2 * np.eye(n, dtype=np.float32)
        b = noise(*x.shape[:-1], 2)
        out.add(f"cholesky of {name}", "factor", {"kind": "cholesky"}, [positive], [tf.linalg.cholesky(positive)])
        out.add(f"lu of {name}", "factor", {"kind": "lu"}, [well], list(tf.linalg.lu(well)))
        out.add(f"determinant of {name}", "factor", {"kind": "determinant"}, [well], [tf.linalg.det(well)])
        out.add(f"log_determinant of {name}", "factor", {"kind": "log_determinant"}, [well],
                list(tf.linalg.slogdet(well)))
        out.add(f"solve of {name}", "solve", {}, [well, b], [tf.linalg.solve(well, b)], 1e-4)
        out.add(f"solve transposed of {name}", "solve", {"transposed": True}, [well, b],
                [tf.linalg.solve(well, b, adjoint=True)], 1e-4)
        for kind in ("lower", "upper"):
            for flipped in (False, True):
                triangle = np.tril(well) if kind == "lower" else np.triu(well)
                out.add(f"solve {kind} {'transposed ' * flipped}of {name}", "solve",
                        {"kind": kind, "transposed": flipped}, [well, b],
                        [tf.linalg.triangular_solve(triangle, b, lower=kind == "lower", adjoint=flipped)], 1e-4)
    for dims in ((4, 3), (3, 4), (2, 3, 3)):
        x = noise(*dims)
        for full in (False, True):
            out.add(f"qr of {list(dims)}{' full' * full}", "factor", {"kind": "qr", "full": full}, [x],
                    list(tf.linalg.qr(x, full_matrices=full)))


def main():
    out = Cases(ROOT / "tests" / "data" / "ops" / "rare.txt", "made by tools/golden/ops_rare.py with TensorFlow")
    bitwise_cases(out)
    special_cases(out)
    slice_cases(out)
    linear_cases(out)
    out.write()


if __name__ == "__main__":
    main()
