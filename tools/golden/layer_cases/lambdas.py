"""Lambda layers, and the functions that a person tells vivace in their place."""

from . import Case

# Name: (input shape, the layer's Python, what vivace is told).
FUNCTIONS = {
    "scale": ((4, 3), lambda tf: lambda x: x / 127.5 - 1.0, "x / 127.5 - 1.0"),
    "pasted": ((4, 3), lambda tf: lambda t: t * 2.0 + 1.0, "lambda t: t * 2. + 1."),
    "crop": ((9, 8, 3), lambda tf: lambda x: x[:, 2:-3, :, ::-1], "x[:, 2:-3, :, ::-1]"),
    "step_and_pick": ((9, 8, 3), lambda tf: lambda x: x[:, ::2, -1], "x[:, ::2, -1]"),
    "new_axis": ((4, 3), lambda tf: lambda x: x[..., None, :], "x[..., None, :]"),
    "power": ((4,), lambda tf: lambda x: -x ** 2 + 2 ** 3, "-x ** 2 + 2 ** 3"),
    "floor_and_modulo": ((4,), lambda tf: lambda x: (3 * x) // 2 + x % 3, "(3 * x) // 2 + x % 3"),
    "mean": ((4, 3), lambda tf: lambda x: tf.reduce_mean(x, axis=-1, keepdims=True), "mean(x, axis=-1, keepdims=True)"),
    "centre": ((4, 3), lambda tf: lambda x: x - tf.reduce_mean(x, axis=1, keepdims=True),
               "lambda x: x - tf.reduce_mean(x, axis=1, keepdims=True)"),
    "resize": ((6, 5, 3), lambda tf: lambda x: tf.image.resize(x, (9, 8)), "image.resize(x, (9, 8))"),
    "resize_corners": ((6, 5, 3), lambda tf: lambda x: tf.compat.v1.image.resize_bilinear(x, [9, 8], align_corners=True),
                       "tf.compat.v1.image.resize_bilinear(x, [9, 8], align_corners=True)"),
    "both_signs": ((4, 3), lambda tf: lambda x: tf.concat([x, -x], axis=-1), "concatenate([x, -x], axis=-1)"),
    "where": ((4, 3), lambda tf: lambda x: tf.where(x > 0, x, 0.1 * x), "where(x > 0, x, 0.1 * x)"),
    "conditions": ((4, 3), lambda tf: lambda x: tf.cast((x > -1) & (x <= 1), "float32"),
                   'cast((x > -1) & (x <= 1), "float32")'),
    "activations": ((4, 3), lambda tf: lambda x: tf.nn.relu(x) + tf.nn.swish(x), "relu(x) + swish(x)"),
    "softmax": ((4, 3), lambda tf: lambda x: tf.nn.softmax(x, axis=1), "ops.softmax(x, axis=1)"),
    "norm": ((5,), lambda tf: lambda x: tf.math.l2_normalize(x, axis=1), "tf.math.l2_normalize(x, axis=1)"),
    "matmul": ((4, 4), lambda tf: lambda x: x @ tf.transpose(x, [0, 2, 1]), "x @ transpose(x, (0, 2, 1))"),
    "expand": ((4,), lambda tf: lambda x: tf.expand_dims(x, 1), "expand_dims(x, axis=1)"),
    "constant_list": ((3,), lambda tf: lambda x: x - tf.constant([0.1, 0.2, 0.3]), "x - [0.1, 0.2, 0.3]"),
    "split": ((6,), lambda tf: lambda x: tf.split(x, 2, axis=-1)[1], "split(x, 2, axis=-1)[1]"),
    "default_parameter": ((4,), lambda tf: lambda x: x * 3.0, "lambda x, by=3.0: x * by"),
}


def cases(k):
    for name, (shape, make, told) in FUNCTIONS.items():
        def build(shape=shape, make=make):
            x = k.Input(shape)
            return k.Model(x, k.layers.Lambda(make(k.tf), name="told")(x))
        yield Case(f"lambda_{name}", build, lambdas={"told": told})
    yield Case("lambda_of_two", lambda: two(k), lambdas={"told": "x[0] * x[1] + x0"})
    yield Case("lambda_in_time", lambda: in_time(k), lambdas={"told": "x * 2"})
    yield Case("lambda_with_arguments", lambda: with_arguments(k), lambdas={"told": "x * scale + shift"})
    yield Case("lambda_not_told", lambda: two(k), refused="import.lambda")


def two(k):
    a, b = k.Input((4,)), k.Input((4,))
    return k.Model([a, b], k.layers.Lambda(lambda x: x[0] * x[1] + x[0], name="told")([a, b]))


def in_time(k):
    x = k.Input((5, 4))
    return k.Model(x, k.layers.TimeDistributed(k.layers.Lambda(lambda x: x * 2, name="told"))(x))


def with_arguments(k):
    def function(x, scale, shift):
        return x * scale + shift

    x = k.Input((4,))
    return k.Model(x, k.layers.Lambda(function, name="told", arguments={"scale": 3.0, "shift": 0.5})(x))
