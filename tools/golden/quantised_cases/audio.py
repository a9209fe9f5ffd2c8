"""The front end for speech of TensorFlow Lite for Microcontrollers: its Signal operators, run by its own interpreter.

Needs the package tflite-micro beside TensorFlow.
"""

from tflite_micro.python.tflite_micro import runtime

from tflite_model import named, one_operator

from .common import *


def micro(model, *feeds, calls=1):
    """The outputs of the last of some calls."""
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    for _ in range(calls):
        for i, feed in enumerate(feeds):
            interpreter.set_input(feed, i)
        interpreter.invoke()
    count = model_outputs(model)
    return [interpreter.get_output(i).copy() for i in range(count)]


def model_outputs(model):
    from tensorflow.lite.python import schema_py_generated as schema
    return schema.Model.GetRootAs(model, 0).Subgraphs(0).OutputsLength()


def stage(out, name, kind, code, numbers, specs, feeds, outputs, words):
    """Constants among the specs have data; feeds are the others."""
    model = one_operator(code, named(**words), specs, outputs)
    answers = micro(model, *feeds)
    given = iter(feeds)
    inputs = [next(given) if spec.data is None else spec.data for spec in specs]
    out.add(name, "audio_stage", {"kind": kind, **({"numbers": numbers} if numbers else {})}, inputs, answers, 0)


def window(out):
    for shift in (0, 4, 12):
        x, w = whole("int16", 1, 40), whole("int16", 40)
        stage(out, f"window {shift}", "window", "SignalWindow", [shift],
              [tensor(x.shape, "int16"), tensor(data=w)], [x], [tensor(x.shape, "int16")], {"shift": shift})


def auto_scale(out):
    for reach in (1, 2, 100, 16384, 32767):
        x = whole("int16", 31, low=-reach, high=reach + 1)
        stage(out, f"scale {reach}", "scale", "SignalFftAutoScale", [], [tensor(x.shape, "int16")], [x],
              [tensor(x.shape, "int16"), tensor((), "int32")], {})


def rfft(out):
    for length, given in ((16, 16), (32, 20), (64, 64), (128, 128), (256, 200), (512, 480)):
        for reach in (300, 32767):
            x = whole("int16", given, low=-reach, high=reach + 1)
            model = one_operator("SignalRfft", named(T=7, fft_length=length), [tensor(x.shape, "int16")],
                                 [tensor((length + 2,), "int16")])
            out.add(f"rfft of {given} in {length}, up to {reach}", "fixed_rfft", {"length": length}, [x], micro(model, x), 0)


def energy(out):
    x = extremes(whole("int16", 66))
    stage(out, "energy", "energy", "SignalEnergy", [0, 33], [tensor(x.shape, "int16")], [x], [tensor((33,), "uint32")],
          {"start_index": 0, "end_index": 33})


def filter_bank(out):
    widths = np.array([3, 5, 0, 7, 4], np.int16)
    starts, weights = np.array([2, 5, 9, 10, 20], np.int16), np.array([0, 4, 8, 12, 20], np.int16)
    x = whole("uint32", 40, low=0, high=2**32)
    w, u = whole("int16", 24, low=0), whole("int16", 24, low=0)
    constants = [tensor(data=a) for a in (w, u, starts, weights, widths)]
    stage(out, "filter_bank", "filter_bank", "SignalFilterBank", [], [tensor(x.shape, "uint32"), *constants], [x],
          [tensor((4,), "uint64")], {"num_channels": 4})


def root(out):
    for shift in (0, 3, 15):
        x = np.append(whole("uint64", 40, low=0, high=2**63), [0, 1, 2, 3, 2**32 - 1, 2**32, 2**64 - 1]).astype(np.uint64)
        x[::3] >>= np.uint64(37)
        stage(out, f"root {shift}", "root", "SignalFilterBankSquareRoot", [], [tensor(x.shape, "uint64"), tensor((), "int32")],
              [x, np.int32(shift)], [tensor(x.shape, "uint32")], {})


def subtract(out):
    words = {"smoothing": 409, "one_minus_smoothing": 15975, "alternate_smoothing": 983,
             "alternate_one_minus_smoothing": 15401, "smoothing_bits": 10, "spectral_subtraction_bits": 14,
             "min_signal_remaining": 819, "num_channels": 9}
    for clamping in (False, True):
        x = whole("uint32", 9, low=0, high=2**22)
        numbers = [10, 14, 819, int(clamping), 409, 15975, 983, 15401]
        model = one_operator("SignalFilterBankSpectralSubtraction", named(clamping=clamping, **words),
                             [tensor(x.shape, "uint32")], [tensor(x.shape, "uint32"), tensor(x.shape, "uint32")])
        noise = np.zeros(9, np.uint32)
        for call in range(3):
            answers = micro(model, x, calls=call + 1)
            out.add(f"subtract clamping {clamping}, call {call}", "audio_stage", {"kind": "subtract", "numbers": numbers},
                    [x, noise], answers, 0)
            noise = answers[1]


def gain(out):
    for shift in (6, 14):
        x, noise = whole("uint32", 60, low=0, high=2**26), whole("uint32", 60, low=0, high=2**32)
        noise[:8], noise[8:30] = range(8), noise[8:30] >> 12
        table = whole("int16", 125)
        stage(out, f"gain {shift}", "gain", "SignalPCAN", [shift],
              [tensor(x.shape, "uint32"), tensor(noise.shape, "uint32"), tensor(data=table)], [x, noise],
              [tensor(x.shape, "uint32")], {"snr_shift": shift})


def logarithm(out):
    for bits, scale in ((0, 1600), (3, 64)):
        x = np.append(whole("uint32", 60, low=0, high=2**29), [0, 1, 2, 3, 4, 5, 127, 128]).astype(np.uint32)
        x[::3] >>= np.uint32(18)
        stage(out, f"log {bits} {scale}", "log", "SignalFilterBankLog", [bits, scale], [tensor(x.shape, "uint32")], [x],
              [tensor(x.shape, "int16")], {"input_correction_bits": bits, "output_scale": scale})


def cases(out):
    for make in (window, auto_scale, rfft, energy, filter_bank, root, subtract, gain, logarithm):
        make(out)
