"""Pictures to pictures, boxes, points and texts; volumes and clips."""

from . import encoder_before, functions, places, program


def oxford_pets_segmentation(k):
    """The U-Net of separable convolutions in 'Image segmentation with a U-Net-like architecture'."""
    L = k.layers
    inputs = k.Input((32, 32, 3))
    x = L.Conv2D(6, 3, strides=2, padding="same")(inputs)
    x = before = L.Activation("relu")(L.BatchNormalization()(x))
    for width in (8, 12):
        for _ in range(2):
            x = L.SeparableConv2D(width, 3, padding="same")(L.Activation("relu")(x))
            x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        x = before = L.add([x, L.Conv2D(width, 1, strides=2, padding="same")(before)])
    for width in (12, 8, 6):
        for _ in range(2):
            x = L.Conv2DTranspose(width, 3, padding="same")(L.Activation("relu")(x))
            x = L.BatchNormalization()(x)
        x = L.UpSampling2D(2)(x)
        x = before = L.add([x, L.Conv2D(width, 1, padding="same")(L.UpSampling2D(2)(before))])
    return k.Model(inputs, L.Conv2D(3, 3, activation="softmax", padding="same")(x))


def mobilenet_segmentation(k):
    """TensorFlow's segmentation tutorial: skips out of a MobileNetV2, a pix2pix decoder."""
    L = k.layers
    base = k.keras.applications.MobileNetV2((64, 64, 3), alpha=0.35, include_top=False, weights=None)
    names = ["block_1_expand_relu", "block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu",
             "block_16_project"]
    down = k.Model(base.input, [base.get_layer(name).output for name in names])
    down.trainable = False
    inputs = k.Input((64, 64, 3))
    *skips, x = down(inputs)
    for width, skip in zip((16, 12, 8, 6), reversed(skips)):
        up = k.Sequential([L.Conv2DTranspose(width, 3, strides=2, padding="same", use_bias=False),
                           L.BatchNormalization(), L.ReLU()])
        x = L.Concatenate()([up(x), skip])
    return k.Model(inputs, L.Conv2DTranspose(3, 3, strides=2, padding="same")(x))


def deeplab(k):
    L = k.layers

    def block(x, width=12, size=3, rate=1, bias=False):
        x = L.Conv2D(width, size, dilation_rate=rate, padding="same", use_bias=bias,
                     kernel_initializer="he_normal")(x)
        return L.ReLU()(L.BatchNormalization()(x))

    inputs = k.Input((32, 32, 3))
    low = block(L.MaxPooling2D()(block(inputs)))
    x = block(L.MaxPooling2D(2)(low))
    pooled = block(L.AveragePooling2D(pool_size=(x.shape[-3], x.shape[-2]))(x), size=1, bias=True)
    spread = [L.UpSampling2D((8, 8), interpolation="bilinear")(pooled)]
    spread += [block(x, size=1), block(x, rate=6), block(x, rate=12), block(x, rate=18)]
    x = L.UpSampling2D((2, 2), interpolation="bilinear")(block(L.Concatenate(axis=-1)(spread), size=1))
    x = block(block(L.Concatenate(axis=-1)([x, block(low, 6, 1)])))
    x = L.UpSampling2D((2, 2), interpolation="bilinear")(x)
    return k.Model(inputs, L.Conv2D(20, kernel_size=(1, 1), padding="same")(x))


