"""keras.ops.numpy as nodes: every operation with its options (Keras 3 only)."""

import numpy as np

from . import of_functions

NAN = np.array([[[1.5, np.nan, -2, 0.25], [np.nan, np.nan, np.nan, np.nan], [3, -1, np.nan, 0]],
                [[0, 1, 2, 3], [np.nan, 5, -4, 2.5], [7, 7, np.nan, -0.5]]], "float32")
SPECIAL = np.array([[np.inf, -np.inf, np.nan, -0.0], [0.0, 1.0, -2.5, 3e38]], "float32")


def cases(k):
    if not k.v3:
        return
    o = k.ops

    one = of_functions(k, "np_")

    yield from elementwise(o, one)
    yield from integers(o, one)
    yield from reductions(o, one)
    yield from ordering(o, one)
    yield from shapes(o, one)
    yield from products(o, one)
    yield from promotion(o, one)


def elementwise(o, one):
    pair = ((3, 4), (3, 4))
    for name in ("fabs", "angle", "cbrt", "deg2rad", "rad2deg", "conjugate", "real", "imag", "isreal", "sinc", "exp2",
                 "trunc", "arcsinh", "sinh", "cosh", "tan", "i0", "signbit", "isneginf", "isposinf", "isnan", "isinf",
                 "isfinite", "positive" if hasattr(o, "positive") else "negative", "log1p" , "copy"):
        yield one(name, getattr(o, name))
    for name in ("arcsin", "arccos", "arctanh"):
        yield one(name, lambda x, f=getattr(o, name): f(o.tanh(x) * 0.9))
    for name in ("log2", "log10", "arccosh"):
        yield one(name, lambda x, f=getattr(o, name): f(o.abs(x) + 1.1))
    for name in ("signbit", "isneginf", "isposinf", "isnan", "isinf", "isfinite", "nan_to_num", "sign"):
        yield one(f"{name}_special", getattr(o, name), (4,), feeds=[SPECIAL])
    yield one("nan_to_num_given", lambda x: o.nan_to_num(x, nan=7.0, posinf=9.0, neginf=-9.0), (4,), feeds=[SPECIAL])
    for name in ("logaddexp", "logaddexp2", "hypot", "heaviside", "fmax", "fmin", "fmod", "nextafter", "arctan2",
                 "divide_no_nan", "mod", "true_divide", "subtract"):
        yield one(name, getattr(o, name), *pair)
    for name in ("fmax", "fmin", "maximum", "minimum"):
        yield one(f"{name}_nan", lambda x, f=getattr(o, name): f(x, x[:, ::-1]), (3, 4), feeds=[NAN])
    yield one("ldexp", lambda x: o.ldexp(x, np.array([1, -2, 3, 0], "int32")))
    yield one("isclose", lambda a, b: o.isclose(o.round(a), o.round(b)), *pair)
    yield one("isclose_loose", lambda a, b: o.isclose(a, b, rtol=0.3, atol=0.2), *pair)
    yield one("isclose_nan", lambda x: o.isclose(x, x, equal_nan=True), (3, 4), feeds=[NAN])
    yield one("logical_xor", lambda a, b: o.logical_xor(a > 0.0, b > 0.0), *pair)
    yield one("logical_not_float", lambda x: o.logical_not(o.round(x)))
    yield one("logical_and_float", lambda a, b: o.logical_and(o.round(a), o.round(b)), *pair)
    yield one("clip_int", lambda x: o.clip(x, 2, 6), (5,), dtype="int32")
    yield one("round_decimals", lambda x: o.round(x, 1))
    yield one("round_tens", lambda x: o.round(x * 100, -1))
    yield one("isin", lambda x: o.isin(x, np.array([1, 4, 7], "int32")), (5,), dtype="int32")
    yield one("isin_invert", lambda x: o.isin(x, np.array([1, 4, 7], "int32"), invert=True), (5,), dtype="int32")
    yield one("select", lambda x: o.select([x > 0.5, x < -0.5], [x * 2.0, x - 1.0], default=0.25))
    yield one("select_tensor", lambda a, b: o.select([a > 0.0, b > 0.0], [a, b], default=a * b), *pair)
    yield one("unravel_index", lambda x: o.unravel_index(x, (4, 3)), (5,), dtype="int32")
    yield one("allclose", lambda a, b: o.allclose(a, a), *pair)
    yield one("where_broadcast", lambda a, b: o.where(a > 0.0, b, -1), (3, 4), (1, 4))
    yield one("reciprocal_of", lambda x: o.reciprocal(o.abs(x) + 0.5))
    yield one("array", lambda x: o.array(x, dtype="int32"), scale=3.0)
    yield one("full_like", lambda x: o.full_like(x, 3.5))
    yield one("zeros_like", lambda x: o.zeros_like(x, dtype="int32"))
    yield one("ones_like", lambda x: o.ones_like(x) + x)
    yield one("empty_like", lambda x: o.empty_like(x) * 0.0)


