"""Looks at the main thread's stack from time to time: which lines of the program time goes to."""

import os
import time

import _thread

from . import parts, stacks, weights
from .ring import FIRST, now
from .snapshot import stack_of
from .state import HIDDEN, MADE, is_user, state, told, user_files

lines = {}  # (file, line, function): [time, own, {callee: time}], of looks as in weights.py
leaves = {}  # package: [inside a watched call, elsewhere]
MOST = 2000
DEEPEST = 1000  # frames: those of an import of TensorFlow are some hundreds
LOGGING_WITHIN = 12
MOST_PAUSE = 2.0  # seconds
RARELY = 200  # times as long as a look took, at least, until the next: the program stands still meanwhile
SHARE = 0.0025  # of a processor, for looks
LONGEST = 0.25  # seconds between looks for that
_packages = {}


def package_of(name):
    """The package of a file: "keras", "numpy", "json"; "" for the program's own."""
    known = _packages.get(name)
    if known is None:
        for mark in ("-packages/", "/lib/python"):
            at = name.rfind(mark)
            if at >= 0:
                rest = name[at + len(mark):].split("/")
                known = rest[1] if mark == "/lib/python" and len(rest) > 1 else rest[0]
                break
        else:
            known = name.strip("<>").split()[-1].split(".")[0] if name.startswith("<") else ""
        if known.endswith(".py"):
            known = known[:-3]
        if len(_packages) < 20000:
            _packages[name] = known
    return known


def look(inside, stands):
    """stands: for how long, in nanoseconds."""
    stack = stack_of(state.main, DEEPEST)
    if not stack:
        return
    weights.note(stands)
    call = stacks.note(stack, package_of, stands)
    if call is not None and FIRST not in state.ring.stack:
        parts.note(call, stack, state.main, stands)
    named = package_of(stack[0][0].co_filename)
    found, below, known, depth = None, None, user_files, 0
    for code, line in stack:
        name = code.co_filename
        if name is not HIDDEN and name is not MADE:
            user = known.get(name)
            if user or user is None and is_user(code):
                found = name, line, code.co_name
                break
            below = code
            if depth < LOGGING_WITHIN and code.co_name in ("_log", "handle", "emit"):
                if package_of(name) == "logging":  # whatever it writes through
                    named = "logging"
        depth += 1
    row = leaves.get(named)
    if row is None and len(leaves) < MOST:
        row = leaves[named] = [0, 0]
    if row is not None:
        row[0 if inside else 1] += stands
    if found is not None:
        _count(found, below, stands)


def _count(place, below, stands):
    """A look that found the program at this line, or below it in a library's code."""
    row = lines.get(place)
    if row is None:
        if len(lines) >= MOST:
            return
        row = lines[place] = [0, 0, {}]
    row[0] += stands
    if below is None:
        row[1] += stands
    else:
        callee = package_of(below.co_filename)
        row[2][callee] = row[2].get(callee, 0) + stands


class Looker:
    """A thread that looks now and then: after the seconds that `tick` gives, or later, where a look takes long. On a
    machine that others use, a look can be put aside while it holds Python's lock, and the program with it. It can be
    stopped at once, so that a fork never finds it running."""

    def __init__(self, tick):
        self.tick = tick
        self.stop_lock = _thread.allocate_lock()
        self.done = _thread.allocate_lock()
        self.running = False
        self.thread = 0
        self.held = 0.0  # by a look, on average, in nanoseconds
        self.cost = 0.0  # of the last looks, with the waking up for them, in nanoseconds of processor time
        self.paused = 0  # processor time when the last pause began
        self.used = 0  # processor time
        self.ident = self.collected = 0  # processor time of collections: the program's garbage, whose turn came here

    def start(self):
        self.stop_lock.acquire(False)
        self.done.acquire(False)
        self.running = True
        _thread.start_new_thread(self._run, ())

    def stop(self):
        """Until the thread is gone for the kernel too, which takes it a moment more than it takes Python."""
        if self.running:
            self.running = False
            self.stop_lock.release()
            if self.done.acquire(True, 0.2):
                self.done.release()
            for _ in range(40):
                if not os.path.exists(f"/proc/self/task/{self.thread}"):
                    break
                time.sleep(0.0005)

    def collecting(self, begins):
        """Told of each collection, in the thread that it runs in."""
        if _thread.get_ident() == self.ident:
            self.collected += -time.thread_time_ns() if begins else time.thread_time_ns()

    def _stopped(self):
        """Waits until the next look is due; or until it is to stop, which it tells."""
        pause = max(self.tick(), min(LONGEST, self.cost * 1e-9 / SHARE), min(MOST_PAUSE, RARELY * self.held * 1e-9))
        self.paused = time.thread_time_ns()
        return self.stop_lock.acquire(True, pause)

    def _run(self):
        self.thread = state.ring.own_thread = _thread.get_native_id()
        self.ident = _thread.get_ident()
        try:
            before = time.thread_time_ns() - self.used - self.collected  # of an earlier thread, before a fork
            last = now()
            while not self._stopped():
                begin, collected = now(), self.collected
                if state.live:
                    look(state.ring.stack[-1] in (3, 4, 5), begin - last)
                    if self.collected == collected:
                        self.held += (now() - begin - self.held) / 8
                        self.cost += (time.thread_time_ns() - self.paused - self.cost) / 2
                    self.used = time.thread_time_ns() - before - self.collected
                last = begin
        except Exception:  # the interpreter is ending
            pass
        finally:
            try:
                self.done.release()
            except RuntimeError:
                pass


def record_lines():
    rows = sorted(list(lines.items()), key=lambda item: -item[1][0])[:40]
    samples, own = (weights.as_looks([row[at] for _, row in rows]) for at in (0, 1))
    return [{"file": told(file), "line": line, "function": function, "samples": samples[i], "own": min(own[i], samples[i]),
             "callee": max(callees, key=callees.get) if callees else ""}
            for i, ((file, line, function), (_, _, callees)) in enumerate(rows)]


def record_leaves():
    rows = sorted(list(leaves.items()), key=lambda item: -sum(item[1]))[:40]
    inside, elsewhere = (weights.as_looks([row[at] for _, row in rows]) for at in (0, 1))
    return [{"name": name or "own", "inside": inside[i], "elsewhere": elsewhere[i]} for i, (name, _) in enumerate(rows)]
