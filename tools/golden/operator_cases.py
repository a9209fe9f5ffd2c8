"""Writes golden cases for operators as text, read by tests/support/golden.h.

    case NAME                         one test; what follows belongs to it
    op NAME                           the operator, by its name in the graph
    set ATTRIBUTE VALUE...            an attribute that differs from the default
    in DTYPE [DIMS] VALUE...          an input; "in absent" for one left out
    out DTYPE [DIMS] VALUE...         what the framework answered
    tolerance X                       allowed error, as part of the output's range (default 1e-5)
"""

import numpy as np


def numbers(values):
    """A list of values as words: shortest form that reads back the same float32."""
    array = np.asarray(values)
    if array.dtype == np.bool_:
        return " ".join("1" if v else "0" for v in array.ravel())
    if array.dtype.kind in "iu":
        return " ".join(str(v) for v in array.ravel())
    return " ".join(np.format_float_scientific(v, unique=True, trim="-") if v and np.isfinite(v) and
                    not 1e-3 <= abs(v) < 1e6 else np.format_float_positional(v, unique=True, trim="-")
                    for v in array.astype(np.float32).ravel())


class Cases:
    def __init__(self, path, about):
        self.path = path
        self.names = set()
        self.lines = ["# " + about]

    def add(self, name, op, attributes, inputs, outputs, tolerance=None):
        assert name not in self.names, name
        self.names.add(name)
        self.lines += ["", "case " + name, "op " + op]
        for key, value in attributes.items():
            if isinstance(value, bool):
                value = "true" if value else "false"
            elif isinstance(value, (list, tuple)):
                value = " ".join(str(v) for v in value)
            self.lines.append(f"set {key} {value}".rstrip())
        if tolerance is not None:
            self.lines.append(f"tolerance {tolerance}")
        for tensor in inputs:
            self.lines.append("in absent" if tensor is None else "in " + self.tensor(tensor))
        for tensor in outputs:
            self.lines.append("out " + self.tensor(tensor))

    @staticmethod
    def tensor(tensor):
        array = np.asarray(tensor)
        dims = ",".join(str(d) for d in array.shape)
        return f"{array.dtype.name} [{dims}] {numbers(array)}"

    def write(self):
        with open(self.path, "w", encoding="ascii") as out:
            out.write("\n".join(self.lines) + "\n")
        print(f"{self.path}: {len(self.names)} cases")
