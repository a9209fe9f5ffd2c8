"""The networks that stand for real use: what the acceptance tests run and ./dev bench peers measures."""

import dataclasses
import typing

import numpy as np

import weights


@dataclasses.dataclass
class Network:
    name: str
    build: typing.Callable  # (k) -> model
    draw: typing.Callable  # (rng, batch) -> list of inputs
    deep: bool = False  # many layers after one another: errors add up
    batches: tuple = ()  # instead of the usual ones


def pictures(rng, batch, size, low, high):
    """Smooth random pictures: blobs of colour, not noise, so that convolutions see what they see in life."""
    coarse = rng.random((batch, 9, 9, 3))
    at = np.linspace(0, 7.999, size)
    i, f = at.astype(int), at % 1
    rows = coarse[:, i] * (1 - f)[None, :, None, None] + coarse[:, i + 1] * f[None, :, None, None]
    smooth = rows[:, :, i] * (1 - f)[None, None, :, None] + rows[:, :, i + 1] * f[None, None, :, None]
    grain = 0.05 * rng.standard_normal(smooth.shape)
    return [(low + (high - low) * np.clip(smooth + grain, 0, 1)).astype("float32")]


def words(vocabulary, length):
    """Sentences of different lengths, padded with zeros at the end."""
    def draw(rng, batch):
        ids = rng.integers(1, vocabulary, (batch, length))
        for row in range(batch):
            ids[row, rng.integers(length // 2, length + 1):] = 0
        return [ids.astype("int32")]
    return draw


def vectors(*shape):
    return lambda rng, batch: [rng.standard_normal((batch, *shape)).astype("float32")]


def unet(k, size=256, base=32, levels=4):
    L = k.layers

    def double(x, width):
        for _ in range(2):
            x = L.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = L.ReLU()(L.BatchNormalization()(x))
        return x

    x = first = k.Input((size, size, 3))
    skips = []
    for level in range(levels):
        x = double(x, base << level)
        skips.append(x)
        x = L.MaxPooling2D()(x)
    x = double(x, base << levels)
    for level in reversed(range(levels)):
        x = L.Conv2DTranspose(base << level, 2, strides=2, padding="same")(x)
        x = double(L.Concatenate()([x, skips[level]]), base << level)
    return k.Model(first, L.Conv2D(1, 1, activation="sigmoid")(x), name="unet")


def bilstm(k, mask_zero):
    L = k.layers
    x = ids = k.Input((None,), dtype="int32")
    x = L.Embedding(4000, 64, mask_zero=mask_zero)(x)
    x = L.Bidirectional(L.LSTM(64, return_sequences=True))(x)
    x = L.Bidirectional(L.LSTM(32))(x)
    return k.Model(ids, L.Dense(5, activation="softmax")(L.Dropout(0.3)(L.Dense(64, activation="relu")(x))))


def transformer(k, width=128, heads=4, length=64, blocks=4, vocabulary=4000):
    L = k.layers
    ids, places = k.Input((length,), dtype="int32", name="ids"), k.Input((length,), dtype="int32", name="places")
    x = L.Add()([L.Embedding(vocabulary, width)(ids), L.Embedding(length, width)(places)])
    for _ in range(blocks):
        y = L.MultiHeadAttention(heads, width // heads, dropout=0.1)(x, x)
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, y]))
        y = L.Dense(width)(L.Dense(4 * width, activation="gelu")(x))
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.Dropout(0.1)(y)]))
    return k.Model([ids, places], L.Dense(6, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def transformer_inputs(rng, batch):
    return words(4000, 64)(rng, batch) + [np.tile(np.arange(64, dtype="int32"), (batch, 1))]


def mlp(k):
    L = k.layers
    return k.Sequential([k.Input((784,)), L.Dense(512, activation="relu"), L.Dropout(0.2),
                         L.Dense(512, activation="relu"), L.Dropout(0.2), L.Dense(10, activation="softmax")])


def lstm(k):
    x = k.Input((100, 128))
    return k.Model(x, k.layers.Dense(10, activation="softmax")(k.layers.LSTM(128)(x)))


NETWORKS = {n.name: n for n in (
    Network("mobilenet_v2", lambda k: k.keras.applications.MobileNetV2(weights=None),
            lambda rng, b: pictures(rng, b, 224, -1, 1), deep=True),
    Network("resnet50", lambda k: k.keras.applications.ResNet50(weights=None),
            lambda rng, b: pictures(rng, b, 224, -120, 130), deep=True),
    Network("efficientnet_b0", lambda k: k.keras.applications.EfficientNetB0(weights=None),
            lambda rng, b: pictures(rng, b, 224, 0, 255), deep=True),
    Network("unet256", unet, lambda rng, b: pictures(rng, b, 256, 0, 1), deep=True),
    Network("bilstm", lambda k: bilstm(k, False), words(4000, 40)),
    Network("bilstm_masked", lambda k: bilstm(k, True), words(4000, 40)),
    Network("transformer", transformer, transformer_inputs, deep=True),
    Network("mlp", mlp, vectors(784)),
    Network("lstm128x100", lstm, vectors(100, 128)),
)}


# What the pictures look like that an application was trained on, by its module; the others take 0 to 255.
RANGES = {"densenet": (-2.1, 2.6)} | {
    module: (-120, 130) for module in ("resnet", "vgg16", "vgg19")} | {
    module: (-1, 1) for module in ("mobilenet", "mobilenet_v2", "inception_v3", "inception_resnet_v2", "xception",
                                   "nasnet", "resnet_v2")}


def applications():
    """The names of all architectures of keras.applications (Keras 3)."""
    import keras

    return sorted(n for n in dir(keras.applications) if n[0].isupper())


def application(name):
    """One of them, at the size of picture that is its own default."""
    def draw(rng, batch):
        import keras

        function = getattr(keras.applications, name)
        low, high = RANGES.get(function.__module__.rpartition(".")[2], (0, 255))
        return pictures(rng, batch, size_of[name], low, high)

    def build(k):
        model = getattr(k.keras.applications, name)(weights=None)
        size_of[name] = model.input_shape[1] or 224  # MobileNetV3 leaves the size open
        return model

    size_of = {}
    return Network(name, build, draw, deep=True, batches=(4,))


def find(name):
    return NETWORKS.get(name) or application(name)


def trained_looking(k, network, seed):
    """The network with seeded weights, and with the batch-norm statistics that such a network has after training."""
    model = network.build(k)
    weights.randomise(model, seed)
    inputs = network.draw(np.random.default_rng(seed + 7), 2 if network.batches else 8)
    weights.calibrate(k, model, inputs, seed)
    return model
