"""Workers that multiprocessing and loky start as interpreters of their own: they are meant to be watched too, and no other
child is. Each is told so on its own command line or in its own environment, which no other process gets."""

import os
import sys

from .state import HIDDEN, OWN, hide, state

MOST = 64  # that one process starts; a pool may exchange its workers for ever
_started = [0]
_MEANT = ("from multiprocessing.spawn import spawn_main", "from multiprocessing.forkserver import main")


def _may():
    if not state.live or _started[0] >= MOST:
        return False
    _started[0] += 1
    return True


def _origin():
    return f"{state.origin}:{os.getpid()}"


def _first_words():
    """What a worker runs before its own first word, without a name left behind and without an error."""
    script = os.path.join(OWN, "worker.py")
    run = f"exec(compile(open({script!r}).read(), {HIDDEN!r}, 'exec'), {{'told': {_origin()!r}, 'here': {os.path.dirname(OWN)!r}}})"
    return f"exec({f'try: {run}{chr(10)}except Exception: pass'!r}); "


def _with_words(words):
    words = list(words)
    for at, word in enumerate(words[:-1]):
        if word in ("-c", b"-c") and isinstance(words[at + 1], str) and words[at + 1].startswith(_MEANT):
            if _may():
                words[at + 1] = _first_words() + words[at + 1]
            break
    return words


def multiprocessing_util(module):
    own = module.spawnv_passfds

    def spawnv_passfds(path, args, passfds):
        try:
            told = _with_words(args)
        except Exception:  # words that are no list of words
            told = args
        return own(path, told, passfds)

    module.spawnv_passfds = hide(spawnv_passfds)
    # Where it was taken by its name already.
    for name in ("multiprocessing.popen_spawn_posix", "multiprocessing.forkserver"):
        user = sys.modules.get(name)
        if user is not None and getattr(user, "spawnv_passfds", None) is own:
            user.spawnv_passfds = module.spawnv_passfds


def loky(module):
    """joblib's: a worker is started as a module, with an environment that is its own."""
    own = module.fork_exec

    def fork_exec(cmd, keep_fds, env=None):
        try:
            words = [str(word) for word in cmd]
            if any(word.endswith("popen_loky_posix") for word in words) and _may():
                searched = os.environ.get("PYTHONPATH")
                more = {"VIVACE_DOCTOR": _origin() + ":worker",
                        "PYTHONPATH": os.path.dirname(OWN) + (":" + searched if searched else "")}
                if searched is not None:
                    more["VIVACE_DOCTOR_PYTHONPATH"] = searched
                env = {**(env or {}), **more}
        except Exception:
            pass
        return own(cmd, keep_fds, env)

    module.fork_exec = hide(fork_exec)
    user = sys.modules.get(module.__name__.replace("fork_exec", "popen_loky_posix"))
    if user is not None and getattr(user, "fork_exec", None) is own:
        user.fork_exec = module.fork_exec
