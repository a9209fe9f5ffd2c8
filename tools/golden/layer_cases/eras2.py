"""What else the releases of Keras 2 and 3 wrote: cuDNN's layers, frozen parts, names with slashes, old arguments.

A file that no release at hand writes is made of one that it does write; its numbers are those of the model it was
made of.
"""

import json

import numpy as np

from . import Case
from .eras import rewrite


def cases(k):
    L = k.layers
    yield Case("names_with_slashes", lambda: slashed(k), write=saved(".h5") if not k.v3 else None)
    yield from sharing(k)
    yield Case("nested_frozen", lambda: nested(k, frozen="all"))
    yield Case("nested_partly_frozen", lambda: nested(k, frozen="first"))
    yield Case("nested_deep_frozen", lambda: nested(k, frozen="deep"))
    yield Case("batch_norm_without_scale", lambda: k.Sequential(
        [L.Dense(4, input_shape=(3,)), L.BatchNormalization(scale=False), L.BatchNormalization(center=False)]
        if not k.v3 else [k.Input((3,)), L.Dense(4), L.BatchNormalization(scale=False),
                          L.BatchNormalization(center=False)]))
    if k.v3:
        yield Case("operations_in_hdf5", lambda: operations(k), write=saved(".h5"))
        return
    yield from cudnn(k)
    yield from chunked(k)
    for name, change in CHANGES.items():
        yield Case(f"config_{name}", lambda: everyday(k), write=changed(change))
    yield Case("operations_in_hdf5", lambda: functions(k), write=saved(".h5"))
    yield Case("flags_changed_after_building", lambda: nested(k, frozen="all"), write=unfrozen_model)


def slashed(k):
    L = k.layers
    x = k.Input((6, 6, 3), name="image")
    y = L.Conv2D(4, 3, name="block/conv")(x) if not k.v3 else L.Conv2D(4, 3, name="block_conv")(x)
    y = L.BatchNormalization(name="block/norm" if not k.v3 else "block_norm")(y)
    return k.Model(x, L.Dense(2, name="top/dense" if not k.v3 else "top_dense")(L.GlobalAveragePooling2D()(y)))


def sharing(k):
    L = k.layers
    yield Case("shared_in_nested_and_outer", lambda: shared(k), write=None if k.v3 else saved(".keras"))
    if not k.v3:  # its HDF5 file says of the outer call what is true of the inner one; tf_keras cannot read it either
        yield Case("shared_in_nested_and_outer_hdf5", lambda: shared(k), write=saved(".h5"), refused="import.dangling")
    yield Case("shared_after_nested", lambda: shared(k, nested_first=True))
    for first in (True, False):
        def wrapped(first=first):
            both, x = L.Dense(3, name="both"), k.Input((4, 3))
            y = L.TimeDistributed(both)(both(x)) if first else both(L.TimeDistributed(both)(x))
            return k.Model(x, L.Dense(3, name="last")(y))
        yield Case(f"shared_{'before' if first else 'after'}_wrapper", wrapped)

    def twice(wrapper):
        inner = wrapper()
        a, x = k.Input((4, 3)), k.Input((4, 3))
        y = inner(k.Model(a, L.Dense(3)(inner(a)), name="inner")(x))
        return k.Model(x, L.Dense(2)(y))
    yield Case("shared_bidirectional", lambda: twice(lambda: L.Bidirectional(
        L.LSTM(3, return_sequences=True), merge_mode="sum", name="both")))
    yield Case("shared_model", lambda: twice(lambda: k.Sequential(
        [k.Input((4, 3)), L.Dense(3), L.LayerNormalization(), L.Dense(3)], name="both")))

    def unclear():
        """Two layers of one name in models of their own; Keras's file does not tell which is the third."""
        x, both = k.Input((3,)), [L.Dense(3, name="both"), L.Dense(3, name="both")]
        y = x
        for i, layer in enumerate(both):
            a = k.Input((3,))
            y = k.Model(a, layer(a), name=f"inner_{i}")(y)
        return k.Model(x, both[1](y))
    yield Case("shared_unclear", unclear, write=saved(".keras"), refused="import.shared-layer")


