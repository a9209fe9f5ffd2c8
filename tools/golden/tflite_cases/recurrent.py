"""Recurrent layers of int8 and of dynamic range over consecutive calls, and operators that a converter does not write."""

import numpy as np
import tensorflow as tf

from quantised_cases import detection, recurrent
from tflite_model import one_operator, options, tensor

F32 = np.float32


def lstm(**words):
    layer = tf.keras.layers.LSTM(4, return_sequences=True, **words)
    return lambda x: layer(x)


class Taken(Exception):
    """Carries the model that a case of ops_quantised.py is about to run."""


def written(module, make, *arguments, **keywords):
    def take(model, *_, **__):
        raise Taken(model)

    kept, module.run, module.random = module.run, take, np.random.default_rng(3)
    try:
        make.__wrapped__(None, "", *arguments, **keywords)
    except Taken as taken:
        return taken.args[0]
    finally:
        module.run = kept


def hybrid_svdf():
    x, y = tensor((2, 5), "float32"), tensor((2, 4), "float32")
    rng = np.random.default_rng(7)
    features = tensor(data=rng.integers(-127, 128, (8, 5)).astype(np.int8), scale=0.01)
    times = tensor(data=rng.integers(-127, 128, (8, 6)).astype(np.int8), scale=0.008)
    bias = tensor(data=rng.uniform(-1, 1, 4).astype(F32))
    state = tensor((2, 48), "float32", variable=True)
    return one_operator("SVDF", options("SVDFOptions", rank=2, fusedActivationFunction="RELU"),
                        [x, features, times, bias, state], [y], version=2)


def cases(case):
    integers, floats, hybrid = recurrent.integer_lstm, recurrent.float_lstm, recurrent.hybrid_lstm
    shape = [recurrent.BATCH, recurrent.STEPS, recurrent.INPUT]
    parts = ({}, {"coupled": True}, {"peepholes": True}, {"projection": 3}, {"norms": True},
             {"coupled": True, "norms": True, "projection": 3})
    for words in parts:
        name = "_".join(["", *words])
        yield case(f"lstm_int8{name}", None, [shape], ["int8"], low=-128, high=127, calls=3, model=written(recurrent, integers, **words))
        yield case(f"lstm_float{name}", None, [shape], calls=3, model=written(recurrent, floats, **words))
        yield case(f"lstm_dynamic{name}", None, [shape], calls=3, model=written(recurrent, hybrid, False, **words))
    bounds = {"cell_clip": 0.4, "projection_clip": 0.3, "projection": 3}
    yield case("lstm_int8_bounded", None, [shape], ["int8"], low=-128, high=127, calls=2, model=written(recurrent, integers, **bounds))
    yield case("lstm_float_bounded", None, [shape], calls=2, model=written(recurrent, floats, **bounds))
    yield case("keras_lstm_dynamic", lstm(), [[1, 5, 3]], quantise="dynamic", calls=3)
    yield case("svdf_int8", None, [[2, 5]], ["int8"], low=-128, high=127, calls=6, model=written(recurrent, recurrent.svdf, 2, True))
    yield case("svdf_dynamic", None, [[2, 5]], calls=7, model=hybrid_svdf())
    boxes = np.random.default_rng(5).uniform(0, 1, (20, 4)).astype(F32)
    scores = np.random.default_rng(6).uniform(0, 1, 20).astype(F32)
    suppression = detection, detection.suppression
    yield case("non_max_suppression_v4", None, [[20, 4], [20]], feeds=[boxes, scores], model=written(*suppression, 7, 0.4, 0.2))
    yield case("non_max_suppression_v5", None, [[20, 4], [20]], feeds=[boxes, scores],
               model=written(*suppression, 7, 0.4, 0.2, 0.3))
    encodings = np.random.default_rng(8).normal(0, 1, (1, 24, 4)).astype(F32)
    classes = np.random.default_rng(9).uniform(0, 1, (1, 24, 6)).astype(F32)
    for regular in (False, True):
        yield case(f"detection_{'regular' if regular else 'fast'}", None, [[1, 24, 4], [1, 24, 6]], feeds=[encodings, classes],
                   model=written(detection, detection.postprocess, regular, 1, threshold=0.1, detections=4))
    yield case("detection_uint8", None, [[1, 24, 4], [1, 24, 6]], ["uint8", "uint8"], low=0, high=255,
               model=written(detection, detection.postprocess, False, 1, True, threshold=0.1, detections=4))
