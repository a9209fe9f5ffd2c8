"""Times every module that is really loaded, by standing in for the interpreter's own entry to loading."""

import sys
from time import thread_time_ns

from .ring import IMPORTS, LIBRARIES, now
from .state import KEPT, hide, is_main, state

modules = {}  # name: [total, self], of those that took a millisecond or more
packages = {}  # first part of the name: [self, modules, outermost total]
extensions = {}  # compiled module: what loading its libraries took, of those that took a millisecond or more
totals = {"modules": 0, "outer": 0, "uncached": 0, "compiling": 0}
_children = []  # of the modules being loaded, the time that went to what they import
_open = {}  # packages being loaded, and how deep
# Name of a module: what of frameworks.py to do once it is loaded. That file is read only then.
hooks = {
    "keras.src.backend.tensorflow.trainer": "keras_trainer",
    "keras.src.models.model": "keras_model",
    "keras.src.saving.saving_api": "saving",
    "tf_keras.src.engine.training": "tf_keras_model",
    "tf_keras.src.saving.saving_api": "saving",
    "tensorflow.python.saved_model.load": "saved_model",
    "tensorflow.python.eager.polymorphic_function.polymorphic_function": "tf_function",
    "tensorflow.python.client.session": "tf1_session",
    "tensorflow.python.data.ops.iterator_ops": "iterators",
    "tensorflow.python.eager.context": "devices",
    "keras.src.callbacks.callback_list": "callbacks",
    "tf_keras.src.callbacks": "callbacks",
    "tensorflow.lite.python.interpreter": "lite",
    "ai_edge_litert.interpreter": "lite",
    "tflite_runtime.interpreter": "lite",
    "onnxruntime.capi.onnxruntime_inference_collection": "onnxruntime",
    "multiprocessing.util": "multiprocessing_util",
    "joblib.externals.loky.backend.fork_exec": "loky",
    "loky.backend.fork_exec": "loky",
}


def _entered(name):
    package = name.partition(".")[0]
    _open[package] = _open.get(package, 0) + 1
    _children.append(0)
    begin = now()
    state.ring.enter(IMPORTS, begin)
    state.spent += now() - begin
    return package, begin


def _left(name, package, begin):
    end = now()
    state.ring.leave(end)
    took = end - begin
    own = took - _children.pop()
    if _children:
        _children[-1] += took
    else:
        totals["outer"] += took
    totals["modules"] += 1
    row = packages.setdefault(package, [0, 0, 0])
    row[0] += own
    row[1] += 1
    _open[package] -= 1
    if not _open[package]:
        row[2] += took
    if own >= 1_000_000 and len(modules) < 2000:
        modules[name] = [took, own]
    state.spent += now() - end


def _run_hook(name):
    begin = now()
    hook = hooks.pop(name)
    if name not in sys.modules:
        return
    bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = bytecode or not KEPT
    state.live = False  # what we import ourselves is not the program's
    try:
        if "loky" in name or name.startswith("multiprocessing"):
            from . import spawned as part
        else:
            from . import frameworks as part

        getattr(part, hook)(sys.modules[name])
    except Exception:  # another version of the framework: it goes unwatched
        pass
    finally:
        state.live = True
        sys.dont_write_bytecode = bytecode
        state.spent += now() - begin


def hook_loaded():
    """What is loaded already: a program that was not watched from its start."""
    for name in [name for name in hooks if name in sys.modules]:
        _run_hook(name)


def begin():
    import _frozen_importlib as machinery
    import _frozen_importlib_external as external

    load = machinery._find_and_load
    compiled = external.SourceLoader.source_to_code
    create = external.ExtensionFileLoader.create_module

    def _find_and_load(name, import_):
        if not state.live or not is_main():
            return load(name, import_)
        package, begin_ns = _entered(name)
        try:
            module = load(name, import_)
        finally:
            _left(name, package, begin_ns)
        if name in hooks:
            _run_hook(name)
        return module

    def create_module(self, spec):
        if not state.live or not is_main():
            return create(self, spec)
        begin_ns = now()
        state.ring.enter(LIBRARIES, begin_ns)
        try:
            return create(self, spec)
        finally:
            end = now()
            state.ring.leave(end)
            if end - begin_ns >= 1_000_000 and len(extensions) < 2000:
                extensions[spec.name] = end - begin_ns

    def source_to_code(self, *args, **kwargs):
        begin_ns = thread_time_ns()  # what others take of the wall meanwhile is none of it
        try:
            return compiled(self, *args, **kwargs)
        finally:
            if state.live and is_main():  # else it is a file of ours, or nobody waits for it
                totals["uncached"] += 1
                totals["compiling"] += thread_time_ns() - begin_ns

    machinery._find_and_load = hide(_find_and_load)
    external.ExtensionFileLoader.create_module = hide(create_module)
    external.SourceLoader.source_to_code = hide(source_to_code)
    for function in (_find_and_load, source_to_code, create_module):
        function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap>")


def record_extensions():
    rows = sorted(extensions.items(), key=lambda item: -item[1])[:40]
    return [{"name": name, "total": total, "self": total, "modules": 1} for name, total in rows]


def record():
    rows = sorted(packages.items(), key=lambda item: -item[1][0])[:40]
    return [{"name": name, "total": total, "self": own, "modules": count} for name, (own, count, total) in rows]
