"""Counts the main thread's stacks, for the flame graph: each function of the program, and of a library the one that was
entered; its inner frames are left out."""

from .state import HIDDEN, MADE, is_user

stacks = {}  # "outermost;...;innermost": samples
MOST, KEPT = 2000, 150
DEEPEST, LONGEST = 1000, 24


_labels = {}  # id of code: (the code, so that the id stays its own; package; what to call it; whether it is the program's)


def _label(code, package_of):
    file, name = code.co_filename, code.co_name.replace(";", ",")
    if file == HIDDEN or file is MADE or file.startswith("<frozen"):
        known = code, "", "", False
    elif is_user(code):
        known = code, "", f"{file.rpartition('/')[2]}:{{}} {name}".replace(";", ","), True
    else:
        package = package_of(file)
        known = code, package, f"{package} {name}", False
    if len(_labels) < 20000:
        _labels[id(code)] = known
    return known


def note(leaf, package_of):
    names, last, frame = [], None, leaf
    for _ in range(DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        known = _labels.get(id(code))
        if known is None:
            known = _label(code, package_of)
        _, package, label, own = known
        if own:
            names.append(label.replace("{}", str(frame.f_lineno), 1))
            last = None
        elif label:
            if package == last:
                names[-1] = label
            else:
                names.append(label)
            last = package
        frame = frame.f_back
    key = ";".join(names[::-1][:LONGEST])
    if key in stacks or len(stacks) < MOST:
        stacks[key] = stacks.get(key, 0) + 1


def record():
    rows = sorted(list(stacks.items()), key=lambda item: -item[1])[:KEPT]
    return [{"frames": frames, "samples": samples} for frames, samples in rows]
