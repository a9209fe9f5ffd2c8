"""Counts the main thread's stacks, for the flame graph: each function of the program, and of a library the one that was
entered; its inner frames are left out. And divides the looks into a watched call by what it was at."""

from . import parts, weights
from .state import HIDDEN, MADE, is_user, told

stacks = {}  # "outermost;...;innermost": time that looks stand for
MOST, KEPT, LONGEST = 2000, 150, 24


# id of code: (the code, so that the id stays its own; package; what to call it; whether it is the program's; its part)
_labels = {}


def _label(code, package_of):
    file, name = code.co_filename, code.co_name.replace(";", ",")
    if file == HIDDEN or file is MADE or file.startswith("<frozen"):
        known = code, "", "", False, parts.stand_ins.get(id(code))
    elif is_user(code):
        known = code, "", f"{told(file).rpartition('/')[2]}:{{}} {name}".replace(";", ","), True, parts.OWN
    else:
        package = package_of(file)
        known = code, package, f"{package} {name}", False, parts.of_code(package, file, code.co_name)
    if len(_labels) < 20000:
        _labels[id(code)] = known
    return known


def note(stack, package_of, stands):
    """Gives the outermost watched call that the thread is in, as (kind, its caller's place in the stack, part), or None."""
    names, last, depth = [], None, 0
    part, call = parts.AROUND, None
    for code, line in stack:
        depth += 1
        known = _labels.get(id(code))
        if known is None:
            known = _label(code, package_of)
        _, package, label, own, role = known
        if role is not None:
            if role.__class__ is str:
                call = role, depth, part
            elif role != parts.OWN or depth == 1:
                part = role
        if own:
            names.append(label.replace("{}", str(line), 1))
            last = None
        elif label:
            if package == last:
                names[-1] = label
            else:
                names.append(label)
            last = package
    key = ";".join(names[::-1][:LONGEST])
    if key in stacks or len(stacks) < MOST:
        stacks[key] = stacks.get(key, 0) + stands
    return call


def record():
    rows = sorted(list(stacks.items()), key=lambda item: -item[1])[:KEPT]
    samples = weights.as_looks([time for _, time in rows])
    return [{"frames": frames, "samples": count} for (frames, _), count in zip(rows, samples) if count]
