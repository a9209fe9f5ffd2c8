"""Begins to watch, and writes the record: from time to time, and when the interpreter ends."""

import atexit
import gc
import os
import sys

import _thread
from _json import encode_basestring_ascii as quoted

from . import frames, imports, parts, ring, stacks, weights
from .ring import now
from .state import state, user_files

VERSIONS = ("tensorflow", "keras", "tf_keras", "numpy", "onnxruntime", "ai_edge_litert", "tflite_runtime", "torch",
            "jax", "pandas", "scipy", "cv2", "PIL", "h5py")
_collections = {"count": 0, "total": 0, "most": 0, "importing": 0}
_facts = {"ready": 0, "left": 0, "inside": 0, "writing": 0, "parent": 0, "forks": 0, "spawned": 0}  # writing: the last time
RARELY = 1000  # times as long as writing the record took, at least, until it is written again
MOST_FORKS = 8  # one inside the other
_times = {"begun": 0, "written": 0, "installed": 0}
_gc_begin = [0]


def as_json(value):
    """JSON of numbers, texts, lists and dicts: importing json would cost the program more than all else here."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if value == value and abs(value) < 1e300 else "0"
    if isinstance(value, dict):
        return "{" + ",".join(quoted(str(key)) + ":" + as_json(item) for key, item in value.items()) + "}"
    return "[" + ",".join(map(as_json, value)) + "]"


def quietly(function):
    """What the interpreter calls back must never raise: it would print that to the program's own stderr."""

    def call(*args):
        try:
            function(*args)
        except Exception:
            pass

    return call


@quietly
def _collected(phase, info):
    if not state.live:
        return
    if phase == "start":
        state.ring.catch_up()
        _gc_begin[0] = now()
        _looker.collecting(True)
    elif _gc_begin[0]:
        took = now() - _gc_begin[0]
        _looker.collecting(False)
        _collections["count"] += 1
        _collections["total"] += took
        if state.ring.stack[-1] == ring.IMPORTS:
            _collections["importing"] += took
        _collections["most"] = max(_collections["most"], took)


def _versions():
    found = []
    for name in VERSIONS:
        module = sys.modules.get(name)
        version = getattr(module, "__dict__", {}).get("__version__")
        if isinstance(version, str):
            found.append({"name": name, "version": version})
    return found


def _settings():
    """What was set in TensorFlow, read only where it is loaded and begun."""
    found = {}
    context = sys.modules.get("tensorflow.python.eager.context")
    held = getattr(context, "_context", None)
    if held is not None:
        found["intra_op_threads"] = getattr(held, "_intra_op_parallelism_threads", None)
        found["inter_op_threads"] = getattr(held, "_inter_op_parallelism_threads", None)
        found["optimizer_jit"] = getattr(held, "_optimizer_jit", None)
        devices = getattr(held, "_logical_devices", None) or ()
        found["gpus"] = sum(device.device_type == "GPU" for device in devices) if devices else None
    eager = sys.modules.get("tensorflow.python.eager.polymorphic_function.eager_function_run")
    if eager is not None:
        found["functions_run_eagerly"] = getattr(eager, "RUN_FUNCTIONS_EAGERLY", None)
    build = getattr(sys.modules.get("tensorflow.python.platform.build_info"), "build_info", None) or {}
    for name in ("is_cuda_build", "cuda_version", "cudnn_version"):
        found[name] = build.get(name)
    if "tensorflow" in sys.modules:
        file = getattr(sys.modules["tensorflow"], "__file__", None) or ""
        found["site_packages"] = os.path.dirname(os.path.dirname(file))
    if sys.gettrace() is not None:
        found["settrace"] = True
    if sys.getprofile() is not None:
        found["setprofile"] = True
    return [{"name": name, "value": str(value)} for name, value in found.items() if value is not None]


def _error():
    kind, value = getattr(sys, "last_type", None), getattr(sys, "last_value", None)
    if kind is None:
        return "", ""
    try:
        return kind.__name__, str(value)[:400]
    except Exception:
        return kind.__name__, ""


def _part(name):
    """One of the files that are read only where a framework is seen."""
    return sys.modules.get(f"{__package__}.{name}")


def _files():
    found = []
    calls = _part("calls")
    for path in list(calls.files) if calls else ():
        try:
            size = os.stat(path).st_size
        except OSError:
            size = 0
        found.append({"path": os.path.abspath(path), "bytes": size})
    return found


def _as_worker():
    calls = _part("calls")
    rows = calls.record() if calls else []
    return {"pid": state.pid, "parent": _facts["parent"], "began": _times["begun"] - state.origin,
            "written": now() - state.origin, "sampled": weights.looks["count"],
            "spawned": _facts["spawned"] > 0, "import_total": imports.totals["outer"] if _facts["spawned"] else 0,
            "calls": sum(row["outer"] for row in rows), "in_calls": sum(row["outer_total"] for row in rows),
            "lines": frames.record_lines()[:5]}


