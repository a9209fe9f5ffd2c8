"""Tells the supervisor in which phase the main thread is, through a ring of (time, phase) in shared memory."""

import mmap
import time

START, IMPORTS, LOAD, FIRST, CALL, OWN, END = 1, 2, 3, 4, 5, 6, 7  # as Phase in timeline.h
INPUT, CALLBACKS, LIBRARIES, DEVICES = 8, 9, 10, 11
ENTRIES = 4096  # as kRingEntries in ring.h
_HEAD = 2  # words before the entries: how many were written, our own thread
now = time.monotonic_ns


class Ring:
    """Phases are nested: what is entered last counts until it is left. Without a path nobody is told: a forked child's."""

    def __init__(self, path=None):
        size = 8 * (_HEAD + 2 * ENTRIES)
        if path is None:
            memory = bytearray(size)
        else:
            with open(path, "r+b", buffering=0) as file:
                memory = mmap.mmap(file.fileno(), size)
        self.words = memoryview(memory).cast("Q")
        self.written = self.own_thread = 0
        self.stack = []
        self.left = 0  # entries written when something was left last
        self.waiting = None  # what is to be done at the next word

    def enter(self, phase, when):
        stack = self.stack
        if not stack or stack[-1] != phase:
            self._tell(phase, when)
        stack.append(phase)

    def leave(self, when):
        stack = self.stack
        if stack.pop() != stack[-1]:
            self._tell(stack[-1], when)
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
        words, at = self.words, _HEAD + self.written % ENTRIES * 2
        words[at], words[at + 1] = when, phase
        self.written += 1
        words[0], words[1] = self.written, self.own_thread
