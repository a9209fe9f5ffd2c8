"""The five questions that people keep asking, as programs written as people write them: what the report must answer.

A question is a Question of a source and the ids it must give: `first` any of which is right as the first cause, `top`
that stand among the first three, `faults` that are told as wrong. `{folder}` holds the models that `prepare` makes.
"""

import dataclasses
import textwrap


@dataclasses.dataclass
class Question:
    asks: str
    source: str
    first: tuple = ()
    top: tuple = ()
    faults: tuple = ()
    spinners: int = 0
    fails: bool = False  # the program itself ends by an exception
    environment: dict = dataclasses.field(default_factory=dict)


PREPARE = """
import keras, numpy as np
from keras import layers
keras.Sequential([keras.Input((20,)), layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"),
                  layers.Dense(3, activation="softmax")]).save("{folder}/small.h5")
keras.Sequential([keras.Input((2048,)), layers.Dense(4096, activation="relu"), layers.Dense(4096, activation="sigmoid"),
                  layers.Dense(10)]).save("{folder}/large.keras")
x = keras.Input((64, 64, 3))
y = x
for filters in (32, 64, 64, 128): y = layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
keras.Model(x, layers.Dense(10)(layers.GlobalAveragePooling2D()(y))).save("{folder}/pictures.keras")
"""

