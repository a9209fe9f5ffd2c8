"""Loops, choices, and recurrent layers that the converter leaves as loops."""

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

WEIGHTS = np.linspace(-1, 1, 12).reshape(3, 4).astype("float32")


def scalar(value, dtype="int32"):
    return np.array(value, dtype)


def repeated(x, n):
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a * 1.5 + 1), (0, x))[1]


def fibonacci(n):
    return tf.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, b, a + b), (0, 0, 1))[1:]


def until_large(x):
    return tf.while_loop(lambda a: tf.reduce_sum(a) < 100, lambda a: (a * 2,), (x,))[0]


def rows(x):
    return tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a * 0.5 + x[i]), (0, tf.zeros([3])))[1]


def columns(x):
    return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 0.5 + x[:, i]), (0, tf.zeros([4])))[1]


def windows(x):
    return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 0.5 + x[i:i + 2]), (0, tf.zeros([2, 3])))[1]


def backwards(x):
    return tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a * 0.5 + x[3 - i]), (0, tf.zeros([3])))[1]


def collected(x):
    def turn(i, array):
        return i + 1, array.write(i, tf.tanh(x[i]) * 2)
    array = tf.TensorArray(tf.float32, 4, element_shape=[3])
    return tf.while_loop(lambda i, _: i < 4, turn, (0, array))[1].stack()


def collected_backwards(x):
    def turn(i, array):
        return i - 1, array.write(i, x[i] + tf.cast(i, tf.float32))
    array = tf.TensorArray(tf.float32, 4, element_shape=[3])
    return tf.while_loop(lambda i, _: i >= 0, turn, (3, array))[1].stack()


def nested(x, n):
    def inner(a):
        return tf.while_loop(lambda j, b: j < n, lambda j, b: (j + 1, b + tf.linalg.matmul(b, WEIGHTS[:, :3])), (0, a))[1]
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, inner(a) * 0.25), (0, x))[1]


def chosen(x, p):
    return tf.cond(p, lambda: x * 2, lambda: x + tf.reduce_sum(x))


def chosen_weights(x, p):
    return tf.cond(p, lambda: tf.linalg.matmul(x, WEIGHTS), lambda: tf.zeros([2, 4]))


def chosen_twice(x, p, q):
    return tf.cond(p, lambda: tf.cond(q, lambda: x * 2, lambda: -x), lambda: tf.cond(q, lambda: x, lambda: x + 1))


def switched(x, n):
    return tf.switch_case(n, [lambda: x * 2, lambda: -x, lambda: tf.tanh(x)])


def chosen_in_loop(x):
    def turn(i, a):
        return i + 1, tf.cond(tf.equal(i % 2, 0), lambda: a * 3, lambda: a - tf.cast(i, tf.float32))
    return tf.while_loop(lambda i, _: i < 5, turn, (0, x))[1]


def loop_in_choice(x, p):
    return tf.cond(p, lambda: repeated(x, 4), lambda: x)


def truths(x):
    return tf.while_loop(lambda i, seen: i < 4, lambda i, seen: (i + 1, tf.logical_or(seen, x > tf.cast(i, tf.float32))),
                         (tf.constant(0, tf.int64), tf.zeros([2, 3], tf.bool)))


def mapped(x):
    return tf.map_fn(lambda row: row * tf.reduce_max(row), x)


def growing(x):
    return tf.while_loop(lambda i, _: i < 3, lambda i, a: (i + 1, tf.concat([a, x], 0)), (0, x),
                         shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3])))[1]


def prefixes(x):
    return tf.while_loop(lambda i, _: i < 4, lambda i, a: (i + 1, a + tf.reduce_sum(x[:i])), (0, tf.zeros([])))[1]


class Counting(tf.Module):
    """A loop and a choice that read and change a variable."""

    def __init__(self, function):
        super().__init__()
        self.total = tf.Variable([1.0, 2.0])
        self.function = function

    def __call__(self, x):
        return self.function(self, x)


def summed(self, x):
    def turn(i, a):
        self.total.assign_add(a)
        return i + 1, a + self.total
    return tf.while_loop(lambda i, _: i < 3, turn, (0, x))[1]


def summed_where_positive(self, x):
    def changed():
        self.total.assign_add(x)
        return self.total * 2
    return tf.cond(tf.reduce_sum(x) > 0, changed, lambda: x - self.total)


def variable_case(case, name, function, **settings):
    module = Counting(function)
    return case(name, module.__call__, [[2]], calls=3, variables=module, **settings)


