"""What a watched call was at when it was looked at: by the outermost function of a framework inside it that has one task."""

from . import weights
from .snapshot import stack_of, threads
from .state import is_user, told

# As kCallPartNames in python.h: data on its way in, kernels, waiting for data, results on their way out, building a
# graph, callbacks, the program's own code, what the framework does itself, and a native call that does all of it.
IN, KERNELS, WAIT, OUT, TRACING, CALLBACKS, OWN, AROUND, NATIVE = range(9)
PARTS = 9
MOST = 200
stand_ins = {}  # id of a stand-in's code: the kind of its call, or the part that the whole of it is
rows = {}  # (kind, file, line): time that looks stand for by part, and last of those at which a pipeline's Python ran in another thread

# (package, end of the file's name, function or "" for all of the file's): the first that fits.
_KNOWN = (
    ("keras", "/epoch_iterator.py", "", IN),
    ("tf_keras", "/data_adapter.py", "", IN),
    ("keras", "", "append_to_outputs", OUT),
    ("keras", "", "potentially_ragged_concat", OUT),
    ("tf_keras", "", "potentially_ragged_concat", OUT),
    ("keras", "", "convert_to_numpy", OUT),
    ("keras", "", "convert_to_tensor", IN),
    ("tensorflow", "/iterator_ops.py", "__next__", WAIT),
    ("tensorflow", "/iterator_ops.py", "get_next", WAIT),
    ("tensorflow", "/iterator_ops.py", "get_next_as_optional", WAIT),
    ("tensorflow", "/dataset_ops.py", "", IN),
    ("tensorflow", "/constant_op.py", "", IN),
    ("tensorflow", "/tensor_conversion.py", "", IN),
    ("tensorflow", "/tensor_conversion_registry.py", "", IN),
    ("tensorflow", "", "_maybe_define_function", TRACING),
    ("tensorflow", "", "_numpy", OUT),
    ("tensorflow", "", "numpy", OUT),
    ("tensorflow", "", "__array__", OUT),
    ("tensorflow", "/eager/execute.py", "", KERNELS),
    ("tensorflow", "/session.py", "_call_tf_sessionrun", KERNELS),
    ("onnxruntime", "/onnxruntime_inference_collection.py", "run", NATIVE),
    ("tensorflow", "/interpreter.py", "invoke", KERNELS),
    ("ai_edge_litert", "/interpreter.py", "invoke", KERNELS),
    ("tflite_runtime", "/interpreter.py", "invoke", KERNELS),
)


def of_code(package, file, name):
    """The part that a library's function stands for, or None."""
    if "/data_adapters/" in file:
        return IN
    if package == "tensorflow" and "/gen_" in file:  # an operation by itself
        return KERNELS
    for known, end, function, part in _KNOWN:
        if package == known and file.endswith(end) and (not function or name == function):
            return part
    return None


def stands_in(code, role):
    """That frames of this code are a watched call of such a kind, or such a part of one."""
    stand_ins[id(code)] = role


def note(call, stack, main, stands):
    kind, caller, part = call
    key = next(((kind, code.co_filename, line) for code, line in stack[caller:caller + 40] if is_user(code)), (kind, "", 0))
    row = rows.get(key)
    if row is None:
        if len(rows) >= MOST:
            return
        row = rows[key] = [0] * (PARTS + 1)
    row[part] += stands
    if kind == "fit" and _fed(main):
        row[PARTS] += stands


def _fed(main):
    """Whether a tf.data pipeline is in a function of Python, which TensorFlow's own threads call."""
    for thread in threads()[:64]:
        if thread != main:
            for code, _ in stack_of(thread, 40):
                if code.co_filename.endswith("/script_ops.py"):
                    return True
    return False


def record():
    found = sorted(list(rows.items()), key=lambda item: -sum(item[1][:PARTS]))[:40]
    fed = weights.as_looks([row[PARTS] for _, row in found])
    looks = weights.as_looks([time for _, row in found for time in row[:PARTS]])
    return [{"kind": kind, "file": told(file), "line": line, "looks": looks[i * PARTS:(i + 1) * PARTS], "fed": fed[i]}
            for i, ((kind, file, line), _) in enumerate(found)]
