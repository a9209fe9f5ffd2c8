"""Runs in the observed interpreter before the program's first line: begins to watch, and leaves no trace.

Whatever goes wrong here is told in the record and never to the program.
"""


def _meant(os, doctor, worker):
    """A worker: by who started it. Else not where another Python, one that did not read this file (-I, -S), handed its environment on."""
    if worker:
        return os.getppid() == doctor
    pid = os.getpid()
    for _ in range(64):
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            pid = int(file.read(4096).rpartition(b")")[2].split()[1])
        if pid in (doctor, 0, 1):
            return True
        if os.path.basename(os.readlink(f"/proc/{pid}/exe")).startswith(("python", "pypy")):
            return False
    return True


def _begin():
    import os
    import sys
    from time import monotonic_ns

    begun = monotonic_ns()
    here = os.path.dirname(os.path.abspath(__file__))
    told = os.environ.pop("VIVACE_DOCTOR", "")
    before = os.environ.pop("VIVACE_DOCTOR_PYTHONPATH", None)
    # Children are other programs: they get the environment as it was.
    if before is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = before
    bytecode = sys.dont_write_bytecode
    # Byte code stays where these files stay (a link leads there), and nowhere else.
    sys.dont_write_bytecode = bytecode or not os.path.islink(here) or getattr(sys, "pycache_prefix", None) is not None
    try:
        origin, doctor, *worker = told.split(":") if told else ("", "")
        if told and _meant(os, int(doctor), worker):
            from vivace_doctor import watch

            (watch.begin_worker if worker else watch.begin)(os.path.dirname(here), int(origin), begun)
    except Exception:  # a part that cannot run is a gap in the report, no more
        pass
    finally:
        sys.dont_write_bytecode = bytecode
        sys.path[:] = [folder for folder in sys.path if folder != here]
        sys.path_importer_cache.pop(here, None)


def _chain():
    """The user's own sitecustomize, as if this one were not there."""
    import sys

    own = sys.modules.pop("sitecustomize", None)
    try:
        import sitecustomize  # noqa: F401
    except ImportError as error:
        if getattr(error, "name", "sitecustomize") != "sitecustomize":  # Python 2 does not tell
            raise
        sys.modules["sitecustomize"] = own


_begin()
_chain()
