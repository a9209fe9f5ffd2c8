"""What the attributes of Keras layers can be set to: for each branch a value, and for each layer a working sample.

One table serves two: tools/golden/universe.py lists the branches, layer_cases/branches.py builds a model for each that
no other case covers. An attribute that is not here takes its branches from its default.
"""

import dataclasses


@dataclasses.dataclass
class Sample:
    """How to build a layer, and the shapes (without batch) of the inputs that it takes: one tuple an example."""
    options: dict
    shapes: tuple
    dtype: str = "float32"
    high: int = 10
    scale: float = 1.0


PADDING = {"=valid": "valid", "=same": "same"}
BILINEAR = {"=bilinear": "bilinear", "=nearest": "nearest"}
FILLS = {f"={m}": m for m in ("constant", "reflect", "wrap", "nearest")}
STEPS = {"one": 1, "uniform": 2, "mixed": (2, 1)}
FORMATS = {"=channels_last": "channels_last", "=channels_first": "channels_first"}

# By attribute; by "Layer.attribute" where a layer has its own. A function gets the number of spatial axes.
VALUES = {
    "padding": PADDING,
    "data_format": FORMATS,
    "activation": {"default": None, "other": "gelu"},
    "recurrent_activation": {"default": "sigmoid", "other": "hard_sigmoid"},
    "strides": lambda axes: sizes(axes, one=True),
    "dilation_rate": lambda axes: sizes(axes, one=True),
    "kernel_size": lambda axes: sizes(axes, one=True),
    "pool_size": lambda axes: sizes(axes),
    "size": lambda axes: sizes(axes),
    "output_size": lambda axes: sizes(axes),
    "output_padding": lambda axes: {"none": None, "some": 1},
    "groups": {"default": 1, "other": 2},
    "depth_multiplier": {"default": 1, "other": 2},
    "merge_mode": {"=concat": "concat", "=sum": "sum", "=mul": "mul", "=ave": "ave", "none": None},
    "score_mode": {"=dot": "dot", "=concat": "concat"},
    "dropout": {"default": 0.0, "other": 0.3},
    "recurrent_dropout": {"default": 0.0, "other": 0.3},
    "shared_axes": {"none": None, "some": [1]},
    "attention_axes": {"none": None, "some": [1]},
    "value_dim": {"some": 5},  # a saved layer has what it took instead of nothing
    "output_shape": {"none": None, "some": 6},
    "bias_axes": {"none": None, "some": "d"},
    "max_value": {"none": None, "some": 0.7},
    "standardize": {f"={m}": m for m in ("lower_and_strip_punctuation", "lower", "strip_punctuation")} | {"none": None},
    "split": {f"={m}": m for m in ("whitespace", "character")} | {"none": None},
    "ngrams": {"none": None, "some": 2},
    "fill_mode": FILLS,
    "interpolation": BILINEAR,
    "Resizing.interpolation": {f"={m}": m for m in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")},
    "Resizing.fill_mode": {"=constant": "constant"},
    "UpSampling2D.interpolation": {f"={m}": m for m in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")},
    "CategoryEncoding.output_mode": {f"={m}": m for m in ("one_hot", "multi_hot", "count")},
    "Discretization.output_mode": {f"={m}": m for m in ("int", "one_hot", "multi_hot", "count")},
    "Hashing.output_mode": {f"={m}": m for m in ("int", "one_hot", "multi_hot", "count")},
    "HashedCrossing.output_mode": {f"={m}": m for m in ("int", "one_hot")},
    "TextVectorization.output_mode": {f"={m}": m for m in ("int", "multi_hot", "count", "tf_idf")},
    "output_mode": {f"={m}": m for m in ("int", "one_hot", "multi_hot", "count", "tf_idf")},
    "encoding": {"default": "utf-8"},
    "STFTSpectrogram.window": {"=hann": "hann", "=hamming": "hamming", "none": None},
    "STFTSpectrogram.mode": {f"={m}": m for m in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")},
    "STFTSpectrogram.scaling": {"=density": "density", "=spectrum": "spectrum", "none": None},
    "RandomFlip.mode": {f"={m}": m for m in ("horizontal", "vertical", "horizontal_and_vertical")},
    "oov_method": {"=floormod": "floormod", "=farmhash": "farmhash"},
    "use_cudnn": {"default": "auto"},
    "implementation": {"=1": 1, "=2": 2, "=3": 3},
    "Conv1D.padding": PADDING | {"=causal": "causal"},
    "SeparableConv1D.padding": PADDING | {"=causal": "causal"},
    "Dot.axes": {"uniform": 1, "mixed": (2, 1)},
    "PReLU.alpha_initializer": {"default": "zeros"},
    "Permute.dims": {"given": (2, 1)},
    "Reshape.target_shape": {"given": (-1, 2)},
    "noise_shape": {"none": None, "some": (None, 1)},
    "BatchNormalization.axis": {"default": -1, "other": 1},
    "LayerNormalization.axis": {"default": -1, "mixed": (1, 2), "other": 1},
    "UnitNormalization.axis": {"default": -1, "mixed": (1, 2), "other": 1},
    "RMSNormalization.axis": {"default": -1, "mixed": (1, 2), "other": 1},
    "GroupNormalization.axis": {"default": -1, "other": 1},
    "Normalization.axis": {"default": -1, "none": None, "other": 1},
    "Softmax.axis": {"default": -1, "mixed": (1, 2), "other": 1},
    "Concatenate.axis": {"default": -1, "other": 1},
    "Normalization.mean": {"none": None, "some": 0.3},
    "Normalization.variance": {"none": None, "some": 1.7},
    "op.Fold.padding": {"default": 0, "other": 1},
    "op.Unfold.padding": {"default": 0, "other": 1},
    "op.Pad.mode": {f"={m}": m for m in ("constant", "reflect", "symmetric")},
    "op.Resize.interpolation": {f"={m}": m for m in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")},
    "GroupNormalization.groups": {"default": 32, "other": 2, "=-1": -1},
}
for _layer in ("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D"):
    VALUES[f"{_layer}.padding"] = VALUES[f"{_layer}.cropping"] = lambda axes: {
        "uniform": 1, "mixed": (2, 1) if axes == 1 else tuple((n, n + 1) for n in range(axes))}
for _layer in ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "Dense",
               "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "EinsumDense",
               "LocallyConnected1D", "LocallyConnected2D"):
    VALUES[f"{_layer}.activation"] = {"=linear": None, "other": "swish"}
for _layer in ("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "ConvLSTM1D", "ConvLSTM2D",
               "ConvLSTM3D"):
    VALUES[f"{_layer}.activation"] = {"=tanh": "tanh", "other": "softsign"}
    VALUES[f"{_layer}.recurrent_activation"] = {"=sigmoid": "sigmoid", "=hard_sigmoid": "hard_sigmoid",
                                                "other": "softsign"}


def sizes(axes, one=False):
    """A value per axis; one axis cannot be mixed."""
    values = {"one": 1} if one else {}
    return values | {"uniform": 2} | ({"mixed": tuple(2 + n % 2 for n in range(axes))} if axes > 1 else {})


LINE, PLANE, SPACE = (9, 4), (8, 7, 4), (5, 6, 5, 4)
SPATIAL = (LINE, PLANE, SPACE)
ANY_RANK = ((6,), (5, 6), (4, 5, 6), (3, 4, 5, 6))
PAIR = tuple((shape, shape) for shape in ANY_RANK)
SIX_STEPS = ((6, 4),)
PICTURE = ((8, 7, 3),)
WORDS = ["the", "cat", "sat"]


def _spatial():
    """The layers that come for one, two and three axes."""
    found = {}
    for n, shape in enumerate(SPATIAL, 1):
        for name, options in (("MaxPooling", {"pool_size": 2}), ("AveragePooling", {"pool_size": 2}),
                              ("GlobalMaxPooling", {}), ("GlobalAveragePooling", {}), ("UpSampling", {"size": 2}),
                              ("ZeroPadding", {"padding": 1}), ("Cropping", {"cropping": 1}),
                              ("SpatialDropout", {"rate": 0.3}), ("AdaptiveMaxPooling", {"output_size": 2}),
                              ("AdaptiveAveragePooling", {"output_size": 2}),
                              ("Conv", {"filters": 4, "kernel_size": 3}),
                              ("LocallyConnected", {"filters": 3, "kernel_size": 2}),
                              ("DepthwiseConv", {"kernel_size": 3}), ("SeparableConv", {"filters": 4, "kernel_size": 3})):
            found[f"{name}{n}D"] = Sample(options, (shape,))
        found[f"Conv{n}DTranspose"] = Sample({"filters": 4, "kernel_size": 3}, (shape,))
        found[f"ConvLSTM{n}D"] = Sample({"filters": 2, "kernel_size": 2}, ((3, *shape[:-1], 2),))
    return found


SAMPLES = _spatial() | {
    "Activation": Sample({"activation": "relu"}, ANY_RANK),
    "Dense": Sample({"units": 3}, ANY_RANK),
    "EinsumDense": Sample({"equation": "abc,cd->abd", "output_shape": (None, 5)}, ((4, 3),)),
    "Embedding": Sample({"input_dim": 10, "output_dim": 4}, ((5,), (3, 4), (1,)), "int32"),
    "ReversibleEmbedding": Sample({"input_dim": 10, "output_dim": 4}, ((5,),), "int32"),
    "Dot": Sample({"axes": 1}, (((5,), (5,)), ((4, 4), (4, 4)))),
    "RepeatVector": Sample({"n": 3}, ((5,),)),
    "Reshape": Sample({"target_shape": (-1, 2)}, ((6,), (4, 6), (2, 3, 4), (2, 3, 2, 2))),
    "Permute": Sample({"dims": (2, 1)}, ((3, 4),)),
    "Dropout": Sample({"rate": 0.3}, ANY_RANK),
    "GaussianDropout": Sample({"rate": 0.3}, ANY_RANK),
    "GaussianNoise": Sample({"stddev": 0.3}, ANY_RANK),
    "AlphaDropout": Sample({"rate": 0.3}, ANY_RANK),
    "Rescaling": Sample({"scale": 0.5}, ANY_RANK),
    "Normalization": Sample({"mean": 0.4, "variance": 0.3, "axis": None}, ANY_RANK),
    "CategoryEncoding": Sample({"num_tokens": 10}, ((4,), (1,)), "int32"),
    "Discretization": Sample({"bin_boundaries": [-1.0, 0.0, 0.5]}, ((4,), (1,), (2, 3))),
    "Hashing": Sample({"num_bins": 7}, ((4,),), "int32"),
    "IntegerLookup": Sample({"vocabulary": [1, 3, 5, 7]}, ((4,),), "int64"),
    "StringLookup": Sample({"vocabulary": WORDS}, ((4,),), "string"),
    "TextVectorization": Sample({"vocabulary": WORDS}, ((1,),), "string"),
    "HashedCrossing": Sample({"num_bins": 7}, (((1,), (1,)),), "int32"),
    "CenterCrop": Sample({"height": 4, "width": 5}, PICTURE),
    "Resizing": Sample({"height": 5, "width": 6}, PICTURE),
    "GroupNormalization": Sample({"groups": 2}, ((6,), (5, 6), (4, 5, 6), (3, 4, 5, 6))),
    "LSTM": Sample({"units": 3}, SIX_STEPS), "GRU": Sample({"units": 3}, SIX_STEPS),
    "SimpleRNN": Sample({"units": 3}, SIX_STEPS),
    "MultiHeadAttention": Sample({"num_heads": 2, "key_dim": 3}, (((5, 4), (6, 4)),)),
    "GroupQueryAttention": Sample({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, (((5, 4), (6, 4)),)),
    "Attention": Sample({}, (((5, 4), (6, 4)),)), "AdditiveAttention": Sample({}, (((5, 4), (6, 4)),)),
    "MelSpectrogram": Sample({"fft_length": 64, "sequence_stride": 32, "num_mel_bins": 8}, ((200,),)),
    "STFTSpectrogram": Sample({"frame_length": 32}, ((200, 1),)),
    "RandomBrightness": Sample({"factor": 0.2}, PICTURE), "RandomContrast": Sample({"factor": 0.2}, PICTURE),
    "RandomColorDegeneration": Sample({"factor": 0.2}, PICTURE), "RandomHue": Sample({"factor": 0.2}, PICTURE),
    "RandomSaturation": Sample({"factor": 0.2}, PICTURE), "RandomSharpness": Sample({"factor": 0.2}, PICTURE),
    "RandomPosterization": Sample({"factor": 4}, PICTURE), "RandomRotation": Sample({"factor": 0.2}, PICTURE),
    "RandomCrop": Sample({"height": 4, "width": 5}, PICTURE), "RandomZoom": Sample({"height_factor": 0.2}, PICTURE),
    "RandomTranslation": Sample({"height_factor": 0.2, "width_factor": 0.2}, PICTURE),
    "RandomHeight": Sample({"factor": 0.2}, PICTURE), "RandomWidth": Sample({"factor": 0.2}, PICTURE),
    "MaxNumBoundingBoxes": Sample({"max_number": 3}, PICTURE),
    "Masking": Sample({}, SIX_STEPS), "Flatten": Sample({}, ANY_RANK),
    "LSTMCell": Sample({"units": 3}, SIX_STEPS), "GRUCell": Sample({"units": 3}, SIX_STEPS),
    "SimpleRNNCell": Sample({"units": 3}, SIX_STEPS),
    "BatchNormalization": Sample({}, ANY_RANK), "LayerNormalization": Sample({}, ANY_RANK),
    "RMSNormalization": Sample({}, ANY_RANK), "UnitNormalization": Sample({}, ANY_RANK),
    "Softmax": Sample({}, ANY_RANK), "ReLU": Sample({}, ANY_RANK), "LeakyReLU": Sample({}, ANY_RANK),
    "ELU": Sample({}, ANY_RANK), "PReLU": Sample({}, ANY_RANK), "ThresholdedReLU": Sample({}, ANY_RANK),
    "Identity": Sample({}, ANY_RANK), "ActivityRegularization": Sample({}, ANY_RANK),
    **{name: Sample({}, PAIR) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum",
                                           "Concatenate")},
    # Pictures are what the remaining augmentations take, at their defaults.
    **{name: Sample({}, PICTURE, scale=60.0) for name in (
        "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization", "MixUp",
        "RandAugment", "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomFlip",
        "RandomGaussianBlur", "RandomGrayscale", "RandomInvert", "RandomPerspective", "RandomShear", "Solarization")},
}


def spatial_axes(layer):
    """2 for Conv2D and the like, 0 for layers without."""
    digits = [c for c in layer if c.isdigit()]
    return int(digits[0]) if digits and layer.find("D") > 0 and "D" in layer[layer.find(digits[0]):] else 0


SHARED = {"padding", "data_format", "strides", "pool_size", "dilation_rate", "interpolation", "fill_mode"}


def values_of(layer, attribute, default, required):
    """Branch to value; ... stands for a branch whose value nobody has written down. Operations are "op.NAME"."""
    found = VALUES.get(f"{layer}.{attribute}")
    if found is None and (layer[0].isupper() or attribute in SHARED):
        found = VALUES.get(attribute)
    if callable(found):
        found = found(spatial_axes(layer) or 1)
    if found is not None:
        return found
    if isinstance(default, bool):
        return {"true": True, "false": False}
    if required:
        return {"given": SAMPLES[layer].options.get(attribute) if layer in SAMPLES else None}
    if default is None:
        return {"none": None, "some": ...}
    if isinstance(default, (int, float)):
        return {"default": default, "other": default + 1 if isinstance(default, int) else 0.5 * default + 0.1}
    return {"default": default, "other": ...}