def integers(o, one):
    pair = ((5,), (5,))
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "bitwise_left_shift",
                 "bitwise_right_shift", "gcd", "lcm", "floor_divide", "mod"):
        def safe(a, b, f=getattr(o, name), name=name):
            return f(a, b + 1) if name in ("floor_divide", "mod") else f(a, b)
        yield one(f"{name}_int", safe, *pair, dtype="int32", high=30)
    for name in ("bitwise_not", "bitwise_invert", "abs", "negative", "square", "sign", "floor", "exp", "sqrt", "cos",
                 "mean", "sum", "var", "log1p"):
        yield one(f"{name}_int", getattr(o, name), (5,), dtype="int32")
    yield one("bitwise_and_uint8", lambda x: o.bitwise_and(x, np.array([12], "uint8")), (5,), dtype="uint8", high=200)
    yield one("left_shift_number", lambda x: o.left_shift(x, 2), (5,), dtype="int32")
    yield one("square_bool", lambda x: o.square(x), (5,), dtype="bool")
    yield one("sum_bool", lambda x: o.sum(x, axis=1), (5,), dtype="bool")
    yield one("sum_uint8", lambda x: o.sum(x, axis=1), (5,), dtype="uint8", high=250)
    yield one("prod_int8", lambda x: o.prod(x, axis=1), (5,), dtype="int8")
    yield one("max_bool", lambda x: o.max(x, axis=1), (5,), dtype="bool")
    yield one("min_bool", lambda x: o.min(x, axis=1), (5,), dtype="bool")
    yield one("cumsum_bool", lambda x: o.cumsum(x, axis=1), (5,), dtype="bool")
    yield one("invert_mask", lambda x: o.logical_not(x), (5,), dtype="bool")


