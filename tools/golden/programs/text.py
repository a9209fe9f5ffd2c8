"""Words and characters: classification, translation, tagging, generation."""

import numpy as np

from . import encoder, functions, places, program

SENTENCES = np.array([["the film was great"], ["the plot , however , was awful !"], ["great great great"]])
VOCABULARY = ["the", "film", "was", "great", "awful", "plot", "however"]


def embedded(k, ids, vocabulary, width):
    """Token and position embedding."""
    L, length = k.layers, ids.shape[-1]
    return L.Embedding(vocabulary, width)(ids) + L.Embedding(length, width)(places(k, ids, length))


def text_from_scratch(k):
    L = k.layers
    inputs = k.Input((None,), dtype="int64")
    x = L.Dropout(0.5)(L.Embedding(50, 12)(inputs))
    for _ in range(2):
        x = L.Conv1D(8, 7, padding="valid", activation="relu", strides=3)(x)
    x = L.Dropout(0.5)(L.Dense(8, activation="relu")(L.GlobalMaxPooling1D()(x)))
    return k.Model(inputs, L.Dense(1, activation="sigmoid", name="predictions")(x))


def sentiment_of_strings(k):
    """The end-to-end model: strings in, their vectorization part of the model."""
    L = k.layers
    inputs = k.Input((1,), dtype="string")
    x = L.TextVectorization(max_tokens=20, output_mode="int", output_sequence_length=12, vocabulary=VOCABULARY)(inputs)
    x = L.GlobalAveragePooling1D()(L.Dropout(0.2)(L.Embedding(20, 8)(x)))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(L.Dropout(0.2)(x)))


def rnn_of_strings(k):
    """TensorFlow's text RNN tutorial: an encoder, masked embeddings, a bidirectional LSTM."""
    L = k.layers
    encode = L.TextVectorization(max_tokens=20, vocabulary=VOCABULARY)
    return k.Sequential([k.Input((1,), dtype="string"), encode,
                         L.Embedding(input_dim=len(encode.get_vocabulary()), output_dim=8, mask_zero=True),
                         L.Bidirectional(L.LSTM(8, return_sequences=True)), L.Bidirectional(L.LSTM(4)),
                         L.Dense(8, activation="relu"), L.Dropout(0.5), L.Dense(1)])


def topics_of_strings(k):
    """Large-scale multi-label text classification: tf-idf weights into an MLP."""
    L = k.layers
    weights = list(np.linspace(0.5, 2, len(VOCABULARY)))
    vectorize = L.TextVectorization(max_tokens=10, output_mode="tf_idf", pad_to_max_tokens=True,
                                    vocabulary=VOCABULARY, idf_weights=weights)
    return k.Sequential([k.Input((1,), dtype="string"), vectorize, L.Dense(12, activation="relu"),
                         L.Dense(8, activation="relu"), L.Dense(5, activation="sigmoid")])


def bidirectional_lstm(k):
    L = k.layers
    inputs = k.Input((None,), dtype="int32")
    x = L.Embedding(50, 12)(inputs)
    x = L.Bidirectional(L.LSTM(8, return_sequences=True))(x)
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(L.Bidirectional(L.LSTM(8))(x)))


def masked_lstm(k):
    """The guide on masking: the mask travels from the embedding through a Functional model."""
    L = k.layers
    inputs = k.Input((None,), dtype="int32")
    x = L.Embedding(input_dim=50, output_dim=8, mask_zero=True)(inputs)
    x = L.LSTM(8, return_sequences=True)(x)
    return k.Model(inputs, L.Dense(3, activation="softmax")(L.GRU(6)(L.Dropout(0.2)(x))))


def transformer_classifier(k):
    L = k.layers
    inputs = k.Input((20,))
    x = encoder(k, embedded(k, inputs, 50, 12), 2, 12, 16)
    x = L.Dropout(0.1)(L.GlobalAveragePooling1D()(x))
    x = L.Dropout(0.1)(L.Dense(12, activation="relu")(x))
    return k.Model(inputs, L.Dense(2, activation="softmax")(x))


