"""The peers, each through its fastest documented Python interface: inputs placed beforehand, no copies per call.

An engine is made with (folder, batch, threads), has run() for one inference and output() for its last answer.
Everything computes in float32: reduced-precision arithmetic that an engine would choose by itself is switched off.
"""

import os
import time

import numpy as np

SLOW = 1.0  # seconds


class TensorFlow:
    """A tf.function traced for the one shape, as it is or with its variables frozen so that Grappler folds them.

    Which of the two is faster depends on the network; both are tried and the faster one is measured.
    """

    jit = None
    frozen_pays = False  # what the last trial found, for networks too slow to try again

    def __init__(self, folder, batch, threads):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf

        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        import tf_keras

        self.model = tf_keras.models.load_model(folder / "model.h5", compile=False)
        x = np.load(folder / f"batch{batch}_x.npy")
        self.x = tf.constant(x)
        traced = tf.function(lambda x: self.model(x, training=False), jit_compile=self.jit)
        self.function = traced.get_concrete_function(tf.TensorSpec(x.shape, x.dtype))
        if self.jit is None:
            self.choose()
        self.version = tf.__version__

    def choose(self):
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        plain, plain_s = self.function, self.best_time()
        if plain_s > SLOW and not TensorFlow.frozen_pays:
            return
        self.function = convert_variables_to_constants_v2(plain, lower_control_flow=False)
        if plain_s <= SLOW:
            TensorFlow.frozen_pays = self.best_time() < plain_s
        if not TensorFlow.frozen_pays:
            self.function = plain

    def best_time(self):
        times = []
        while len(times) < 2 or (len(times) < 10 and sum(times) < SLOW):
            start = time.perf_counter()
            self.run()
            times.append(time.perf_counter() - start)
            if times[0] > 5 * SLOW:
                break
        return min(times)

    def run(self):
        y = self.function(self.x)
        self.y = (y[0] if isinstance(y, (list, tuple)) else y).numpy()

    def output(self):
        return self.y


class TensorFlowXla(TensorFlow):
    """The same with XLA: tf.function(jit_compile=True)."""

    jit = True


class OnnxRuntime:
    """An InferenceSession with all graph optimisations and input and output bound once."""

    def __init__(self, folder, batch, threads):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = ort.InferenceSession(str(folder / f"batch{batch}.onnx"), options, ["CPUExecutionProvider"])
        y = np.load(folder / f"batch{batch}_y.npy")
        self.x = ort.OrtValue.ortvalue_from_numpy(np.load(folder / f"batch{batch}_x.npy"))
        self.y = ort.OrtValue.ortvalue_from_numpy(np.empty_like(y))
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input(self.session.get_inputs()[0].name, self.x)
        self.binding.bind_ortvalue_output(self.session.get_outputs()[0].name, self.y)
        self.version = ort.__version__

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def output(self):
        return self.y.numpy()


class OpenVino:
    """One inference request in latency mode, its input tensor sharing the array's memory."""

    def __init__(self, folder, batch, threads):
        import openvino as ov

        core = ov.Core()
        model = ov.convert_model(str(folder / f"batch{batch}.onnx"))
        compiled = core.compile_model(model, "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "f32"})
        self.x = np.load(folder / f"batch{batch}_x.npy")
        self.request = compiled.create_infer_request()
        self.request.set_input_tensor(ov.Tensor(self.x, shared_memory=True))
        self.version = ov.__version__

    def run(self):
        self.request.infer()

    def output(self):
        return self.request.get_output_tensor().data


class LiteRt:
    """The LiteRT interpreter with XNNPACK (its default), the input written into its own tensor."""

    def __init__(self, folder, batch, threads):
        import importlib.metadata

        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(str(folder / f"batch{batch}.tflite"), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.interpreter.tensor(self.interpreter.get_input_details()[0]["index"])()[...] = np.load(
            folder / f"batch{batch}_x.npy")
        self.index = self.interpreter.get_output_details()[0]["index"]
        self.version = importlib.metadata.version("ai-edge-litert")

    def run(self):
        self.interpreter.invoke()

    def output(self):
        return self.interpreter.get_tensor(self.index)


ENGINES = {"tensorflow": TensorFlow, "tensorflow-xla": TensorFlowXla, "onnxruntime": OnnxRuntime,
           "openvino": OpenVino, "litert": LiteRt}
