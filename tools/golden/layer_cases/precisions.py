"""Layers under float64 and mixed_float16, one small model each: those that no other family takes through both."""

from . import Case

STEPS, PICTURE, LARGE = (5, 4), (6, 7, 3), (12, 14)
# The framework fails on these itself.
FAIL = {("keras3", "discretization", "mixed_float16"), ("tf_keras", "discretization", "mixed_float16"),
        ("tf_keras", "hashing", "mixed_float16"), ("tf_keras", "integer_lookup", "mixed_float16"),
        ("keras3", "mel_spectrogram", "float64"), ("keras3", "adaptive_max_3d", "float64")}


def cases(k):
    made = of_both(k) | (of_keras3(k) if k.v3 else of_tf_keras(k))
    for name, (layer, shape, *dtype) in made.items():
        for policy in ("float64", "mixed_float16"):
            if (k.name, name, policy) in FAIL:
                continue
            yield Case(f"{name}_{policy}",
                       lambda b=layer, s=shape, p=policy, d=dtype: k.chain(s, b(p), dtype=d[0] if d else None),
                       deep=name in ("conv_lstm3d", "stacked"), note=note(policy))
            if name == "reversible_embedding":
                yield mirrored(k, policy)


def note(policy):
    return "" if policy == "float64" else "limits allow for 16-bit arithmetic"


def of_both(k):
    """Name to how a layer is made with a policy, the shape that it takes, and the type where that is no float."""
    L = k.layers
    made = {
        "conv_lstm1d": (lambda p: L.ConvLSTM1D(2, 2, dtype=p), (3, 5, 2)),
        "conv_lstm2d": (lambda p: L.ConvLSTM2D(2, 2, dtype=p), (3, 4, 5, 2)),
        "conv_lstm3d": (lambda p: L.ConvLSTM3D(2, 2, dtype=p), (3, 4, 3, 4, 2)),
        "rnn": (lambda p: L.RNN(L.SimpleRNNCell(3, dtype=p), dtype=p), STEPS),
        "stacked": (lambda p: L.RNN(L.StackedRNNCells([L.GRUCell(3, dtype=p), L.LSTMCell(2, dtype=p)], dtype=p), dtype=p),
                    STEPS),
        "time_distributed": (lambda p: L.TimeDistributed(L.Dense(3, dtype=p), dtype=p), STEPS),
        "hashing": (lambda p: L.Hashing(7, dtype=p, output_mode="multi_hot"), (4,), "int32"),
        "integer_lookup": (lambda p: numbers(k, p), (4,), "int64"),
        "discretization": (lambda p: L.Discretization([-1.0, 0.0, 0.5], output_mode="multi_hot", dtype=p), (4,)),
        "random_flip": (lambda p: L.RandomFlip(dtype=p), PICTURE),
        "random_translation": (lambda p: L.RandomTranslation(0.2, 0.2, dtype=p), PICTURE),
    }
    for name in ("Brightness", "Contrast", "Rotation", "Zoom"):
        made[f"random_{name.lower()}"] = (lambda p, n=name: getattr(L, f"Random{n}")(0.2, dtype=p), PICTURE)
    return made


def numbers(k, policy):
    """Keras 3 drops the precision that this layer is given, but writes the one that the whole program is under."""
    if k.v3:
        k.keras.config.set_dtype_policy(policy)
    return k.layers.IntegerLookup(vocabulary=[1, 3, 5, 7], output_mode="multi_hot", dtype=policy)


def of_tf_keras(k):
    L = k.layers
    return {
        "locally_connected1d": (lambda p: L.LocallyConnected1D(3, 2, dtype=p), STEPS),
        "locally_connected2d": (lambda p: L.LocallyConnected2D(2, 2, dtype=p), PICTURE),
        "random_height": (lambda p: L.RandomHeight(0.2, dtype=p), PICTURE),
        "random_width": (lambda p: L.RandomWidth(0.2, dtype=p), PICTURE),
        # It resizes in float32 under every policy: twice the size of whole numbers needs no more.
        "random_crop": (lambda p: L.RandomCrop(*LARGE, dtype=p), PICTURE, "uint8"),
    }


def of_keras3(k):
    L = k.layers
    clahe = L.ContrastLimitedAdaptiveHistogramEqualization
    made = {
        "auto_contrast": (lambda p: L.AutoContrast(dtype=p), PICTURE),
        "clahe": (lambda p: clahe(tile_grid_size=(2, 3), dtype=p), PICTURE),
        "max_num_bounding_boxes": (lambda p: L.MaxNumBoundingBoxes(3, dtype=p), PICTURE),
        "spectral": (lambda p: L.SpectralNormalization(L.Dense(3, dtype=p), dtype=p), STEPS),
        "stft_spectrogram": (lambda p: L.STFTSpectrogram(frame_length=32, dtype=p), (200, 1)),
        "mel_spectrogram": (lambda p: L.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=8, dtype=p), (200,)),
        "reversible_embedding": (lambda p: L.ReversibleEmbedding(11, 6, dtype=p), (5,), "int32"),
        "random_crop": (lambda p: L.RandomCrop(4, 5, dtype=p), PICTURE),
        "color_jitter": (lambda p: L.RandomColorJitter(dtype=p), PICTURE),
        "elastic": (lambda p: L.RandomElasticTransform(dtype=p), PICTURE),
        "erasing": (lambda p: L.RandomErasing(dtype=p), PICTURE),
        "blur": (lambda p: L.RandomGaussianBlur(dtype=p), PICTURE),
        "invert": (lambda p: L.RandomInvert(dtype=p), PICTURE),
        "perspective": (lambda p: L.RandomPerspective(dtype=p), PICTURE),
        "shear": (lambda p: L.RandomShear(0.1, 0.1, dtype=p), PICTURE),
        "posterization": (lambda p: L.RandomPosterization(4, dtype=p), PICTURE),
        "solarization": (lambda p: L.Solarization(0.2, 0.3, dtype=p), PICTURE),
    }
    for name in ("ColorDegeneration", "Grayscale", "Hue", "Saturation", "Sharpness"):
        made[f"random_{name.lower()}"] = (lambda p, n=name: getattr(L, f"Random{n}")(0.2, dtype=p), PICTURE)
    for kind in ("Average", "Max"):
        for n, shape in ((1, (7, 2)), (2, (6, 7, 2)), (3, (4, 5, 6, 2))):
            made[f"adaptive_{kind.lower()}_{n}d"] = (
                lambda p, c=getattr(L, f"Adaptive{kind}Pooling{n}D"): c(2, dtype=p), shape)
    return made


def mirrored(k, policy):
    """The words' table before a layer, and turned around after it."""
    def build():
        x = k.Input((5,), dtype="int32")
        table = k.layers.ReversibleEmbedding(11, 6, dtype=policy)
        return k.Model(x, table(k.layers.Dense(6, dtype=policy)(table(x)), reverse=True))
    return Case(f"reversible_embedding_mirrored_{policy}", build, note=note(policy))
