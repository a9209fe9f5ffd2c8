"""Small models, a family a file: every file here is one. A family's cases(k) gives Case objects for the framework k."""

import dataclasses
import typing


@dataclasses.dataclass
class Case:
    name: str
    build: typing.Callable  # () -> model
    batch: int = 2
    sizes: tuple = (6, 7)  # what unknown dimensions become, in turn
    high: int = 10  # integers are drawn from 0 to high - 1
    scale: float = 1.0  # floats are normal with this deviation
    feeds: typing.Any = None  # arrays in the order of the inputs, where random ones do not do
    keep_weights: bool = False  # the build sets them itself
    calls: int = 1  # consecutive calls on one loaded model (state lives on)
    write: typing.Any = None  # (model, folder, name) -> files, where saving plainly does not do
    deep: bool = False  # many layers after one another: errors add up
    lambdas: dict = dataclasses.field(default_factory=dict)  # Lambda layer to the function that vivace is told
    refused: str = ""  # the error that vivace must give instead of numbers
    differs: str = ""  # why the framework's own numbers are wrong, where they are
    note: str = ""


def of_functions(k, prefix, shape=(3, 4)):
    """Makes cases of functions: one(name, f, *shapes) is a model whose inputs have these shapes and whose output is f
    of them; dtype is of all inputs, or a list."""
    def one(name, f, *shapes, dtype=None, batch=None, **more):
        def build():
            types = dtype if isinstance(dtype, list) else [dtype] * max(len(shapes), 1)
            inputs = [k.Input(dims, dtype=t, batch_size=batch) for dims, t in zip(shapes or (shape,), types)]
            return k.Model(inputs if len(inputs) > 1 else inputs[0], f(*inputs))
        return Case(prefix + name, build, **more)
    return one


def of_layers(k, shape=None, **always):
    """Makes cases of single layers: one(name, layer, shape) is a model of layer() alone."""
    def one(name, layer, shape=shape, **more):
        return Case(name, lambda: k.chain(shape, layer()), **always, **more)
    return one
