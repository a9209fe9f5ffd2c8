"""Files as Keras 1 wrote them: tf_keras's own file with configuration and weights put back into the old form.

The numbers are those of the tf_keras model that the file was made of. What Keras 1 wrote where is taken from the files
that it left (corpus) and from what Keras 2's loader does about them.
"""

import json

import numpy as np

from . import Case


def cases(k):
    if k.v3:
        return
    L = k.layers

    def chain(*layers):
        return lambda: k.Sequential([make() for make in layers])

    def layer(kind, *args, **kwargs):
        return lambda: getattr(L, kind)(*args, **kwargs)

    def old(name, build, feeds=None, **options):
        return Case(f"k1_{name}", build, feeds=feeds, write=writer(**options))

    dense = layer("Dense", 4, input_shape=(6,), activation="tanh")
    yield old("dense", chain(dense, layer("Dropout", 0.4), layer("BatchNormalization"), layer("Dense", 3),
                             layer("Activation", "hard_sigmoid")))
    yield old("dense_no_bias", chain(dense, layer("Dense", 3, use_bias=False)))
    yield old("dense_bare_version", chain(dense), version=None)
    yield old("advanced_activations", chain(dense, layer("LeakyReLU", 0.1), layer("PReLU"), layer("ELU", 0.7),
                                            layer("ThresholdedReLU", 0.2)))
    yield from convolutions(chain, layer, old)
    yield from recurrent(chain, layer, old)
    yield from merges(k, old)
    yield from legacy(k, old)
    yield Case("k1_params_by_number", chain(dense, layer("Dropout", 0.3), layer("Dense", 3)), write=numbered)
    yield old("sequential_in_sequential", lambda: k.Sequential([
        k.Sequential([L.Dense(5, input_shape=(4,)), L.BatchNormalization()], name="sequential_1"), L.Dense(3)]), flat=True)
    yield Case("k2_theano_kernels", chain(layer("Conv2D", 4, 3, input_shape=(6, 6, 2)), layer("Flatten"),
                                          layer("Dense", 3)), write=theano)
    yield Case("k2_theano_conv1d", chain(layer("Conv1D", 4, 3, input_shape=(7, 2))), write=theano)


def convolutions(chain, layer, old):
    image = {"input_shape": (7, 6, 3)}
    first = {"input_shape": (3, 7, 6), "data_format": "channels_first"}
    tail = (layer("Flatten"), layer("Dense", 3))
    yield old("conv2d_tf", chain(layer("Conv2D", 4, (3, 2), strides=2, padding="same", **image), *tail))
    yield old("conv2d_th", chain(layer("Conv2D", 4, (3, 2), activation="relu", **first),
                                 layer("MaxPooling2D", 2, data_format="channels_first"), *tail))
    yield old("conv2d_th_square", chain(layer("Conv2D", 3, 3, **first)))
    yield old("conv2d_atrous", chain(layer("Conv2D", 4, 3, dilation_rate=2, **image)))
    yield old("conv2d_pads", chain(layer("ZeroPadding2D", (1, 2), **image), layer("Conv2D", 4, 3),
                                   layer("UpSampling2D", 2), layer("Cropping2D", ((1, 0), (0, 2)))))
    yield old("conv2d_pads_of_four", chain(layer("ZeroPadding2D", ((1, 2), (0, 1)), **image), layer("Conv2D", 2, 1)))
    yield old("conv2d_pools", chain(layer("Conv2D", 4, 3, **image), layer("AveragePooling2D", 2, strides=1),
                                    layer("GlobalMaxPooling2D")))
    yield old("deconv2d_tf", chain(layer("Conv2DTranspose", 4, 3, strides=2, **image)))
    yield old("deconv2d_th", chain(layer("Conv2DTranspose", 4, 3, **first)))
    for name, padding, size, kernel in (("same", "same", 7, 3), ("valid", "valid", 4, 3), ("wide", "valid", 3, 2)):
        yield old(f"deconv2d_to_{name}", chain(layer(
            "Conv2DTranspose", 4, kernel, strides=3, padding=padding, output_padding=1, input_shape=(5, size, 3))),
            output_shape=True)
    yield old("deconv2d_to_shape_th", chain(layer("Conv2DTranspose", 4, 4, strides=2, padding="same", output_padding=1,
                                                  **first)), output_shape=True)
    yield Case("k1_deconv2d_to_impossible", chain(layer("Conv2DTranspose", 4, 3, strides=2, **image)),
               write=writer(output_shape=[None, 18, 13, 4]), refused="import.config")
    yield old("separable2d_tf", chain(layer("SeparableConv2D", 4, 3, depth_multiplier=2, **image)))
    yield old("separable2d_th", chain(layer("SeparableConv2D", 4, 3, depth_multiplier=2, **first)))
    yield old("conv1d", chain(layer("Conv1D", 4, 3, strides=2, input_shape=(9, 3)), layer("MaxPooling1D", 2),
                              layer("UpSampling1D", 2), layer("ZeroPadding1D", 1), layer("Conv1D", 3, 2)))
    yield old("conv1d_first_layout", chain(layer("Conv1D", 4, 3, input_shape=(9, 3))), conv1d="th")
    yield old("conv1d_atrous", chain(layer("Conv1D", 4, 3, dilation_rate=2, input_shape=(9, 3))))
    yield old("conv3d_tf", chain(layer("Conv3D", 3, 2, input_shape=(4, 5, 3, 2)), layer("MaxPooling3D", 2)))
    yield old("conv3d_th", chain(layer("Conv3D", 3, (2, 3, 1), input_shape=(2, 4, 5, 3), data_format="channels_first")))


