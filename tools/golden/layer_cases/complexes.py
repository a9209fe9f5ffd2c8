"""TensorFlow's functions of complex numbers as nodes of Keras 2 models: spectra, and what becomes of them."""

import dataclasses

from . import of_functions


def cases(k):
    if k.v3:
        return
    tf, signal = k.tf, k.tf.signal
    one = of_functions(k, "complex_")

    for name, options in {"plain": {}, "length": {"fft_length": 64}, "odd": {"frame_length": 25},
                          "filled": {"pad_end": True}, "apart": {"frame_step": 50}}.items():
        options = {"frame_length": 32, "frame_step": 12, **options}
        yield one(f"stft_{name}", lambda x, o=options: tf.abs(signal.stft(x, **o)), (100,))
    yield one("stft_positional", lambda x: tf.abs(signal.stft(x, 32, 12)), (100,))
    yield one("stft_parts", lambda x: tf.concat([tf.math.real(signal.stft(x, 16, 8)), tf.math.imag(signal.stft(x, 16, 8))],
                                                -1), (3, 60))
    yield one("stft_angle", lambda x: tf.math.angle(signal.stft(x, 16, 8)), (60,))
    yield one("stft_conjugate", lambda x: tf.math.imag(tf.math.conj(signal.stft(x, 16, 8))), (60,))
    yield one("fft", lambda x, y: tf.math.abs(signal.fft(tf.complex(x, y))), (12,), (12,))
    yield one("moved", lambda x: tf.abs(tf.expand_dims(tf.transpose(signal.stft(x, 16, 8)[:, 1:, :5], [0, 2, 1]), -1)),
              (60,))
    yield one("reshaped", lambda x: tf.abs(tf.reshape(tf.squeeze(signal.stft(x, 16, 8)[:, None], 1), [-1, 6, 3, 3])),
              (60,))
    yield dataclasses.replace(one("squared", lambda x: tf.abs(tf.square(signal.stft(x, 16, 8))), (60,)),
                              refused="import.unsupported")
