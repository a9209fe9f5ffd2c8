"""Measurements over time, sound included."""

import numpy as np

from . import encoder_before, functions, program


def weather_lstm(k):
    L = k.layers
    inputs = k.Input((24, 7))
    return k.Model(inputs, L.Dense(1)(L.LSTM(16)(inputs)))


def forecast_dense(k):
    """TensorFlow's time series tutorial: several steps by a dense model."""
    L = k.layers
    return k.Sequential([k.Input((3, 5)), L.Flatten(), L.Dense(units=16, activation="relu"), L.Dense(units=5),
                         L.Reshape([1, -1])])


def forecast_conv(k):
    L = k.layers
    return k.Sequential([k.Input((None, 5)), L.Conv1D(filters=12, kernel_size=(3,), activation="relu"),
                         L.Dense(units=12, activation="relu"), L.Dense(units=1)])


def forecast_many_steps(k):
    """The last steps through a convolution, all coming steps at once."""
    L = k.layers
    inputs = k.Input((12, 5))
    x = L.Conv1D(16, activation="relu", kernel_size=(3,))(inputs[:, -3:, :])
    return k.Model(inputs, L.Reshape([6, 5])(L.Dense(6 * 5, kernel_initializer="zeros")(x)))


def forecast_residual(k):
    L = k.layers
    inputs = k.Input((None, 5))
    change = k.Sequential([L.LSTM(8, return_sequences=True), L.Dense(5, kernel_initializer="zeros")])(inputs)
    return k.Model(inputs, inputs + change)


def anomalies(k):
    """'Timeseries anomaly detection using an autoencoder'."""
    L = k.layers
    return k.Sequential([
        k.Input((48, 1)), L.Conv1D(filters=8, kernel_size=7, padding="same", strides=2, activation="relu"),
        L.Dropout(rate=0.2), L.Conv1D(filters=6, kernel_size=7, padding="same", strides=2, activation="relu"),
        L.Conv1DTranspose(filters=6, kernel_size=7, padding="same", strides=2, activation="relu"), L.Dropout(rate=0.2),
        L.Conv1DTranspose(filters=8, kernel_size=7, padding="same", strides=2, activation="relu"),
        L.Conv1DTranspose(filters=1, kernel_size=7, padding="same")])


def lstm_autoencoder(k):
    L = k.layers
    return k.Sequential([L.LSTM(12, activation="relu", input_shape=(10, 2), return_sequences=True),
                         L.LSTM(6, activation="relu", return_sequences=False), L.RepeatVector(10),
                         L.LSTM(6, activation="relu", return_sequences=True),
                         L.LSTM(12, activation="relu", return_sequences=True), L.TimeDistributed(L.Dense(2))])


