"""More containers of a Keras file: shards, folders, weights with their architecture beside them, Keras 2.13's names."""

import json
import zipfile

import numpy as np

import weights

from . import Case


def cases(k):
    L = k.layers

    def net():
        x = k.Input((6, 6, 3))
        y = L.BatchNormalization()(L.Conv2D(4, 3, activation="relu")(x))
        y = L.Dense(5)(L.Flatten()(L.Conv2D(4, 2)(y)))
        return k.Model(x, L.Dense(3, activation="softmax")(y))

    def rounded():
        """Weights that survive being stored with 16 bits."""
        model = net()
        weights.randomise(model, 5)
        for variable in model.weights:
            variable.assign(np.asarray(k.tf.cast(k.tf.cast(variable.numpy(), "bfloat16"), "float32")))
        return model

    yield Case("architecture_named_as_the_weights", net, write=beside("NAME.json"))
    yield Case("architecture_config_json", net, write=beside("config.json"))
    if not k.v3:
        yield Case("keras_2_13", net, write=keras_2_13)
        yield Case("cudnn_in_keras", lambda: k.Sequential([L.LSTM(3, return_sequences=True, input_shape=(4, 2)),
                                                           L.GRU(3)]), write=cudnn)
        return
    yield Case("shards", net, write=sharded(0.75e-6))
    yield Case("shards_within_a_layer", net, write=sharded(0.68e-6))
    yield Case("shards_one", net, write=sharded(1))
    yield Case("bfloat16", rounded, write=bfloat16, keep_weights=True)
    yield Case("deflated_folder_names", net, write=repacked)


def architecture(model):
    return json.dumps(json.loads(model.to_json()))


def beside(json_name):
    def write(model, folder, name):
        home = folder / name
        home.mkdir(exist_ok=True)
        (home / json_name.replace("NAME", "trained")).write_text(architecture(model))
        model.save_weights(home / "trained.weights.h5")
        return [home / "trained.weights.h5"]
    return write


def sharded(gigabytes):
    def write(model, folder, name):
        home = folder / name
        home.mkdir(exist_ok=True)
        (home / "model.json").write_text(architecture(model))
        model.save_weights(home / "model.weights.json", max_shard_size=gigabytes)
        return [home / "model.weights.json"]
    return write


def rewritten(source, target, change, method=zipfile.ZIP_STORED):
    """Copies an archive; `change` is given the open HDF5 file of its weights."""
    import h5py

    hdf5 = target.with_suffix(".h5tmp")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for member in old.namelist():
            data = old.read(member)
            if member == "model.weights.h5" and change:
                hdf5.write_bytes(data)
                with h5py.File(hdf5, "r+") as file:
                    change(file)
                data = hdf5.read_bytes()
                hdf5.unlink()
            new.writestr(zipfile.ZipInfo(member), data, method)
    source.unlink()
    return [target]


def archive(change, method=zipfile.ZIP_STORED):
    def write(model, folder, name):
        source = folder / f"{name}.plain.keras"
        model.save(source)
        return rewritten(source, folder / f"{name}.keras", change, method)
    return write


def to_bfloat16(file):
    import h5py
    import tensorflow as tf

    paths = []
    file.visititems(lambda path, item: paths.append(path) if isinstance(item, h5py.Dataset)
                    and item.dtype == np.float32 else None)
    for path in paths:
        value = tf.cast(file[path][...], "bfloat16").numpy()
        del file[path]
        dataset = file.create_dataset(path, data=value.view("V2"))
        dataset.attrs["dtype"] = "bfloat16"


bfloat16 = archive(to_bfloat16)
repacked = archive(None, zipfile.ZIP_DEFLATED)


def keras_2_13(model, folder, name):
    """Keras 2.12 and 2.13 counted every layer with weights twice, and kept them under another name."""
    source = folder / f"{name}.plain.keras"
    model.save(source)
    kinds = {}
    order = [(type(x).__name__, bool(x.weights)) for x in model.layers]

    def change(file):
        import tf_keras

        snake = tf_keras.src.utils.generic_utils.to_snake_case
        file.move("layers", "now")
        group, seen = file.create_group("_layer_checkpoint_dependencies"), {}
        for kind, has_weights in order:
            base = snake(kind)
            now = base if not kinds.get(base) else f"{base}_{kinds[base]}"
            kinds[base] = kinds.get(base, 0) + 1
            then = base if not seen.get(base) else f"{base}_{seen[base]}"
            seen[base] = seen.get(base, 0) + (2 if has_weights else 1)
            file.move(f"now/{now}", f"{group.name}/{then}")
        del file["now"]
    return rewritten(source, folder / f"{name}.keras", change)


def cudnn(model, folder, name):
    """cuDNN's layers keep their arrays themselves, not in a cell."""
    from .eras2 import to_cudnn

    source = folder / f"{name}.plain.keras"
    model.save(source)

    def change(file):
        for kind in ("LSTM", "GRU"):
            cell = file["layers"][kind.lower()]["cell"]["vars"]
            arrays = to_cudnn(kind, [cell[str(i)][...] for i in range(3)])
            del file["layers"][kind.lower()]
            group = file.create_group(f"layers/cu_dnn{kind.lower()}/vars")
            for i, array in enumerate(arrays):
                group.create_dataset(str(i), data=array)

    target, = rewritten(source, folder / f"{name}.keras", change)
    with zipfile.ZipFile(target) as old:
        members = {m: old.read(m) for m in old.namelist()}
    config = json.loads(members["config.json"])
    for layer in config["config"]["layers"]:
        if layer["class_name"] in ("LSTM", "GRU"):
            layer["class_name"] = "CuDNN" + layer["class_name"]
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(target, "w") as new:
        for member, data in members.items():
            new.writestr(zipfile.ZipInfo(member), data)
    return [target]
