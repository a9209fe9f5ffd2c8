"""Texts to the numbers of their words."""

import dataclasses

import numpy as np

from . import Case
from .lookup import archive

TEXTS = np.array([
    ["The cat sat on the mat."], ["  The DOG,\tthe 'cat' & the bird!\n"], [""], ["..."], ["un known words - only"],
    ["Größe ÄÖÜ größe \u00a0 日本"], ["the\x0bcat\x0cthe\x1ccat\rdog"], ["don't stop; the-cat's_here"],
    ["a b c d e f g h i j the cat the cat"]])
PLAIN = np.array([t for t in TEXTS if "\x1c" not in t[0]])  # no word with what ends a line of vocabulary.txt
VOCABULARY = ["the", "cat", "dog", "größe", "日本", "a", "b", "dont", "thecatshere", "c"]
LETTERS = ["t", "h", "e", " ", "c", "a", "日", "ö", "."]
GRAMS = ["the", "cat", "the cat", "the cat sat", "b c", "a b c", "cat sat"]


def cases(k):
    L = k.layers

    def texts(name, feed=TEXTS, adapt=None, **options):
        more = {"write": archive} if adapt is not None else {}

        def build():
            layer = L.TextVectorization(**options)
            if adapt is not None:
                layer.adapt(adapt)
            return k.chain(feed.shape[1:], layer, dtype="string")
        return Case(name, build, feeds=[feed], keep_weights=True, **more)

    for standardize in (None, "lower", "strip_punctuation", "lower_and_strip_punctuation"):
        yield texts(f"standardize_{standardize}", standardize=standardize, vocabulary=VOCABULARY, output_sequence_length=8)
    yield texts("characters", split="character", vocabulary=LETTERS, output_sequence_length=12)
    yield texts("characters_as_they_are", split="character", standardize=None, vocabulary=LETTERS, output_sequence_length=12)
    words = np.array([["the"], ["cat"], [""], ["The!"], ["the cat"]])
    yield texts("unsplit", words, split=None, vocabulary=VOCABULARY)
    yield texts("unsplit_padded", np.concatenate([words, words[::-1]], 1), split=None, vocabulary=VOCABULARY,
                output_sequence_length=4)
    yield texts("unsplit_cut", np.concatenate([words, words[::-1], words], 1), split=None, vocabulary=VOCABULARY,
                output_sequence_length=2)
    yield texts("unsplit_multi_hot", np.concatenate([words, words[::-1]], 1), split=None, vocabulary=VOCABULARY,
                output_mode="multi_hot")
    for name, ngrams in (("2", 2), ("3", 3), ("only_2", (2,)), ("3_and_1", (3, 1))):
        yield texts(f"ngrams_{name}", ngrams=ngrams, vocabulary=GRAMS, output_sequence_length=20)
    yield texts("ngrams_of_characters", split="character", ngrams=2, vocabulary=["t", "t h", "h e", "a t"],
                output_sequence_length=30)
    yield texts("short", vocabulary=VOCABULARY, output_sequence_length=2)
    yield texts("rank_1", TEXTS[:, 0], vocabulary=VOCABULARY, output_sequence_length=5)
    if k.v3:
        yield texts("rank_3", np.stack([TEXTS, TEXTS[::-1]], 1), vocabulary=VOCABULARY, output_sequence_length=5)
    for mode in ("multi_hot", "count"):
        yield texts(mode, vocabulary=VOCABULARY, output_mode=mode)
        yield texts(f"{mode}_padded", vocabulary=VOCABULARY, output_mode=mode, max_tokens=16, pad_to_max_tokens=True)
        yield texts(f"{mode}_ngrams", vocabulary=GRAMS, output_mode=mode, ngrams=3)
    yield texts("tf_idf", vocabulary=VOCABULARY, output_mode="tf_idf", idf_weights=list(np.linspace(0.1, 2.0, 10)))
    yield texts("adapted", adapt=PLAIN, output_sequence_length=8)
    yield texts("adapted_capped", adapt=PLAIN, output_sequence_length=8, max_tokens=5)
    yield texts("adapted_tf_idf", adapt=PLAIN, output_mode="tf_idf")
    yield texts("adapted_count", adapt=PLAIN, output_mode="count", max_tokens=30, pad_to_max_tokens=True)

    # Keras writes a word with a line break in it, and refuses its own file.
    if k.v3:
        yield dataclasses.replace(texts("adapted_broken_word", adapt=TEXTS, output_sequence_length=8),
                                  refused="import.vocabulary")

    def classifier():
        return k.chain((1,), L.TextVectorization(vocabulary=VOCABULARY, output_sequence_length=6),
                       L.Embedding(12, 4, mask_zero=True), L.GlobalAveragePooling1D(), L.Dense(2, activation="softmax"),
                       dtype="string")

    yield Case("classifier", classifier, feeds=[TEXTS[:2]])

    def bag_of_words():
        layer = L.TextVectorization(output_mode="tf_idf")
        layer.adapt(PLAIN)
        return k.chain((1,), layer, L.Dense(3), dtype="string")

    yield Case("bag_of_words", bag_of_words, feeds=[TEXTS], keep_weights=True, write=archive)
    yield from open_lengths(k, texts)


def open_lengths(k, texts):
    """Without output_sequence_length the longest text of a batch says how wide the numbers are."""
    L = k.layers
    yield texts("open_length", vocabulary=VOCABULARY)
    yield texts("open_length_rank_1", TEXTS[:4, 0], vocabulary=VOCABULARY)
    yield texts("open_length_characters", split="character", vocabulary=LETTERS)
    yield texts("open_length_ngrams", vocabulary=GRAMS, ngrams=3)
    yield texts("open_length_nothing", TEXTS[2:4], vocabulary=VOCABULARY)

    def siamese():
        a, b = k.Input((1,), dtype="string"), k.Input((1,), dtype="string")
        layer = L.TextVectorization(vocabulary=VOCABULARY)
        encode = k.Sequential([L.Embedding(12, 4, mask_zero=True), L.Bidirectional(L.LSTM(3))])
        return k.Model([a, b], L.Dense(2)(L.Concatenate()([encode(layer(a)), encode(layer(b)),
                                                           L.GlobalAveragePooling1D()(L.Embedding(12, 2)(layer(b)))])))

    yield Case("open_length_siamese", siamese, feeds=[TEXTS[:2], TEXTS[4:6]])

    def made():
        x = k.Input((1,), dtype="int64")
        texts = L.StringLookup(vocabulary=["the cat", "dog"], invert=True)(x)
        return k.Model(x, L.TextVectorization(vocabulary=VOCABULARY)(texts))

    yield Case("open_length_of_made_texts", made, feeds=[np.array([[1], [2]])], keep_weights=True,
               refused="import.unsupported")
