"""Layers as Keras 3 quantises them: int8, int4 (whole and in blocks), float8, GPTQ and AWQ; low-rank adapters."""

import numpy as np

from . import Case


def cases(k):
    if not k.v3:
        return
    L, Q = k.layers, k.keras.quantizers

    def fill(model, seed=5):
        rng = np.random.default_rng(seed)
        for v in model.weights:
            if "float" in str(v.dtype):
                v.assign(rng.standard_normal(v.shape).astype("float32") * 0.5)
        return model

    def quantised(name, build, mode, config=None, **more):
        def made():
            model = fill(build())
            if k.keras.backend.floatx() == "float64":
                raise ValueError("quantised models have no float64 form")
            model.quantize(config=config) if config is not None else model.quantize(mode)
            return model
        return Case(name, made, keep_weights=True, **more)

    def chain(shape, *layers, **more):
        return lambda: k.chain(shape, *[layer() for layer in layers], **more)

    dense = chain((6,), lambda: L.Dense(7, activation="relu"), lambda: L.Dense(5, use_bias=False))
    steps = chain((4, 6), lambda: L.Dense(9, activation="gelu"), lambda: L.Dense(3))
    networks = {
        "dense": dense, "dense_steps": steps,
        "einsum": chain((4, 6), lambda: L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")),
        "einsum_heads": chain((4, 6), lambda: L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de",
                                                             activation="relu")),
        "einsum_join": chain((4, 2, 3), lambda: L.EinsumDense("abcd,cde->abe", output_shape=(None, 6), bias_axes="e")),
        "einsum_batched": chain((4, 6), lambda: L.EinsumDense("abc,bcd->abd", output_shape=(4, 5))),
    }
    for name, build in networks.items():
        for mode in ("int8", "int4", "float8"):
            if name == "einsum_batched" and mode == "int4":
                continue
            yield quantised(f"{name}_{mode}", build, mode)
    yield quantised("dense_int8_large_inputs", dense, "int8", scale=300.0)
    yield quantised("dense_int8_zero_row", dense, "int8", scale=0.0)
    yield quantised("dense_int8_weights_only", dense, "int8", Q.Int8QuantizationConfig(activation_quantizer=None))
    yield quantised("einsum_int8_weights_only", networks["einsum_heads"], "int8",
                    Q.Int8QuantizationConfig(activation_quantizer=None))
    for block in (-1, 2, 4, 16):
        yield quantised(f"dense_int4_block{block}".replace("-", "_"), steps, "int4",
                        Q.Int4QuantizationConfig(block_size=block))
    yield quantised("einsum_int4_block4", networks["einsum_heads"], "int4", Q.Int4QuantizationConfig(block_size=4))
    yield quantised("einsum_int4_whole", networks["einsum_heads"], "int4", Q.Int4QuantizationConfig(block_size=-1))
    yield quantised("dense_int4_inputs_too", dense, "int4",
                    Q.Int4QuantizationConfig(block_size=-1, activation_quantizer=Q.AbsMaxQuantizer()))

    def words():
        x = k.Input((5,), dtype="int32")
        return k.Model(x, L.Dense(3)(L.Embedding(11, 7)(x)))

    def mirrored(tied, cap=None):
        def build():
            x = k.Input((5,), dtype="int32")
            table = L.ReversibleEmbedding(11, 6, tie_weights=tied, logit_soft_cap=cap)
            return k.Model(x, table(L.Dense(6)(table(x)), reverse=True))
        return build

    yield Case("reversible_tied", mirrored(True))
    yield Case("reversible_untied", mirrored(False))
    yield Case("reversible_soft_cap", mirrored(True, 2.0))
    for mode in ("int8", "int4"):
        yield quantised(f"embedding_{mode}", words, mode)
        yield quantised(f"reversible_tied_{mode}", mirrored(True), mode)
        yield quantised(f"reversible_untied_{mode}", mirrored(False, 3.0), mode)
    yield quantised("embedding_int4_block2", words, "int4", Q.Int4QuantizationConfig(block_size=2))
    yield quantised("embedding_int4_whole", words, "int4", Q.Int4QuantizationConfig(block_size=-1))
    yield quantised("reversible_untied_int4_block4", mirrored(False), "int4", Q.Int4QuantizationConfig(block_size=4))

    def attention():
        x = k.Input((5, 6))
        return k.Model(x, L.MultiHeadAttention(2, 3)(x, x))

    yield quantised("attention_int8", attention, "int8",
                    note="Keras writes the file and does not read it back: the layer's policy stays float32")
    yield quantised("attention_int4", attention, "int4", note="as attention_int8")

    # Calibration wants text; what it leaves behind is written here by hand.
    def calibrated(name, policy, build, seed=7):
        def made():
            if k.keras.backend.floatx() == "float64":
                raise ValueError("quantised models have no float64 form")
            model = build(policy)
            rng = np.random.default_rng(seed)
            bits = 4 if policy.startswith("awq") else int(policy.split("/")[1])
            for layer in model.layers:
                if not hasattr(layer, "quantized_kernel"):
                    continue
                layer.is_gptq_calibrated, layer.is_awq_calibrated = policy[:4] == "gptq", policy[:3] == "awq"
                high = 256 if bits in (4, 8) else 2**bits
                layer.quantized_kernel.assign(rng.integers(0, high, layer.quantized_kernel.shape).astype("uint8"))
                layer.kernel_scale.assign(rng.uniform(0.02, 0.2, layer.kernel_scale.shape).astype("float32"))
                layer.kernel_zero.assign(rng.integers(0, 2**bits, layer.kernel_zero.shape).astype("uint8"))
                groups = layer.kernel_scale.shape[1]
                layer.g_idx.assign(rng.integers(0, groups, layer.g_idx.shape).astype("float32"))
                if hasattr(layer, "awq_scales"):
                    layer.awq_scales.assign(rng.uniform(0.5, 2.0, layer.awq_scales.shape).astype("float32"))
                if layer.bias is not None:
                    layer.bias.assign(rng.standard_normal(layer.bias.shape).astype("float32"))
            return model
        def only(ending):
            def write(model, folder, name):
                model.save(str(folder / f"{name}.{ending}"))
                return [f"{name}.{ending}"]
            return write
        yield Case(name, made, keep_weights=True, write=only("h5"))
        yield Case(f"{name}_lost", made, keep_weights=True, write=only("keras"), refused="import.weight-missing",
                   note="Keras 3.15 leaves kernel_zero out of a .keras file, and can't read the file itself")

    def two_dense(policy):
        policy = k.keras.dtype_policies.get(f"{policy}_from_float32")
        return k.chain((6,), L.Dense(7, activation="relu", dtype=policy), L.Dense(4, use_bias=False, dtype=policy))

    def two_einsums(policy):
        policy = k.keras.dtype_policies.get(f"{policy}_from_float32")
        return k.chain((4, 7), L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", dtype=policy),
                       L.EinsumDense("abcd,cde->abe", output_shape=(None, 6), bias_axes="e", dtype=policy))

    for bits in (2, 3, 4, 8):
        yield from calibrated(f"dense_gptq{bits}", f"gptq/{bits}/2", two_dense)
    yield from calibrated("dense_gptq4_whole", "gptq/4/-1", two_dense)
    yield from calibrated("dense_awq", "awq/4/3", two_dense)
    yield from calibrated("einsum_gptq4", "gptq/4/2", two_einsums)
    yield from calibrated("einsum_gptq8", "gptq/8/-1", two_einsums)
    yield from calibrated("einsum_awq", "awq/4/2", two_einsums)

    def adapted(build):
        def made():
            model = build()
            for layer in model.layers:
                if hasattr(layer, "enable_lora"):
                    layer.enable_lora(2, lora_alpha=3)
            return model
        return made

    yield Case("lora_dense", adapted(dense))
    yield Case("lora_einsum", adapted(networks["einsum_heads"]))
    yield Case("lora_embedding", adapted(words))
