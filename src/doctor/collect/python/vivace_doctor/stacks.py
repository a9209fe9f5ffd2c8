"""Counts the main thread's stacks, for the flame graph: each function of the program, and of a library the one that was
entered; its inner frames are left out."""

from .state import HIDDEN, is_user

stacks = {}  # "outermost;...;innermost": samples
MOST, KEPT = 2000, 150
DEEPEST, LONGEST = 1000, 24


def note(leaf, package_of):
    names, last, frame = [], None, leaf
    for _ in range(DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        file = code.co_filename
        if file == HIDDEN or file.startswith("<frozen"):
            pass
        elif is_user(code):
            names.append(f"{file.rpartition('/')[2]}:{frame.f_lineno} {code.co_name}")
            last = None
        else:
            package = package_of(file)
            if package == last:
                names[-1] = f"{package} {code.co_name}"
            else:
                names.append(f"{package} {code.co_name}")
            last = package
        frame = frame.f_back
    key = ";".join(name.replace(";", ",") for name in names[::-1][:LONGEST])
    if key in stacks or len(stacks) < MOST:
        stacks[key] = stacks.get(key, 0) + 1


def record():
    rows = sorted(list(stacks.items()), key=lambda item: -item[1])[:KEPT]
    return [{"frames": frames, "samples": samples} for frames, samples in rows]
