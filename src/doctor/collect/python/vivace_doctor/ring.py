"""Tells the supervisor in which phase the main thread is, through a ring of (time, phase) in shared memory."""

import mmap
import time
from _struct import Struct

START, IMPORTS, LOAD, FIRST, CALL, OWN, END = 1, 2, 3, 4, 5, 6, 7  # as Phase in timeline.h
INPUT, CALLBACKS, LIBRARIES, DEVICES = 8, 9, 10, 11
ENTRIES = 4096  # as kRingEntries in ring.h
_ENTRY, _HEAD = Struct("<QQ"), Struct("<QQ")  # the head: entries written, our own thread
now = time.monotonic_ns


class Ring:
    """Phases are nested: what is entered last counts until it is left. Without a path nobody is told: a forked child's."""

    def __init__(self, path=None):
        size = _HEAD.size + ENTRIES * _ENTRY.size
        if path is None:
            self.memory = bytearray(size)
        else:
            with open(path, "r+b", buffering=0) as file:
                self.memory = mmap.mmap(file.fileno(), size)
        self.written = self.own_thread = 0
        self.stack = []
        self.left = 0  # entries written when something was left last
        self.waiting = None  # what is to be done at the next word

    def enter(self, phase, when):
        self.stack.append(phase)
        self._tell(phase, when)

    def leave(self, when):
        self.stack.pop()
        self._tell(self.stack[-1], when)
        self.left = self.written

    def tell_of(self, phase, begin, end):
        """A phase that has been and gone, after what was left last; unless something else was told meanwhile."""
        if self.left == self.written:
            self._tell(phase, begin)
            self._tell(self.stack[-1], end)

    def become(self, phase, when):
        """What was entered last turns out to be another phase from here on."""
        self.stack[-1] = phase
        self._tell(phase, when)

    def catch_up(self):
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            waiting()

    def _tell(self, phase, when):
        if self.waiting is not None:
            self.catch_up()
        _ENTRY.pack_into(self.memory, _HEAD.size + self.written % ENTRIES * _ENTRY.size, when, phase)
        self.written += 1
        _HEAD.pack_into(self.memory, 0, self.written, self.own_thread)