def reductions(o, one):
    for name in ("mean", "sum", "max", "min", "prod", "var", "std", "median", "ptp", "logsumexp", "amax", "amin"):
        f = getattr(o, name)
        open_size = {"refused": "import.unknown-size"} if name == "median" else {}  # along a batch of any size
        yield one(f"{name}_all", f, **open_size)
        if name != "ptp":
            yield one(f"{name}_middle", lambda x, f=f: f(x, axis=1, keepdims=True))
        yield one(f"{name}_two", lambda x, f=f: f(x, axis=(0, 2)), **open_size)
    for name in ("any", "all"):
        f = getattr(o, name)
        yield one(f"{name}_axis", lambda x, f=f: f(o.round(x), axis=-1))
        yield one(f"{name}_all", lambda x, f=f: f(x > -9.0))
    for name in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin", "nanmedian"):
        f = getattr(o, name)
        yield one(f"{name}_axis", lambda x, f=f: f(x, axis=-1), (3, 4), feeds=[NAN])
        yield one(f"{name}_keepdims", lambda x, f=f: f(x, axis=1, keepdims=True), (3, 4), feeds=[NAN])
        if name != "nanmedian":
            yield one(f"{name}_all", f, (3, 4), feeds=[NAN])
    for name in ("nanargmax", "nanargmin"):
        yield one(f"{name}_axis", lambda x, f=getattr(o, name): f(x, axis=-1), (3, 4), feeds=[NAN])
    for name in ("nancumsum", "nancumprod"):
        yield one(name, lambda x, f=getattr(o, name): f(x, axis=1), (3, 4), feeds=[NAN])
    for name in ("argmax", "argmin"):
        f = getattr(o, name)
        yield one(f"{name}_flat", f)
        yield one(f"{name}_keepdims", lambda x, f=f: f(x, axis=2, keepdims=True))
    yield one("max_initial", lambda x: o.max(x, axis=-1, initial=0.5))
    yield one("min_initial", lambda x: o.min(x, axis=-1, initial=-0.5))
    yield one("count_nonzero", lambda x: o.count_nonzero(o.round(x), axis=1))
    yield one("count_nonzero_all", lambda x: o.count_nonzero(o.round(x)))
    yield one("average", lambda x: o.average(x, axis=1))
    yield one("average_weights", lambda a, b: o.average(a, axis=1, weights=o.abs(b) + 0.1), (3, 4), (3, 4))
    yield one("average_vector", lambda x: o.average(x, axis=2, weights=np.array([1, 2, 3, 4], "float32")))
    yield one("cumsum_flat", o.cumsum)
    yield one("cumprod", lambda x: o.cumprod(x, axis=-1))
    yield one("mean_nan", lambda x: o.mean(x, axis=-1), (3, 4), feeds=[NAN])
    yield one("median_nan", lambda x: o.median(x, axis=-1), (3, 4), feeds=[NAN])


def ordering(o, one):
    for axis in (-1, 1, 2):
        yield one(f"sort_{axis}", lambda x, a=axis: o.sort(x, axis=a))
        yield one(f"argsort_{axis}", lambda x, a=axis: o.argsort(x, axis=a))
    yield one("sort_int", lambda x: o.sort(x), (6,), dtype="int32")
    yield one("sort_uint8", lambda x: o.sort(x), (6,), dtype="uint8", high=250)
    yield one("sort_bool", lambda x: o.sort(x), (6,), dtype="bool")
    yield one("argsort_ties", lambda x: o.argsort(o.round(x), axis=-1), (6,))
    yield one("sort_flat", lambda x: o.sort(x, axis=None), batch=2)
    for method in ("linear", "lower", "higher", "midpoint", "nearest"):
        yield one(f"quantile_{method}", lambda x, m=method: o.quantile(x, 0.3, axis=1, method=m), (5, 4))
    yield one("quantile_list", lambda x: o.quantile(x, [0.1, 0.5, 1.0], axis=2))
    yield one("quantile_keepdims", lambda x: o.quantile(x, 0.75, axis=(1, 2), keepdims=True))
    yield one("quantile_list_keepdims", lambda x: o.quantile(x, [0.25, 0.75], axis=1, keepdims=True))
    yield one("percentile", lambda x: o.percentile(x, 40, axis=-1))
    yield one("nanquantile", lambda x: o.nanquantile(x, 0.3, axis=-1), (3, 4), feeds=[NAN])
    yield one("nanpercentile", lambda x: o.nanpercentile(x, [25, 50], axis=1), (3, 4), feeds=[NAN])
    yield one("digitize", lambda x: o.digitize(x, np.array([-1.0, 0.0, 0.5], "float32")))
    yield one("digitize_edges", lambda x: o.digitize(x, np.array([1.0, 3.0, 5.0], "float32")), (6,), dtype="int32")
    yield one("searchsorted", lambda x: o.searchsorted(np.array([-1.0, 0.0, 0.5], "float32"), x))
    yield one("searchsorted_right",
              lambda x: o.searchsorted(np.array([1, 3, 3, 5], "int32"), x, side="right"), (6,), dtype="int32")
    yield one("histogram", lambda x: o.histogram(x, bins=4, range=(-2.0, 2.0)), (), batch=12)
    yield one("histogram_open", lambda x: o.histogram(x, bins=5), (), batch=12)
    yield one("argpartition", lambda x: o.argpartition(x, 2), (6,), batch=2, refused="import.unsupported")
    yield one("unique", lambda x: o.unique(x, size=4), (6,), dtype="int32", batch=2, refused="import.unsupported")
    yield one("nonzero", lambda x: o.nonzero(x), batch=2, refused="import.unsupported")
    yield one("bincount", lambda x: o.bincount(x, minlength=12), (6,), dtype="int32", refused="import.unsupported")


