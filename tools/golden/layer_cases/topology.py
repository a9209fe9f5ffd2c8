"""How layers are put together: nested and shared models, many inputs and outputs, frozen parts, policies."""

from . import Case


def cases(k):
    L = k.layers

    def dense_block(width=4, name=None):
        x = k.Input((5,))
        return k.Model(x, L.Dense(5, activation="relu")(L.Dense(width, activation="tanh")(x)), name=name)

    def build(f):
        return Case(f.__name__, f)

    def shared_layer():
        a, b = k.Input((5,)), k.Input((5,))
        shared = L.Dense(4, activation="relu")
        return k.Model([a, b], L.Concatenate()([shared(a), shared(b)]))

    def shared_layer_on_itself():
        x = k.Input((4,))
        shared = L.Dense(4, activation="tanh")
        return k.Model(x, shared(shared(shared(x))))

    def nested_functional():
        x = k.Input((5,))
        return k.Model(x, L.Dense(2)(dense_block()(x)))

    def nested_twice():
        a, b = k.Input((5,)), k.Input((5,))
        inner = dense_block(name="inner")
        return k.Model([a, b], L.Subtract()([inner(a), inner(b)]))

    def nested_output_of_second_call():
        a, b = k.Input((5,)), k.Input((5,))
        inner = dense_block(name="inner")
        first, second = inner(a), inner(b)
        return k.Model([a, b], [second, first])

    def nested_sequential():
        x = k.Input((5,))
        inner = k.Sequential([L.Dense(6, activation="relu"), L.BatchNormalization(), L.Dense(3)])
        return k.Model(x, L.Softmax()(inner(x)))

    def nested_deep():
        inner = k.Sequential([k.Input((5,)), dense_block(), L.Dense(5)])
        middle = k.Sequential([k.Input((5,)), inner, dense_block(3)])
        x = k.Input((5,))
        return k.Model(x, middle(x))

    def nested_many_ends():
        a, b = k.Input((3,)), k.Input((4,))
        inner = k.Model([a, b], [L.Dense(5)(a), L.Dense(2)(L.Concatenate()([a, b]))], name="two_ends")
        x, y = k.Input((3,), name="x"), k.Input((4,), name="y")
        p, q = inner([x, y])
        return k.Model([x, y], [L.Dense(2, name="p")(p), L.Activation("relu", name="q")(q)])

    def frozen_inner():
        inner = k.Sequential([k.Input((5,)), L.Dense(4), L.BatchNormalization(), L.Dense(3)])
        inner.layers[-1].trainable = False
        x = k.Input((5,))
        return k.Model(x, L.Dense(2)(inner(x)))

    def frozen_first_layers():
        x = k.Input((6, 6, 3))
        base = k.Sequential([k.Input((6, 6, 3)), L.Conv2D(4, 3), L.BatchNormalization(), L.Conv2D(4, 3)], name="base")
        base.layers[0].trainable = False
        return k.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(base(x))))

    def frozen_whole_base():
        model = frozen_first_layers()
        model.get_layer("base").trainable = False
        return model

    def many_outputs():
        x = k.Input((6,))
        y = L.Dense(5, activation="relu")(x)
        return k.Model(x, [L.Dense(2, name="first")(y), L.Dense(3, name="second")(y), y])

    def input_passed_through():
        x, y = k.Input((4,), name="kept"), k.Input((4,), name="used")
        return k.Model([x, y], [L.Dense(2, name="out")(y), x])

    def unused_branch():
        x = k.Input((4,))
        y = L.Dense(3)(x)
        L.Dense(7)(y)
        return k.Model(x, y)

    def dict_inputs():
        ends = {"width": k.Input((3,), name="width"), "age": k.Input((2,), name="age")}
        return k.Model(ends, L.Dense(2)(L.Concatenate()([ends["width"], ends["age"]])))

    def unet_small():
        x = first = k.Input((16, 16, 3))
        skips = []
        for width in (4, 8):
            x = L.Conv2D(width, 3, padding="same", activation="relu")(x)
            skips.append(x)
            x = L.MaxPooling2D()(x)
        x = L.Conv2D(12, 3, padding="same", activation="relu")(x)
        for width, skip in zip((8, 4), reversed(skips)):
            x = L.Conv2DTranspose(width, 2, strides=2, padding="same")(x)
            x = L.Conv2D(width, 3, padding="same", activation="relu")(L.Concatenate()([x, skip]))
        return k.Model(first, L.Conv2D(2, 1, activation="softmax")(x))

    def no_batch_axis_size_known():
        x = k.Input(batch_shape=(3, 4)) if k.v3 else k.Input(shape=(4,), batch_size=3)
        return k.Model(x, L.Dense(2)(x))

    for f in (shared_layer, shared_layer_on_itself, nested_functional, nested_twice, nested_output_of_second_call,
              nested_sequential, nested_deep, nested_many_ends, frozen_inner, frozen_first_layers, frozen_whole_base,
              many_outputs, input_passed_through, unused_branch, dict_inputs, unet_small):
        yield build(f)
    yield Case("fixed_batch", no_batch_axis_size_known, batch=3)
    yield Case("sequential_without_input", lambda: built(k, [L.Dense(4, activation="relu"), L.Dense(2)], (None, 5)))
    yield Case("sequential_conv", lambda: k.Sequential([
        k.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dropout(0.5),
        L.Dense(3, activation="softmax")]))
    if k.v3:
        yield Case("sequential_of_names", lambda: k.Sequential([
            k.Input((5,), name="entrée"), L.Dense(4, name="schön"), L.Dense(2, name="out put")], name="names"))
    yield Case("compiled", lambda: compiled(k, many_outputs()), note="optimiser state and losses lie in the file")
    for policy in ("mixed_float16", "mixed_bfloat16"):
        yield Case(f"policy_{policy}", lambda p=policy: k.chain(
            (6, 6, 3), L.Conv2D(4, 3, dtype=p, activation="relu"), L.GlobalAveragePooling2D(dtype=p),
            L.Dense(3, dtype="float32")), note="limits allow for 16-bit arithmetic")


def built(k, layers, shape):
    model = k.Sequential(layers)
    model.build(shape)
    return model


def compiled(k, model):
    import numpy as np

    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 6)), [np.ones((2, 2)), np.ones((2, 3)), np.ones((2, 5))])
    return model
