"""What fit() was given: rows, batch size and epochs, and what its steps took."""

from .state import state, told

MOST = 64
rows = {}  # (file, line, number of the model, batch size): [fits, rows, steps, time of the steps, flops of a row]
_begun = ["", 0, 0, 0]  # file, line, number, what building graphs had taken till then


def of_fit(of_model):
    def of(args, kwargs, frame):
        key = of_model(args, kwargs, frame)
        _begun[:] = key[2], key[3], key[1], state.traced
        return key

    return of


def _positions(layer):
    """How often a layer's weights are used for a row: pixels of a convolution, words or steps of a sequence."""
    shape = tuple(layer.output.shape)
    if hasattr(layer, "cell"):
        shape = tuple(layer.input.shape)[:2] + (1,)
    times = 1
    for size in shape[1:-1]:
        times *= size or 1
    return times


def flops_of(model):
    """Multiplications and additions of a row on its way forward, by the weights; 0 where the model does not tell."""
    try:
        flops = 0
        for layer in model.layers:
            if getattr(layer, "layers", None):
                flops += flops_of(layer)
            elif type(layer).__name__ != "Embedding" and layer.weights:
                flops += 2 * layer.count_params() * _positions(layer)
        return flops
    except Exception:
        return 0


def _given(args, kwargs, place, name, otherwise):
    value = args[place] if len(args) > place else kwargs.get(name)
    return otherwise if value is None else value


def note(args, kwargs, took, more, beyond, excess):
    """After fit(x, y, batch_size, epochs, ...) on arrays; those on datasets and generators tell no batch size."""
    data = _given(args, kwargs, 1, "x", None)
    while isinstance(data, (list, tuple, dict)) and data:
        data = next(iter(data.values())) if isinstance(data, dict) else data[0]
    size = getattr(data, "shape", None)
    if not size or hasattr(data, "_variant_tensor") or kwargs.get("steps_per_epoch"):
        return 0
    batch, epochs = int(_given(args, kwargs, 3, "batch_size", 32)), int(_given(args, kwargs, 4, "epochs", 1))
    count = int(int(size[0]) * (1 - float(kwargs.get("validation_split") or 0)))
    if batch < 1 or epochs < 1 or count < 1:
        return 0
    file, line, number, before = _begun
    took -= state.traced - before
    steps = -(-count // batch) * epochs - (state.traced > before)  # one that built its graph stands for no other
    key = (file, line, number, batch)
    row = rows.get(key)
    if row is None:
        if len(rows) >= MOST:
            return 0
        row = rows[key] = [0, count, 0, 0, flops_of(args[0])]
    row[0] += 1
    row[2] += max(steps, 0)
    row[3] += max(took, 0)
    return 0


def record():
    return [{"file": told(file), "line": line, "object_id": number, "batch_size": batch, "fits": fits, "rows": count,
             "steps": steps, "total": took, "flops": flops}
            for (file, line, number, batch), (fits, count, steps, took, flops) in list(rows.items())]
