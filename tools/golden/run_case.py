"""Builds one case, draws its inputs, computes its outputs (and in float64 what they ought to be), saves its files."""

import json
import pathlib

import numpy as np

import traits
import weights

# How far another engine may be, as a share of the largest number: float32 everywhere but in the types named.
SHARES = {"float64": 1e-13, "float16": 1e-3, "bfloat16": 1e-2}


def draw_inputs(case, model, rng):
    if isinstance(case.feeds, list):
        return case.feeds
    sizes = iter(case.sizes * 4)
    arrays = []
    for tensor in model.inputs:
        dims = list(tensor.shape)
        shape = [dims[0] or case.batch] + [d if d is not None else next(sizes) for d in dims[1:]]
        arrays.append(draw(case, shape, _dtype(tensor), rng))
    return arrays


def draw(case, shape, dtype, rng):
    if case.calls > 1:
        shape = [case.calls, *shape]
    if dtype == "bool":
        mask = rng.random(shape) < 0.7
        mask[..., 0] = True
        return mask
    if "int" in dtype or case.feeds == "integers":
        return rng.integers(0, case.high, shape).astype(dtype)
    array = (case.scale * rng.standard_normal(shape)).astype(dtype)
    if case.feeds == "zero steps":
        array[0, -2:], array[-1, 1:3] = 0, 0
    return array


def _dtype(tensor):
    return tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name


def compute(k, case, model, inputs):
    """The model's outputs as a flat list of arrays; several calls are stacked."""
    if case.calls > 1:
        calls = [_call(k, model, [array[n] for array in inputs]) for n in range(case.calls)]
        return [np.stack(parts) for parts in zip(*calls)]
    return _call(k, model, inputs)


def _call(k, model, inputs):
    def run():
        tensors = [k.tf.constant(array) for array in inputs]
        return model(_structured(k, model, tensors), training=False)

    try:
        result = run()
    except k.tf.errors.OpError:  # the CPU lacks channels-first kernels: XLA has them
        result = k.tf.function(run, jit_compile=True)()
    return [plain(t) for t in k.tf.nest.flatten(result)]


def plain(tensor):
    """An array that needs no pickle: TensorFlow's strings are objects."""
    array = np.asarray(tensor)
    return np.char.decode(array.astype("S"), "utf-8") if array.dtype == object else array


def _structured(k, model, tensors):
    if not isinstance(model, k.Sequential) and isinstance(model.input, dict):
        return dict(zip(k.input_names(model), tensors))
    return tensors if len(tensors) > 1 else tensors[0]


def in_float64(k, case, model, inputs):
    """The same network in double precision, or None where it cannot be had."""
    try:
        k.fresh("float64")
        wide = case.build()
        weights.copy(model, wide)
        return compute(k, case, wide, [a if a.dtype.kind in "biuSU" else a.astype("float64") for a in inputs])
    except Exception:
        return None
    finally:
        k.fresh()


def limit(case, value, exact):
    """How far another engine may be: 1e-5 of the range in float32 (1e-4 through a deep network), or three times
    TensorFlow's own error if more."""
    if value.dtype.kind in "biuSU":
        return {"atol": 0}
    share = SHARES.get(value.dtype.name, 1e-5) * (10 if case.deep else 1)
    value = value.astype("float64")
    peak = float(np.max(np.abs(value[np.isfinite(value)]), initial=0.0))
    own = 0.0 if exact is None else float(np.max(np.abs(value - exact), initial=0.0))
    return {"atol": float(f"{max(share * max(peak, 1e-3), 3 * own):.2g}")}


def save(k, case, model, folder):
    """Writes every format that the framework can; returns the file names and what it could not write."""
    folder.mkdir(parents=True, exist_ok=True)
    if case.write:
        return case.write(model, folder, case.name), {}
    files, refused = [], {}
    for suffix in (".keras", ".h5"):
        path = folder / (case.name + suffix)
        try:
            model.save(path)
            files.append(path)
        except Exception as error:
            refused[suffix] = str(error).splitlines()[0][:160]
            path.unlink(missing_ok=True)
    return files, refused


def _alike(a, b):
    if a.dtype.kind in "SU" or a.dtype != b.dtype:
        return a.dtype == b.dtype and np.array_equal(a, b)
    return np.allclose(a.astype("float64"), b.astype("float64"), rtol=1e-5, atol=1e-6, equal_nan=True)


def reopened(k, case, path, inputs, outputs):
    """'same' if the framework reads its own file back and finds the same numbers, else what went wrong."""
    try:
        again = compute(k, case, k.keras.models.load_model(path, compile=False), inputs)
    except Exception as error:
        return f"refuses it: {type(error).__name__}"
    good = all(map(_alike, outputs, again))
    return "same" if good else "other numbers"


def run(k, family, case, root, seed, quick=False):
    """One manifest record a model file."""
    k.fresh()
    model = case.build()
    if not case.keep_weights:
        weights.randomise(model, seed)
    inputs = draw_inputs(case, model, np.random.default_rng(seed + 1))
    with traits.recorded(k) as uses:
        outputs = compute(k, case, model, inputs)
    names = k.output_names(model)
    if len(names) != len(outputs):
        raise ValueError(f"{len(names)} names for {len(outputs)} outputs")
    folder = pathlib.Path(root) / family / k.name
    files, refused = save(k, case, model, folder)
    if not files:
        raise ValueError(f"no file of it can be written: {refused}")
    kept = {str(p.relative_to(folder)): reopened(k, case, p, inputs, outputs) for p in files}
    input_names = k.input_names(model)
    if case.calls == 1 and not quick:
        exact = in_float64(k, case, model, inputs)
    else:
        exact = None
    arrays = {f"in{i}": a for i, a in enumerate(inputs)} | {f"out{i}": a for i, a in enumerate(outputs)}
    if exact is not None:
        arrays |= {f"exact{i}": np.asarray(a, "float64") for i, a in enumerate(exact) if a.dtype == np.float64}
    np.savez(folder / f"{case.name}.npz", **arrays)
    per_call = {"per_call": True} if case.calls > 1 else {}
    record = {
        "name": f"{k.name}/{case.name}", "family": family, "file": f"{case.name}.npz",
        "feeds": {n: {"array": f"in{i}", **per_call} for i, n in enumerate(input_names)},
        "fetches": {n: {"array": f"out{i}", **per_call} for i, n in enumerate(names)},
        "limits": {f"out{i}": limit(case, a, exact and exact[i]) for i, a in enumerate(outputs)},
        "golden_source": k.version, "models": kept, "traits": uses,
    }
    if case.calls > 1:
        record["calls"] = case.calls
    for field in ("lambdas", "refused", "differs", "note"):
        if text := getattr(case, field):
            record[field] = text
    if refused:
        record["not_saved"] = refused
    return json.loads(json.dumps(record))