def retinanet(k):
    """A feature pyramid with shared class and box heads over five levels."""
    L, kept = k.layers, []
    inputs = k.Input((64, 64, 3), name="image")
    x = inputs
    for width in (4, 8, 8, 12, 12):
        x = L.ReLU()(L.BatchNormalization()(L.Conv2D(width, 3, 2, "same")(x)))
        kept.append(x)
    c3, c4, c5 = (L.Conv2D(8, 1, 1, "same")(x) for x in kept[2:])
    c4 = c4 + L.UpSampling2D(2)(c5)
    c3 = c3 + L.UpSampling2D(2)(c4)
    c3, c4, c5 = (L.Conv2D(8, 3, 1, "same")(x) for x in (c3, c4, c5))
    c6 = L.Conv2D(8, 3, 2, "same")(kept[4])
    levels = [c3, c4, c5, c6, L.Conv2D(8, 3, 2, "same")(L.ReLU()(c6))]

    def head(filters):
        layers = [k.Input((None, None, 8))]
        for _ in range(2):
            layers += [L.Conv2D(8, 3, padding="same"), L.ReLU()]
        return k.Sequential([*layers, L.Conv2D(filters, 3, 1, padding="same")])

    classes, boxes = head(9 * 4), head(9 * 4)
    outputs = [L.Concatenate(axis=1)([L.Reshape((-1, 4))(h(level)) for level in levels]) for h in (boxes, classes)]
    return k.Model(inputs, L.Concatenate(axis=-1, name="detections")(outputs))


