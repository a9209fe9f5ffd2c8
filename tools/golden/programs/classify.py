"""Pictures to classes: from the first convnet to transformers."""

from . import encoder_before, functions, patches, places, program


def mnist_convnet(k):
    L = k.layers
    return k.Sequential([
        k.Input((28, 28, 1)), L.Conv2D(8, kernel_size=(3, 3), activation="relu"), L.MaxPooling2D(pool_size=(2, 2)),
        L.Conv2D(12, kernel_size=(3, 3), activation="relu"), L.MaxPooling2D(pool_size=(2, 2)), L.Flatten(),
        L.Dropout(0.5), L.Dense(10, activation="softmax")])


def beginner_mlp(k):
    L = k.layers
    model = k.Sequential([L.Flatten(input_shape=(28, 28)), L.Dense(16, activation="relu"), L.Dropout(0.2),
                          L.Dense(10)])
    return k.Sequential([model, L.Softmax()])


def flowers_with_augmentation(k):
    L = k.layers
    augmentation = k.Sequential([L.RandomFlip("horizontal", input_shape=(32, 32, 3)), L.RandomRotation(0.1),
                                 L.RandomZoom(0.1)])
    layers = [augmentation, L.Rescaling(1. / 255)]
    for width in (4, 8, 12):
        layers += [L.Conv2D(width, 3, padding="same", activation="relu"), L.MaxPooling2D()]
    return k.Sequential([*layers, L.Dropout(0.2), L.Flatten(), L.Dense(16, activation="relu"),
                         L.Dense(5, name="outputs")])


def cats_and_dogs(k):
    """Image classification from scratch: a small Xception."""
    L = k.layers
    inputs = k.Input((48, 48, 3))
    x = L.Rescaling(1.0 / 255)(inputs)
    x = L.Conv2D(8, 3, strides=2, padding="same")(x)
    x = L.BatchNormalization()(x)
    x = L.Activation("relu")(x)
    before = x
    for size in (12, 16, 20):
        for _ in range(2):
            x = L.Activation("relu")(x)
            x = L.SeparableConv2D(size, 3, padding="same")(x)
            x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        x = L.add([x, L.Conv2D(size, 1, strides=2, padding="same")(before)])
        before = x
    x = L.SeparableConv2D(24, 3, padding="same")(x)
    x = L.BatchNormalization()(x)
    x = L.Activation("relu")(x)
    x = L.GlobalAveragePooling2D()(x)
    return k.Model(inputs, L.Dense(1, activation=None)(L.Dropout(0.25)(x)))


def transfer_learning(k):
    """A frozen MobileNetV2 called with training=False, its own preprocessing as functions inside the model."""
    L = k.layers
    base = k.keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, include_top=False, weights=None)
    base.trainable = False
    inputs = k.Input((32, 32, 3))
    x = k.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.2)])(inputs)
    x = k.keras.applications.mobilenet_v2.preprocess_input(x)
    x = L.GlobalAveragePooling2D()(base(x, training=False))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(L.Dropout(0.2)(x)))


def keypoints(k):
    L = k.layers
    base = k.keras.applications.MobileNetV2((64, 64, 3), alpha=0.35, include_top=False, weights=None)
    inputs = k.Input((64, 64, 3))
    x = base(k.keras.applications.mobilenet_v2.preprocess_input(inputs))
    x = L.Dropout(0.3)(x)
    x = L.SeparableConv2D(8, kernel_size=2, strides=1, activation="relu")(x)
    x = L.SeparableConv2D(8, kernel_size=1, strides=1, activation="sigmoid")(x)
    return k.Model(inputs, x, name="keypoint_detector")


def conv_mixer(k):
    L = k.layers

    def activation_block(x):
        return L.BatchNormalization()(L.Activation("gelu")(x))

    inputs = k.Input((16, 16, 3))
    x = activation_block(L.Conv2D(16, kernel_size=2, strides=2)(L.Rescaling(scale=1.0 / 255)(inputs)))
    for _ in range(3):
        before = x
        x = L.Add()([activation_block(L.DepthwiseConv2D(kernel_size=5, padding="same")(x)), before])
        x = activation_block(L.Conv2D(16, kernel_size=1)(x))
    return k.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAvgPool2D()(x)))


