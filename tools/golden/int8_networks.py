"""Networks that are quantised to 8 bits throughout: small ones for microcontrollers, and those of photos."""

from networks import NETWORKS as COMMON, Network, pictures
from speed_networks import NETWORKS as SPEED


def _inverted_residual(L, x, kernel, expand, width, stride):
    """EfficientNet's block as its Lite family has it: without squeeze and excite, and with ReLU6."""
    before, channels = x, x.shape[-1]
    if expand != 1:
        x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(expand * channels, 1, use_bias=False)(x)))
    x = L.DepthwiseConv2D(kernel, strides=stride, padding="same", use_bias=False)(x)
    x = L.ReLU(6.0)(L.BatchNormalization()(x))
    x = L.BatchNormalization()(L.Conv2D(width, 1, use_bias=False)(x))
    return L.Add()([before, x]) if stride == 1 and width == channels else x


# Kernel, expansion, channels, repeats, stride of the first.
_LITE0 = ((3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (5, 6, 40, 2, 2), (3, 6, 80, 3, 2), (5, 6, 112, 3, 1), (5, 6, 192, 4, 2),
          (3, 6, 320, 1, 1))


def efficientnet_lite0(k, size=224):
    L = k.layers
    x = first = k.Input((size, size, 3))
    x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(x)))
    for kernel, expand, width, repeats, stride in _LITE0:
        for number in range(repeats):
            x = _inverted_residual(L, x, kernel, expand, width, 1 if number else stride)
    x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(1280, 1, use_bias=False)(x)))
    x = L.Dense(1000, activation="softmax")(L.GlobalAveragePooling2D()(x))
    return k.Model(first, x, name="efficientnet_lite0")


def person_detect(k):
    """MLPerf Tiny's visual wake words: MobileNet at a quarter of its width on 96 x 96 grey pixels."""
    return k.keras.applications.MobileNet((96, 96, 1), alpha=0.25, weights=None, classes=2)


def _grey(rng, batch):
    return [pictures(rng, batch, 96, -1, 1)[0][..., :1]]


_FLOAT = COMMON | SPEED
NETWORKS = {
    "mobilenet_v2_int8": _FLOAT["mobilenet_v2"],
    "resnet50_int8": _FLOAT["resnet50"],
    "efficientnet_lite0_int8": Network("efficientnet_lite0", efficientnet_lite0,
                                       lambda rng, b: pictures(rng, b, 224, -1, 1), deep=True),
    "person_detect_int8": Network("person_detect", person_detect, _grey, deep=True),
    "ds_cnn_int8": _FLOAT["ds_cnn"],
}
