"""What a .keras file says of its layers, in the form of the golden cases' traits (tools/golden/traits.py): for cases
that were recorded before they had traits. Ranks and masks are followed through the graph as far as the file tells them.
"""

import json
import zipfile

MODELS = {"Functional", "Sequential", "Model"}


def uses(path, universe):
    """The uses of every layer and operation in the file; none if it is no .keras archive with a configuration."""
    try:
        with zipfile.ZipFile(path) as archive:
            model = json.loads(archive.read("config.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return []
    found = []
    Graph(universe, found).model(model, False)
    return found


class Graph:
    def __init__(self, universe, found):
        self.universe, self.found = universe, found

    def model(self, model, masked):
        """Adds the uses of a model's layers; whether its output carries a mask."""
        masks, ranks, previous = {}, {}, (masked, None)
        for layer in model["config"].get("layers", []):
            sources = list(inbound(layer))
            if model["class_name"] == "Sequential":
                masked, rank = previous
            else:
                masked = any(masks.get(name, masked and not sources) for name, _ in sources)
                rank = next((len(s) if s else ranks.get(name) for name, s in sources), None)
            built = layer.get("build_config") or {}
            rank = rank_of(built.get("input_shape")) or rank
            name = layer.get("name") or layer["config"].get("name")
            masks[name] = self.layer(layer, rank, masked)
            ranks[name] = rank if keeps_rank(layer) else None
            previous = masks[name], ranks[name]
        return previous[0]

    def layer(self, layer, rank, masked):
        """Adds one layer; whether its output carries a mask."""
        name, config = layer["class_name"], layer["config"]
        if name in MODELS:
            return self.model(layer, masked)
        kind = "op" if ".ops." in (layer.get("module") or "") else "layer"
        use = {kind: name, "config": {n: plain(v) for n, v in config.items()}, "ranks": [rank] if rank else []}
        if masked:
            use["mask"] = True
        self.found.append(use)
        for part in ("layer", "backward_layer", "cell"):
            if isinstance(config.get(part), dict) and "class_name" in config[part]:
                a_step = part == "cell" or name == "TimeDistributed"
                inner = rank - 1 if rank and a_step else rank
                self.layer(config[part], inner, masked)
        for cell in config.get("cells") or []:
            self.layer(cell, rank, False)
        makes = name == "Masking" or bool(config.get("mask_zero"))
        keeps = bool(self.universe["layers"].get(name, {}).get("mask")) and config.get("return_sequences", True)
        return makes or (masked and bool(keeps))


def inbound(layer):
    """(name of the layer, shape or None) of every tensor that the layer's calls take."""
    def walk(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            yield value["config"]["keras_history"][0], value["config"]["shape"]
        elif isinstance(value, dict):
            for part in value.values():
                yield from walk(part)
        elif isinstance(value, list):
            if len(value) >= 3 and isinstance(value[0], str) and all(isinstance(n, int) for n in value[1:3]):
                yield value[0], None
            for part in value:
                yield from walk(part)
    yield from walk(layer.get("inbound_nodes", []))


def rank_of(shape):
    """Of the first input."""
    while isinstance(shape, list) and shape and isinstance(shape[0], list):
        shape = shape[0]
    return len(shape) if isinstance(shape, list) and shape else None


def keeps_rank(layer):
    """What can be said without knowing the layer: the element-wise ones and those of one window."""
    return layer["class_name"] in {"InputLayer", "Activation", "BatchNormalization", "Dropout", "ReLU", "Dense", "Masking"}


def plain(value):
    """Nested objects by their class, a precision by its name."""
    if isinstance(value, dict) and "class_name" in value:
        inner = value.get("config")
        policy = "Policy" in str(value["class_name"]) and isinstance(inner, dict)
        if value["class_name"] == "function":  # an activation that Keras 3 knows by its registered name
            return inner
        return inner.get("name") if policy else value["class_name"]
    return value