def shapes(o, one):
    pair = ((3, 4), (3, 4))
    yield one("append", lambda a, b: o.append(a, b, axis=1), *pair)
    yield one("append_flat", o.append, *pair, batch=2)
    yield one("hstack", lambda a, b: o.hstack([a, b]), *pair)
    yield one("vstack", lambda a, b: o.vstack([a, b]), *pair)
    yield one("dstack", lambda a, b: o.dstack([a, b]), *pair)
    yield one("dstack_matrices", lambda a, b: o.dstack([a, b]), (3,), (3,))
    yield one("hsplit", lambda x: o.hsplit(x, 3))
    yield one("vsplit", lambda x: o.vsplit(x, 2), batch=4)
    yield one("dsplit", lambda x: o.dsplit(x, [1, 3]))
    yield one("array_split", lambda x: o.array_split(x, 3, axis=2))
    yield one("meshgrid", lambda a, b: o.meshgrid(a, b), (), (), batch=3)
    yield one("meshgrid_ij", lambda a, b: o.meshgrid(a, b, indexing="ij"), (), (), batch=3)
    yield one("ravel", o.ravel, batch=2)
    yield one("fliplr", o.fliplr)
    yield one("flipud", o.flipud, batch=2)
    yield one("flip_all", o.flip)
    yield one("flip_two", lambda x: o.flip(x, axis=(1, 2)))
    for turns in (-1, 0, 1, 2, 3):
        wrong = {"differs": "Keras reshapes a picture that is turned twice as if it were turned once"} if turns == 2 else {}
        yield one(f"rot90_{turns}", lambda x, t=turns: o.rot90(x, k=t, axes=(1, 2)), **wrong)
    yield one("rot90_backwards", lambda x: o.rot90(x, axes=(2, 1)))
    yield one("roll_flat", lambda x: o.roll(x, 5), batch=2)
    yield one("roll_two", lambda x: o.roll(x, (1, -1), axis=(1, 2)))
    yield one("repeat_flat", lambda x: o.repeat(x, 2), batch=2)
    yield one("repeat_each", lambda x: o.repeat(x, [1, 0, 2], axis=1))
    yield one("tile_more_axes", lambda x: o.tile(x, (2, 1, 1, 2)), batch=2)
    yield one("pad_number", lambda x: o.pad(x, ((0, 0), (1, 1), (2, 0)), constant_values=3.0))
    yield one("pad_symmetric", lambda x: o.pad(x, ((0, 0), (2, 1), (1, 3)), mode="symmetric"))
    yield one("pad_reflect", lambda x: o.pad(x, ((0, 0), (2, 1), (1, 3)), mode="reflect"))
    yield one("concatenate_types", lambda a, b: o.concatenate([a, b], axis=1), *pair, dtype=["float32", "int32"])
    yield one("stack_types", lambda a, b: o.stack([a, b], axis=0), *pair, dtype=["int32", "float32"])
    yield one("moveaxis_two", lambda x: o.moveaxis(x, (1, 2), (3, 1)), (2, 3, 4))
    yield one("expand_dims_two", lambda x: o.expand_dims(x, (1, -1)))
    yield one("squeeze_all", lambda x: o.squeeze(x), (1, 4, 1))
    yield one("squeeze_two", lambda x: o.squeeze(x, (1, 3)), (1, 4, 1))
    yield one("transpose_all", lambda x: o.transpose(x))
    yield one("take_flat", lambda x: o.take(x, [5, 0, -1]), batch=2)
    yield one("take_tensor", lambda x, i: o.take(x, i, axis=1), (6, 3), (2,), dtype=["float32", "int32"], high=6)
    yield one("take_negative", lambda x: o.take(x, np.array([[-1, 0], [1, -2]], "int32"), axis=2))
    yield one("take_along_flat", lambda x: o.take_along_axis(x, np.array([3, -1, 0], "int64")), batch=2)
    yield one("take_along", lambda x: o.take_along_axis(x, o.argsort(x, axis=1), axis=1))
    for name, f in {"tril": o.tril, "triu": o.triu}.items():
        for offset in (-1, 0, 2):
            yield one(f"{name}_{offset}", lambda x, f=f, n=offset: f(x, k=n), (4, 5))
    yield one("tril_time", lambda x: o.tril(x), (None, None))
    yield one("diagonal", lambda x: o.diagonal(x, offset=1, axis1=1, axis2=2))
    yield one("diagonal_below", lambda x: o.diagonal(x, offset=-1, axis1=2, axis2=1))
    yield one("trace", lambda x: o.trace(x, axis1=1, axis2=2))
    yield one("trace_offset", lambda x: o.trace(x, offset=1, axis1=-2, axis2=-1))
    yield one("diag_of_matrix", lambda x: o.diag(x, k=1), (4,), batch=3)
    yield one("diag_from_vector", lambda x: o.diag(x, k=-1), (), batch=3)
    yield one("diagflat", lambda x: o.diagflat(x), (2,), batch=2)
    yield one("linspace", lambda a, b: o.linspace(a, b, num=5, axis=1), (3,), (3,))
    yield one("linspace_open", lambda a, b: o.linspace(a, b, num=4, endpoint=False), (3,), (3,))
    yield one("logspace", lambda a, b: o.logspace(a, b, num=4), (3,), (3,))
    yield one("geomspace", lambda a, b: o.geomspace(o.abs(a) + 1.0, o.abs(b) + 1.0, num=4), (3,), (3,))
    yield one("broadcast_to", lambda x: o.broadcast_to(x, (2, 5, 4)), (1, 4), batch=2)
    yield one("size", lambda x: o.size(x))
    yield one("get_item_all", lambda x: x[:, 1:, None, ..., ::2])
    yield one("get_item_negative", lambda x: x[..., -2:-1])
    yield one("get_item_mask", lambda x: x[:, 0] > 0)


