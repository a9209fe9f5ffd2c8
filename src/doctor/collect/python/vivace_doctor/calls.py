"""Counts and times calls of frameworks by kind, object, place, and the shape of what goes in."""

import sys

from _thread import _local
from _weakref import ref

from . import parts
from .ring import CALL, CALLBACKS, DEVICES, FIRST, INPUT, LOAD, now
from .state import HIDDEN, hide, is_main, is_user, state, told

MOST_ROWS = 400
MOST_OBJECTS = 10000
BINS = 48
rows = {}
functions = {}
files = {}
parameters = {}  # number of a model: weights it has
_objects = {}  # id: (weak reference, number)
_numbers = [0]
_pending = []  # functions that give calls let through and not counted yet: (row, how many, average)
_called = set()  # (kind, number) of objects called before


class _Depth(_local):
    depth = 0  # of watched calls
    through = False  # in one that is let through


_thread_state = _Depth()


class Row:
    __slots__ = ("count", "timed", "outer", "total", "outer_total", "first", "least", "most", "first_at", "last_end", "bins")

    def __init__(self):
        self.count = self.timed = self.outer = self.total = self.outer_total = self.first = self.most = 0
        self.least = 1 << 62
        self.first_at = self.last_end = 0
        self.bins = [0] * BINS


def number_of(thing):
    """A small number for an object, a new one for a new object that took a dead one's place in memory."""
    known = _objects.get(id(thing))
    if known is not None and known[0]() is thing:
        return known[1]
    if len(_objects) >= MOST_OBJECTS:  # a program that runs for hours: those that are gone make room
        for key in [key for key, (weak, _) in _objects.items() if weak() is None]:
            del _objects[key]
        if len(_objects) >= MOST_OBJECTS:
            return 0
        for numbers in (_called, parameters):
            numbers.clear()
    try:
        weak = ref(thing)
    except TypeError:
        return 0
    _numbers[0] += 1
    _objects[id(thing)] = weak, _numbers[0]
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


_shapes = {}  # (shape, dtype): what describe says of it


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
        known = _shapes.get((sizes, dtype))
        if known is None:
            batch = int(sizes[0]) if sizes and sizes[0] is not None else -1
            known = "x".join(map(str, sizes)), str(getattr(dtype, "name", dtype)), batch
            if len(_shapes) < 2000:
                _shapes[sizes, dtype] = known
        return known
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


