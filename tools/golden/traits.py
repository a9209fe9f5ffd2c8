"""What a model made use of while it ran: every layer and operation node with its configuration, and the ranks, dtypes
and masks of what it was given. The coverage matrix (tests/conformance) is derived from these records.
"""

import contextlib
import json

# What runs other layers that lie in the model file as well; the parts of all other layers are their own affair.
CONTAINERS = {"Functional", "Sequential", "Model", "Bidirectional", "TimeDistributed", "RNN", "StackedRNNCells",
              "ConvLSTM", "SpectralNormalization", "Wrapper", "Pipeline"}
UNINTERESTING = {"name", "trainable", "build_config", "registered_name", "module"}
LONGEST_LIST, LONGEST_TEXT = 24, 40  # what is worth keeping: in elements, in characters


class Recorder:
    def __init__(self):
        self.uses = {}  # compact JSON of a use: kept once, in order
        self.inside = []  # layers whose call is running

    def note(self, layer, arguments, options):
        if self.inside and not _is_container(self.inside[-1]):
            return
        use = _use(layer, arguments, options)
        self.uses[json.dumps(use, sort_keys=True, default=str)] = use

    def wrap(self, call):
        def noting(layer, *arguments, **options):
            if not _is_model(layer):
                self.note(layer, arguments, options)
            self.inside.append(layer)
            try:
                return call(layer, *arguments, **options)
            finally:
                self.inside.pop()
        return noting


@contextlib.contextmanager
def recorded(k):
    """Gives a list that holds the uses of every layer called until the end of the block."""
    recorder, uses = Recorder(), []
    classes = _called_classes(k)
    originals = [vars(c)["__call__"] for c in classes]
    for c, original in zip(classes, originals):
        c.__call__ = recorder.wrap(original)
    try:
        yield uses
    finally:
        for c, original in zip(classes, originals):
            c.__call__ = original
        uses.extend(recorder.uses.values())


def _called_classes(k):
    """The base class of layers, and in Keras 3 that of operations; and what overrides __call__ without handing on."""
    if not k.v3:
        return [next(c for c in k.layers.Layer.__mro__ if "__call__" in vars(c))]
    from keras.src.ops.operation import Operation
    return [next(c for c in k.layers.Layer.__mro__ if "__call__" in vars(c)), Operation]


def _is_container(layer):
    names = {c.__name__ for c in type(layer).__mro__}
    return bool(names & CONTAINERS) and type(layer).__name__ not in ("LSTM", "GRU", "SimpleRNN") or _is_model(layer)


def _is_model(layer):
    return any(c.__name__ in ("Model", "Functional", "Sequential") for c in type(layer).__mro__)


def _use(layer, arguments, options):
    kind = "op" if ".ops." in type(layer).__module__ and not hasattr(layer, "weights") else "layer"
    try:
        config = layer.get_config()
    except Exception:  # an author's own layer need not have one
        config = {}
    use = {kind: type(layer).__name__, "config": _plain({n: v for n, v in config.items() if n not in UNINTERESTING})}
    tensors = [*_tensors(arguments), *_tensors([v for n, v in options.items() if n != "mask"])]
    use["ranks"] = [t.shape.rank for t in tensors]
    use["dtypes"] = [t.dtype.name for t in tensors]
    if options.get("mask") is not None or any(getattr(t, "_keras_mask", None) is not None for t in tensors):
        use["mask"] = True
    given = {n: v for n, v in options.items() if v is not None and n not in ("training", "mask")}
    if kind == "op":
        use["args"] = _plain(list(arguments))
    if given:
        use["options"] = _plain(given)
    return use


def _tensors(value):
    if hasattr(value, "shape") and hasattr(value.shape, "rank"):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


def _plain(value):
    """A short JSON value: nested objects by their class, tensors by what they are."""
    if isinstance(value, dict):
        if "class_name" in value and "config" in value:
            inner = value["config"]
            policy = "Policy" in str(value["class_name"]) and isinstance(inner, dict)
            return inner.get("name") if policy else value["class_name"]
        return {str(n): _plain(v) for n, v in value.items() if n not in UNINTERESTING}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value] if len(value) <= LONGEST_LIST else f"{len(value)} elements"
    if isinstance(value, slice):
        return {"slice": [_plain(v) for v in (value.start, value.stop, value.step)]}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    shape = getattr(value, "shape", None)  # a function where a Lambda's closure holds TensorFlow itself
    if hasattr(shape, "rank"):
        return "tensor"
    if shape == ():  # a number of NumPy's
        return _plain(value.item())
    if isinstance(shape, tuple):
        return f"array of rank {len(shape)}"
    return str(value)[:LONGEST_TEXT]