def shared(k, nested_first=False):
    L = k.layers
    dense = L.Dense(4, activation="tanh", name="both")
    other = L.Dense(4, name="outer_only")
    a = k.Input((4,))
    inner = k.Model(a, L.Dense(4, name="inner_only")(dense(a)), name="inner")
    x = k.Input((4,))
    y = dense(inner(other(x))) if nested_first else inner(dense(other(x)))
    return k.Model(x, L.Dense(2, name="last")(y))


def nested(k, frozen):
    L = k.layers
    deep = k.Sequential([k.Input((5,)), L.Dense(5, name="d1"), L.BatchNormalization(name="n1"), L.Dense(5, name="d2")],
                        name="deep")
    a = k.Input((5,))
    y = L.Dense(5, name="i1")(a)
    inner = k.Model(a, L.Dense(5, name="i2")(L.BatchNormalization(name="n2")(deep(y))), name="inner")
    if frozen == "all":
        inner.trainable = False
    elif frozen == "first":
        inner.layers[1].trainable = False
    else:
        deep.trainable = False
    x = k.Input((5,))
    return k.Model(x, L.Dense(2, name="top")(inner(L.Dense(5, name="o1")(x))))


def unfrozen_model(model, folder, name):
    """The flags of the parts say one thing, the order in which the file was written another."""
    path = folder / f"{name}.h5"
    model.save(path)

    def change(config, attributes):
        for layer in config["config"]["layers"]:
            if layer["config"]["name"] == "inner":
                layer["config"]["layers"][-1]["config"]["trainable"] = True
    rewrite(path, change)
    return [path]


def operations(k):
    x, y = k.Input((4, 3)), k.Input((4, 3))
    ops = k.ops
    z = ops.maximum(x + y, x * 0.5) - ops.mean(y, axis=1, keepdims=True)
    z = ops.where(z > 0, ops.concatenate([z[:, :, :1], x[:, :, 1:]], axis=-1), ops.exp(-ops.abs(z)))
    return k.Model([x, y], k.layers.Dense(2)(z))


def functions(k):
    tf = k.tf
    x, y = k.Input((4, 3)), k.Input((4, 3))
    z = tf.maximum(x + y, x * 0.5) - tf.reduce_mean(y, axis=1, keepdims=True)
    z = tf.concat([z[:, :, :1], tf.nn.relu(x)[:, :, 1:]], axis=-1)
    return k.Model([x, y], k.layers.Dense(2)(z))


def everyday(k):
    L = k.layers
    x = k.Input((8, 8, 3))
    y = L.DepthwiseConv2D(3, depth_multiplier=2)(x)
    y = L.LeakyReLU(alpha=0.2)(L.BatchNormalization()(L.Conv2D(4, 3, padding="same")(y)))
    y = L.Reshape((-1, 4))(L.Dropout(0.3)(y))
    y = L.LSTM(5, return_sequences=True)(y)
    return k.Model(x, L.Dense(3, activation="softmax")(L.GRU(4)(y)))


def each(*class_names, **changes):
    def change(config, attributes):
        for layer in config["config"]["layers"]:
            if layer["class_name"] in class_names:
                layer["config"].update(changes)
    return change


def without(*keys):
    def change(config, attributes):
        for layer in config["config"]["layers"]:
            for key in keys:
                layer["config"].pop(key, None)
    return change


def own_class(name, **extra):
    def change(config, attributes):
        config["class_name"] = name
        config["config"].update(extra)
    return change


def policies(config, attributes):
    for layer in config["config"]["layers"]:
        if "dtype" in layer["config"]:
            layer["config"]["dtype"] = {"class_name": "Policy", "config": {"name": "float32"}}


def v1_classes(config, attributes):
    for layer in config["config"]["layers"]:
        if layer["class_name"] in ("BatchNormalization", "LSTM", "GRU"):
            layer["class_name"] += {"BatchNormalization": "V1", "LSTM": "V2", "GRU": "V2"}[layer["class_name"]]


def optimizer_with_lr(config, attributes):
    attributes["training_config"] = json.dumps(
        {"optimizer_config": {"class_name": "Adam", "config": {"lr": 0.001, "decay": 0.0}}, "loss": "mse"})