def _record():
    if _facts["parent"]:
        return {"worker": _as_worker()}
    error, error_text = _error()
    calls, frameworks, fits = _part("calls"), _part("frameworks"), _part("fits")
    return {
        "seen": True, "version": sys.version.split()[0], "executable": sys.executable or "", "pid": state.pid,
        "ready": _facts["ready"], "left": _facts["left"], "import_total": imports.totals["outer"],
        "modules": imports.totals["modules"], "uncached": imports.totals["uncached"],
        "compiling": imports.totals["compiling"], "packages": imports.record(),
        "calls": calls.record() if calls else [], "functions": frameworks.record() if frameworks else [], "lines": frames.record_lines(),
        "leaves": frames.record_leaves(), "stacks": stacks.record(), "parts": parts.record(), "sampled": weights.looks["count"], "collections": _collections,
        "versions": _versions(), "settings": _settings(),
        "extensions": imports.record_extensions(), "fits": fits.record() if fits else [],
        "pipelines": frameworks.record_pipelines() if frameworks else [], "files": _files(), "error": error, "error_text": error_text,
        "inside": _facts["inside"], "hooks": state.spent, "looking": _looker.used,
    }


def write():
    """The whole record, in one step: a reader sees the old one or the new one."""
    if not state.live or os.getpid() != state.pid:
        return
    begin = now()
    path = os.path.join(state.folder, f"python-{state.pid}.json")
    try:
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(as_json(_record()))
        os.replace(path + ".new", path)
    except Exception:  # a full disk, a folder that is gone: the program goes on
        pass
    _times["written"] = now()
    _facts["writing"] = _times["written"] - begin
    _facts["inside"] += _facts["writing"]


def _tick():
    """Gives the seconds until the next look: rarer the longer the program runs; writes the record now and then."""
    when = now()
    age = when - _times["begun"]
    if when - _times["written"] > max(100_000_000 if _facts["parent"] else 2_000_000_000, age // 20, RARELY * _facts["writing"]):
        write()
    return 0.04 if age < 8_000_000_000 else 0.08


@quietly
def pause():
    """The end of the looking, which may be the interpreter's."""
    if not state.live or os.getpid() != state.pid:
        return
    state.ring.waiting = None
    when = now()
    _facts["left"] = when - state.origin
    state.ring.enter(ring.END, when)
    _looker.stop()
    state.spent += now() - when
    write()
    state.live = False


@quietly
def _in_child():
    """A forked child is looked at as a worker: nobody follows its phases, and it tells of itself more often."""
    if not state.live:
        return
    state.live = False
    if _facts["forks"] >= MOST_FORKS:
        return
    forks = _facts["forks"]
    _forget()
    _facts["parent"], _facts["forks"] = os.getppid(), forks + 1
    state.pid, state.main, state.ring = os.getpid(), _thread.get_ident(), ring.Ring()
    when = now()
    state.ring.enter(ring.OWN, when)
    _times["begun"] = _times["written"] = when
    state.live = True
    _looker.__init__(_tick)
    _looker.start()


@quietly
def _after_fork():
    """Not at once: the interpreter counts threads right after a fork, and would warn of ours."""
    if state.live:
        state.ring.waiting = _resume


@quietly
def _resume():
    if state.live and not _looker.running:
        _looker.start()


_looker = frames.Looker(_tick)


def _install():
    imports.begin()
    gc.callbacks.append(_collected)
    atexit.register(pause)
    os.register_at_fork(before=quietly(_looker.stop), after_in_parent=_after_fork, after_in_child=_in_child)


def _forget():
    """What an earlier watching of this interpreter counted."""
    calls, frameworks = _part("calls"), _part("frameworks")
    for table in (imports.modules, imports.packages, frames.lines, frames.leaves, stacks.stacks, parts.rows,
                  *([calls.rows, calls.files] if calls else []), *([calls.functions, _part("fits").rows] if frameworks else [])):
        table.clear()
    for counts in (imports.totals, weights.looks, _collections, _facts):
        for name in counts:
            counts[name] = 0
    state.spent = 0


def begin_worker(folder, origin, called):
    """In an interpreter that multiprocessing or loky started: it tells of itself as a forked child does."""
    user_files["<string>"] = False  # what it runs first is not the program's
    begin(folder, origin, called, worker=True)
    _facts["parent"], _facts["spawned"] = os.getppid(), 1


def begin(folder, origin, called, late=False, worker=False):
    """late: into a program that runs already, and may have been watched before. worker: nobody follows its phases."""
    state.folder, state.origin, state.pid = folder, origin, os.getpid()
    state.main = _thread.get_ident()
    state.ring = ring.Ring(None if worker else os.path.join(folder, "ring"))
    begun = now()
    state.ring.enter(ring.OWN, begun)
    _forget()
    _times["begun"] = _times["written"] = begun
    _facts["ready"] = begun - origin
    state.live = True
    if not _times["installed"]:
        _times["installed"] = begun
        _install()
    if late:
        imports.hook_loaded()
    _looker.start()
    state.spent += now() - called
