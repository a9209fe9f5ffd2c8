"""What is measured, and the goal of each: so many times as fast as the best peer."""

# {network: {batch size: goal}}, for one thread and for two.
NETWORKS = {
    "mobilenet_v2": {1: 1.5, 32: 1.2},
    "mobilenet_v3_large": {1: 1.5},
    "efficientnet_b0": {1: 1.8},
    "resnet50": {1: 1.3, 32: 1.25},
    "vgg16": {1: 1.5},
    "unet256": {1: 2.2},
    "superres": {1: 2.5},
    "bert_base": {1: 1.3},
    "bert_mini": {1: 1.4},
    "lstm128x100": {1: 1.5},
    "gru64x50": {1: 2.0},
    "lstm32_step": {1: 5.0},
    "mlp": {1: 1.4},
    "cnn28": {1: 4.0},
    "ds_cnn": {1: 2.0},
    "mlp16": {1: 10.0},
    "mobilenet_v2_int8": {1: 1.5},
    "resnet50_int8": {1: 1.2},
    "efficientnet_lite0_int8": {1: 1.5},
    "person_detect_int8": {1: 3.0},
    "ds_cnn_int8": {1: 3.0},
}
MOST_SECONDS = {"mlp16": 0.3e-6}  # what it may take besides
NAMES = {
    "mobilenet_v2": "MobileNetV2 224", "mobilenet_v3_large": "MobileNetV3-Large 224",
    "efficientnet_b0": "EfficientNet-B0 224", "resnet50": "ResNet-50 224", "vgg16": "VGG16 224",
    "unet256": "U-Net 256", "superres": "super-resolution 256", "bert_base": "BERT-base, 128 tokens",
    "bert_mini": "BERT-mini, 128 tokens", "lstm128x100": "LSTM(128) x 100 steps", "gru64x50": "GRU(64) x 50 steps",
    "lstm32_step": "LSTM(32), one step", "mlp": "MLP 784-512-512-10", "cnn28": "CNN 28x28 conv32-dense10",
    "ds_cnn": "DS-CNN keyword spotting", "mlp16": "MLP 16-16-4",
    "mobilenet_v2_int8": "MobileNetV2 224, int8", "resnet50_int8": "ResNet-50 224, int8",
    "efficientnet_lite0_int8": "EfficientNet-Lite0 224, int8", "person_detect_int8": "person detection 96, int8",
    "ds_cnn_int8": "DS-CNN keyword spotting, int8",
}


def is_int8(network):
    return network.endswith("_int8")


def wrong(network, engine):
    """An answer that far from the wanted one, of the largest value, is not timed. In float32 that is TensorFlow's answer.
    In int8 it is that of TensorFlow Lite's reference kernels, which vivace must give in every byte; the others round, and
    those that read ONNX quantise, in their own way, and untrained networks make so much of a single step that the
    difference is told but decides nothing.
    """
    if not is_int8(network):
        return 1e-3
    return 1e-9 if engine == "vivace" else float("inf")


def runs(engine, network):
    """Whether there is a form of the network for the engine: TensorFlow itself computes nothing in 8 bits."""
    return not (is_int8(network) and engine.startswith("tensorflow"))


def ratios(row):
    """(best peer's median / vivace's, TensorFlow's / vivace's, the best peer): above 1 vivace is faster."""
    medians = {e: r["median"] for e, r in row["engines"].items() if "median" in r}
    mine = medians.pop("vivace", None)
    if mine is None or not medians:
        return None, None, None
    tensorflow = [m for e, m in medians.items() if e.startswith("tensorflow")]
    best = min(medians, key=medians.get)
    return medians[best] / mine, (min(tensorflow) / mine if tensorflow else None), best


def goal(row):
    return NETWORKS.get(row["network"], {}).get(row["batch"])


def reached(row):
    """True or False, or None where there is no goal or nothing to compare."""
    ratio, wanted = ratios(row)[0], goal(row)
    if ratio is None or wanted is None:
        return None
    return ratio >= wanted and row["engines"]["vivace"]["median"] <= MOST_SECONDS.get(row["network"], float("inf"))


SPARE_BYTES = 10e6  # of memory, besides weights and arena


def memory(row):
    """(vivace's peak bytes, what its weights and arena allow, the least of the peers' from C), or None if unknown."""
    peaks = {e: r.get("peak_bytes") for e, r in row["engines"].items() if r.get("through") == "C" and "median" in r}
    mine = peaks.pop("vivace", None)
    work = row["engines"].get("vivace", {}).get("work")
    others = [p for p in peaks.values() if p]
    if not mine or not work or not others:
        return None
    return mine, work["weights"] + work["arena"] + SPARE_BYTES, min(others)


def shares(row):
    """(share of the multiply-add peak, share of the speed at which the weights can be read), by vivace."""
    record = row["engines"].get("vivace", {})
    if "median" not in record or "read_bytes_per_s" not in record.get("work", {}):
        return None
    work, read = record["work"], record["work"]["read_bytes_per_s"]
    return (work["flops"] / record["median"] / work["flops_per_s"] / row["threads"],
            work["weight_bytes"] / record["median"] / read if read else None)