def recurrent(chain, layer, old):
    steps = {"input_shape": (5, 3)}
    lstm = {"recurrent_activation": "hard_sigmoid"}
    gru = {"recurrent_activation": "hard_sigmoid", "reset_after": False}
    yield old("lstm", chain(layer("LSTM", 4, return_sequences=True, **lstm, **steps), layer("LSTM", 3, **lstm)))
    yield old("lstm_gpu", chain(layer("LSTM", 4, **lstm, **steps)), consume_less="gpu")
    yield old("gru", chain(layer("GRU", 4, return_sequences=True, **gru, **steps), layer("GRU", 3, **gru)))
    yield old("gru_gpu", chain(layer("GRU", 4, **gru, **steps)), consume_less="gpu")
    yield old("simple_rnn", chain(layer("SimpleRNN", 4, go_backwards=True, **steps)))
    yield old("embedding_lstm", chain(layer("Embedding", 10, 4, input_length=6, mask_zero=True),
                                      layer("LSTM", 3, **lstm)), feeds="integers")

    def wrapped(wrapper, name, *args, **kwargs):
        return lambda: layer(wrapper, layer(name, *args, **kwargs)(), **steps)()

    yield old("bidirectional_lstm", chain(wrapped("Bidirectional", "LSTM", 4, return_sequences=True, **lstm),
                                          wrapped("TimeDistributed", "Dense", 3)))
    yield old("bidirectional_gru", chain(wrapped("Bidirectional", "GRU", 4, **gru)))
    yield old("time_distributed_dense", chain(layer("LSTM", 4, return_sequences=True, **lstm, **steps),
                                              layer("Dense", 3, name="old_time_dense")))
    yield old("time_distributed_conv", chain(lambda: layer("TimeDistributed", layer("Conv2D", 3, 2)(),
                                                           input_shape=(3, 5, 4, 2))()))


def merges(k, old):
    L = k.layers
    for mode, name in {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average",
                       "max": "Maximum"}.items():
        def merged(name=name):
            a, b = k.Input((4,)), k.Input((4,))
            return k.Model([a, b], L.Dense(2)(getattr(L, name)()([L.Dense(3)(a), L.Dense(3)(b)])))
        yield old(f"merge_{mode}", merged)

    def dotted():
        a, b = k.Input((4, 3)), k.Input((5, 3))
        return k.Model([a, b], L.Dot(axes=2)([a, b]))

    def branches():
        a, b = k.Input((4,), name="dense_input"), k.Input((5,), name="dense_1_input")
        left = L.Dense(3, name="dense", activation="tanh")(a)
        right = L.BatchNormalization(name="batch_normalization")(L.Dense(3, name="dense_1")(b))
        return k.Model([a, b], L.Dense(2, name="dense_2")(L.Concatenate(name="concatenate")([left, right])))

    yield old("merge_dot", dotted)
    yield old("merge_of_sequentials", branches, branches=True)


