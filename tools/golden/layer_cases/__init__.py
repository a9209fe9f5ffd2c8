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
