"""Strings and integers to numbers by a vocabulary, and back; buckets by hashes."""

import numpy as np

from . import Case

WORDS = np.array([["cat"], ["dog"], ["bird"], [""], ["[UNK]"], ["Cat"], ["fox"], ["größe"], ["日本"]])
PAIRS = np.array([["cat", "dog"], ["cat", "cat"], ["", "fox"], ["emu", "yak"], ["fox", "emu"]])
SEEN = np.array([["cat", "dog"], ["cat", "größe"], ["fox", "emu"], ["emu", "cat"]])  # what layers are adapted to
NUMBERS = np.array([[12], [36], [1138], [0], [-1], [42], [-9007199254740993]], "int64")
VOCABULARY = ["cat", "dog", "größe", "日本", "fox"]
IDS = [12, 36, 1138, 42]


def archive(model, folder, name):
    """A .keras alone: .h5 files keep no vocabulary that was adapted."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name + ".keras")
    model.save(path)
    return [path]


def h5_alone(model, folder, name):
    path = folder / (name + ".h5")
    model.save(path)
    return [path]


def cases(k):
    L = k.layers

    def strings(name, make, feed=WORDS, **more):
        return Case(name, lambda: k.chain(feed.shape[1:], make(), dtype="string"), feeds=[feed], keep_weights=True, **more)

    def integers(name, make, feed=NUMBERS, dtype="int64", **more):
        return Case(name, lambda: k.chain(feed.shape[1:], make(), dtype=dtype), feeds=[feed.astype(dtype)],
                    keep_weights=True, **more)

    def adapted(layer, data):
        layer.adapt(data)
        return layer

    # strings
    yield strings("string_int", lambda: L.StringLookup(vocabulary=VOCABULARY))
    yield strings("string_masked", lambda: L.StringLookup(vocabulary=VOCABULARY, mask_token=""))
    yield strings("string_mask_word", lambda: L.StringLookup(vocabulary=VOCABULARY, mask_token="bird", oov_token="[OOV]"))
    yield strings("string_oov3", lambda: L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=3))
    yield strings("string_oov3_masked", lambda: L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=3, mask_token=""))
    yield strings("string_oov0", lambda: L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=0),
                  feed=np.array([["cat"], ["fox"]]))
    yield strings("string_special_listed", lambda: L.StringLookup(vocabulary=["", "[UNK]", *VOCABULARY], mask_token=""))
    for mode in ("one_hot", "multi_hot", "count"):
        yield strings(f"string_{mode}", lambda m=mode: L.StringLookup(vocabulary=VOCABULARY, output_mode=m))
        yield strings(f"string_{mode}_masked",
                      lambda m=mode: L.StringLookup(vocabulary=VOCABULARY, output_mode=m, mask_token="", num_oov_indices=2))
        yield strings(f"string_{mode}_padded",
                      lambda m=mode: L.StringLookup(vocabulary=VOCABULARY, output_mode=m, max_tokens=9, pad_to_max_tokens=True))
    for mode in ("multi_hot", "count"):
        yield strings(f"string_{mode}_rows", lambda m=mode: L.StringLookup(vocabulary=VOCABULARY, output_mode=m), PAIRS)
    yield strings("string_tf_idf", lambda: L.StringLookup(vocabulary=VOCABULARY, output_mode="tf_idf",
                                                          idf_weights=[0.5, 0.25, 1.0, 2.0, 0.1]), PAIRS)
    yield strings("string_tf_idf_padded", lambda: L.StringLookup(
        vocabulary=VOCABULARY, output_mode="tf_idf", idf_weights=[0.5, 0.25, 1.0, 2.0, 0.1], max_tokens=8,
        pad_to_max_tokens=True), PAIRS)
    if k.v3:
        yield strings("string_one_hot_rows", lambda: L.StringLookup(vocabulary=VOCABULARY, output_mode="one_hot"), PAIRS)
        yield strings("string_salted", lambda: L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=4, salt=[3, 5]))
    yield strings("string_rank_1", lambda: L.StringLookup(vocabulary=VOCABULARY), WORDS[:, 0])
    yield strings("string_rank_3", lambda: L.StringLookup(vocabulary=VOCABULARY), np.stack([PAIRS, PAIRS], 1))
    yield strings("string_adapted", lambda: adapted(L.StringLookup(), SEEN), write=archive)
    yield strings("string_adapted_masked", lambda: adapted(L.StringLookup(mask_token="cat"), SEEN), write=archive)
    yield strings("string_adapted_tf_idf", lambda: adapted(L.StringLookup(output_mode="tf_idf"), SEEN), PAIRS, write=archive)
    if k.v3:
        yield strings("string_adapted_h5", lambda: adapted(L.StringLookup(), SEEN), write=h5_alone,
                      refused="import.unsupported")
    places = np.array([[0, 1, 2, 3], [6, 5, 4, 9], [-1, 100, 2, 2]], "int64")
    yield integers("string_inverted", lambda: L.StringLookup(vocabulary=VOCABULARY, invert=True), places)
    yield integers("string_inverted_masked", lambda: L.StringLookup(
        vocabulary=VOCABULARY, invert=True, mask_token="", num_oov_indices=2), places)
    yield integers("string_inverted_oov0", lambda: L.StringLookup(vocabulary=VOCABULARY, invert=True, num_oov_indices=0), places)

    # integers
    for dtype in ("int64", "int32"):
        yield integers(f"integer_{dtype}", lambda: L.IntegerLookup(vocabulary=IDS),
                       NUMBERS[:6], dtype)
    yield integers("integer_masked", lambda: L.IntegerLookup(vocabulary=IDS, mask_token=0))
    yield integers("integer_oov3", lambda: L.IntegerLookup(vocabulary=IDS, num_oov_indices=3))
    yield integers("integer_oov0", lambda: L.IntegerLookup(vocabulary=IDS, num_oov_indices=0), NUMBERS[:2])
    for mode in ("one_hot", "multi_hot", "count"):
        yield integers(f"integer_{mode}", lambda m=mode: L.IntegerLookup(vocabulary=IDS, output_mode=m, mask_token=0))
    yield integers("integer_tf_idf", lambda: L.IntegerLookup(vocabulary=IDS, output_mode="tf_idf",
                                                             idf_weights=[0.5, 0.25, 1.0, 2.0]))
    yield integers("integer_adapted", lambda: adapted(L.IntegerLookup(mask_token=0), NUMBERS), write=archive)
    yield integers("integer_inverted", lambda: L.IntegerLookup(vocabulary=IDS, invert=True), places)
    yield integers("integer_inverted_masked", lambda: L.IntegerLookup(vocabulary=IDS, invert=True, mask_token=0), places)
    yield integers("integer_of_floats", lambda: L.IntegerLookup(vocabulary=IDS), np.array([[12.7], [36.0], [5.5]]), "float32")
    if k.v3:
        yield integers("integer_farmhash", lambda: L.IntegerLookup(vocabulary=IDS, num_oov_indices=5, oov_method="farmhash"))
        yield integers("integer_salted", lambda: L.IntegerLookup(
            vocabulary=IDS, num_oov_indices=5, oov_method="farmhash", salt=77))

    # hashes
    yield strings("hash_strings", lambda: L.Hashing(num_bins=7))
    yield strings("hash_strings_masked", lambda: L.Hashing(num_bins=7, mask_value=""))
    yield strings("hash_strings_salted", lambda: L.Hashing(num_bins=7, salt=[11, 13]))
    yield strings("hash_strings_one_salt", lambda: L.Hashing(num_bins=7, salt=133))
    yield strings("hash_one_bin", lambda: L.Hashing(num_bins=1, mask_value=""))
    yield integers("hash_integers", lambda: L.Hashing(num_bins=7))
    yield integers("hash_integers_masked", lambda: L.Hashing(num_bins=7, mask_value=42))
    yield integers("hash_integers_salted", lambda: L.Hashing(num_bins=7, salt=5))
    yield integers("hash_int32", lambda: L.Hashing(num_bins=7), NUMBERS[:6], "int32")
    if k.v3:
        yield integers("hash_floats", lambda: L.Hashing(num_bins=7, mask_value=1.5), np.array([[1.5], [2.9], [-3.7]]), "float32")
    for mode in ("one_hot", "multi_hot", "count"):
        yield strings(f"hash_{mode}", lambda m=mode: L.Hashing(num_bins=5, output_mode=m))
    yield strings("hash_count_rows", lambda: L.Hashing(num_bins=5, output_mode="count"), PAIRS)

    # crosses
    def crossed(mode, bins, first, second):
        def build():
            a = k.Input(first.shape[1:], dtype="string" if first.dtype.kind == "U" else "int64", name="a")
            b = k.Input(second.shape[1:], dtype="string" if second.dtype.kind == "U" else "int64", name="b")
            return k.Model([a, b], L.HashedCrossing(bins, output_mode=mode)([a, b]))
        return Case(f"cross_{mode}_{bins}_{first.dtype.kind}{second.dtype.kind}{first.ndim}", build, feeds=[first, second],
                    keep_weights=True)

    n = len(NUMBERS)
    yield crossed("int", 10, WORDS[:n], NUMBERS)
    yield crossed("int", 1000000, WORDS[:n], WORDS[1:n + 1])
    yield crossed("int", 13, NUMBERS, NUMBERS[::-1].copy())
    yield crossed("one_hot", 6, WORDS[:n], NUMBERS)
    yield crossed("int", 10, WORDS[:n, 0], NUMBERS[:, 0])

    def structured():
        """A table's columns: a name, a number, and both crossed, into one network."""
        kind = k.Input((1,), dtype="string", name="kind")
        age = k.Input((1,), name="age")
        code = k.Input((1,), dtype="int64", name="code")
        parts = [
            L.StringLookup(vocabulary=VOCABULARY, output_mode="one_hot")(kind),
            L.Normalization(mean=40.0, variance=100.0)(age),
            L.IntegerLookup(vocabulary=IDS, output_mode="one_hot")(code),
            L.HashedCrossing(8, output_mode="one_hot")([kind, code]),
        ]
        if k.v3:
            parts = [k.ops.cast(p, "float32") for p in parts]
        return k.Model([kind, age, code], L.Dense(3, activation="softmax")(L.Concatenate()(parts)))

    yield Case("structured", structured, feeds=[WORDS[:4], np.array([[20.0], [40.0], [63.5], [80.0]], "float32"), NUMBERS[:4]])