def fnet_text(k):
    L, ops = k.layers, k.ops
    inputs = k.Input((20,), dtype="int32")
    x = embedded(k, inputs, 50, 12)
    real, _ = ops.fft2((x, ops.zeros_like(x)))
    x = L.LayerNormalization()(x + real)
    x = L.LayerNormalization()(x + L.Dense(12)(L.Dense(16, activation="relu")(x)))
    x = L.Dropout(0.1)(L.GlobalAveragePooling1D()(x))
    return k.Model(inputs, L.Dense(1, activation="sigmoid")(x))


def seq2seq_training(k):
    L = k.layers
    source, target = k.Input((None, 12)), k.Input((None, 14))
    _, h, c = L.LSTM(10, return_state=True)(source)
    x, _, _ = L.LSTM(10, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return k.Model([source, target], L.Dense(14, activation="softmax")(x))


def seq2seq_encoder(k):
    L = k.layers
    source = k.Input((None, 12))
    _, h, c = L.LSTM(10, return_state=True)(source)
    return k.Model(source, [h, c])


def seq2seq_decoder(k):
    L = k.layers
    target, h, c = k.Input((None, 14)), k.Input((10,)), k.Input((10,))
    x, h2, c2 = L.LSTM(10, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return k.Model([target, h, c], [L.Dense(14, activation="softmax")(x), h2, c2])


def attention_translation(k):
    """TensorFlow's NMT tutorial in one model: a bidirectional GRU, cross attention, a GRU with a state."""
    L = k.layers
    source, target = k.Input((None,), dtype="int32"), k.Input((None,), dtype="int32")
    context = L.Bidirectional(L.GRU(12, return_sequences=True), merge_mode="sum")(
        L.Embedding(40, 12, mask_zero=True)(source))
    x = L.Embedding(45, 12, mask_zero=True)(target)
    x, _ = L.GRU(12, return_sequences=True, return_state=True)(x)
    y = L.MultiHeadAttention(num_heads=1, key_dim=12)(query=x, value=context)
    x = L.LayerNormalization()(L.Add()([x, y]))
    return k.Model([source, target], L.Dense(45)(x))


def spanish_translation(k):
    """'English-to-Spanish translation with a sequence-to-sequence Transformer'."""
    L = k.layers
    source = k.Input((None,), dtype="int64", name="encoder_inputs")
    target = k.Input((10,), dtype="int64", name="decoder_inputs")
    context = encoder(k, L.Embedding(40, 12)(source), 2, 12, 16)
    x = embedded(k, target, 45, 12)
    y = L.MultiHeadAttention(num_heads=2, key_dim=12)(query=x, value=x, key=x, use_causal_mask=True)
    x = L.LayerNormalization()(x + y)
    y = L.MultiHeadAttention(num_heads=2, key_dim=12)(query=x, value=context, key=context)
    x = L.LayerNormalization()(x + y)
    x = L.LayerNormalization()(x + L.Dense(12)(L.Dense(16, activation="relu")(x)))
    return k.Model([source, target], L.Dense(45, activation="softmax")(L.Dropout(0.5)(x)), name="transformer")


def portuguese_translation(k):
    """TensorFlow's transformer tutorial: sinusoidal positions, masks of padding, scaled embeddings."""
    L = k.layers
    length, width = 9, 12
    rates = 1 / 10000 ** (np.arange(width // 2) / (width // 2))
    angles = np.arange(length)[:, None] * rates
    table = np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype("float32")
    source, target = k.Input((length,), dtype="int64"), k.Input((length,), dtype="int64")

    def positioned(ids):
        x = L.Embedding(40, width, mask_zero=True)(ids)
        return x * float(np.sqrt(width)) + table[None]

    def attended(x, context, **options):
        y = L.MultiHeadAttention(2, 12, dropout=0.1)(query=x, key=context, value=context, **options)
        return L.LayerNormalization()(L.Add()([x, y]))

    def fed(x):
        y = k.Sequential([L.Dense(16, activation="relu"), L.Dense(width), L.Dropout(0.1)])(x)
        return L.LayerNormalization()(L.Add()([x, y]))

    context = positioned(source)
    context = fed(attended(context, context))
    x = positioned(target)
    x = fed(attended(attended(x, x, use_causal_mask=True), context))
    return k.Model([source, target], L.Dense(40)(x))


def mini_gpt(k):
    """Causal mask made from the shape of the input, as in 'Text generation with a miniature GPT'."""
    L, ops = k.layers, k.ops
    inputs = k.Input((16,), dtype="int32")
    x = embedded(k, inputs, 40, 12)
    length = ops.shape(x)[1]
    mask = ops.cast(ops.arange(length)[:, None] >= ops.arange(length)[None], "bool")
    mask = ops.logical_and(ops.reshape(mask, (1, length, length)), ops.expand_dims(inputs >= 0, 1))
    x = encoder(k, x, 2, 12, 16, mask=mask)
    return k.Model(inputs, [L.Dense(40)(x), x])


def character_gru(k):
    """TensorFlow's text generation: the state goes in and out."""
    L = k.layers
    ids, state = k.Input((None,), dtype="int64"), k.Input((12,))
    x, after = L.GRU(12, return_sequences=True, return_state=True)(L.Embedding(30, 8)(ids), initial_state=state)
    return k.Model([ids, state], [L.Dense(30)(x), after])


def character_lstm(k):
    L = k.layers
    return k.Sequential([k.Input((12, 30)), L.LSTM(16), L.Dense(30, activation="softmax")])


def entities(k):
    """Named entities by a transformer."""
    L = k.layers
    inputs = k.Input((14,), dtype="int64")
    x = L.Dropout(0.1)(encoder(k, embedded(k, inputs, 60, 12), 4, 12, 16))
    x = L.Dropout(0.1)(L.Dense(16, activation="relu")(x))
    return k.Model(inputs, L.Dense(5, activation="softmax")(x))


def masked_language_model(k):
    """A BERT of two blocks; its positions are a constant table of sines."""
    L = k.layers
    inputs = k.Input((14,), dtype="int64")
    angles = np.arange(14)[:, None] / 10000.0 ** (2 * (np.arange(12) // 2) / 12)
    angles[:, 0::2], angles[:, 1::2] = np.sin(angles[:, 0::2]), np.cos(angles[:, 1::2])
    x = L.Embedding(60, 12, name="word_embedding")(inputs) + angles[None].astype("float32")
    for i in range(2):
        x = encoder(k, x, 3, 4, 16)
    return k.Model(inputs, L.Dense(60, name="mlm_cls", activation="softmax")(x), name="masked_bert_model")


def addition(k):
    """'Sequence to sequence learning for performing number addition'."""
    L = k.layers
    model = k.Sequential([k.Input((7, 12)), L.LSTM(16), L.RepeatVector(4)])
    model.add(L.LSTM(16, return_sequences=True))
    model.add(L.Dense(12, activation="softmax"))
    return model


def siamese_lstm(k):
    """Two sentences, one encoder, the exponential of their Manhattan distance."""
    L, F = k.layers, functions(k)
    a, b = k.Input((12,), dtype="int32"), k.Input((12,), dtype="int32")
    encode = k.Sequential([L.Embedding(40, 8, mask_zero=True), L.LSTM(8)])
    apart = F.abs(encode(a) - encode(b))
    apart = k.ops.sum(apart, axis=1, keepdims=True) if k.v3 else k.tf.reduce_sum(apart, axis=1, keepdims=True)
    return k.Model([a, b], F.exp(-apart))


def memory_network(k):
    """bAbI: a story and a question."""
    L = k.layers
    story, question = k.Input((12,)), k.Input((5,))
    encode_m = k.Sequential([L.Embedding(input_dim=30, output_dim=8), L.Dropout(0.3)])
    encode_c = k.Sequential([L.Embedding(input_dim=30, output_dim=5), L.Dropout(0.3)])
    encode_q = k.Sequential([L.Embedding(input_dim=30, output_dim=8, input_length=5) if not k.v3 else
                             L.Embedding(input_dim=30, output_dim=8), L.Dropout(0.3)])
    asked = encode_q(question)
    match = L.Activation("softmax")(L.dot([encode_m(story), asked], axes=(2, 2)))
    response = L.Permute((2, 1))(L.add([match, encode_c(story)]))
    x = L.Dropout(0.3)(L.LSTM(8)(L.concatenate([response, asked])))
    return k.Model([story, question], L.Activation("softmax")(L.Dense(30)(x)))


def glove(k):
    """'Using pre-trained word embeddings'."""
    L = k.layers
    inputs = k.Input((None,), dtype="int32")
    x = L.Embedding(50, 8, trainable=False)(inputs)
    x = L.MaxPooling1D(5)(L.Conv1D(8, 5, activation="relu")(x))
    x = L.GlobalMaxPooling1D()(L.Conv1D(8, 5, activation="relu")(x))
    x = L.Dropout(0.5)(L.Dense(8, activation="relu")(x))
    return k.Model(inputs, L.Dense(4, activation="softmax")(x))


def word2vec(k):
    L = k.layers
    target, context = k.Input((1,), dtype="int32"), k.Input((5,), dtype="int32")
    word, around = L.Embedding(40, 8, name="w2v_embedding")(target), L.Embedding(40, 8)(context)
    word = L.Flatten()(word)
    if not k.v3:  # tf_keras does not write the inputs of tf.einsum into the file
        return k.Model([target, context], L.Dot(axes=(2, 1))([around, word]))
    return k.Model([target, context], k.ops.einsum("be,bce->bc", word, around))


def captions(k):
    """Image captioning: features of a picture under a causal decoder."""
    L = k.layers
    features, words = k.Input((9, 12)), k.Input((8,), dtype="int32")
    y = L.LayerNormalization()(features)
    y = L.Dense(12, activation="relu")(y)
    context = L.LayerNormalization()(y + L.MultiHeadAttention(1, 12)(query=y, value=y, key=y))
    x = L.Embedding(40, 12, mask_zero=True)(words)
    x = x * float(np.sqrt(12.0)) + L.Embedding(8, 12)(places(k, x, 8))
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 12)(query=x, value=x, use_causal_mask=True))
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 12)(query=x, value=context, key=context))
    x = L.LayerNormalization()(x + L.Dense(12)(L.Dropout(0.3)(L.Dense(16, activation="relu")(x))))
    return k.Model([features, words], L.Dense(40, activation="softmax")(x))


def tickets(k):
    """The functional guide's model of many inputs and outputs."""
    L = k.layers
    title = k.Input((None,), name="title", dtype="int32")
    body = k.Input((None,), name="body", dtype="int32")
    tags = k.Input((6,), name="tags")
    x = L.concatenate([L.LSTM(12)(L.Embedding(40, 8)(title)), L.LSTM(6)(L.Embedding(40, 8)(body)), tags])
    return k.Model([title, body, tags], {"priority": L.Dense(1, name="priority")(x),
                                         "department": L.Dense(4, name="department")(x)})


def cases(k):
    for build in (sentiment_of_strings, rnn_of_strings, topics_of_strings):
        yield from program(k, build, feeds=[SENTENCES])
    for build in (seq2seq_training, seq2seq_encoder, seq2seq_decoder, character_lstm, addition):
        yield from program(k, build)
    for build in (bidirectional_lstm, masked_lstm, attention_translation, spanish_translation,
                  portuguese_translation, character_gru, entities, masked_language_model, siamese_lstm, word2vec,
                  captions, tickets):
        yield from program(k, build, high=30)
    for build in (text_from_scratch, glove):
        yield from program(k, build, high=50, sizes=(60,))
    for build in (transformer_classifier, memory_network):
        yield from program(k, build, high=30, feeds="integers")
    for build in (fnet_text, mini_gpt):
        yield from program(k, build, high=30, only="keras3")
