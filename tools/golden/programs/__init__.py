"""Programs as Keras's guides and examples have them, in small: every file here is a domain.

Each function builds the model that such a program saves. What an example does in a layer class of its own, which no
file can hold, is written with functions of keras.ops (or TensorFlow's, in tf_keras), as its reader would to save it.
"""

import functools

from layer_cases import Case


def program(k, build, only="", **fields):
    """The case of one program, where the framework k has what it needs (`only` names the one that has)."""
    if only in ("", k.name):
        yield Case(build.__name__, functools.partial(build, k), **fields)


def functions(k):
    """reshape, transpose, matmul, pad, tile, sigmoid, exp and the like, called alike in both frameworks."""
    return k.ops if k.v3 else k.tf


def places(k, x, length):
    """The positions 0 .. length - 1 as a constant that an Embedding takes."""
    return k.ops.arange(length) if k.v3 else k.tf.range(length)


def encoder(k, x, heads, width, hidden, mask=None, causal=False, activation="relu", epsilon=1e-6):
    """A transformer's block, norms after the sums."""
    L = k.layers
    y = L.MultiHeadAttention(heads, width)(x, x, attention_mask=mask, use_causal_mask=causal)
    x = L.LayerNormalization(epsilon=epsilon)(x + L.Dropout(0.1)(y))
    y = L.Dense(x.shape[-1])(L.Dense(hidden, activation=activation)(x))
    return L.LayerNormalization(epsilon=epsilon)(x + L.Dropout(0.1)(y))


def encoder_before(k, x, heads, width, hidden):
    """A vision transformer's block: norms before, gelu inside."""
    L = k.layers
    y = L.LayerNormalization(epsilon=1e-6)(x)
    x = L.Add()([L.MultiHeadAttention(heads, width, dropout=0.1)(y, y), x])
    y = L.LayerNormalization(epsilon=1e-6)(x)
    for units in (hidden, x.shape[-1]):
        y = L.Dropout(0.1)(L.Dense(units, activation="gelu")(y))
    return L.Add()([y, x])


def patches(k, x, size):
    """Non-overlapping square patches as a sequence."""
    if k.v3:
        x = k.ops.image.extract_patches(x, size=size)
    else:
        x = k.tf.image.extract_patches(x, [1, size, size, 1], [1, size, size, 1], [1, 1, 1, 1], "VALID")
    return k.layers.Reshape((-1, x.shape[-1]))(x)