def fully_convolutional(k):
    """Time series classification from scratch."""
    L = k.layers
    x = inputs = k.Input((50, 1))
    for _ in range(3):
        x = L.Conv1D(filters=8, kernel_size=3, padding="same")(x)
        x = L.ReLU()(L.BatchNormalization()(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def transformer_series(k):
    L = k.layers
    x = inputs = k.Input((40, 1))
    for _ in range(2):
        y = L.Dropout(0.25)(L.MultiHeadAttention(key_dim=8, num_heads=2, dropout=0.25)(x, x))
        y = L.LayerNormalization(epsilon=1e-6)(y)
        before = y + x
        y = L.Conv1D(filters=4, kernel_size=1, activation="relu")(before)
        y = L.LayerNormalization(epsilon=1e-6)(L.Conv1D(filters=x.shape[-1], kernel_size=1)(L.Dropout(0.25)(y)))
        x = y + before
    x = L.GlobalAveragePooling1D(data_format="channels_last")(x)
    x = L.Dropout(0.4)(L.Dense(16, activation="relu")(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x))


def traffic_gcn_lstm(k):
    """Traffic on a net of roads: a graph convolution at every step, then an LSTM per road."""
    L, F = k.layers, functions(k)
    roads, steps = 6, 8
    near = np.random.default_rng(3).random((roads, roads)).astype("float32")
    near = near / near.sum(-1, keepdims=True)
    inputs = k.Input((steps, roads, 1))
    x = F.transpose(inputs, (2, 0, 1, 3))
    own = L.Dense(5, use_bias=False)(x)
    # tf_keras does not write the inputs of tf.einsum into the file
    around = k.ops.einsum("rq,qbtf->rbtf", near, x) if k.v3 else k.tf.tensordot(near, x, 1)
    x = F.concatenate([own, L.Dense(5, use_bias=False)(around)], -1) if k.v3 else \
        F.concat([own, L.Dense(5, use_bias=False)(around)], -1)
    x = k.ops.relu(x) if k.v3 else k.tf.nn.relu(x)
    x = L.LSTM(12, activation="relu")(F.reshape(x, (-1, steps, 10)))
    x = F.reshape(L.Dense(3)(x), (roads, -1, 3))
    return k.Model(inputs, F.transpose(x, (1, 2, 0)))


def brain_waves(k):
    """EEG classification: strided convolutions, then dense layers."""
    L = k.layers
    x = inputs = k.Input((128, 1))
    for width in (4, 8, 8):
        x = L.Conv1D(filters=width, kernel_size=3, strides=2, padding="same", activation="relu")(x)
        x = L.BatchNormalization()(x)
    x = L.Dropout(0.2)(L.Flatten()(x))
    for width in (12, 8):
        x = L.Dense(width, activation="relu", kernel_regularizer=k.keras.regularizers.L2())(x)
    return k.Model(inputs, L.Dense(8, activation="softmax")(x))


def wavenet(k):
    """Dilated causal convolutions with gates, residuals and skips."""
    L = k.layers
    inputs = k.Input((None, 2))
    x, skips = L.Conv1D(8, 1, padding="causal")(inputs), []
    for rate in (1, 2, 4, 8):
        gate = L.Multiply()([L.Conv1D(8, 2, padding="causal", dilation_rate=rate, activation="tanh")(x),
                             L.Conv1D(8, 2, padding="causal", dilation_rate=rate, activation="sigmoid")(x)])
        skip = L.Conv1D(8, 1)(gate)
        skips.append(skip)
        x = L.Add()([x, skip])
    x = L.Activation("relu")(L.Add()(skips))
    return k.Model(inputs, L.Conv1D(4, 1, activation="softmax")(L.Conv1D(8, 1, activation="relu")(x)))


def cnn_lstm(k):
    L = k.layers
    return k.Sequential([k.Input((30, 4)), L.Conv1D(8, 5, activation="elu", padding="causal"), L.MaxPooling1D(2),
                         L.Bidirectional(L.GRU(6, return_sequences=True)), L.SpatialDropout1D(0.2),
                         L.LSTM(6), L.Dense(3)])


def speaker_recognition(k):
    """Residual 1D convolutions on the amplitudes of a transform."""
    L = k.layers

    def residual(x, filters, count, activation="relu"):
        same = L.Conv1D(filters, 1, padding="same")(x)
        for _ in range(count - 1):
            x = L.Activation(activation)(L.Conv1D(filters, 3, padding="same")(x))
        x = L.Conv1D(filters, 3, padding="same")(x)
        x = L.Activation(activation)(L.Add()([x, same]))
        return L.MaxPool1D(pool_size=2, strides=2)(x)

    inputs = k.Input((64, 1), name="input")
    x = residual(residual(residual(inputs, 4, 2), 6, 2), 8, 3)
    x = L.Flatten()(L.AveragePooling1D(pool_size=3, strides=3)(x))
    x = L.Dense(8, activation="relu")(L.Dense(12, activation="relu")(x))
    return k.Model(inputs, L.Dense(5, activation="softmax", name="output")(x))


def speaker_with_transform(k):
    """The same with the Fourier transform inside the model."""
    L, ops = k.layers, k.ops
    inputs = k.Input((128,))
    real, imaginary = ops.rfft(inputs)
    x = ops.sqrt(ops.square(real) + ops.square(imaginary))[:, :64, None]
    x = L.Conv1D(6, 3, padding="same", activation="relu")(x)
    return k.Model(inputs, L.Dense(4, activation="softmax")(L.Flatten()(L.MaxPool1D(4)(x))))


def speech_commands(k):
    """TensorFlow's simple audio tutorial: a spectrogram, resized and normalized."""
    L = k.layers
    return k.Sequential([k.Input((62, 65, 1)), L.Resizing(16, 16), L.Normalization(axis=None, mean=0.4, variance=0.9),
                         L.Conv2D(6, 3, activation="relu"), L.Conv2D(8, 3, activation="relu"), L.MaxPooling2D(),
                         L.Dropout(0.25), L.Flatten(), L.Dense(12, activation="relu"), L.Dropout(0.5), L.Dense(8)])


def speech_commands_from_waves(k):
    """The exported form: the waveform goes in, its short-time transform is part of the model."""
    L = k.layers
    inputs = k.Input((800,))
    if k.v3:
        real, imaginary = k.ops.stft(inputs, sequence_length=128, sequence_stride=64, fft_length=128, center=False)
        x = k.ops.sqrt(real * real + imaginary * imaginary)[..., None]
    else:
        x = k.tf.abs(k.tf.signal.stft(inputs, frame_length=128, frame_step=64))[..., k.tf.newaxis]
    x = L.MaxPooling2D()(L.Conv2D(4, 3, activation="relu")(x))
    return k.Model(inputs, L.Dense(8)(L.Flatten()(x)))


def mel_classifier(k):
    L = k.layers
    inputs = k.Input((1600,))
    x = L.MelSpectrogram(fft_length=256, sequence_stride=160, sampling_rate=8000, num_mel_bins=20, min_freq=50)(inputs)
    x = L.Conv2D(4, 3, activation="relu")(L.Reshape((*x.shape[1:], 1))(x))
    return k.Model(inputs, L.Dense(4)(L.GlobalAveragePooling2D()(x)))


def speech_ctc(k):
    """DeepSpeech2: strided 2D convolutions, bidirectional GRUs, a class a step."""
    L = k.layers
    inputs = k.Input((None, 33), name="input")
    x = L.Reshape((-1, 33, 1), name="expand_dim")(inputs)
    for i, (size, stride) in enumerate((([11, 41], [2, 2]), ([11, 21], [1, 2])), 1):
        x = L.Conv2D(filters=4, kernel_size=size, strides=stride, padding="same", use_bias=False, name=f"conv_{i}")(x)
        x = L.ReLU(name=f"conv_{i}_relu")(L.BatchNormalization(name=f"conv_{i}_bn")(x))
    x = L.Reshape((-1, x.shape[-2] * x.shape[-1]))(x)
    for i in range(2):
        gru = L.GRU(units=6, activation="tanh", recurrent_activation="sigmoid", use_bias=True, return_sequences=True,
                    reset_after=True, name=f"gru_{i}")
        x = L.Bidirectional(gru, name=f"bidirectional_{i}", merge_mode="concat")(x)
        x = L.Dropout(rate=0.5)(x) if i < 1 else x
    x = L.Dropout(rate=0.5)(L.ReLU(name="dense_1_relu")(L.Dense(units=12, name="dense_1")(x)))
    return k.Model(inputs, L.Dense(units=30, activation="softmax")(x), name="DeepSpeech_2")


def speech_transformer(k):
    """'Automatic speech recognition with Transformer': its encoder and decoder as one model."""
    L = k.layers
    sound, text = k.Input((48, 10)), k.Input((8,), dtype="int32")
    x = sound
    for _ in range(3):
        x = L.Conv1D(12, 11, strides=2, padding="same", activation="relu")(x)
    for _ in range(2):
        x = encoder_before(k, x, 2, 12, 16)
    F = k.ops.arange if k.v3 else k.tf.range
    y = L.Embedding(34, 12)(text) + L.Embedding(8, 12)(F(8))
    y = L.LayerNormalization(epsilon=1e-6)(y + L.MultiHeadAttention(2, 12)(y, y, use_causal_mask=True))
    y = L.LayerNormalization(epsilon=1e-6)(y + L.Dropout(0.1)(L.MultiHeadAttention(2, 12)(y, x)))
    y = L.LayerNormalization(epsilon=1e-6)(y + L.Dense(12)(L.Dense(16, activation="relu")(y)))
    return k.Model([sound, text], L.Dense(34)(y))


def melgan(k):
    """The generator: transposed convolutions and dilated residual stacks."""
    L = k.layers

    def leaky(x):
        return L.LeakyReLU(negative_slope=0.2)(x) if k.v3 else L.LeakyReLU(alpha=0.2)(x)

    inputs = k.Input((None, 10))
    x = L.Conv1D(12, 7, padding="same")(inputs)
    for width, stride in ((8, 4), (6, 2)):
        x = L.Conv1DTranspose(width, 2 * stride, stride, padding="same")(leaky(x))
        for rate in (1, 3):
            y = L.Conv1D(width, 3, dilation_rate=rate, padding="same")(leaky(x))
            x = L.Add()([x, L.Conv1D(width, 3, padding="same")(leaky(y))])
    return k.Model(inputs, L.Conv1D(1, 7, padding="same", activation="tanh")(leaky(x)))


def cases(k):
    for build in (weather_lstm, forecast_dense, forecast_conv, forecast_many_steps, forecast_residual, anomalies,
                  lstm_autoencoder, fully_convolutional, transformer_series, traffic_gcn_lstm, brain_waves, wavenet,
                  cnn_lstm, speaker_recognition, speech_commands, speech_commands_from_waves, speech_transformer,
                  melgan):
        yield from program(k, build)
    yield from program(k, speech_ctc, sizes=(40,))
    for build in (speaker_with_transform, mel_classifier):
        yield from program(k, build, only="keras3")