def legacy(k, old):
    L = k.layers

    def highway():
        x = k.Input((4,), name="highway_input")
        gate = L.Dense(4, activation="sigmoid", name="carry")(x)
        y = L.Dense(4, activation="relu", name="plain")(x)
        kept = L.Multiply(name="kept")([L.Subtract(name="rest")([L.Rescaling(0.0, 1.0, name="ones")(gate), gate]), x])
        return k.Model(x, L.Add(name="highway")([L.Multiply(name="moved")([gate, y]), kept]))

    def maxout():
        x = k.Input((4,), name="maxout_input")
        return k.Model(x, L.Maximum(name="maxout")([L.Dense(3, name=f"part_{i}")(x) for i in range(3)]))

    yield old("highway", highway, single=highway_layer(["W", "W_carry", "b", "b_carry"]))
    yield old("highway_first_order", highway, single=highway_layer(["W", "b", "W_carry", "b_carry"]))
    yield old("maxout_dense", maxout, single=maxout_layer)


def writer(version="1.2.2", **options):
    def write(model, folder, name):
        import h5py

        path = folder / f"{name}.h5"
        options["shapes"] = {x.name: x.output_shape for x in model.layers}
        config = {"class_name": type(model).__name__, "config": model.get_config()}
        if options.get("single"):
            record, weights = options["single"](model)
            config, stored = {"class_name": "Sequential", "config": [record]}, [(record["config"]["name"], weights)]
        else:
            config = old_model(config, options)
            stored = [(x.name, old_weights(x, options)) for x in owners(model, options)]
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = json.dumps(config).encode()
            if version:
                file.attrs["keras_version"] = version
            group = file.create_group("model_weights")
            group.attrs["layer_names"] = [name.encode() for name, _ in stored]
            for layer, arrays in stored:
                inner = group.create_group(layer)
                inner.attrs["weight_names"] = [f"{layer}_{leaf}".encode() for leaf in arrays]
                for leaf, array in arrays.items():
                    inner.create_dataset(f"{layer}_{leaf}", data=array)
        return [path]
    return write


def owners(model, options):
    """The layers that have a group of weights each: Keras 1 took a Sequential in a Sequential apart."""
    for layer in model.layers:
        if options.get("flat") and hasattr(layer, "layers"):
            yield from layer.layers
        else:
            yield layer


# Today's key to the old one, by class; "" for every class.
KEYS = {
    "": {"padding": "border_mode", "data_format": "dim_ordering", "use_bias": "bias",
         "kernel_initializer": "init", "kernel_regularizer": "W_regularizer"},
    "Dense": {"units": "output_dim"},
    "LSTM": {"units": "output_dim", "recurrent_activation": "inner_activation", "recurrent_initializer": "inner_init"},
    "GRU": {"units": "output_dim", "recurrent_activation": "inner_activation", "recurrent_initializer": "inner_init"},
    "SimpleRNN": {"units": "output_dim", "recurrent_initializer": "inner_init"},
    "Conv1D": {"filters": "nb_filter", "kernel_size": "filter_length", "strides": "subsample_length",
               "dilation_rate": "atrous_rate"},
    "Conv2D": {"filters": "nb_filter", "strides": "subsample", "dilation_rate": "atrous_rate"},
    "Conv3D": {"filters": "nb_filter", "strides": "subsample"},
    "Conv2DTranspose": {"filters": "nb_filter", "strides": "subsample"},
    "SeparableConv2D": {"filters": "nb_filter", "strides": "subsample"},
    "MaxPooling1D": {"pool_size": "pool_length", "strides": "stride"},
    "UpSampling1D": {"size": "length"},
    "Dropout": {"rate": "p"},
}
CLASSES = {"Conv1D": "Convolution1D", "Conv2D": "Convolution2D", "Conv3D": "Convolution3D",
           "Conv2DTranspose": "Deconvolution2D", "SeparableConv2D": "SeparableConvolution2D"}
MODES = {"Add": "sum", "Multiply": "mul", "Concatenate": "concat", "Average": "ave", "Maximum": "max", "Dot": "dot"}
GONE = ("dtype", "groups", "implementation", "reset_after", "time_major", "unroll", "ragged", "seed", "noise_shape",
        "bias_initializer", "unit_forget_bias", "interpolation", "keepdims", "zero_output_for_mask")


def old_model(record, options):
    config = record["config"]
    layers = [x for x in config["layers"] if record["class_name"] != "Sequential" or x["class_name"] != "InputLayer"]
    layers = [old_layer(x, options) for x in layers]
    if options.get("branches"):
        return {"class_name": "Sequential", "config": merged_branches(layers)}
    if record["class_name"] == "Sequential":
        return {"class_name": "Sequential", "config": layers}
    for layer in layers:
        layer["inbound_nodes"] = [[source[:3] for source in node] for node in layer["inbound_nodes"]]
    return {"class_name": "Model", "config": {**config, "layers": layers}}


