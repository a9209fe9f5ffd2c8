"""Counts and times calls of frameworks by kind, object, place, and the shape of what goes in."""

import sys

from _thread import _local
from _weakref import ref

from .ring import CALL, FIRST, LOAD, now
from .state import hide, is_main, is_user, state

MOST_ROWS = 400
BINS = 48
rows = {}
functions = {}
files = {}
parameters = {}  # number of a model: weights it has
_objects = {}  # id: (weak reference, number)
_numbers = [0]
_called = set()  # (kind, number) of objects called before


class _Depth(_local):
    depth = 0


_thread_state = _Depth()


class Row:
    __slots__ = ("count", "outer", "total", "outer_total", "first", "least", "most", "first_at", "last_end", "bins")

    def __init__(self):
        self.count = self.outer = self.total = self.outer_total = self.first = self.most = 0
        self.least = 1 << 62
        self.first_at = self.last_end = 0
        self.bins = [0] * BINS


def number_of(thing):
    """A small number for an object, a new one for a new object that took a dead one's place in memory."""
    known = _objects.get(id(thing))
    if known is not None and known[0]() is thing:
        return known[1]
    _numbers[0] += 1
    if len(_objects) < 20000:
        try:
            _objects[id(thing)] = (ref(thing), _numbers[0])
        except TypeError:
            return 0
    return _numbers[0]


def place_of(frame):
    """(file, line) of the innermost caller in the program's own code."""
    for _ in range(40):
        if frame is None:
            break
        if is_user(frame.f_code):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return "", 0


def describe(value):
    """(shape, dtype, rows) of the first tensor in what a call is given."""
    for _ in range(3):
        if isinstance(value, (list, tuple)) and value and not isinstance(value[0], (int, float)):
            value = value[0]
        elif isinstance(value, dict) and value:
            value = next(iter(value.values()))
    shape = getattr(value, "shape", None)
    if shape is None:
        return type(value).__name__, "", -1
    try:
        sizes = tuple(shape)
        dtype = getattr(value, "dtype", "")
        batch = int(sizes[0]) if sizes and sizes[0] is not None else -1
        return "x".join(map(str, sizes)), str(getattr(dtype, "name", dtype)), batch
    except Exception:  # a shape that cannot be told
        return "", "", -1


def _row(key):
    row = rows.get(key)
    if row is None:
        if len(rows) >= MOST_ROWS:
            key = (key[0], "", 0, "", 0, "", "", -1, False)
            row = rows.get(key)
        if row is None:
            row = rows[key] = Row()
    return row


def _count(key, begin, end, outer):
    row, took = _row(key), end - begin
    if not row.count:
        row.first, row.first_at = took, begin
    row.count += 1
    row.total += took
    if outer:
        row.outer += 1
        row.outer_total += took
    row.least = min(row.least, took)
    row.most = max(row.most, took)
    row.last_end = end
    row.bins[min(BINS - 1, (took // 125).bit_length())] += 1


def look_like(call, function):
    """As functools.update_wrapper, which would be one more module to load."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        if hasattr(function, name):
            setattr(call, name, getattr(function, name))
    call.__dict__.update(getattr(function, "__dict__", {}))
    call.__wrapped__ = function


def watched(function, kind, key_of, phase=CALL):
    """A stand-in that counts. key_of(args, kwargs, frame) gives (object name, number, file, line, shape, dtype, rows,
    eager), or None where this call is not to be counted. Its result, errors, warnings and tracebacks are the
    function's own."""

    def call(*args, **kwargs):
        if not state.live:
            return function(*args, **kwargs)
        try:
            key = key_of(args, kwargs, sys._getframe(1))
        except Exception:
            key = None
        if key is None:
            return function(*args, **kwargs)
        main, outer = is_main(), _thread_state.depth == 0
        _thread_state.depth += 1
        begin = now()
        if main and outer:
            fresh = (kind, key[1]) not in _called
            if fresh:
                _called.add((kind, key[1]))
            # What runs operation by operation builds nothing first.
            first = fresh and phase == CALL and not (key[-1] and kind != "model")
            state.ring.enter(FIRST if first else phase, begin)
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            # Without this frame, as if the call had been made directly.
            error.__traceback__ = error.__traceback__.tb_next
            raise
        finally:
            _thread_state.depth -= 1
            if state.live:
                end = now()
                if main and outer:
                    state.ring.leave(end)
                elif main and kind == "function" and state.ring.stack[-1] == FIRST:
                    state.ring.become(CALL, end)  # its graph is built: what follows is work
                _count((kind, *key), begin, end, outer)

    hide(call)
    look_like(call, function)
    call.autograph_info__ = {}  # tf.function: run as it is
    return call


def wrap(owner, name, kind, key_of, phase=CALL):
    function = getattr(owner, name, None)
    if function is not None:
        setattr(owner, name, watched(function, kind, key_of, phase))


def loading(path):
    """The file of a model, noted for the report."""
    if isinstance(path, (bytes, bytearray)) or path is None:
        return
    path = str(path)
    if len(files) < 64:
        files[path] = files.get(path, 0) + 1


def record():
    found = []
    for key, row in list(rows.items()):
        kind, name, number, file, line, shape, dtype, batch, eager = key
        bins = row.bins
        while bins and not bins[-1]:
            bins = bins[:-1]
        found.append({
            "kind": kind, "object": str(name)[:80], "object_id": number, "file": file, "line": line,
            "shape": shape[:80], "dtype": dtype[:20], "parameters": parameters.get(number, 0), "batch": batch, "eager": eager, "count": row.count,
            "outer": row.outer, "total": row.total, "outer_total": row.outer_total, "first": row.first,
            "least": row.least, "most": row.most, "first_at": row.first_at - state.origin,
            "last_end": row.last_end - state.origin, "latency": bins,
        })
    return found


__all__ = ["LOAD", "describe", "files", "functions", "loading", "number_of", "parameters", "place_of", "record", "wrap", "watched"]