def products(o, one):
    pair = ((3, 4), (3, 4))
    yield one("dot", lambda a, b: o.dot(a, b), (3, 4), (4, 2), batch=2)
    yield one("dot_vector", lambda x: o.dot(x, np.array([1, 2, 3, 4], "float32")))
    yield one("inner", lambda a, b: o.inner(a, b), (4,), (4,), batch=3)
    yield one("outer", lambda a, b: o.outer(a, b), (2,), (3,), batch=2)
    yield one("vdot", lambda a, b: o.vdot(a, b), *pair, batch=2)
    yield one("tensordot", lambda a, b: o.tensordot(a, b, axes=[[1, 2], [1, 2]]), *pair, batch=2)
    yield one("tensordot_number", lambda x: o.tensordot(x, np.ones((4, 3), "float32"), axes=1))
    yield one("kron", lambda a, b: o.kron(a, b), (2,), (3,), batch=2)
    yield one("cross", lambda a, b: o.cross(a, b), (4, 3), (4, 3))
    yield one("cross_flat", lambda a, b: o.cross(a, b), (4, 2), (4, 2))
    yield one("cross_mixed", lambda a, b: o.cross(a, b), (4, 2), (4, 3))
    yield one("cross_axis", lambda a, b: o.cross(a, b, axis=1), (3, 4), (3, 4))
    yield one("diff", lambda x: o.diff(x, axis=1))
    yield one("diff_twice", lambda x: o.diff(x, n=2))
    yield one("trapezoid", lambda x: o.trapezoid(x, dx=0.5, axis=1))
    yield one("trapezoid_last", lambda x: o.trapezoid(x))
    yield one("vander", lambda x: o.vander(x, 4), (), batch=3)
    yield one("vander_increasing", lambda x: o.vander(x, 3, increasing=True), (), batch=3)
    yield one("corrcoef", lambda x: o.corrcoef(x), (5,), batch=3)
    for mode in ("valid", "same", "full"):
        yield one(f"correlate_{mode}", lambda x, m=mode: o.correlate(x, np.array([1, -2, 3], "float32"), mode=m), (),
                  batch=6)
    yield one("matmul_vector", lambda x: o.matmul(x, np.array([1, 2, 3, 4], "float32")))
    yield one("matmul_int", lambda x: o.matmul(x, np.array([[1, 2], [3, 4], [5, 6]], "int32")), (3,), dtype="int32")
    yield one("matmul_broadcast", o.matmul, (1, 3, 4), (2, 4, 5))
    yield one("einsum_diagonal", lambda x: o.einsum("bii->bi", x), (4, 4))
    yield one("einsum_one", lambda x: o.einsum("bij->bji", x))
    yield one("einsum_ellipsis", lambda a, b: o.einsum("...ij,...jk->...ik", a, b), (3, 4), (4, 2))
    yield one("einsum_outer", lambda a, b: o.einsum("bi,bj->bij", a, b), (3,), (4,))
    yield one("einsum_three", lambda a, b, c: o.einsum("bi,bij,bj->b", a, b, c), (3,), (3, 4), (4,))