def old_layer(record, options):
    name, config = record["class_name"], dict(record["config"])
    if "layers" in config:
        return old_model(record, options)
    result = {"class_name": CLASSES.get(name, name), "config": config}
    for key in ("name", "inbound_nodes"):
        if key in record:
            result[key] = record[key]
    for key in GONE:
        config.pop(key, None)
    if wanted := name == "Conv2DTranspose" and options.get("output_shape"):
        config["output_shape"] = options["shapes"][config["name"]] if wanted is True else wanted
    config.pop("output_padding", None)
    if "layer" in config:
        config["layer"] = old_layer(config["layer"], options)
        return result
    sizes(name, config)
    if name in ("ZeroPadding2D", "ZeroPadding1D"):
        config["padding"] = old_padding(name, config["padding"])
    for table in ({} if name.startswith("ZeroPadding") else KEYS[""], KEYS.get(name, {})):
        for now, then in table.items():
            if now in config:
                config[then] = config.pop(now)
    if name == "ZeroPadding2D":
        config["dim_ordering"] = config.pop("data_format")
    if "dim_ordering" in config:
        config["dim_ordering"] = {"channels_first": "th", "channels_last": "tf"}[config["dim_ordering"]]
    if config.get("atrous_rate") not in (None, 1, (1, 1)):
        result["class_name"] = "Atrous" + result["class_name"]
    for key in ("filter_length", "subsample_length", "pool_length", "stride", "atrous_rate"):
        if isinstance(config.get(key), (list, tuple)) and len(config[key]) == 1:
            config[key] = config[key][0]
    if name in ("LSTM", "GRU"):
        config["consume_less"] = options.get("consume_less", "cpu")
    if name == "BatchNormalization":
        config.update(mode=0, gamma_init="one", axis=config["axis"][0] if isinstance(config["axis"], list)
                      else config["axis"])
    if name in MODES:
        old_merge(result, config, name)
    if config.get("name") == "old_time_dense":
        result["class_name"] = "TimeDistributedDense"
    return result


def sizes(name, config):
    if name in ("Conv2D", "Conv2DTranspose", "SeparableConv2D"):
        config["nb_row"], config["nb_col"] = config.pop("kernel_size")
    if name == "Conv3D":
        config["kernel_dim1"], config["kernel_dim2"], config["kernel_dim3"] = config.pop("kernel_size")


def old_padding(name, padding):
    if name == "ZeroPadding1D":
        return padding[0]
    (top, bottom), (left, right) = padding
    return [top, left] if (top, left) == (bottom, right) else [top, bottom, left, right]


def old_merge(result, config, name):
    result["class_name"] = "Merge"
    config.update(mode=MODES[name], mode_type="raw", concat_axis=config.pop("axis", -1),
                  dot_axes=config.pop("axes", -1), output_shape=None, output_shape_type="raw", arguments={})


def merged_branches(layers):
    """Sequential([Merge([Sequential, Sequential]), ...]): how Keras 1 had several inputs without a functional model."""
    ends, branches = {}, []
    for layer in layers:
        sources = [source[0] for node in layer.pop("inbound_nodes") for source in node]
        if layer["class_name"] == "InputLayer":
            ends[layer["name"]] = len(branches)
            branches.append((layer["config"]["batch_input_shape"], []))
        elif len(sources) == 1 and sources[0] in ends:
            branch = ends.pop(sources[0])
            if not branches[branch][1]:
                layer["config"]["batch_input_shape"] = branches[branch][0]
            branches[branch][1].append(layer)
            ends[layer["name"]] = branch
        else:
            order = [ends[source] for source in sources]
            rest = layers[layers.index(layer):]
            break
    for layer in rest:
        layer.pop("inbound_nodes", None)
    rest[0]["config"]["layers"] = [{"class_name": "Sequential", "config": steps} for _, steps in (branches[i] for i in order)]
    return rest


