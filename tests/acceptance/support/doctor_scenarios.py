"""Programs with one cause each, and healthy ones: what ./dev acceptance doctor runs under the doctor.

A scenario is a function of (random, severity 0 to 2) and gives a Case. Names in the programs say nothing of the cause.
"""

import dataclasses
import textwrap

TF = ("tensorflow", "keras")
HEAD = 'import os\nos.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"\nimport numpy as np\nimport keras\n'


@dataclasses.dataclass
class Case:
    source: str
    expected: tuple  # ids, any of which is right as the first cause; () for a healthy program
    needs: tuple = ()  # modules
    root: bool = False
    environment: dict = dataclasses.field(default_factory=dict)
    spinners: int = 0  # other programs that compute beside it
    quota: float = 0  # processors
    before: tuple = ()  # words before the command: nice, taskset
    cold: bool = False  # the page cache holds no file of it
    n: int = 0  # how often the cause strikes: @n@ in the source

    @property
    def program(self):
        return self.source.replace("@n@", str(self.n))

    def times(self, factor):
        """The same, with so many times as much of its cause."""
        return dataclasses.replace(self, n=max(2, round(self.n * factor)))


def text(source, **values):
    source = textwrap.dedent(source)
    for name, value in values.items():
        source = source.replace(f"@{name}@", str(value))
    return source


def network(random, widths=(32, 128)):
    features, units = random.choice((8, 16, 24)), random.choice(widths)
    return text("""
        inputs = keras.Input((@f@,))
        x = keras.layers.Dense(@u@, activation="relu")(inputs)
        x = keras.layers.Dense(@u@, activation="relu")(x)
        m = keras.Model(inputs, keras.layers.Dense(4)(x))
        """, f=features, u=units), features


def rows_one_by_one(random, severity):
    model, f = network(random)
    return Case(HEAD + model + text("""
        data = np.random.rand(@n@, @f@).astype("float32")
        r = [m.predict(d[None], verbose=0) for d in data]
        """, f=f), ("predict-per-row",), TF, n=(15, 60, 150)[severity])


def operation_by_operation(random, severity):
    model, f = network(random)
    return Case(HEAD + model + text("""
        data = np.random.rand(@b@, @f@).astype("float32")
        for _ in range(@n@): y = m(data)
        """, b=random.choice((8, 64)), f=f), ("eager",), TF, n=(150, 600, 1500)[severity])


def fit_by_operation(random, severity):
    model, f = network(random)
    return Case(HEAD + model + text("""
        m.compile("sgd", "mse", run_eagerly=True)
        m.fit(np.random.rand(@n@, @f@), np.random.rand(@n@, 4), batch_size=32, epochs=2, verbose=0)
        """, f=f), ("eager",), TF, n=(600, 2000, 5000)[severity])


def numbers_as_arguments(random, severity):
    return Case(HEAD + text("""
        import tensorflow as tf
        @tf.function
        def f(x, k):
            for _ in range(3): x = tf.nn.relu(x * tf.cast(k, tf.float32) + 1.0)
            return x
        x = tf.ones((8, @c@))
        for i in range(@n@): f(x, i)
        """, c=random.choice((16, 32))), ("retracing",), TF, n=(40, 150, 400)[severity])


def functions_anew(random, severity):
    return Case(HEAD + text("""
        import tensorflow as tf
        x = tf.ones((8, @c@))
        def one(x):
            g = tf.function(lambda v: tf.nn.relu(v * 2.0 + 1.0))
            return g(x)
        for i in range(@n@): one(x)
        """, c=random.choice((16, 32))), ("retracing",), TF, n=(40, 150, 400)[severity])


def loaded_each_time(random, severity):
    model, f = network(random)
    return Case(HEAD + model + text("""
        m.save("a.keras")
        def answer(d):
            k = keras.models.load_model("a.keras")
            return k(d)
        data = np.random.rand(@n@, 1, @f@).astype("float32")
        for d in data: answer(d)
        """, f=f), ("model-reloaded",), TF, n=(15, 50, 120)[severity])


def pixel_by_pixel(random, severity):
    return Case(text("""
        import numpy as np
        a = np.random.rand(@h@, @w@, 3)
        def p(a):
            out = np.empty_like(a)
            for y in range(a.shape[0]):
                for x in range(a.shape[1]):
                    for c in range(3): out[y, x, c] = (a[y, x, c] - 0.5) * 2
            return out
        for _ in range(@n@): p(a)
        """, h=random.randint(150, 250), w=random.randint(150, 250)), ("python-loop",), ("numpy",), n=(4, 12, 30)[severity])


def many_lines(random, severity):
    return Case(text("""
        import logging
        logging.basicConfig(level=logging.DEBUG, filename="x.log", format="%(asctime)s %(name)s %(message)s")
        log = logging.getLogger("a")
        t = 0
        for i in range(@n@):
            t += sum(range(@k@))
            log.debug("value %d and %s", i, t)
        """, k=random.randint(10, 30)), ("logging",), n=(30000, 60000, 120000)[severity])


