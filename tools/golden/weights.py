"""Seeded weights as a trained network has them: scaled kernels, batch-norm statistics that are not 0 and 1."""

import numpy as np


def _plain_name(variable):
    name = getattr(variable, "path", None) or variable.name
    return name.split("/")[-1].split(":")[0]


def _draw(rng, name, shape):
    if "variance" in name:
        return rng.uniform(0.5, 1.8, shape)
    if name == "gamma" or name == "scale":
        return rng.uniform(0.6, 1.4, shape)
    if name in ("moving_mean", "mean", "beta") or "bias" in name:
        return 0.2 * rng.standard_normal(shape)
    if name in ("embeddings", "alpha"):
        return 0.5 * rng.standard_normal(shape)
    fan_in = int(np.prod(shape[:-1])) if len(shape) > 1 else 1
    return rng.standard_normal(shape) * np.sqrt(1.5 / max(fan_in, 1))


def randomise(model, seed):
    """Overwrites every float variable; counters, seeds and tables stay as they are."""
    rng = np.random.default_rng(seed)
    for variable in model.weights:
        if "float" not in str(variable.dtype):
            continue
        name = _plain_name(variable)
        if name == "depthwise_kernel":
            values = rng.standard_normal(variable.shape) * np.sqrt(1.5 / np.prod(variable.shape[:-2]))
        else:
            values = _draw(rng, name, tuple(variable.shape))
        variable.assign(values.astype("float32"))


def copy(source, target):
    """The same values in a model of another precision."""
    if len(source.weights) != len(target.weights):
        raise ValueError("the two models have different numbers of weights")
    for a, b in zip(source.weights, target.weights):
        b.assign(np.asarray(a.numpy()).astype(str(b.numpy().dtype)))
