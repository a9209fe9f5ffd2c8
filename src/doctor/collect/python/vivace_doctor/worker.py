# Run in a worker's interpreter before its own first word, with `told` (the origin, and who started it) and `here` (where
# the Python part lies): begins to watch it as a worker, and leaves no name behind.
def begin():
    import os
    import sys
    from time import monotonic_ns

    called = monotonic_ns()
    origin, _, parent = told.partition(":")  # noqa: F821
    if os.getppid() != int(parent) or not os.path.exists(os.path.join(os.path.dirname(here), "ring")):  # noqa: F821
        return
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, here)  # noqa: F821
    try:
        from vivace_doctor import watch

        watch.begin_worker(os.path.dirname(here), int(origin), called)  # noqa: F821
    finally:
        sys.dont_write_bytecode = bytecode
        sys.path[:] = [folder for folder in sys.path if folder != here]  # noqa: F821
        sys.path_importer_cache.pop(here, None)  # noqa: F821


begin()