def _count(row, begin, end, outer, more, beyond):
    """A call; and `more` before it that were let through, which took `beyond`."""
    took = end - begin
    if not row.count:
        row.first, row.first_at = took, begin
    row.count += 1 + more
    row.timed += 1
    row.total += took + beyond
    if outer:
        row.outer += 1 + more
        row.outer_total += took + beyond
    if took < row.least:
        row.least = took
    if took > row.most:
        row.most = took
    row.last_end = end
    row.bins[min(BINS - 1, (took // 125).bit_length())] += 1 + more


class Pace:
    """How many calls of a function to let through unlooked, so that looking takes a small share of the time: those of a
    tight loop are counted, and taken to be as the next one that is looked at."""

    SHARE = 0.0015
    STRETCH = 20_000_000  # ns: for how long at most (Focus::kLate is longer)
    PRACTICE = 20  # calls that are looked at in any case

    __slots__ = ("calls", "average", "cost", "period", "left_at", "more", "row")

    def __init__(self):
        self.calls = self.left_at = self.more = 0
        self.average = self.cost = self.period = 0.0
        self.row = None

    def excess(self, begin):
        """By how much the calls let through took longer than usual, or what was between them."""
        return max(0, begin - self.left_at - int((self.more + 1) * self.period)) if self.more else 0

    def ended(self, begin, end, cost):
        """After a call that was looked at: how many are to be let through."""
        self.calls += 1
        if self.left_at:
            self.period += ((end - self.left_at) / (self.more + 1) - self.period) / 8
        self.left_at = end
        if self.calls <= self.PRACTICE:  # a first call builds something: it is no measure of the others
            self.average = end - begin
            self.cost += (cost - self.cost) / 2
            self.more = 0
        else:
            # One that was put aside by the system stands for no others.
            self.average += (min(end - begin, 4 * self.average) - self.average) / 8
            self.cost += (cost - self.cost) / 8
            period = max(self.period, 1000.0)
            due = min(self.cost / (self.SHARE * period), self.STRETCH / period)
            # Not always as many, for loops repeat themselves.
            self.more = int(due * (0.5 + (self.calls * 40503 & 0xFFFF) / 65536))
        return self.more


def look_like(call, function):
    """As functools.update_wrapper, which would be one more module to load."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        if hasattr(function, name):
            setattr(call, name, getattr(function, name))
    call.__dict__.update(getattr(function, "__dict__", {}))
    call.__wrapped__ = function


def watched(function, kind, key_of, phase=CALL, after=None, file=HIDDEN, within=False):
    """A stand-in that counts. key_of(args, kwargs, frame) gives (object name, number, file, line, shape, dtype, rows,
    eager), or None where this call is not to be counted. Its result, errors, warnings and tracebacks are the
    function's own. within: it is a phase of its own in another call too. after(args, kwargs, took, more, beyond, excess) is told of a call that
    is looked at, and of those let through before it: how many, what they took if they were as usual, and what they or the
    program between them took longer. It gives the part of the excess that those took."""
    pace, local = Pace(), _thread_state
    rest = 0

    def call(*args, **kwargs):
        nonlocal rest
        if rest or local.through or not state.live:
            alone = rest and not local.through  # what it calls in its turn goes through with it
            if alone:
                rest -= 1
                local.through = True
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                # Without this frame, as if the call had been made directly.
                error.__traceback__ = error.__traceback__.tb_next
                raise
            finally:
                if alone:
                    local.through = False
        called = now()
        try:
            key = key_of(args, kwargs, sys._getframe(1))
        except Exception:
            key = None
        if key is None:
            state.spent += now() - called
            return function(*args, **kwargs)
        more, excess, pace.more = pace.more, pace.excess(called), 0
        main, outer, ring = is_main(), local.depth == 0, state.ring
        local.depth += 1
        begin = now()
        tells = main and (outer or within)
        if tells:
            fresh = (kind, key[1]) not in _called
            if fresh:
                _called.add((kind, key[1]))
            if more:
                ring.tell_of(phase, pace.left_at, min(begin, pace.left_at + int(more * pace.average)))
            # What runs operation by operation builds nothing first.
            first = fresh and phase == CALL and not (key[-1] and kind != "model")
            ring.enter(FIRST if first else phase, begin)
        state.spent += now() - called
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            error.__traceback__ = error.__traceback__.tb_next
            raise
        finally:
            local.depth -= 1
            if state.live:
                end = now()
                if tells:
                    ring.leave(end)
                elif main and kind == "function" and ring.stack[-1] == FIRST:
                    ring.become(CALL, end)  # its graph is built: what follows is work
                beyond = min(int(more * pace.average), called - pace.left_at)
                if after is not None:
                    try:
                        beyond += after(args, kwargs, end - begin, more, beyond, excess)
                    except Exception:
                        pass
                row = pace.row = _row((kind, *key))
                _count(row, begin, end, outer, more, beyond)
                pace.more = more
                took = now() - end
                rest = pace.ended(begin, end, took + begin - called)
                state.spent += took

    _pending.append(lambda: (pace.row, pace.more - rest, pace.average))
    hide(call, file)
    parts.stands_in(call.__code__, {CALL: kind, CALLBACKS: parts.CALLBACKS, INPUT: parts.WAIT}.get(phase))
    look_like(call, function)
    call.autograph_info__ = {}  # tf.function: run as it is
    return call


def wrap(owner, name, kind, key_of, phase=CALL, **more):
    function = getattr(owner, name, None)
    if function is not None:
        setattr(owner, name, watched(function, kind, key_of, phase, **more))


def loading(path):
    """The file of a model, noted for the report."""
    if isinstance(path, (bytes, bytearray)) or path is None:
        return
    path = str(path)
    if len(files) < 64:
        files[path] = files.get(path, 0) + 1


def record():
    found, last = [], {}
    for row, more, average in [one() for one in _pending]:
        last[id(row)] = (last.get(id(row), (0, 0))[0] + more, average)
    for key, row in list(rows.items()):
        more, average = last.get(id(row), (0, 0))
        beyond = int(more * average)
        kind, name, number, file, line, shape, dtype, batch, eager = key
        bins = row.bins
        while bins and not bins[-1]:
            bins = bins[:-1]
        found.append({
            "kind": kind, "object": str(name)[:80], "object_id": number, "file": told(file), "line": line,
            "shape": shape[:80], "dtype": dtype[:20], "parameters": parameters.get(number, 0), "batch": batch,
            "eager": eager, "count": row.count + more, "timed": row.timed,
            "outer": row.outer + more * bool(row.outer), "total": row.total + beyond,
            "outer_total": row.outer_total + beyond * bool(row.outer), "first": row.first,
            "least": row.least, "most": row.most, "first_at": row.first_at - state.origin,
            "last_end": row.last_end - state.origin, "latency": bins,
        })
    return found


__all__ = ["CALLBACKS", "DEVICES", "INPUT", "LOAD", "describe", "files", "functions", "loading", "number_of", "parameters", "place_of", "record", "wrap", "watched"]
