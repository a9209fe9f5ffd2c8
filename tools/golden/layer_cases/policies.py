"""Dtype policies: float64, 16 bits whole and mixed, one layer's own, maps of paths, inputs of other types."""

from . import Case


def cases(k):
    L = k.layers
    narrow_types = ("float16", "bfloat16", "mixed_float16", "mixed_bfloat16")

    def wide():
        """Whether this build is the one that computes what the numbers ought to be."""
        return k.keras.backend.floatx() == "float64"

    def under(policy, build):
        """build() with a global policy; in float64 throughout where that is asked for."""
        def made():
            if wide():
                return build()
            setter = k.keras.config.set_dtype_policy if k.v3 else k.keras.mixed_precision.set_global_policy
            setter(policy)
            try:
                return build()
            finally:
                setter("float32")
        return made

    def chain(shape, *layers, dtype=None):
        return lambda: k.chain(shape, *[layer() for layer in layers], dtype=dtype)

    networks = {
        "dense": chain((7,), lambda: L.Dense(6, activation="relu"), lambda: L.Dense(4, activation="softmax")),
        "conv": chain((8, 8, 3), lambda: L.Conv2D(5, 3, padding="same", use_bias=False), lambda: L.BatchNormalization(),
                      lambda: L.ReLU(6.0), lambda: L.DepthwiseConv2D(3, strides=2), lambda: L.MaxPooling2D(2),
                      lambda: L.Flatten(), lambda: L.Dense(3)),
        "attention": lambda: attention_network(k),
        "sequence": lambda: sequence_network(k),
    }
    for name, build in networks.items():
        for policy in ("float64", *narrow_types):
            yield Case(f"{name}_{policy}", under(policy, build), scale=0.7)

    many = {
        "separable": chain((7, 6, 3), lambda: L.SeparableConv2D(4, 3), lambda: L.Conv2DTranspose(3, 3, strides=2),
                           lambda: L.UpSampling2D(2, interpolation="bilinear"), lambda: L.GlobalAveragePooling2D()),
        "norms": chain((5, 6), lambda: L.LayerNormalization(), lambda: L.UnitNormalization(),
                       *([lambda: L.GroupNormalization(3), lambda: L.RMSNormalization()] if k.v3 else []),
                       lambda: L.PReLU(), lambda: L.Softmax()),
        "functions": chain((9,), *[lambda a=a: L.Activation(a) for a in
                                   ("gelu", "selu", "softplus", "swish", "hard_sigmoid", "tanh", "elu", "softsign")]),
        "volume": chain((4, 5, 4, 2), lambda: L.Conv3D(3, 2), lambda: L.AveragePooling3D(2), lambda: L.ELU(0.3),
                        lambda: L.LeakyReLU(), lambda: L.Conv3DTranspose(2, 2)),
        "steps": chain((9, 4), lambda: L.Conv1D(6, 3, padding="causal", dilation_rate=2), lambda: L.ZeroPadding1D(1),
                       lambda: L.Conv1DTranspose(3, 2, strides=2), lambda: L.GlobalMaxPooling1D()),
    }
    wrong = {"functions": "TensorFlow's gelu is off by 5e-9 in float64", "separable": "TensorFlow resizes in float32",
             "volume": "TensorFlow keeps the slope of LeakyReLU in float32" if k.v3 else ""}
    for name, build in many.items():
        yield Case(f"{name}_float64", under("float64", build), differs=wrong.get(name, ""))
        yield Case(f"{name}_mixed_float16", under("mixed_float16", build))

    # One layer with a policy of its own: its input is cast on the way in, the next one's on the way out.
    def own(middle, last=None):
        def build():
            dtype = None if wide() else middle
            return k.chain((6,), L.Dense(5, activation="tanh"), L.Dense(4, dtype=dtype),
                           L.Dense(3, dtype=None if wide() else last))
        return build

    for policy in ("float64", *narrow_types):
        yield Case(f"own_{policy}", own(policy))
        yield Case(f"last_{policy}", own(None, policy))
    yield Case("mixed_with_float32_end", under("mixed_float16", lambda: k.chain(
        (6,), L.Dense(5, activation="relu"), L.Dense(3), L.Activation("softmax", dtype=None if wide() else "float32"))))

    # Inputs of every type.
    for dtype in ("float16", "bfloat16", "float64", "int32", "uint8"):
        yield Case(f"input_{dtype}", lambda dtype=dtype: k.chain((5,), L.Dense(4), dtype=dtype if not wide() or "int" in dtype else None))
    yield Case("input_float16_untouched", lambda: k.chain((5,), L.Dropout(0.5, dtype="float16"), dtype="float16"))
    yield Case("two_outputs_two_types", under("mixed_float16", lambda: two_outputs(k, wide())))
    yield Case("nested_casts", lambda: nested(k, wide()))
    if k.v3:
        yield Case("map_of_paths", lambda: by_map(k, wide()))
        yield Case("cast_operations", lambda: casts(k, wide()))
        yield Case("operations_between", lambda: operations(k, wide()))
        yield Case("sequential_without_input", under("mixed_float16", lambda: late(k)))