def promotion(o, one):
    yield one("type_int_float", lambda a, b: a + b, (4,), (4,), dtype=["int32", "float32"])
    yield one("type_int_half", lambda x: x + 0.5, (4,), dtype="int32")
    yield one("type_int_divided", lambda x: x / 2, (4,), dtype="int32")
    yield one("type_bool_number", lambda x: x * 2, (4,), dtype="bool")
    yield one("type_bool_float", lambda a, b: a * b, (4,), (4,), dtype=["bool", "float32"])
    yield one("type_bytes", lambda a, b: a + b, (4,), (4,), dtype=["int8", "uint8"], high=120)
    yield one("type_long", lambda a, b: a * b, (4,), (4,), dtype=["int32", "int64"])
    yield one("type_unsigned", lambda a, b: a - b, (4,), (4,), dtype=["uint32", "int32"])
    yield one("type_where", lambda x: o.where(x > 3, x, 0.5), (4,), dtype="int32")
    yield one("type_maximum", lambda x: o.maximum(x, 2.5), (4,), dtype="int32")
    yield one("type_power", lambda x: x**2, (4,), dtype="int32")
    yield one("type_power_float", lambda x: (x + 1) ** 0.5, (4,), dtype="int32")
    yield one("type_double_array", lambda x: x * np.array([1.0, 2.0, 0.5, 0.25]))
    yield one("type_long_array", lambda x: x + np.array([1, 2, 3, 4]), (4,), dtype="int32")
    yield one("type_compare", lambda x: x > 2.5, (4,), dtype="int32")
    yield one("operator_matmul", lambda a, b: a @ b, (3, 4), (4, 2))
    yield one("operator_reflected", lambda x: 2.0 / (2.0 ** x + 1.0) - 3.0 % (o.abs(x) + 1.0))
    yield one("operator_abs", lambda x: abs(x) + (-x))
    yield one("operator_invert", lambda x: ~(x > 0.0))
    yield one("operator_logic", lambda x: ((x > 0.0) & (x < 1.0)) | (x < -1.0))
    yield one("operator_xor", lambda x: (x > 0.0) ^ (x < 1.0))
    yield one("operator_floor", lambda x: 7.0 // (o.abs(x) + 1.0))
