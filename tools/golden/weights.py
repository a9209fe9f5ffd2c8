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
        if "float" not in str(variable.dtype) or None in tuple(variable.shape):  # tf_keras's idf weights have no size
            continue
        name = _plain_name(variable)
        if name == "depthwise_kernel":
            values = rng.standard_normal(variable.shape) * np.sqrt(1.5 / np.prod(variable.shape[:-2]))
        else:
            values = _draw(rng, name, tuple(variable.shape))
        variable.assign(values.astype("float64" if "float64" in str(variable.dtype) else "float32"))
    settle(model)


def settle(model):
    """Normalization layers compute with what they derived from their variables: lets them derive it again."""
    for layer in _all_layers(model):
        if type(layer).__name__ == "Normalization" and layer.input_mean is None:
            layer.finalize_state()


def copy(source, target):
    """The same values in a model of another precision."""
    if len(source.weights) != len(target.weights):
        raise ValueError("the two models have different numbers of weights")
    for a, b in zip(source.weights, target.weights):
        b.assign(np.asarray(a.numpy()).astype(str(b.numpy().dtype)))
    settle(target)


def _all_layers(model):
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _all_layers(layer)


def calibrate(k, model, inputs, seed):
    """Gives every batch norm the statistics of a batch, slightly off, as after training; sharpens the last layer."""
    norms = [x for x in _all_layers(model) if type(x).__name__ == "BatchNormalization"]
    if norms:
        kept = [x.momentum for x in norms]
        for layer in norms:
            layer.momentum = 0.0
        model(inputs if len(inputs) > 1 else inputs[0], training=True)
        rng = np.random.default_rng(seed)
        for layer, momentum in zip(norms, kept):
            layer.momentum = momentum
            mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
            shift = 0.1 * np.sqrt(variance) * rng.standard_normal(mean.shape)
            layer.moving_mean.assign((mean + shift).astype("float32"))
            layer.moving_variance.assign((variance * rng.uniform(0.7, 1.4, mean.shape) + 1e-4).astype("float32"))
    sharpen(model, inputs)


SPREAD = 4  # of the logits over the classes: the largest of a thousand then has a good part of the probability


def sharpen(model, inputs):
    """Scales the layer that makes the logits, so that a classifier is as sure of its answers as a trained one."""
    last = next((x for x in reversed(model.layers) if getattr(x, "kernel", None) is not None), None)
    if last is None:
        return
    answer = np.asarray(model(inputs if len(inputs) > 1 else inputs[0], training=False), "float64") \
        if len(model.outputs) == 1 else np.zeros(1)
    if answer.ndim == 2 and answer.shape[1] > 1 and np.allclose(answer.sum(-1), 1, atol=1e-3):
        spread = np.log(np.maximum(answer, 1e-30)).std(-1).mean()
        last.kernel.assign(last.kernel.numpy() * np.float32(SPREAD / max(spread, 1e-6)))
