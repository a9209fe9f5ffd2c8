# The looks into a program's stack, many more than vivace doctor takes: the program goes on as if there were none.
import dis
import runpy
import subprocess
import sys
import textwrap
import unittest

from program import ROOT

PART = ROOT / "src/doctor/collect/python"

# Stacks that grow and shrink, of frames that are small and large in turn: what one leaves, another's frames come to lie in.
# Collections that let other threads on, as finalizers may.
PROGRAM = """
    import _thread, gc, sys, time
    sys.path.insert(0, {part!r})
    from vivace_doctor import frames, ring, stacks, weights
    from vivace_doctor.state import state

    state.main, state.ring = _thread.get_ident(), ring.Ring()
    state.ring.enter(ring.OWN, 0)
    gc.callbacks.append(lambda phase, info: _thread.get_ident() == state.main or time.sleep(0.0005))
    gc.set_threshold(10)
    (gc.enable if {collects} else gc.disable)()
    sys.setswitchinterval(1e-6)
    end, failed, ended = time.monotonic() + {seconds}, [], _thread.allocate_lock()

    def look():
        try:
            while time.monotonic() < end:
                frames.look(False, 1000)
                time.sleep(0.0002)
        except BaseException as error:
            failed.append(error)
        ended.release()

    def small(depth):
        if depth:
            return small(depth - 1)
        time.sleep(0.0005)

    def large(depth, *rest, a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11, l=12, m=13):
        if depth:
            yield from large(depth - 1, *rest)
        yield sorted(rest, key=lambda n: -n)

    ended.acquire()
    _thread.start_new_thread(look, ())
    turns = 0
    while time.monotonic() < end:
        turns += 1
        assert gc.isenabled() == {collects}
        small(turns * 37 % 400)
        list(large(turns * 11 % 60, *range(40)))
    ended.acquire()
    print(failed, weights.looks["count"] > 10, any("small" in stack for stack in stacks.stacks))
    """


class Looks(unittest.TestCase):
    def check(self, seconds, collects):
        text = PROGRAM.format(part=str(PART), seconds=seconds, collects=collects)
        done = subprocess.run([sys.executable, "-B", "-c", textwrap.dedent(text)], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "[] True True\n", ""))

    def test_a_collection_that_a_look_begins_lets_the_program_leave_its_frames(self):
        self.check(1, True)

    def test_a_look_counts_as_the_time_that_it_stands_for(self):
        weights = runpy.run_path(str(PART / "vivace_doctor/weights.py"))
        for time in (40, 40, 40, 280):
            weights["note"](time)
        self.assertEqual(weights["as_looks"]([280, 80, 40]), [3, 1, 0])
        self.assertEqual(weights["as_looks"]([100] * 4), [1] * 4)
        self.assertEqual(weights["as_looks"]([]), [])

    def test_a_program_that_collects_nothing(self):
        self.check(0.3, False)

    @unittest.skipUnless(sys.version_info[:2] == (3, 11), "elsewhere the collector stays as it is")
    def test_no_other_thread_runs_while_the_collector_is_off(self):
        one_step = runpy.run_path(str(PART / "vivace_doctor/snapshot.py"))["_in_one_step"]
        names = [one.opname for one in dis.get_instructions(one_step)]
        within = names[names.index("UNARY_NEGATIVE"):names.index("UNARY_POSITIVE")]
        self.assertIn("LIST_EXTEND", within)
        self.assertEqual([name for name in within if name.startswith(("CALL", "PRECALL", "JUMP", "RESUME", "SEND"))], [])


if __name__ == "__main__":
    unittest.main()
