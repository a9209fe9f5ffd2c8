"""Which branch of an attribute a value takes. The universe (keras.json) lists the branches that each attribute has.

true, false       a flag
=word             one of an enumeration
none, some        whether it is given at all
one, uniform, mixed   sizes per axis: all 1, all the same, different
default, other    anything else, against the constructor's default
given             an attribute that has no default
"""


def flat(value):
    if not isinstance(value, (list, tuple)):
        return [value]
    return [part for item in value for part in flat(item)]


def alike(a, b):
    """Equal, or the same number after it was a float32."""
    numbers = isinstance(a, float) and isinstance(b, (int, float))
    return abs(a - b) <= 1e-6 * abs(b) if numbers else flat(a) == flat(b)


def of(value, branches, default=None):
    """The branches that a value of a configuration takes, as a set; empty where it fits none."""
    taken = set()
    if isinstance(value, bool):
        taken.add("true" if value else "false")
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        taken.add(f"={value}")
    taken.add("none" if value is None else "some")
    if value is not None and {"uniform", "mixed"} & set(branches):
        parts = flat(value)
        taken.add("one" if all(p == 1 for p in parts) and "one" in branches else
                  "uniform" if len(set(map(str, parts))) == 1 else "mixed")
    same = alike(value, default) or (isinstance(default, list) and set(flat(value)) == set(flat(default)))
    taken.add("default" if same else "other")
    taken.add("given")
    return taken & set(branches)
