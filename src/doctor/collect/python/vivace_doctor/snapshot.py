"""What a thread is at: its stack as code and lines, taken in one step, in which no other thread runs and nothing is collected.

CPython 3.11 makes the frame objects of another thread's stack only when they are asked for. Making one may begin a
collection; what that calls (finalizers, gc.callbacks) lets other threads on; and the frame that was asked for may have been
left and its memory taken when the collection is over: the interpreter then writes into it, or takes it for an object. So
the collector is off meanwhile. It is never seen to be off: the interpreter lets others on after calls of functions and at
the ends of loops, but neither after operators nor inside of what is written in C. (Until 3.10 frames were objects in any
case, and from 3.12 on no allocation collects.)
"""

import gc
import sys
from itertools import accumulate, chain, islice, repeat, starmap, takewhile

from _operator import attrgetter

_Frame = type(sys._getframe())
_back = _Frame.f_back.__get__  # of two arguments, as accumulate wants it
_place = attrgetter("f_code", "f_lineno")
_COLLECTS = sys.version_info[:2] == (3, 11)
# Without the lock of the interpreter (free-threaded builds) nobody can read a stack that is at work.
_locked = getattr(sys, "_is_gil_enabled", lambda: True)


class _Collector:
    """The module gc by operators: built-in functions in a class are no methods, and are called without arguments."""

    __bool__ = gc.isenabled
    __neg__ = gc.disable
    __pos__ = gc.enable


_collector = _Collector()


def _in_one_step(items):
    """Requires an iterator that is C alone; no call and no loop may stand between the operators."""
    if _COLLECTS and _collector:
        -_collector
        try:
            return [*items]
        finally:
            +_collector
    return [*items]


def _current_frames():
    """Gives sys._current_frames(), once, and not before it is asked for."""
    return starmap(sys._current_frames, ((),))


def stack_of(thread, most):
    """[(code, line)] of its innermost frames; no frame is held, which would keep what the program has in it alive."""
    if not _locked():
        return []
    leaf = map(dict.get, _current_frames(), (thread,))
    frames = takewhile(bool, accumulate(chain(leaf, repeat(_Frame)), _back))
    return _in_one_step(map(_place, islice(frames, most)))


def threads():
    return _in_one_step(chain.from_iterable(_current_frames()))