def pauses(random, severity):
    return Case(text("""
        import time
        for _ in range(@n@):
            sum(range(@k@))
            time.sleep(0.2)
        """, k=random.randint(100000, 300000)), ("sleep",), n=(3, 8, 15)[severity])


def matrices(random, seconds):
    """Computes on one thread, in NumPy, for so many seconds of processor time."""
    return text("""
        import time, numpy as np
        a = np.random.rand(@k@)
        b = np.empty_like(a)
        end = time.process_time() + @s@
        while time.process_time() < end: np.tanh(a, out=b)
        """, k=random.randint(40, 90) * 1000, s=seconds)


def neighbours(random, severity):
    return Case(matrices(random, (1.5, 2, 2)[severity]), ("background-load",), ("numpy",), spinners=(3, 5, 9)[severity])


def last_in_line(random, severity):
    return Case(matrices(random, (1, 1, 0.6)[severity]), ("low-priority",), ("numpy",), spinners=2,
                before=("nice", "-n", str((8, 12, 19)[severity])))


def stopped(random, severity):
    return Case(matrices(random, 1.5), ("cpu-quota",), ("numpy",), root=True, quota=(0.5, 0.3, 0.15)[severity])


def crowd(random, severity):
    return Case(text("""
        import threading, numpy as np
        a = np.random.rand(100000)
        def w():
            b = np.empty_like(a)
            for _ in range(@n@): np.tanh(a, out=b)
        ts = [threading.Thread(target=w) for _ in range(@t@)]
        w()
        for t in ts: t.start()
        w()
        for t in ts: t.join()
        """, t=(4, 6, 8)[severity]), ("too-many-threads", "affinity"), ("numpy",),
        before=("taskset", "-c", "0"), n=(300, 500, 700)[severity])


def held_lock(random, severity):
    return Case(text("""
        import threading, time
        stop = False
        def spin():
            k = 0
            while not stop: k += 1
        ts = [threading.Thread(target=spin) for _ in range(@t@)]
        for t in ts: t.start()
        for _ in range(@n@):
            time.sleep(0.001)
            sum(range(2000))
        stop = True
        """, t=1 + severity), ("gil",), n=(200, 250, 300)[severity])


def collections(random, severity):
    return Case(text("""
        import gc
        keep = [[i] for i in range(@k@)]
        for i in range(@n@):
            x = [[j] for j in range(3000)]
            gc.collect()
        """, k=(200000, 500000, 1000000)[severity]), ("gc",), n=(40, 40, 40)[severity])


def fresh_memory(random, severity):
    return Case(text("""
        import numpy as np
        for _ in range(@n@):
            a = np.ones(@k@, "uint8")
            del a
        """, k=random.randint(1, 3) << 20), ("allocation",), ("numpy",),
        environment={"MALLOC_MMAP_THRESHOLD_": "65536"}, n=(1000, 2000, 4000)[severity])


def only_imports(random, severity):
    return Case(HEAD + "import tensorflow\n", ("import-time",), TF)


def no_byte_code(random, severity):
    return Case(HEAD + "import tensorflow\n", ("no-bytecode",), TF,
                environment={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/nonexistent"})


SCENARIOS = {function.__name__: function for function in (
    rows_one_by_one, operation_by_operation, fit_by_operation, numbers_as_arguments, functions_anew, loaded_each_time,
    pixel_by_pixel, many_lines, pauses, neighbours, last_in_line, stopped, crowd, held_lock, collections, fresh_memory,
    only_imports, no_byte_code)}


def computing(random, severity):
    return Case(matrices(random, 1.5), (), ("numpy",))


def quota_never_hit(random, severity):
    return Case(matrices(random, 1), (), ("numpy",), root=True, quota=1.9)


def idle_threads(random, severity):
    return Case("import threading\ne = threading.Event()\nfor _ in range(64): threading.Thread(target=e.wait, "
                "daemon=True).start()\n" + matrices(random, 1.2), (), ("numpy",))


def large_batches(random, severity):
    model, f = network(random, (512, 1024))
    return Case(HEAD + model + text("""
        data = np.random.rand(60000, @f@).astype("float32")
        for _ in range(12): m.predict(data, batch_size=2048, verbose=0)
        """, f=f), (), TF)


def few_collections(random, severity):
    return Case("import gc\nfor _ in range(3): gc.collect()\n" + matrices(random, 1.2), (), ("numpy",))


def a_few_lines(random, severity):
    return Case(matrices(random, 1.2) + "\nfor i in range(40): print(i)\n", (), ("numpy",))


DECOYS = {function.__name__: function for function in (
    computing, quota_never_hit, idle_threads, large_batches, few_collections, a_few_lines)}
