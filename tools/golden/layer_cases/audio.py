"""Sound inside a model: spectrograms, and keras.ops of signals as nodes (Keras 3 only)."""

import numpy as np

from . import Case


def cases(k):
    if not k.v3:
        return
    L = k.layers

    def one(name, layer, shape=(40, 1), **more):
        return Case(name, lambda: k.chain(shape, layer()), keep_weights=True, **more)

    stft = L.STFTSpectrogram
    for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"):
        yield one(f"stft_{mode}", lambda m=mode: stft(mode=m, frame_length=8, frame_step=4))
        yield one(f"stft_{mode}_channels", lambda m=mode: stft(mode=m, frame_length=8), (30, 2))
        yield one(f"stft_{mode}_expand", lambda m=mode: stft(mode=m, frame_length=8, expand_dims=True), (30, 2))
        yield one(f"stft_{mode}_first", lambda m=mode: stft(mode=m, frame_length=8, data_format="channels_first"),
                  (2, 30))
        yield one(f"stft_{mode}_first_expand",
                  lambda m=mode: stft(mode=m, frame_length=8, data_format="channels_first", expand_dims=True), (2, 30))
    for window in ("hann", "hamming", "blackman", "boxcar", None):
        yield one(f"stft_window_{window}", lambda w=window: stft(mode="magnitude", frame_length=10, window=w))
    yield one("stft_periodic", lambda: stft(mode="magnitude", frame_length=10, periodic=True))
    for scaling in ("density", "spectrum", None):
        yield one(f"stft_scaling_{scaling}", lambda s=scaling: stft(mode="psd", frame_length=8, scaling=s))
    yield one("stft_same", lambda: stft(mode="magnitude", frame_length=8, frame_step=3, padding="same"))
    yield one("stft_same_first", lambda: stft(mode="psd", frame_length=8, padding="same", data_format="channels_first"),
              (2, 29))
    yield one("stft_fft_length", lambda: stft(mode="magnitude", frame_length=6, fft_length=16))
    yield one("stft_odd", lambda: stft(mode="log", frame_length=7, frame_step=7, fft_length=9))
    yield one("stft_unknown_length", lambda: stft(mode="log", frame_length=8), (None, 1), sizes=(37,))
    yield one("stft_default", stft, (600, 1))
    yield from mel(k, L)
    yield from operations(k)


def mel(k, L):
    def one(name, more=None, shape=(64,), **rest):
        arguments = {"fft_length": 16, "sequence_stride": 5, "num_mel_bins": 6, "sampling_rate": 800} | (more or {})
        return Case(f"mel_{name}", lambda: k.chain(shape, L.MelSpectrogram(**arguments)), **rest)

    yield one("plain")
    yield one("power", {"power_to_db": False})
    yield one("unknown_length", shape=(None,), sizes=(53,))
    yield one("sequence_length", {"sequence_length": 11})
    yield one("hamming", {"window": "hamming"})
    yield one("no_window", {"window": None})
    yield one("odd_window", {"sequence_length": 9, "power_to_db": False})
    yield one("magnitude", {"mag_exp": 1.0})
    yield one("cubed", {"mag_exp": 3.0, "power_to_db": False})
    yield one("frequencies", {"min_freq": 40.0, "max_freq": 300.0})
    yield one("top_db", {"top_db": 10.0})
    yield one("reference", {"ref_power": 0.3, "min_power": 1e-4})
    yield one("silence", feeds="integers", high=1)
    yield one("odd_fft", {"fft_length": 15, "power_to_db": False})
    yield Case("mel_default", lambda: k.chain((4000,), L.MelSpectrogram()), batch=1)
    yield Case("mel_network", lambda: k.chain((400,), L.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8),
                                              L.Reshape((8, -1, 1)), L.Conv2D(3, 3), L.GlobalMaxPooling2D()))


def operations(k):
    o = k.ops

    def one(name, f, *shapes, **more):
        def build():
            inputs = [k.Input(shape) for shape in shapes]
            outputs = f(*inputs)
            return k.Model(inputs if len(inputs) > 1 else inputs[0], list(outputs) if isinstance(outputs, tuple) else outputs)
        return Case(f"op_{name}", build, **more)

    yield one("extract_sequences", lambda x: o.extract_sequences(x, 5, 2), (17,))
    yield one("extract_sequences_deep", lambda x: o.extract_sequences(x, 4, 4), (3, 12))
    yield one("extract_sequences_unknown", lambda x: o.extract_sequences(x, 4, 3), (None,), sizes=(14,))
    for size in (1, 2, 7, 8, 12, 15, 30, 64):
        yield one(f"fft_{size}", lambda a, b: o.fft((a, b)), (3, size), (3, size))
        yield one(f"rfft_{size}", o.rfft, (3, size))
        yield one(f"irfft_{size}", lambda a, b, n=size: o.irfft((a, b), fft_length=n), (3, size // 2 + 1),
                  (3, size // 2 + 1))
    yield one("rfft_longer", lambda x: o.rfft(x, fft_length=20), (12,))
    yield one("rfft_shorter", lambda x: o.rfft(x, fft_length=6), (12,))
    yield one("irfft_plain", lambda a, b: o.irfft((a, b)), (9,), (9,))
    yield one("irfft_shorter", lambda a, b: o.irfft((a, b), fft_length=8), (9,), (9,))
    yield one("irfft_longer", lambda a, b: o.irfft((a, b), fft_length=21), (9,), (9,))
    yield one("fft2", lambda a, b: o.fft2((a, b)), (4, 6), (4, 6))
    yield one("ifft2", lambda a, b: o.ifft2((a, b)), (2, 5, 8), (2, 5, 8))
    for name, more in (("plain", {}), ("uncentred", {"center": False}), ("hamming", {"window": "hamming"}),
                       ("no_window", {"window": None}), ("window", {"window": np.linspace(0.1, 1, 8).tolist()})):
        yield one(f"stft_{name}", lambda x, m=more: o.stft(x, 8, 3, 16, **m), (40,))
    yield one("stft_whole", lambda x: o.stft(x, 8, 4, 8), (2, 24))
    yield one("stft_unknown", lambda x: o.stft(x, 8, 4, 8), (None,), sizes=(29,))
    for name, more in (("plain", {}), ("uncentred", {"center": False}), ("length", {"length": 10}),
                       ("no_window", {"window": None})):
        yield one(f"istft_{name}", lambda a, b, m=more: o.istft((a, b), 8, 4, 8, **m), (6, 5), (6, 5))
    yield one("stft_istft", lambda x: o.istft(o.stft(x, 16, 4, 16), 16, 4, 16), (64,))
