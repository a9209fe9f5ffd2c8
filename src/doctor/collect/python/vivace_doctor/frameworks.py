"""Which callables of which frameworks are watched, and what of a call is noted."""

import sys

from .calls import LOAD, describe, functions, loading, number_of, parameters, place_of, watched, wrap
from .state import MADE


def _graph_building():
    context = sys.modules.get("tensorflow.python.eager.context")
    return context is not None and not context.executing_eagerly()


def _eagerly(model):
    try:
        return bool(model.run_eagerly)
    except Exception:
        return False


def _number_of_model(model):
    """Its number; and how many weights it has, counted once."""
    number = number_of(model)
    if number not in parameters:
        try:
            parameters[number] = model.count_params()
        except Exception:  # not built yet: another call tells
            pass
    return number


def of_model(args, kwargs, frame):
    """model.predict(x), model.fit(x, ...): a method on a model with data."""
    model = args[0]
    data = args[1] if len(args) > 1 else kwargs.get("x")
    return (getattr(model, "name", ""), _number_of_model(model), *place_of(frame), *describe(data), _eagerly(model))


def of_direct_call(args, kwargs, frame):
    """model(x): counted where numbers go in, not where a graph is being built."""
    model = args[0]
    data = args[1] if len(args) > 1 else next(iter(kwargs.values()), None)
    if _graph_building() or type(data).__name__ in ("KerasTensor", "SymbolicTensor"):
        return None
    return (getattr(model, "name", ""), _number_of_model(model), *place_of(frame), *describe(data), True)


def of_loading(args, kwargs, frame):
    path = args[0] if args else next(iter(kwargs.values()), None)
    loading(path)
    return (str(path)[-80:], 0, *place_of(frame), "", "", -1, False)


def of_session_made(args, kwargs, frame):
    path = args[1] if len(args) > 1 else kwargs.get("path_or_bytes") or kwargs.get("model_path")
    loading(path)
    name = "" if isinstance(path, (bytes, bytearray)) else str(path)[-80:]
    return (name, 0, *place_of(frame), "", "", -1, False)


def of_session_run(args, kwargs, frame):
    feed = args[2] if len(args) > 2 else kwargs.get("input_feed") or kwargs.get("feed_dict")
    return ("session", number_of(args[0]), *place_of(frame), *describe(feed), False)


def of_object(args, kwargs, frame):
    return (type(args[0]).__name__, number_of(args[0]), *place_of(frame), "", "", -1, False)


def _methods(owner, names, key_of):
    for name in names:
        wrap(owner, name, name, key_of)


def keras_trainer(module):
    _methods(module.TensorFlowTrainer, ("predict", "fit", "evaluate", "predict_on_batch", "train_on_batch"), of_model)


def keras_model(module):
    wrap(module.Model, "__call__", "model", of_direct_call, file=MADE)


def tf_keras_model(module):
    _methods(module.Model, ("predict", "fit", "evaluate", "predict_on_batch", "train_on_batch"), of_model)
    wrap(module.Model, "__call__", "model", of_direct_call, file=MADE)


def saving(module):
    wrap(module, "load_model", "load", of_loading, LOAD)


def saved_model(module):
    wrap(module, "load", "load", of_loading, LOAD)


def onnxruntime(module):
    wrap(module.InferenceSession, "__init__", "load", of_session_made, LOAD)
    wrap(module.Session, "run", "session.run", of_session_run)


def lite(module):
    wrap(module.Interpreter, "__init__", "load", of_session_made, LOAD)
    wrap(module.Interpreter, "invoke", "invoke", of_object)


def tf1_session(module):
    wrap(module.BaseSession, "run", "session.run", of_session_run)


def of_function(args, kwargs, frame):
    if _graph_building():
        return None
    function = args[0]
    return (getattr(function, "__name__", ""), number_of(function), *place_of(frame),
            *describe(args[1] if len(args) > 1 else None), False)


def _note_traces(args, took, calls, excess):
    """A row a function of the program's text, however many objects it is made into."""
    function = args[0]
    code = getattr(getattr(function, "python_function", None), "__code__", None)
    if code is None:  # a function without code of its own
        return 0
    key = (getattr(function, "__name__", ""), code.co_filename, code.co_firstlineno)
    row = functions.get(key)
    if row is None:
        if len(functions) >= 300:
            return 0
        row = functions[key] = {"objects": {}, "calls": 0, "traces": 0, "trace": 0, "total": 0,
                                "jit": bool(getattr(function, "_jit_compile", False))}
    traces = function.experimental_get_tracing_count()
    number = number_of(function)
    before = row["objects"].get(number, 0)
    row["calls"] += calls
    row["total"] += took * calls
    if traces <= before:
        return 0
    row["traces"] += traces - before
    if len(row["objects"]) < 10000:
        row["objects"][number] = traces
    row["trace"] += took + excess  # it traced now, or among those let through
    row["total"] += excess
    return excess


def tf_function(module):
    module.Function.__call__ = watched(module.Function.__call__, "function", of_function, after=_note_traces)


def record():
    return [{"name": str(name)[:80], "file": file, "line": line, "objects": len(row["objects"]), "calls": row["calls"],
             "traces": row["traces"], "trace": row["trace"], "total": row["total"], "jit": row["jit"]}
            for (name, file, line), row in list(functions.items())]