def old_weights(layer, options):
    """A layer's arrays as Keras 1 named and laid them out."""
    kind, arrays = type(layer).__name__, [v.numpy() for v in layer.weights]
    if kind == "Bidirectional":
        half = {f"forward_{n}": a for n, a in old_weights(layer.forward_layer, options).items()}
        return half | {f"backward_{n}": a for n, a in old_weights(layer.backward_layer, options).items()}
    if kind == "TimeDistributed":
        return old_weights(layer.layer, options)
    if kind in ("LSTM", "GRU") and options.get("consume_less") != "gpu":
        gates = {"LSTM": "ifco", "GRU": "zrh"}[kind]
        split = {g: part for g, part in zip(gates, zip(*(np.split(a, len(gates), axis=-1) for a in arrays)))}
        return {f"{leaf}_{g}": a for g in ("icfo" if kind == "LSTM" else gates) for leaf, a in zip("WUb", split[g])}
    if kind in ("LSTM", "GRU", "SimpleRNN"):
        return dict(zip("WUb", arrays))
    if kind == "BatchNormalization":
        return dict(zip(("gamma", "beta", "running_mean", "running_std"), arrays))
    if kind == "SeparableConv2D":
        if layer.data_format == "channels_first":
            arrays[:2] = [a.transpose(3, 2, 0, 1) for a in arrays[:2]]
        return dict(zip(("depthwise_kernel", "pointwise_kernel", "b"), arrays))
    if arrays and kind.startswith("Conv"):
        arrays[0] = old_kernel(layer, kind, arrays[0], options)
    return dict(zip("Wb", arrays))


def old_kernel(layer, kind, kernel, options):
    first = layer.data_format == "channels_first"
    if kind == "Conv1D":
        kernel = kernel[:, None]
        return kernel.transpose(3, 2, 0, 1) if options.get("conv1d") == "th" else kernel
    if kind == "Conv2DTranspose":
        return kernel.transpose(2, 3, 0, 1) if first else kernel.transpose(0, 1, 3, 2)
    if not first:
        return kernel
    return kernel.transpose(3, 2, 0, 1) if kind == "Conv2D" else kernel.transpose(4, 3, 0, 1, 2)


def highway_layer(order):
    def make(model):
        plain, carry = model.get_layer("plain").get_weights(), model.get_layer("carry").get_weights()
        arrays = {"W": plain[0], "b": plain[1], "W_carry": carry[0], "b_carry": carry[1]}
        config = {"name": "highway", "trainable": True, "batch_input_shape": [None, 4], "input_dtype": "float32",
                  "init": "glorot_uniform", "activation": "relu", "bias": True, "input_dim": 4}
        return {"class_name": "Highway", "config": config}, {n: arrays[n] for n in order}
    return make


def maxout_layer(model):
    parts = [model.get_layer(f"part_{i}").get_weights() for i in range(3)]
    config = {"name": "maxout", "trainable": True, "batch_input_shape": [None, 4], "input_dtype": "float32",
              "output_dim": 3, "nb_feature": 3, "bias": True, "input_dim": 4}
    return ({"class_name": "MaxoutDense", "config": config},
            {"W": np.stack([w for w, _ in parts]), "b": np.stack([b for _, b in parts])})


def numbered(model, folder, name):
    """Weights alone as before Keras 1, where layers and arrays had numbers for names, with the architecture beside."""
    import h5py

    home = folder / name
    home.mkdir(exist_ok=True)
    record = {"class_name": "Sequential", "config": model.get_config()}
    (home / "model.json").write_text(json.dumps(old_model(record, {})))
    with h5py.File(home / "weights.h5", "w") as file:
        file.attrs["nb_layers"] = len(model.layers)
        for i, layer in enumerate(model.layers):
            group = file.create_group(f"layer_{i}")
            group.attrs["nb_params"] = len(layer.weights)
            for p, variable in enumerate(layer.weights):
                group.create_dataset(f"param_{p}", data=variable.numpy())
    return [home / "weights.h5"]


def theano(model, folder, name):
    """Keras 2 over Theano, whose convolutions turn their kernels round."""
    import h5py

    path = folder / f"{name}.h5"
    model.save(path)
    with h5py.File(path, "r+") as file:
        for group in (file, file["model_weights"]):
            group.attrs["backend"], group.attrs["keras_version"] = "theano", "2.1.3"
        for layer in model.layers:
            if "conv" in layer.name:
                dataset = file["model_weights"][layer.name][layer.weights[0].name]
                axes = tuple(range(dataset.ndim - 2))
                dataset[...] = np.flip(dataset[...], axes)
    return [path]
