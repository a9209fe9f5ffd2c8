"""What is measured, and the goal of each: so many times as fast as the best peer, by network and batch size."""

# With one and with two threads; the memory-bound ones and those of a microsecond have most to win per call.
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
}
MOST_SECONDS = {"mlp16": 0.3e-6}  # a goal in time besides the ratio, with one thread
