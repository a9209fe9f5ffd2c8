"""What no other family covers: for each layer one model that has an output for every branch of the coverage matrix that
was still missing (branch_holes.json, made by ./dev conformance keras --without branches --json), and one for each
layer's missing precision.
"""

import json
import pathlib
import sys

import attribute_values
from . import Case

HOLES = pathlib.Path(__file__).parent.parent / "branch_holes.json"


def cases(k):
    for place, aspects in json.loads(HOLES.read_text()).items():
        era, kind, name = place.split("/")
        if era == k.name and kind == "layer" and name in attribute_values.SAMPLES:
            yield from layer_cases(k, name, aspects)


def layer_cases(k, name, aspects):
    sample = attribute_values.SAMPLES[name]
    variants = [v for v in (variant(name, sample, aspect) for aspect in aspects) if v]
    variants = [v for v in variants if works(k, name, *v)]
    if not variants and any(a.startswith("file") for a in aspects):
        variants = [(plain_name("plain"), sample.options, sample.shapes[0], False)]
    apart = [v for v in variants if v[0].startswith("policy")]
    together = [v for v in variants if v not in apart]
    forgotten = "Keras writes float32 into the file: the layer forgets its policy"
    about = {"scale": sample.scale, "high": sample.high}
    if together:
        yield Case(plain_name(name), lambda: model_of(k, name, sample, together),
                   feeds="zero steps" if any(v[3] for v in together) else None, **about)
    for v in apart:
        note = "" if v[0].endswith("float64") else "limits allow for 16-bit arithmetic"
        wrong = forgotten if k.v3 and name.startswith("SpatialDropout") and v[0].endswith("mixed_float16") else ""
        yield Case(plain_name(f"{name}_{v[0]}"), lambda v=v: model_of(k, name, sample, [v]), note=note, differs=wrong,
                   **about)


def plain_name(words):
    return "".join(c if c.isalnum() else "_" for c in words.lower()).strip("_")


def variant(name, sample, aspect):
    """(name, options, shape, masked) for one aspect; nothing where no value for it is known."""
    attribute, _, branch = aspect.partition(" ")
    options, shape, label = dict(sample.options), sample.shapes[0], plain_name(aspect)
    if attribute == "rank":
        shape = next((s for s in sample.shapes if rank_of(s) == int(branch)), None)
        return shape and (label, options, shape, False)
    if attribute == "policy":
        return label, options | {"dtype": branch}, shape, False
    if attribute == "mask":
        shape = next((s for s in sample.shapes if rank_of(s) == 3), None)
        return shape and (label, options, shape, True)
    if attribute == "file":
        return None
    default = options.get(attribute)
    value = attribute_values.values_of(name, attribute, default, False).get(branch, ...)
    if value is ...:
        return None
    if attribute in ("axis", "shared_axes", "noise_shape"):
        shape = next((s for s in sample.shapes if rank_of(s) == 4), shape)
    return label, options | {attribute: value} | companions(name, attribute, value), shape, False


def rank_of(shape):
    return len(shape[0] if isinstance(shape[0], tuple) else shape) + 1


def companions(name, attribute, value):
    """What else must be set for a value to be legal."""
    if attribute == "output_padding" and value is not None:
        return {"strides": 2}
    if attribute == "noise_shape" and value is not None:
        return {"noise_shape": (None, 1, 1, 1)}
    if name == "MultiHeadAttention" and attribute == "attention_axes" and value is not None:
        return {"attention_axes": (1,)}
    if name == "Normalization" and attribute in ("mean", "variance"):
        return {} if value is not None else {"mean": None, "variance": None, "axis": -1}
    return {}


def inputs_of(k, sample, shape, batch=None):
    shapes = shape if isinstance(shape[0], tuple) else (shape,)
    if batch:
        return [k.Input(batch_shape=(batch, *s), dtype=sample.dtype) for s in shapes]
    return [k.Input(s, dtype=sample.dtype) for s in shapes]


def outputs_of(k, name, options, label, inputs, masked):
    layer = getattr(k.layers, name)(**options, **({} if name.endswith("Cell") else {"name": label}))
    if name.endswith("Cell"):
        layer = k.layers.RNN(layer, name=label)
    if masked:
        inputs = [k.layers.Masking(name=f"{label}_mask_{i}")(x) for i, x in enumerate(inputs)]
    several = len(inputs) > 1
    attention = name in ("MultiHeadAttention", "GroupQueryAttention")
    found = layer(*inputs) if attention and several else layer(inputs if several else inputs[0])
    return list(k.tf.nest.flatten(found))


def model_of(k, name, sample, variants):
    """One input for each shape that the variants need; one output, or several, for each of them."""
    given, results = {}, []
    stateful = any(options.get("stateful") for _, options, _, _ in variants)
    for label, options, shape, masked in variants:
        if shape not in given:
            given[shape] = inputs_of(k, sample, shape, 2 if stateful else None)
        results += outputs_of(k, name, options, label, given[shape], masked)
    return k.Model([x for inputs in given.values() for x in inputs], results)


def works(k, name, label, options, shape, masked):
    """Whether the framework itself builds and runs such a layer."""
    import numpy as np

    k.fresh()
    try:
        sample = attribute_values.SAMPLES[name]
        model = model_of(k, name, sample, [(label, options, shape, masked)])
        arrays = [np.ones((2, *x.shape[1:]), sample.dtype) for x in model.inputs]

        def run():
            return model([k.tf.constant(a) for a in arrays] if len(arrays) > 1 else k.tf.constant(arrays[0]),
                         training=False)

        try:
            run()
        except k.tf.errors.OpError:
            k.tf.function(run, jit_compile=True)()
    except Exception as error:
        print(f"branches: {k.name} {name} {label}: {type(error).__name__}: {str(error).splitlines()[:1]}",
              file=sys.stderr)
        return False
    return True
