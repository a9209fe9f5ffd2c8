"""Files as older Keras releases wrote them: today's file with its configuration put back into the old form.

The numbers come from tf_keras opening the rewritten file.
"""

import json

from . import Case


def cases(k):
    if k.v3:
        return
    L = k.layers

    def small_net():
        return k.Sequential([L.Dense(6, activation="relu", input_shape=(5,)), L.BatchNormalization(), L.Dense(3)])

    def conv_net():
        x = k.Input((6, 6, 3))
        return k.Model(x, L.GlobalAveragePooling2D()(L.BatchNormalization(axis=3)(L.Conv2D(4, 3)(x))))

    def rnn_net():
        return k.Sequential([L.LSTM(4, return_sequences=True, input_shape=(5, 3)), L.GRU(3, reset_after=False)])

    def old(name, build, change):
        def write(model, folder, name):
            path = folder / f"{name}.h5"
            model.save(path)
            rewrite(path, change)
            return [path]
        return Case(name, build, write=write)

    yield old("era_2_1_sequential_list", small_net, sequential_list)
    yield old("era_2_1_recurrent", rnn_net, sequential_list)
    yield old("era_2_2_model_class", conv_net, model_class)
    yield old("era_axis_lists", conv_net, axis_lists)
    yield old("era_no_training_config", small_net, lambda config, attributes: attributes.pop("training_config", None))
    yield old("era_bytes_attributes", conv_net, bytes_attributes)


def sequential_list(config, attributes):
    config["config"] = [layer for layer in config["config"]["layers"] if layer["class_name"] != "InputLayer"]
    for layer in config["config"]:
        strip(layer)
    attributes["keras_version"] = "2.1.6"


def model_class(config, attributes):
    config["class_name"] = "Model"
    for layer in config["config"]["layers"]:
        strip(layer)
    attributes["keras_version"] = "2.2.4"


def axis_lists(config, attributes):
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "BatchNormalization":
            layer["config"]["axis"] = [3]
    attributes["keras_version"] = "2.4.0"


def bytes_attributes(config, attributes):
    attributes["keras_version"] = "2.3.0-tf"
    attributes["as_bytes"] = True


def strip(layer):
    """Takes away what later releases added to a layer's record."""
    for key in ("module", "registered_name", "build_config"):
        layer.pop(key, None)
    for value in layer["config"].values():
        if isinstance(value, dict):
            for key in ("module", "registered_name"):
                value.pop(key, None)


def rewrite(path, change):
    """Applies a change to the configuration and the root attributes of a saved HDF5 file."""
    import h5py

    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        attributes = {"training_config": None}
        change(config, attributes)
        if "training_config" not in attributes and "training_config" in file.attrs:
            del file.attrs["training_config"]
        text = json.dumps(config)
        file.attrs["model_config"] = text.encode() if attributes.pop("as_bytes", False) else text
        if "keras_version" in attributes:
            file.attrs["keras_version"] = attributes["keras_version"]
            file["model_weights"].attrs["keras_version"] = attributes["keras_version"]