def embedded_patches(k, width, size=4, picture=16):
    """Patches, a Dense and positions: how the examples' transformers and mixers begin."""
    L = k.layers
    inputs = k.Input((picture, picture, 3))
    x = L.Dense(width)(patches(k, inputs, size))
    count = (picture // size) ** 2
    return inputs, x + L.Embedding(count, width)(places(k, x, count))


def classified(k, inputs, x, classes=10):
    L = k.layers
    x = L.Dropout(0.2)(L.GlobalAveragePooling1D()(x))
    return k.Model(inputs, L.Dense(classes)(x))


def mlp_mixer(k):
    L, F = k.layers, functions(k)
    inputs, x = embedded_patches(k, 12)
    for _ in range(2):
        y = F.transpose(L.LayerNormalization(epsilon=1e-6)(x), (0, 2, 1))
        y = L.Dense(16, activation="gelu")(y)
        x = F.transpose(L.Dropout(0.2)(L.Dense(16)(y)), (0, 2, 1)) + x
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = x + L.Dropout(0.2)(L.Dense(12)(L.Dense(12, activation="gelu")(y)))
    return classified(k, inputs, x)


def fnet_pictures(k):
    L, ops = k.layers, k.ops
    inputs, x = embedded_patches(k, 12)
    for _ in range(2):
        real, _ = ops.fft2((x, ops.zeros_like(x)))
        x = L.LayerNormalization(epsilon=1e-6)(x + real)
        y = L.Dense(12)(L.Dropout(0.2)(L.Dense(12, activation="gelu")(x)))
        x = L.LayerNormalization(epsilon=1e-6)(x + y)
    return classified(k, inputs, x)


def gated_mlp(k):
    L, F = k.layers, functions(k)
    inputs, x = embedded_patches(k, 12)
    for _ in range(2):
        y = L.LayerNormalization(epsilon=1e-6)(x)
        y = L.Dropout(0.2)(L.Dense(24, activation="gelu")(y))
        u, v = k.ops.split(y, 2, axis=2) if k.v3 else k.tf.split(y, num_or_size_splits=2, axis=2)
        v = F.transpose(L.LayerNormalization(epsilon=1e-6)(v), (0, 2, 1))
        v = F.transpose(L.Dense(16, bias_initializer="ones")(v), (0, 2, 1))
        x = x + L.Dense(12)(u * v)
    return classified(k, inputs, x)


def vision_transformer(k):
    L = k.layers
    inputs = k.Input((24, 24, 3))
    x = k.Sequential([L.Normalization(mean=[120.0, 110.0, 100.0], variance=[3e3, 4e3, 5e3]), L.Resizing(16, 16),
                      L.RandomFlip("horizontal"), L.RandomRotation(0.02), L.RandomZoom(0.2, 0.2)])(inputs)
    x = L.Dense(12)(patches(k, x, 4))
    x = x + L.Embedding(16, 12)(places(k, x, 16))
    for _ in range(2):
        x = encoder_before(k, x, 3, 12, 24)
    x = L.LayerNormalization(epsilon=1e-6)(x)
    x = L.Dropout(0.5)(L.Flatten()(x))
    for units in (24, 12):
        x = L.Dropout(0.5)(L.Dense(units, activation="gelu")(x))
    return k.Model(inputs, L.Dense(10)(x))


def windows(k, x, size):
    F, (_, h, w, c) = functions(k), x.shape
    x = F.reshape(x, (-1, h // size, size, w // size, size, c))
    return F.reshape(F.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, size * size, c))


def unwindows(k, x, size, h, w, c):
    F = functions(k)
    x = F.reshape(x, (-1, h // size, w // size, size, size, c))
    return F.reshape(F.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, h, w, c))


def window_attention(k, x, heads):
    """Self-attention in windows with a bias by relative place, which is a table."""
    import numpy as np

    L, F, (_, n, c) = k.layers, functions(k), x.shape
    size = int(n ** 0.5)
    at = np.stack(np.meshgrid(range(size), range(size), indexing="ij")).reshape(2, -1)
    index = ((at[:, :, None] - at[:, None]).transpose(1, 2, 0) + size - 1) @ [2 * size - 1, 1]
    qkv = F.reshape(L.Dense(3 * c)(x), (-1, n, 3, heads, c // heads))
    q, key, v = (F.transpose(qkv[:, :, i], (0, 2, 1, 3)) for i in range(3))
    index = k.ops.convert_to_tensor(index, "int32") if k.v3 else k.tf.constant(index, "int32")
    bias = F.transpose(L.Embedding((2 * size - 1) ** 2, heads)(index), (2, 0, 1))
    scores = F.matmul(q * (c // heads) ** -0.5, F.transpose(key, (0, 1, 3, 2))) + F.expand_dims(bias, 0)
    y = F.transpose(F.matmul(L.Softmax(axis=-1)(scores), v), (0, 2, 1, 3))
    return L.Dense(c)(F.reshape(y, (-1, n, c)))


def swin_transformer(k):
    L, F = k.layers, functions(k)
    inputs = k.Input((32, 32, 3))
    x = L.Reshape((8, 8, 12))(L.Dense(12)(patches(k, inputs, 4)))
    for shift in (0, 1):
        y = L.LayerNormalization(epsilon=1e-5)(x)
        if shift:
            y = F.roll(y, (-shift, -shift), (1, 2))
        y = unwindows(k, window_attention(k, windows(k, y, 4), 3), 4, 8, 8, 12)
        if shift:
            y = F.roll(y, (shift, shift), (1, 2))
        x = x + y
        y = L.LayerNormalization(epsilon=1e-5)(x)
        x = x + L.Dense(12)(L.Dense(24, activation="gelu")(y))
    quarters = [x[:, 0::2, 0::2, :], x[:, 1::2, 0::2, :], x[:, 0::2, 1::2, :], x[:, 1::2, 1::2, :]]
    x = L.Dense(16, use_bias=False)(F.reshape(L.Concatenate()(quarters), (-1, 16, 48)))
    return k.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def compact_convolutional_transformer(k):
    L, F = k.layers, functions(k)
    inputs = k.Input((16, 16, 3))
    x = inputs
    for width in (8, 12):
        x = L.Conv2D(width, 3, 1, padding="valid", use_bias=False, activation="relu")(x)
        x = L.MaxPooling2D(3, 2, "same")(L.ZeroPadding2D(1)(x))
    x = L.Reshape((-1, 12))(x)
    x = x + L.Embedding(x.shape[1], 12)(places(k, x, x.shape[1]))
    for _ in range(2):
        x = encoder_before(k, x, 2, 12, 12)
    x = L.LayerNormalization(epsilon=1e-5)(x)
    weights = L.Softmax(axis=1)(L.Dense(1)(x))
    x = F.squeeze(F.matmul(F.transpose(weights, (0, 2, 1)), x), -2)
    return k.Model(inputs, L.Dense(10)(x))


def external_attention(k):
    L, F = k.layers, functions(k)
    inputs, x = embedded_patches(k, 16)
    for _ in range(2):
        y = L.LayerNormalization(epsilon=1e-5)(x)
        heads = F.transpose(F.reshape(L.Dense(64)(y), (-1, 16, 4, 16)), (0, 2, 1, 3))
        scores = L.Softmax(axis=2)(L.Dense(8)(heads))
        scores = scores / (1e-9 + (k.ops.sum(scores, axis=-1, keepdims=True) if k.v3 else
                                   k.tf.reduce_sum(scores, axis=-1, keepdims=True)))
        y = F.reshape(F.transpose(L.Dense(16)(scores), (0, 2, 1, 3)), (-1, 16, 64))
        x = L.add([L.Dense(16)(y), x])
        y = L.LayerNormalization(epsilon=1e-5)(x)
        x = L.add([L.Dense(16)(L.Dense(16, activation="gelu")(y)), x])
    return classified(k, inputs, x)


def involution(k):
    """Kernels drawn from the picture itself, applied to its patches."""
    L, F = k.layers, functions(k)
    inputs = k.Input((12, 12, 3))
    x = inputs
    for _ in range(2):
        kernel = L.Conv2D(4, 1)(x)
        kernel = L.Conv2D(9, 1)(L.ReLU()(L.BatchNormalization()(kernel)))
        kernel = L.Reshape((12, 12, 9, 1, 1))(kernel)
        if k.v3:
            around = k.ops.image.extract_patches(x, 3, strides=1, padding="same")
        else:
            around = k.tf.image.extract_patches(x, [1, 3, 3, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
        product = L.Multiply()([kernel, L.Reshape((12, 12, 9, 3, 1))(around)])
        total = k.ops.sum(product, axis=3) if k.v3 else k.tf.reduce_sum(product, axis=3)
        x = L.ReLU()(F.reshape(total, (-1, 12, 12, 3)))
    return k.Model(inputs, L.Dense(10)(L.Flatten()(L.Dense(8, activation="relu")(x))))


def perceiver(k):
    L = k.layers
    inputs, data = embedded_patches(k, 12)
    data = L.LayerNormalization(epsilon=1e-6)(data)
    if k.v3:
        index = k.ops.cast(k.ops.zeros_like(data[:, :1, 0]), "int32") + k.ops.arange(6)
    else:
        index = k.tf.cast(k.tf.zeros_like(data[:, :1, 0]), "int32") + k.tf.range(6)
    x = L.Embedding(6, 12)(index)
    for _ in range(2):
        x = L.LayerNormalization(epsilon=1e-6)(x)
        q, key, v = L.Dense(12)(x), L.Dense(12)(data), L.Dense(12)(data)
        y = L.Attention(use_scale=True, dropout=0.1)([q, key, v], return_attention_scores=False)
        y = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, x]))
        x = L.Add()([L.Dense(12)(L.Dense(12, activation="gelu")(y)), y])
        x = encoder_before(k, x, 2, 6, 12)
    return classified(k, inputs, x)


def attention_in_bags(k):
    """Multiple-instance learning: one input an instance, attention weights across them."""
    L = k.layers
    inputs = [k.Input((8, 8)) for _ in range(3)]
    shared_1, shared_2 = L.Dense(12, activation="relu"), L.Dense(8, activation="relu")
    embedded = [shared_2(shared_1(L.Flatten()(x))) for x in inputs]
    tanh, gate, score = L.Dense(6, "tanh", use_bias=False), L.Dense(6, "sigmoid", use_bias=False), L.Dense(1)
    scores = L.Concatenate()([score(L.Multiply()([tanh(x), gate(x)])) for x in embedded])
    alpha = L.Softmax(name="alpha")(scores)
    weighted = [L.Multiply()([alpha[:, i:i + 1], x]) for i, x in enumerate(embedded)]
    return k.Model(inputs, L.Dense(2, activation="softmax")(L.concatenate(weighted, axis=1)))


def layer_features(k):
    """Deep dream and style transfer: the activations of several layers of a trained network, by name."""
    L = k.layers
    inputs = k.Input((None, None, 3))
    x, kept = inputs, {}
    for block, width in enumerate((4, 6, 8), 1):
        for conv in (1, 2):
            x = L.Conv2D(width, 3, activation="relu", padding="same", name=f"block{block}_conv{conv}")(x)
        kept[f"block{block}_conv1"] = k.Model(inputs, x).get_layer(f"block{block}_conv1").output
        x = L.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    return k.Model(inputs, kept)


def ensemble(k):
    """The functional guide's three models as one, their outputs averaged."""
    L = k.layers

    def member():
        inputs = k.Input((12,))
        return k.Model(inputs, L.Dense(1)(L.Dense(4, activation="relu")(inputs)))

    inputs = k.Input((12,))
    return k.Model(inputs, L.average([member()(inputs) for _ in range(3)]))


def toy_resnet(k):
    L = k.layers
    inputs = k.Input((20, 20, 3), name="img")
    x = L.Conv2D(6, 3, activation="relu")(inputs)
    x = L.Conv2D(8, 3, activation="relu")(x)
    x = L.MaxPooling2D(3)(x)
    for _ in range(2):
        before = x
        x = L.Conv2D(8, 3, activation="relu", padding="same")(x)
        x = L.Conv2D(8, 3, activation="relu", padding="same")(x)
        x = L.add([x, before])
    x = L.GlobalAveragePooling2D()(L.Conv2D(8, 3, activation="relu")(x))
    x = L.Dropout(0.5)(L.Dense(16, activation="relu")(x))
    return k.Model(inputs, L.Dense(10)(x), name="toy_resnet")


def cases(k):
    for build in (mnist_convnet, beginner_mlp, mlp_mixer, gated_mlp, swin_transformer,
                  compact_convolutional_transformer, external_attention, involution, perceiver, attention_in_bags,
                  ensemble, toy_resnet):
        yield from program(k, build)
    yield from program(k, layer_features, sizes=(16, 20))
    for build in (flowers_with_augmentation, cats_and_dogs, conv_mixer, vision_transformer):
        yield from program(k, build, scale=100)
    for build in (transfer_learning, keypoints):
        yield from program(k, build, scale=100, deep=True)
    yield from program(k, fnet_pictures, only="keras3")
