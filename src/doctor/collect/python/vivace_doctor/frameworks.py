"""Which callables of which frameworks are watched, and what of a call is noted."""

import sys

from . import fits
from .calls import CALLBACKS, DEVICES, INPUT, LOAD, describe, functions, loading, number_of, parameters, place_of, watched, wrap
from .ring import now
from .state import MADE, hide, is_main, state, told

pipelines = {}  # (file, line, operations): iterators
_iterators = set()  # numbers of those seen


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
    _note_pipeline(data, frame)
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
    name = "" if path is None or isinstance(path, (bytes, bytearray)) else str(path)[-80:]
    return (name, 0, *place_of(frame), "", "", -1, False)


def of_session_run(args, kwargs, frame):
    feed = args[2] if len(args) > 2 else kwargs.get("input_feed") or kwargs.get("feed_dict")
    return ("session", number_of(args[0]), *place_of(frame), *describe(feed), False)


def of_invocation(args, kwargs, frame):
    """LiteRT's interpreter: what it takes is set before, so that its first input is asked for."""
    try:
        details = args[0].get_input_details()[0]
        shape = tuple(map(int, details["shape"]))
        what = "x".join(map(str, shape)), getattr(details["dtype"], "__name__", ""), shape[0] if shape else -1
    except Exception:
        what = "", "", -1
    return (type(args[0]).__name__, number_of(args[0]), *place_of(frame), *what, False)


def _chain(dataset):
    """What a tf.data pipeline is made of, the source first: "FlatMap > Map > Batch"."""
    names, name = [], ""
    for _ in range(24):
        name = type(dataset).__name__
        names.append(name.strip("_").replace("Dataset", "").replace("V1Adapter", ""))
        before = getattr(dataset, "_input_dataset", None) or getattr(dataset, "_dataset", None)
        if before is None:
            break
        dataset = before
    return " > ".join(one for one in reversed(names) if one and one not in ("Options", "Model"))[:160]


def _note_pipeline(dataset, frame):
    if hasattr(dataset, "_variant_tensor"):
        key = (*place_of(frame), _chain(dataset))
        if key in pipelines or len(pipelines) < 64:
            pipelines[key] = pipelines.get(key, 0) + 1


def of_iterator(args, kwargs, frame):
    number = number_of(args[0])
    if number not in _iterators and len(_iterators) < 20000:
        _iterators.add(number)
        _note_pipeline(args[0]._dataset, frame)
    return (type(args[0]).__name__, number_of(args[0]), *place_of(frame), "", "", -1, False)


def of_callback(name):
    def of(args, kwargs, frame):
        return (name, 0, *place_of(frame), "", "", -1, False)

    return of


def _methods(owner, names, key_of):
    for name in names:
        wrap(owner, name, name, key_of)


def keras_trainer(module):
    _methods(module.TensorFlowTrainer, ("predict", "evaluate", "predict_on_batch", "train_on_batch"), of_model)
    wrap(module.TensorFlowTrainer, "fit", "fit", fits.of_fit(of_model), after=fits.note)


def keras_model(module):
    wrap(module.Model, "__call__", "model", of_direct_call, file=MADE)


def tf_keras_model(module):
    _methods(module.Model, ("predict", "evaluate", "predict_on_batch", "train_on_batch"), of_model)
    wrap(module.Model, "fit", "fit", fits.of_fit(of_model), after=fits.note)
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
    wrap(module.Interpreter, "invoke", "invoke", of_invocation)


def tf1_session(module):
    wrap(module.BaseSession, "run", "session.run", of_session_run)


_before = [0, 0]  # number of the tf.function that is called and looked at, and its traces until then


def of_function(args, kwargs, frame):
    if _graph_building():
        return None
    function = args[0]
    _before[:] = number_of(function), function.experimental_get_tracing_count()
    return (getattr(function, "__name__", ""), _before[0], *place_of(frame),
            *describe(args[1] if len(args) > 1 else None), False)


def _note_traces(args, kwargs, took, more, beyond, excess):
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
        row = functions[key] = {"objects": {}, "unseen": 0, "fresh": False, "calls": 0, "traces": 0, "trace": 0, "total": 0,
                                "jit": bool(getattr(function, "_jit_compile", False))}
    number, traces = number_of(function), function.experimental_get_tracing_count()
    before = row["objects"].get(number, 0)
    at_call = _before[1] if _before[0] == number else before  # else it called another one
    row["calls"] += 1 + more
    row["total"] += took + beyond
    # Where this one was never called before, nor the one that was looked at last, and those let through between them took
    # about as long, they were made anew, too, each with its trace.
    last, row["fresh"] = row["fresh"], traces > at_call == 0
    unseen = more if row["fresh"] and last and 2 * beyond > took * more else 0
    through = unseen or max(0, min(more, at_call - before))  # those let through that traced
    if traces <= before:
        return 0
    row["unseen"] += unseen
    row["traces"] += traces - before + unseen
    if len(row["objects"]) < 10000:
        row["objects"][number] = traces
    longer = excess if through and not unseen else 0
    traced = (took if traces > at_call else 0) + (beyond * through // more if more else 0) + longer
    state.traced += traced
    row["trace"] += traced
    row["total"] += longer
    return longer


def tf_function(module):
    module.Function.__call__ = watched(module.Function.__call__, "function", of_function, after=_note_traces)


def iterators(module):
    """A loop over a dataset waits in its iterator; Keras takes from one inside its compiled step."""
    wrap(module.OwnedIterator, "__next__", "iterate", of_iterator, INPUT, within=True)


def callbacks(module):
    for name in ("on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end", "on_test_end",
                 "on_train_begin", "on_train_end"):
        wrap(module.CallbackList, name, "callback", of_callback(name), CALLBACKS, within=True)


def devices(module):
    """The first use of a context looks for devices; after it the method is the framework's own again."""
    own = module.Context.ensure_initialized

    def ensure_initialized(self):
        if self._initialized or not state.live or not is_main():
            return own(self)
        state.ring.enter(DEVICES, now())
        try:
            return own(self)
        finally:
            state.ring.leave(now())
            module.Context.ensure_initialized = own

    module.Context.ensure_initialized = hide(ensure_initialized)


def record_pipelines():
    return [{"file": told(file), "line": line, "operations": operations, "iterators": count}
            for (file, line, operations), count in list(pipelines.items())]


def record():
    return [{"name": str(name)[:80], "file": told(file), "line": line, "objects": len(row["objects"]) + row["unseen"], "calls": row["calls"],
             "traces": row["traces"], "trace": row["trace"], "total": row["total"], "jit": row["jit"]}
            for (name, file, line), row in list(functions.items())]