def depth_to_space(k, x, block):
    """keras.ops has none: an example's layer reshapes, and to save that without the layer the sizes must be known."""
    if not k.v3:
        return k.tf.nn.depth_to_space(x, block)
    _, h, w, c = x.shape
    x = k.ops.reshape(x, (-1, h, w, block, block, c // block ** 2))
    return k.ops.reshape(k.ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, h * block, w * block, c // block ** 2))


def super_resolution(k):
    """ESPCN: three times the size out; any size in, in tf_keras."""
    L = k.layers
    x = inputs = k.Input((10, 13, 1) if k.v3 else (None, None, 1))
    for width, size in ((12, 5), (12, 3), (6, 3), (9, 3)):
        x = L.Conv2D(width, size, activation="tanh", kernel_initializer="orthogonal", padding="same")(x)
    return k.Model(inputs, depth_to_space(k, x, 3))


def edsr(k):
    L = k.layers
    inputs = k.Input((8, 6, 3) if k.v3 else (None, None, 3))
    first = x = L.Conv2D(8, 3, padding="same")(L.Rescaling(scale=1.0 / 255)(inputs))
    for _ in range(2):
        y = L.Conv2D(8, 3, padding="same")(L.Conv2D(8, 3, padding="same", activation="relu")(x))
        x = L.Add()([x, y])
    x = L.Add()([first, L.Conv2D(8, 3, padding="same")(x)])
    for _ in range(2):
        x = depth_to_space(k, L.Conv2D(32, 3, padding="same")(x), 2)
    return k.Model(inputs, L.Rescaling(scale=255)(L.Conv2D(3, 3, padding="same")(x)))


def zero_dce(k):
    L = k.layers
    inputs = k.Input((None, None, 3))

    def conv(x, width=8, activation="relu"):
        return L.Conv2D(width, (3, 3), strides=(1, 1), activation=activation, padding="same")(x)

    a = conv(inputs)
    b = conv(a)
    c = conv(b)
    d = conv(c)
    e = conv(L.Concatenate(axis=-1)([d, c]))
    f = conv(L.Concatenate(axis=-1)([e, b]))
    curves = conv(L.Concatenate(axis=-1)([f, a]), 24, "tanh")
    x, square = inputs, (k.ops.square if k.v3 else k.tf.square)
    for i in range(8):
        x = x + curves[:, :, :, 3 * i:3 * i + 3] * (square(x) - x)
    return k.Model(inputs, x)


def mirnet(k):
    """Low-light enhancement: selective kernel fusion, channel and spatial attention at two resolutions."""
    L = k.layers
    largest, mean = (k.ops.max, k.ops.mean) if k.v3 else (k.tf.reduce_max, k.tf.reduce_mean)

    def fusion(a, b, width):
        x = L.GlobalAveragePooling2D()(L.Add()([a, b]))
        x = L.Conv2D(width // 4, 1, activation="relu")(L.Reshape((1, 1, width))(x))
        u, v = (L.Conv2D(width, 1)(x) for _ in range(2))
        both = L.Softmax(axis=1)(L.Concatenate(axis=1)([u, v]))
        return a * both[:, 0:1] + b * both[:, 1:2]

    def attention(x, width):
        flat = L.Concatenate()([largest(x, axis=[-1], keepdims=True), mean(x, axis=[-1], keepdims=True)])
        spatial = x * L.Conv2D(1, 1, activation="sigmoid")(flat)
        squeezed = L.Reshape((1, 1, width))(L.GlobalAveragePooling2D()(x))
        channel = x * L.Conv2D(width, 1, activation="sigmoid")(L.Conv2D(2, 1, activation="relu")(squeezed))
        return L.Add()([x, L.Conv2D(width, 1)(L.Concatenate(axis=-1)([channel, spatial]))])

    inputs = k.Input((32, 32, 3))
    x = first = L.Conv2D(8, 3, padding="same")(inputs)
    for _ in range(2):
        high = attention(L.Conv2D(8, 3, padding="same", activation="relu")(x), 8)
        down = L.Conv2D(12, 3, padding="same", activation="relu")(L.MaxPooling2D()(x))
        up = L.Conv2D(8, 3, padding="same")(L.UpSampling2D()(attention(down, 12)))
        x = x + fusion(high, up, 8)
    x = L.Conv2D(3, 3, padding="same")(x + first)
    return k.Model(inputs, L.Add()([inputs, x]))


def captcha(k, picture=(64, 24)):
    """'OCR model for reading captchas', without the layer that only computes the loss."""
    L = k.layers
    width, height = picture
    inputs = k.Input((width, height, 1), name="image")
    x = inputs
    for i, filters in enumerate((6, 8), 1):
        x = L.Conv2D(filters, (3, 3), activation="relu", kernel_initializer="he_normal", padding="same",
                     name=f"Conv{i}")(x)
        x = L.MaxPooling2D((2, 2), name=f"pool{i}")(x)
    x = L.Reshape(target_shape=(width // 4, height // 4 * 8), name="reshape")(x)
    x = L.Dropout(0.2)(L.Dense(12, activation="relu", name="dense1")(x))
    for units in (8, 6):
        x = L.Bidirectional(L.LSTM(units, return_sequences=True, dropout=0.25))(x)
    return k.Model(inputs, L.Dense(21, activation="softmax", name="dense2")(x))


def handwriting(k):
    return captcha(k, (48, 16))


def pointnet(k, parts=False):
    """Classification of point clouds; `parts`: a class for every point."""
    L = k.layers

    def conv(x, width):
        x = L.Conv1D(width, kernel_size=1, padding="valid")(x)
        return L.Activation("relu")(L.BatchNormalization(momentum=0.0)(x))

    def dense(x, width):
        return L.Activation("relu")(L.BatchNormalization(momentum=0.0)(L.Dense(width)(x)))

    def turned(x, size):
        y = L.GlobalMaxPooling1D()(conv(conv(x, 8), 12))
        y = L.Dense(size * size, kernel_initializer="zeros",
                    bias_initializer=k.keras.initializers.Constant(1.0))(dense(y, 8))
        return L.Dot(axes=(2, 1))([x, L.Reshape((size, size))(y)])

    inputs = k.Input((16, 3))
    x = turned(inputs, 3)
    points = x = turned(conv(conv(x, 8), 8), 8)
    x = L.GlobalMaxPooling1D()(conv(conv(x, 8), 16))
    if parts:
        spread = functions(k).tile(L.Reshape((1, 16))(x), (1, 16, 1))
        x = conv(L.Concatenate()([points, spread]), 12)
        return k.Model(inputs, L.Conv1D(5, kernel_size=1, activation="softmax")(x))
    x = L.Dropout(0.3)(dense(x, 12))
    return k.Model(inputs, L.Dense(10, activation="softmax")(x), name="pointnet")


def pointnet_parts(k):
    return pointnet(k, parts=True)


def ct_scans(k):
    L = k.layers
    inputs = k.Input((32, 32, 20, 1))
    x = inputs
    for width in (4, 4, 6):
        x = L.Conv3D(filters=width, kernel_size=3, activation="relu")(x)
        x = L.BatchNormalization()(L.MaxPool3D(pool_size=(2, 2, 1) if width == 6 else 2)(x))
    x = L.Dropout(0.3)(L.Dense(8, activation="relu")(L.GlobalAveragePooling3D()(x)))
    return k.Model(inputs, L.Dense(units=1, activation="sigmoid")(x), name="3dcnn")


def clips_cnn_rnn(k):
    """Features of frames and a mask of which are there, through two GRUs."""
    L = k.layers
    features, mask = k.Input((10, 12)), k.Input((10,), dtype="bool")
    x = L.GRU(16, return_sequences=True)(features, mask=mask)
    x = L.Dropout(0.4)(L.GRU(8)(x))
    x = L.Dense(8, activation="relu")(x)
    return k.Model([features, mask], L.Dense(5, activation="softmax")(x))


def clips_time_distributed(k):
    L = k.layers
    frame = k.Sequential([k.Input((16, 16, 3)), L.Conv2D(6, 3, 2, "same", activation="relu"), L.BatchNormalization(),
                          L.Conv2D(8, 3, 2, "same", activation="relu"), L.GlobalMaxPool2D()])
    return k.Sequential([k.Input((5, 16, 16, 3)), L.TimeDistributed(frame), L.GRU(8), L.Dense(12, activation="relu"),
                         L.Dropout(0.5), L.Dense(4, activation="softmax")])


def video_vision_transformer(k):
    L = k.layers
    inputs = k.Input((8, 16, 16, 1))
    x = L.Conv3D(filters=12, kernel_size=(4, 8, 8), strides=(4, 8, 8), padding="valid")(inputs)
    x = L.Reshape((-1, 12))(x)
    x = x + L.Embedding(8, 12)(places(k, x, 8))
    for _ in range(2):
        x = encoder_before(k, x, 2, 6, 24)
    x = L.GlobalAvgPool1D()(L.LayerNormalization(epsilon=1e-6)(x))
    return k.Model(inputs, L.Dense(units=11, activation="softmax")(x))


def next_frame(k):
    L = k.layers
    inputs = k.Input((None, 12, 12, 1))
    x = inputs
    for size in (5, 3, 1):
        x = L.ConvLSTM2D(filters=4, kernel_size=(size, size), padding="same", return_sequences=True,
                         activation="relu")(x)
        x = L.BatchNormalization()(x)
    x = L.Conv3D(filters=1, kernel_size=(3, 3, 3), activation="sigmoid", padding="same")(x)
    return k.Model(inputs, x)


def clips_2plus1d(k):
    """TensorFlow's video tutorial: convolutions split into space and time."""
    L = k.layers

    def conv(x, width, size):
        x = L.Conv3D(width, (1, size[1], size[2]), padding="same")(x)
        return L.Conv3D(width, (size[0], 1, 1), padding="same")(x)

    inputs = k.Input((4, 16, 16, 3))
    x = L.ReLU()(L.BatchNormalization()(conv(inputs, 4, (3, 7, 7))))
    for width in (4, 8):
        y = L.LayerNormalization()(conv(L.ReLU()(L.LayerNormalization()(conv(x, width, (3, 3, 3)))), width, (3, 3, 3)))
        if x.shape[-1] != width:
            x = L.LayerNormalization()(L.Dense(width)(x))
        x = L.MaxPooling3D((1, 2, 2))(L.add([y, x]))
    return k.Model(inputs, L.Dense(10)(L.Flatten()(L.GlobalAveragePooling3D()(x))))


def cases(k):
    for build in (oxford_pets_segmentation, deeplab, retinanet, mirnet, captcha, handwriting, pointnet,
                  pointnet_parts, ct_scans, clips_time_distributed, clips_cnn_rnn, video_vision_transformer,
                  clips_2plus1d):
        yield from program(k, build)
    yield from program(k, mobilenet_segmentation, deep=True)
    yield from program(k, next_frame, sizes=(4,))
    for build in (super_resolution, zero_dce):
        yield from program(k, build, sizes=(10, 13))
    yield from program(k, edsr, sizes=(8, 6), scale=100)