def frozen(layer, shape):
    """The layer as a function without variables."""
    model = keras.Sequential([keras.Input(shape[1:], batch_size=shape[0]), layer])
    rng = np.random.default_rng(3)
    model.set_weights([rng.uniform(-1, 1, weight.shape).astype("float32") for weight in model.get_weights()])
    concrete = tf.function(model).get_concrete_function(tf.TensorSpec(shape))
    constant = convert_variables_to_constants_v2(concrete)
    return lambda x: constant(x)[0]


def layer_case(case, name, layer, shape, feed=None, **settings):
    return case(name, frozen(layer, shape), [shape], feeds=[feed] if feed else [], **settings)


def loops(case):
    yield case("loop", lambda x: repeated(x, 5), [[2, 3]])
    for turns in (0, 1, 6):
        yield case(f"loop_{turns}", repeated, [[2, 3], []], dtypes=["float32", "int32"], feeds=[[2, 3], scalar(turns)])
    yield case("loop_swaps", fibonacci, [[]], dtypes=["int32"], feeds=[scalar(9)])
    yield case("loop_until", until_large, [[2, 3]], low=0.5)
    yield case("loop_rows", rows, [[4, 3]])
    yield case("loop_columns", columns, [[4, 3]])
    yield case("loop_windows", windows, [[4, 3]])
    yield case("loop_backwards", backwards, [[4, 3]])
    yield case("loop_collects", collected, [[4, 3]])
    yield case("loop_collects_backwards", collected_backwards, [[4, 3]])
    yield case("loop_truths", truths, [[2, 3]])
    yield case("loop_map", mapped, [[4, 3]])
    yield case("loop_nested", nested, [[2, 3], []], dtypes=["float32", "int32"], feeds=[[2, 3], scalar(3)])
    yield case("loop_batch", lambda x: repeated(x, 3), [[None, 3]], feeds=[[5, 3]])
    yield case("loop_grows", growing, [[2, 3]], refused="op.shape")
    yield case("loop_prefixes", prefixes, [[4]], refused="import.constant")


def choices(case):
    for p in (True, False):
        word = str(p).lower()
        settings = {"dtypes": ["float32", "bool"], "feeds": [[2, 3], scalar(p, "bool")]}
        yield case(f"choice_{word}", chosen, [[2, 3], []], **settings)
        yield case(f"choice_weights_{word}", chosen_weights, [[2, 3], []], **settings)
        yield case(f"loop_in_choice_{word}", loop_in_choice, [[2, 3], []], **settings)
        yield case(f"choice_twice_{word}", chosen_twice, [[2, 3], [], []], dtypes=["float32", "bool", "bool"],
                   feeds=[[2, 3], scalar(p, "bool"), scalar(not p, "bool")])
    for n in (0, 2):
        yield case(f"switch_{n}", switched, [[2, 3], []], dtypes=["float32", "int32"], feeds=[[2, 3], scalar(n)])
    yield case("choice_in_loop", chosen_in_loop, [[2, 3]])


def recurrent(case):
    layers = keras.layers
    yield layer_case(case, "simple_rnn", layers.SimpleRNN(4), [1, 5, 3])
    yield layer_case(case, "lstm", layers.LSTM(4), [2, 5, 3])
    yield layer_case(case, "lstm_sequences", layers.LSTM(4, return_sequences=True), [2, 5, 3])
    yield layer_case(case, "lstm_backwards", layers.LSTM(4, return_sequences=True, go_backwards=True), [1, 5, 3])
    yield layer_case(case, "gru", layers.GRU(4), [2, 5, 3])
    yield layer_case(case, "gru_reset_before", layers.GRU(4, return_sequences=True, reset_after=False), [1, 5, 3])
    yield layer_case(case, "gru_time", layers.GRU(4, return_sequences=True), [1, None, 3], feed=[1, 6, 3])
    yield layer_case(case, "bidirectional", layers.Bidirectional(layers.LSTM(3, return_sequences=True)), [1, 5, 3])
    yield layer_case(case, "gru_dynamic", layers.GRU(40, return_sequences=True), [1, 5, 30], quantise="dynamic")
    yield layer_case(case, "lstm_float16", layers.LSTM(40), [1, 5, 30], quantise="float16", atol=1e-4)


def cases(case):
    yield from loops(case)
    yield from choices(case)
    yield variable_case(case, "loop_variable", summed)
    yield variable_case(case, "choice_variable", summed_where_positive)
    yield from recurrent(case)