QUESTIONS = {
    "gpu": Question("Why is TensorFlow-GPU slow?", """
        import numpy as np
        import tensorflow as tf

        tf.config.optimizer.set_jit(True)
        rows = np.random.rand(20000, 40)

        def preprocess(rows):
            out = np.zeros(rows.shape, dtype="float32")
            for i in range(rows.shape[0]):
                for j in range(rows.shape[1]):
                    out[i, j] = (rows[i, j] - 0.5) / 0.29
            return out

        with tf.device("/GPU:0"):
            model = tf.keras.Sequential([tf.keras.layers.Input((40,)), tf.keras.layers.Dense(64, activation="relu"),
                                         tf.keras.layers.Dense(1)])
            model.compile("adam", "mse")
            for epoch in range(6):
                x = preprocess(rows)
                model.train_on_batch(x[:256], np.zeros((256, 1)))
        """, first=("python-loop",), faults=("missing-gpu", "xla-without-effect")),
    "small-batches": Question("Why is it slower than MATLAB at small batches?", """
        import time
        import numpy as np
        import tensorflow as tf

        model = tf.keras.Sequential([tf.keras.layers.Input((16,)), tf.keras.layers.Dense(10, activation="tanh"),
                                     tf.keras.layers.Dense(1)])
        x = np.random.rand(4, 16)

        start = time.time()
        y = model(x)
        print("TensorFlow:", time.time() - start, "s")
        """, faults=("cold-timing",), top=("import-time",)),
    "small-batches-loop": Question("... and in a loop, compared with another network?", """
        import time
        import numpy as np
        import tensorflow as tf

        def network(units):
            return tf.keras.Sequential([tf.keras.layers.Input((16,)), tf.keras.layers.Dense(units, activation="tanh"),
                                        tf.keras.layers.Dense(1)])

        a, b = network(10), network(2000)
        x = np.random.rand(4, 16).astype("float32")

        start = time.perf_counter()
        for _ in range(600): a(x)
        print("ours", time.perf_counter() - start)

        start = time.perf_counter()
        for _ in range(600): b(x)
        print("theirs", time.perf_counter() - start)
        """, first=("eager",), faults=("unequal-work",)),
    "prediction": Question("Why is prediction slow?", """
        import numpy as np
        import keras

        model = keras.models.load_model("{folder}/small.h5")
        rows = np.random.rand(60, 20)

        def normalise(row):
            out = []
            for value in row:
                out.append((value - 0.5) / 0.29)
            return np.array(out)

        results = []
        for row in rows:
            results.append(model.predict(normalise(row).reshape(1, -1), verbose=0)[0])
        print(np.argmax(results, axis=1)[:5])
        """, first=("predict-per-row",)),
    "prediction-large": Question("... of a large float32 model with a batch of one?", """
        import numpy as np
        import keras

        model = keras.models.load_model("{folder}/large.keras")
        x = np.random.rand(1, 2048).astype("float32")
        for _ in range(400):
            model.predict_on_batch(x)
        """, top=("model-cost", "framework-overhead", "batch-of-one")),
    "rows": Question("... of a million rows, prepared element by element?", """
        import numpy as np
        import keras

        model = keras.models.load_model("{folder}/small.h5")
        rows = np.random.rand(200000, 20)
        means, scales = rows.mean(axis=0), rows.std(axis=0)
        for i in range(len(rows)):
            for j in range(20):
                rows[i, j] = (rows[i, j] - means[j]) / scales[j]
        print(model.predict(rows, batch_size=4096, verbose=0).shape)
        """, first=("python-loop",)),
    "start": Question("Why does TensorFlow take so long to start?", """
        import sys
        import numpy as np
        import tensorflow as tf

        model = tf.keras.models.load_model("{folder}/small.h5")
        print(model.predict(np.zeros((1, 20)), verbose=0))
        """, first=("import-time",)),
    "fit-without-compile": Question("Faulty: fit() of a model that was not compiled.", """
        import numpy as np
        import tensorflow as tf

        model = tf.keras.Sequential([tf.keras.layers.Input((8,)), tf.keras.layers.Dense(1)])
        model.fit(np.zeros((64, 8)), np.zeros(64), batch_size=32)
        """, faults=("fit-without-compile",), fails=True),
    "late-threads": Question("Faulty: settings after TensorFlow began.", """
        import tensorflow as tf

        x = tf.ones((2, 2)) @ tf.ones((2, 2))
        tf.config.threading.set_intra_op_parallelism_threads(4)
        """, faults=("late-threads",), fails=True),
    "closed-session": Question("Faulty: a session used outside its context.", """
        import tensorflow as tf

        tf.compat.v1.disable_eager_execution()
        x = tf.compat.v1.placeholder(tf.float32, (None, 3))
        y = tf.reduce_sum(x)
        with tf.compat.v1.Session() as session:
            print(session.run(y, {x: [[1, 2, 3]]}))
        print(session.run(y, {x: [[1, 2, 3]]}))
        """, faults=("closed-session",), fails=True),
    "tflite": Question("An interpreter made for each request.", """
        import numpy as np
        import tensorflow as tf

        model = tf.keras.models.load_model("{folder}/pictures.keras")
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        open("{folder}/pictures.tflite", "wb").write(converter.convert())

        def answer(image):
            interpreter = tf.lite.Interpreter("{folder}/pictures.tflite")
            interpreter.allocate_tensors()
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
            interpreter.invoke()
            return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

        for _ in range(300):
            answer(np.zeros((1, 64, 64, 3), "float32"))
        """, top=("import-time",)),
    "xla": Question("Is it faster with jit_compile?", """
        import time
        import numpy as np
        import tensorflow as tf

        model = tf.keras.models.load_model("{folder}/small.h5")
        infer = tf.function(lambda x: model(x, training=False), jit_compile=True)
        for n in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
            x = tf.random.normal((n, 20))
            start = time.time()
            infer(x)
            print(n, time.time() - start)
        """, faults=("xla-on-processor", "cold-timing")),
    "laptop": Question("Why is my pre-trained model so much slower on my laptop than on a desktop?", """
        import numpy as np
        from tensorflow.keras.models import load_model

        model = load_model("{folder}/pictures.keras")
        images = np.random.rand(24, 64, 64, 3).astype("float32")
        for image in images:
            print(model.predict(np.expand_dims(image, 0), verbose=0).argmax())
        """, top=("background-load", "predict-per-row"), spinners=4),
}


def source_of(question, folder):
    return textwrap.dedent(question.source).replace("{folder}", str(folder))