CHANGES = {
    "groups": each("DepthwiseConv2D", groups=1, kernel_initializer={"class_name": "GlorotUniform", "config": {}},
                   filters=None),
    "time_major": each("LSTM", "GRU", time_major=False, unroll=False, implementation=1, stateful=False),
    "old_arguments": each("Dropout", "LeakyReLU", "Reshape", ragged=False, seed=None, noise_shape=None),
    "policies": policies,
    "v1_classes": v1_classes,
    "no_dtype": without("dtype", "groups", "dilation_rate", "data_format", "trainable", "time_major"),
    "lr": optimizer_with_lr,
    "own_model_class": own_class("GAN"),
    "own_model_class_with_more": own_class("my_package>Detector", loss_weight=0.5, backbone=None),
}


def saved(suffix):
    def write(model, folder, name):
        path = folder / f"{name}{suffix}"
        model.save(path)
        return [path]
    return write


def changed(change):
    def write(model, folder, name):
        path = folder / f"{name}.h5"
        model.save(path)
        rewrite(path, change)
        return [path]
    return write


def chunked(k):
    """More names than one attribute holds: Keras splits the list over name0, name1, ..."""
    def many():
        x = y = k.Input((2,))
        for i in range(30):
            y = k.layers.Dense(2, name=f"a_layer_with_a_long_name_{i:03}_" + 40 * "x")(y)
        return k.Model(x, y)

    def write(model, folder, name):
        import h5py

        path = folder / f"{name}.h5"
        model.save(path)
        with h5py.File(path, "r+") as file:
            group = file["model_weights"]
            names = list(group.attrs["layer_names"])
            del group.attrs["layer_names"]
            for i in range(3):
                group.attrs[f"layer_names{i}"] = np.array([n.encode() for n in names[11 * i:11 * (i + 1)]])
            group.require_group("top_level_model_weights").attrs["weight_names"] = np.array([], "float64")
        return [path]

    yield Case("chunked_names", many, write=write)


def cudnn(k):
    L = k.layers
    for kind in ("LSTM", "GRU"):
        def net(kind=kind):
            x = k.Input((6, 3))
            y = getattr(L, kind)(4, return_sequences=True, name="first")(x)
            y = L.Bidirectional(getattr(L, kind)(3, return_sequences=True, name="both"), name="ways")(y)
            return k.Model(x, getattr(L, kind)(5, go_backwards=True, name="last")(y))
        name = kind.lower()
        yield Case(f"cudnn_{name}", net, write=on_gpu(kind, True, True))
        yield Case(f"cudnn_{name}_weights_in_{name}", net, write=on_gpu(kind, False, True))
        yield Case(f"cudnn_{name}_layer_of_{name}_weights", net, write=on_gpu(kind, True, False))


def on_gpu(kind, layers, arrays):
    """The file of a model that ran on a GPU: CuDNNLSTM instead of LSTM, or weights as that layer keeps them."""
    def change(config, attributes):
        for layer in config["config"]["layers"]:
            inner = layer["config"].get("layer", layer)
            if layers and inner["class_name"] == kind:
                inner["class_name"] = "CuDNN" + kind
                kept = ("name", "trainable", "units", "return_sequences", "return_state", "go_backwards", "stateful")
                inner["config"] = {n: v for n, v in inner["config"].items() if n in kept}

    def write(model, folder, name):
        import h5py

        path = folder / f"{name}.h5"
        model.save(path)
        rewrite(path, change)
        if not arrays:
            return [path]
        with h5py.File(path, "r+") as file:
            for layer in model.layers:
                group = file["model_weights"][layer.name]
                for start in range(0, len(layer.weights), 3):
                    names = [v.name for v in layer.weights[start:start + 3]]
                    for n, array in zip(names, to_cudnn(kind, [group[n][...] for n in names])):
                        del group[n]
                        group.create_dataset(n, data=array)
        return [path]
    return write


def to_cudnn(kind, arrays):
    kernel, recurrent, bias = arrays
    gates = 4 if kind == "LSTM" else 3
    kernel = np.hstack([part.T.reshape(part.shape, order="C") for part in np.hsplit(kernel, gates)])
    recurrent = np.hstack([part.T for part in np.hsplit(recurrent, gates)])
    if kind == "GRU":
        return [kernel, recurrent, bias.reshape(-1)]
    share = np.linspace(0.2, 0.8, bias.size, dtype="float32")
    return [kernel, recurrent, np.concatenate([bias * share, bias - bias * share])]
