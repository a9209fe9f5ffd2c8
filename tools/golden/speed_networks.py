"""Networks that only ./dev bench peers measures: from a network of a microsecond to one of half a gigabyte."""

from networks import Network, pictures, vectors


def superres(k, size=256, width=64, convolutions=8):
    """Super-resolution as a residual: everything at full size, nothing but 3x3 convolutions (VDSR's shape)."""
    L = k.layers
    x = first = k.Input((size, size, 3))
    for _ in range(convolutions - 1):
        x = L.Conv2D(width, 3, padding="same", activation="relu")(x)
    return k.Model(first, L.Add()([first, L.Conv2D(3, 3, padding="same")(x)]), name="superres")


def bert(k, width, blocks, heads, length=128, vocabulary=30522):
    """A BERT encoder on whole sentences: token and position embeddings, post-norm blocks, the last hidden state."""
    L = k.layers
    ids = k.Input((length,), dtype="int32", name="ids")
    places = k.tf.cumsum(k.tf.ones_like(ids), axis=1, exclusive=True)
    x = L.Add()([L.Embedding(vocabulary, width)(ids), L.Embedding(length, width)(places)])
    x = L.LayerNormalization(epsilon=1e-12)(x)
    for _ in range(blocks):
        y = L.MultiHeadAttention(heads, width // heads)(x, x)
        x = L.LayerNormalization(epsilon=1e-12)(L.Add()([x, y]))
        y = L.Dense(width)(L.Dense(4 * width, activation="gelu")(x))  # Keras's gelu is the one with erf
        x = L.LayerNormalization(epsilon=1e-12)(L.Add()([x, y]))
    return k.Model(ids, x, name="bert")


def tokens(rng, batch):
    return [rng.integers(1, 30522, (batch, 128)).astype("int32")]


def gru(k):
    x = k.Input((50, 64))
    return k.Model(x, k.layers.Dense(10, activation="softmax")(k.layers.GRU(64)(x)))


def cnn28(k):
    L = k.layers
    return k.chain((28, 28, 1), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
                   L.Dense(10, activation="softmax"))


def ds_cnn(k):
    """Keyword spotting as in MLPerf Tiny: 49 frames of 10 coefficients, 12 words."""
    L = k.layers

    def normed(*layers):
        return [one for layer in layers for one in (layer, L.BatchNormalization(), L.ReLU())]

    blocks = [L.Conv2D(64, (10, 4), strides=2, padding="same")]
    for _ in range(4):
        blocks += [L.DepthwiseConv2D(3, padding="same"), L.Conv2D(64, 1)]
    return k.chain((49, 10, 1), *normed(*blocks), L.GlobalAveragePooling2D(), L.Dense(12, activation="softmax"))


def mlp16(k):
    L = k.layers
    return k.chain((16,), L.Dense(16, activation="relu"), L.Dense(4, activation="softmax"))


NETWORKS = {n.name: n for n in (
    Network("mobilenet_v3_large", lambda k: k.keras.applications.MobileNetV3Large((224, 224, 3), weights=None),
            lambda rng, b: pictures(rng, b, 224, 0, 255), deep=True),
    Network("vgg16", lambda k: k.keras.applications.VGG16(weights=None),
            lambda rng, b: pictures(rng, b, 224, -120, 130), deep=True),
    Network("superres", superres, lambda rng, b: pictures(rng, b, 256, 0, 1), deep=True),
    Network("bert_base", lambda k: bert(k, 768, 12, 12), tokens, deep=True),
    Network("bert_mini", lambda k: bert(k, 256, 4, 4), tokens, deep=True),
    Network("gru64x50", gru, vectors(50, 64)),
    Network("lstm32_step", lambda k: k.chain((1, 32), k.layers.LSTM(32)), vectors(1, 32)),
    Network("cnn28", cnn28, lambda rng, b: [pictures(rng, b, 28, 0, 1)[0][..., :1]]),
    Network("ds_cnn", ds_cnn, vectors(49, 10, 1)),
    Network("mlp16", mlp16, vectors(16)),
)}