def attention_network(k):
    L = k.layers
    x = first = k.Input((5, 6))
    y = L.MultiHeadAttention(2, 4)(x, x)
    y = L.LayerNormalization()(L.Add()([x, y]))
    return k.Model(first, L.GlobalAveragePooling1D()(y))


def sequence_network(k):
    L = k.layers
    words = k.Input((6,), dtype="int32")
    x = L.Embedding(10, 4, mask_zero=True)(words)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    return k.Model(words, L.Dense(2)(L.GRU(4)(x)))


def two_outputs(k, wide):
    L = k.layers
    x = k.Input((4,))
    y = L.Dense(3)(x)
    return k.Model(x, [y, L.Dense(2, dtype=None if wide else "float32")(y), L.Dense(2, dtype="float64")(y)])


def nested(k, wide):
    L = k.layers
    inner_in = k.Input((5,), dtype=None if wide else "float16")
    inner = k.Model(inner_in, L.Dense(3, activation="tanh")(inner_in), name="inner")
    x = k.Input((5,))
    return k.Model(x, [inner(x), L.Dense(2)(inner(L.Dense(5)(x)))])


def by_map(k, wide):
    L = k.layers
    policies = k.keras.dtype_policies.DTypePolicyMap(None if wide else "mixed_float16")
    if not wide:
        policies["precise"] = k.keras.dtype_policies.DTypePolicy("float32")
        policies["head.*"] = k.keras.dtype_policies.DTypePolicy("bfloat16")
    x = k.Input((6,))
    y = L.Dense(5, dtype=policies, name="first")(x)
    z = L.Dense(4, dtype=policies, name="precise")(y)
    return k.Model(x, [y, z, L.Dense(3, dtype=policies, name="head_1")(z)])


def casts(k, wide):
    x = k.Input((6,))
    half, brain = ("float64", "float64") if wide else ("float16", "bfloat16")
    y = k.ops.cast(x, half)
    z = k.ops.multiply(k.ops.cast(x, brain), 1.5)
    return k.Model(x, [y, z, k.ops.add(y, z), k.ops.exp(y), k.ops.cast(k.ops.add(y, x), "float64")])


def operations(k, wide):
    L = k.layers
    x = k.Input((4,))
    y = L.Dense(4, dtype=None if wide else "mixed_bfloat16")(x)
    z = k.ops.tanh(k.ops.add(y, 0.25))
    return k.Model(x, [z, k.ops.subtract(z, x), k.ops.where(k.ops.greater(z, 0), z, y)])


def late(k):
    L = k.layers
    model = k.Sequential([L.Dense(4, activation="relu"), L.Dense(3)])
    model.build((None, 5))
    return model
