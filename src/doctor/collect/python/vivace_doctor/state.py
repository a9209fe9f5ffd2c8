"""What all parts share: whether to watch at all, whose thread it is, and when it began."""

import _thread
import os
import sys


class State:
    """live: cleared in forked children and at the end; then every hook does nothing."""

    live = False
    main = 0
    pid = 0
    origin = 0  # the program's start, by the monotonic clock
    ring = None
    traced = 0  # what calls took that built graphs, in nanoseconds
    spent = 0  # what the hooks took of the program's own threads, in nanoseconds


state = State()
OWN = os.path.dirname(os.path.abspath(__file__))
# Whether these files stay from run to run, so that their byte code may stay beside them.
KEPT = os.path.islink(os.path.dirname(OWN)) and getattr(sys, "pycache_prefix", None) is None
HIDDEN = "<frozen importlib._bootstrap> vivace"


# AutoGraph takes functions of this file name as they are, and would warn of others that it cannot read. An object of
# its own, to be told from a program's own "<string>" by identity.
MADE = "".join(("<str", "ing>"))


def is_main():
    return _thread.get_ident() == state.main


def hide(function, name=HIDDEN):
    """Warnings and tracebacks pass over frames of this file name, as over the import machinery's."""
    function.__code__ = function.__code__.replace(co_filename=name)
    return function


user_files = {}


def is_user(code):
    """Whether code is the program's own: no library's, no frozen module's. By file: code objects hash slowly."""
    name = code.co_filename
    if name is MADE:
        return False
    known = user_files.get(name)
    if known is None:
        library = f"{os.sep}lib{os.sep}python" in name or "-packages" in name or name.startswith(OWN)
        known = not library and (not name.startswith("<") or name.startswith("<ipython") or name in ("<stdin>", "<string>"))
        if len(user_files) < 20000:
            user_files[name] = known
    return known


def told(file):
    """A notebook's cell by the number that stands beside it: its file is none that anybody knows."""
    if "/ipykernel_" not in file:
        return file
    try:
        number = sys.modules["IPython"].get_ipython().compile._filename_map.get(file)
    except Exception:  # another version
        number = None
    return file if number is None else f"In[{number}]"
