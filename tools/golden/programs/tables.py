"""Rows of tables, ratings, games and graphs."""

import numpy as np

from . import functions, program

JOBS, PLACES = ["Private", "Self-emp", "State-gov"], ["United-States", "Mexico", "Canada", "Cuba"]


def mileage(k):
    """TensorFlow's regression tutorial."""
    L = k.layers
    norm = L.Normalization(axis=-1, mean=list(range(9)), variance=[4.0] * 9)
    return k.Sequential([k.Input((9,)), norm, L.Dense(12, activation="relu"), L.Dense(12, activation="relu"),
                         L.Dense(1)])


def fraud(k):
    """Imbalanced classification: one wide MLP."""
    L = k.layers
    layers = [k.Input((20,)), L.Dense(16, activation="relu")]
    for _ in range(2):
        layers += [L.Dense(16, activation="relu"), L.Dropout(0.3)]
    return k.Sequential([*layers, L.Dense(1, activation="sigmoid")])


def heart_disease(k):
    """Structured data from scratch: numbers normalized, integers and strings looked up, all encoded."""
    L = k.layers
    age, sex = k.Input((1,), name="age"), k.Input((1,), name="sex", dtype="int64")
    thal = k.Input((1,), name="thal", dtype="string")
    parts = [L.Normalization(mean=54.0, variance=81.0)(age)]
    looked = L.IntegerLookup(vocabulary=[0, 1], output_mode="int")(sex)
    parts.append(L.CategoryEncoding(num_tokens=3, output_mode="one_hot")(looked))
    looked = L.StringLookup(vocabulary=["normal", "fixed", "reversible"], output_mode="int")(thal)
    parts.append(L.CategoryEncoding(num_tokens=4, output_mode="one_hot")(looked))
    x = L.Dropout(0.5)(L.Dense(12, activation="relu")(L.concatenate(parts)))
    return k.Model([age, sex, thal], L.Dense(1, activation="sigmoid")(x))


HEART_FEEDS = [np.array([[60.0], [41.0], [33.0]], "float32"), np.array([[1], [0], [7]], "int64"),
               np.array([["fixed"], ["normal"], ["unheard of"]])]


def pets(k):
    """TensorFlow's preprocessing tutorial: a dict of columns."""
    L = k.layers
    fee, age = k.Input((1,), name="Fee"), k.Input((1,), name="Age", dtype="int64")
    kind = k.Input((1,), name="Type", dtype="string")
    kinds = L.StringLookup(vocabulary=["Cat", "Dog"], output_mode="one_hot")(kind)
    ages = L.IntegerLookup(vocabulary=[1, 2, 3, 4], output_mode="multi_hot")(age)
    x = L.concatenate([L.Normalization(mean=20.0, variance=900.0)(fee), ages, kinds])
    x = L.Dropout(0.5)(L.Dense(8, activation="relu")(x))
    return k.Model({"Fee": fee, "Age": age, "Type": kind}, L.Dense(1)(x))


# In the order of the flattened dict: Age, Fee, Type.
PET_FEEDS = [np.array([[3], [1], [99]], "int64"), np.array([[100.0], [0.0], [20.0]], "float32"),
             np.array([["Dog"], ["Cat"], ["Fish"]])]


def census_inputs(k):
    job = k.Input((1,), name="workclass", dtype="string")
    place = k.Input((1,), name="native_country", dtype="string")
    return [job, place, k.Input((1,), name="age"), k.Input((1,), name="hours")]


CENSUS_FEEDS = [np.array([["Private"], ["State-gov"], ["Private"]]), np.array([["Cuba"], ["Mexico"], ["Canada"]]),
                np.array([[0.4], [-1.2], [2.0]], "float32"), np.array([[0.1], [1.2], [-0.7]], "float32")]


def wide_deep_cross(k):
    """'Structured data learning with Wide, Deep, and Cross networks', its last experiment."""
    L = k.layers
    inputs = census_inputs(k)
    hot, dense = [], []
    for column, words in zip(inputs, (JOBS, PLACES)):
        hot.append(L.StringLookup(vocabulary=words, num_oov_indices=0, output_mode="one_hot")(column))
        ids = L.StringLookup(vocabulary=words, mask_token=None, num_oov_indices=0, output_mode="int")(column)
        dense.append(L.Reshape((4,))(L.Embedding(len(words), 4)(ids)))
    wide = L.BatchNormalization()(L.concatenate([*hot, *inputs[2:]]))
    x0 = cross = L.concatenate([*dense, *inputs[2:]])
    for _ in range(2):
        cross = x0 * L.Dense(10)(cross) + cross
    cross, deep = L.BatchNormalization()(cross), x0
    for _ in range(2):
        deep = L.Dense(12)(deep)
        deep = L.Dropout(0.1)(L.ReLU()(L.BatchNormalization()(deep)))
    return k.Model(inputs, L.Dense(2, activation="softmax")(L.concatenate([wide, cross, deep])))


def tab_transformer(k):
    L, F = k.layers, functions(k)
    inputs = census_inputs(k)
    columns = []
    for column, words in zip(inputs, (JOBS, PLACES)):
        ids = L.StringLookup(vocabulary=words, mask_token=None, num_oov_indices=0, output_mode="int")(column)
        columns.append(L.Embedding(len(words), 8)(ids))
    x = k.ops.concatenate(columns, axis=1) if k.v3 else k.tf.concat(columns, axis=1)
    at = k.ops.arange(2) if k.v3 else k.tf.range(start=0, limit=2, delta=1)
    x = x + L.Embedding(2, 8)(at)
    for _ in range(2):
        y = L.Add()([L.MultiHeadAttention(num_heads=2, key_dim=8, dropout=0.2)(x, x), x])
        x = L.LayerNormalization(epsilon=1e-6)(y)
        y = L.Dense(8)(L.Dense(8, activation="gelu")(L.LayerNormalization(epsilon=1e-6)(x)))
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, x]))
    x = F.reshape(x, (-1, 16))
    x = L.concatenate([x, L.LayerNormalization(epsilon=1e-6)(L.concatenate(inputs[2:]))])
    for width in (12, 8):
        x = L.Dropout(0.2)(L.Dense(width, activation="selu")(L.BatchNormalization()(x)))
    return k.Model(inputs, L.Dense(units=1, activation="sigmoid")(x))


def variable_selection(k):
    """Gated residual and variable selection networks."""
    L = k.layers

    def gated(x, units):
        y = L.Dense(units)(L.Dense(units, activation="elu")(x))
        y = L.Dropout(0.1)(y)
        x = x if x.shape[-1] == units else L.Dense(units)(x)
        x = x + L.Multiply()([L.Dense(units)(y), L.Dense(units, activation="sigmoid")(y)])
        return L.LayerNormalization()(x)

    inputs = [k.Input((1,), name=f"feature_{i}") for i in range(4)]
    encoded = [L.Dense(6)(x) for x in inputs]
    weights = L.Dense(4, activation="softmax")(gated(L.concatenate(encoded), 6))
    stack = k.ops.stack if k.v3 else k.tf.stack
    each = stack([gated(x, 6) for x in encoded], axis=1)
    if k.v3:
        x = k.ops.squeeze(k.ops.matmul(k.ops.transpose(k.ops.expand_dims(weights, -1), (0, 2, 1)), each), axis=1)
    else:
        x = k.tf.squeeze(k.tf.matmul(weights[:, k.tf.newaxis], each), axis=1)
    return k.Model(inputs, L.Dense(units=1, activation="sigmoid")(x))


def collaborative_filtering(k):
    L = k.layers
    user, movie = k.Input((1,), dtype="int64"), k.Input((1,), dtype="int64")
    liked = L.Dot(axes=2)([L.Embedding(20, 8)(user), L.Embedding(30, 8)(movie)])
    x = L.Flatten()(L.Add()([liked, L.Embedding(20, 1)(user), L.Embedding(30, 1)(movie)]))
    return k.Model([user, movie], L.Activation("sigmoid")(x))


def two_towers(k):
    """Retrieval: normalized embeddings of users and items and their products."""
    L = k.layers
    user, item = k.Input((1,), dtype="int32"), k.Input((1,), dtype="int32")

    def tower(ids, count):
        x = L.Dense(8, activation="relu")(L.Flatten()(L.Embedding(count, 8)(ids)))
        return L.UnitNormalization()(L.Dense(6)(x))

    return k.Model([user, item], L.Dot(axes=1, normalize=True)([tower(user, 20), tower(item, 20)]))


def factorization_machine(k):
    L = k.layers
    fields = [k.Input((1,), dtype="int32", name=f"field_{i}") for i in range(3)]
    square, total = (k.ops.square, k.ops.sum) if k.v3 else (k.tf.square, k.tf.reduce_sum)
    x = L.Concatenate(axis=1)([L.Embedding(20, 4)(f) for f in fields])
    pairs = 0.5 * total(square(total(x, axis=1)) - total(square(x), axis=1), axis=1, keepdims=True)
    first = L.Add()([L.Flatten()(L.Embedding(20, 1)(f)) for f in fields])
    deep = L.Dense(1)(L.Dense(8, activation="relu")(L.Flatten()(x)))
    return k.Model(fields, L.Activation("sigmoid")(first + pairs + deep))


def behaviour_transformer(k):
    """Movies seen in order, their ratings as weights, the next one's rating."""
    L = k.layers
    seen, rated, target = k.Input((5,), dtype="int32"), k.Input((5,)), k.Input((1,), dtype="int32")
    table = L.Embedding(20, 8, name="movie_embedding")
    at = k.ops.arange(5) if k.v3 else k.tf.range(5)
    expand = k.ops.expand_dims if k.v3 else k.tf.expand_dims
    x = (table(seen) + L.Embedding(5, 8)(at)) * expand(rated, -1)
    x = L.Concatenate(axis=1)([x, table(target)])
    y = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(num_heads=3, key_dim=8, dropout=0.1)(x, x)]))
    y = L.LayerNormalization()(L.Add()([y, L.Dense(8)(L.LeakyReLU()(y))]))
    x = L.Flatten()(y)
    for units in (12, 8):
        x = L.LeakyReLU()(L.BatchNormalization()(L.Dense(units)(x)))
    return k.Model([seen, rated, target], L.Dense(units=1)(x))


def neural_decision_tree(k):
    """A tree whose decisions are probabilities, multiplied level by level."""
    L, ops = k.layers, k.ops
    inputs = k.Input((10,))
    used = np.eye(10, dtype="float32")[[0, 2, 3, 5, 8]]
    x = ops.matmul(L.BatchNormalization()(inputs), ops.transpose(ops.convert_to_tensor(used)))
    right = ops.expand_dims(L.Dense(units=8, activation="sigmoid")(x), axis=2)
    both = L.Concatenate(axis=2)([right, 1 - right])
    reach, begin = ops.ones_like(both[:, :1, :1]), 1
    for level in range(3):
        reach = ops.reshape(reach, (-1, 2 ** level, 1))
        reach = ops.tile(reach, (1, 1, 2)) * both[:, begin:2 * begin]
        begin *= 2
    return k.Model(inputs, L.Dense(3, use_bias=False, activation="softmax")(ops.reshape(reach, (-1, 8))))


def actor_critic(k):
    L = k.layers
    inputs = k.Input((4,))
    common = L.Dense(16, activation="relu")(inputs)
    return k.Model(inputs, [L.Dense(2, activation="softmax")(common), L.Dense(1)(common)])


def atari(k):
    """Deep Q-learning, frames first as the example has them."""
    L = k.layers
    return k.Sequential([k.Input((4, 36, 36)), L.Permute((2, 3, 1)), L.Conv2D(6, 8, strides=4, activation="relu"),
                         L.Conv2D(8, 4, strides=2, activation="relu"), L.Flatten(), L.Dense(16, activation="relu"),
                         L.Dense(4, activation="linear")])


def ddpg_actor(k):
    L = k.layers
    inputs = k.Input((3,))
    x = L.Dense(16, activation="relu")(L.Dense(16, activation="relu")(inputs))
    return k.Model(inputs, L.Dense(1, activation="tanh")(x) * 2.0)


def ddpg_critic(k):
    L = k.layers
    state, action = k.Input((3,)), k.Input((1,))
    x = L.Dense(12, activation="relu")(L.Dense(8, activation="relu")(state))
    x = L.Concatenate()([x, L.Dense(12, activation="relu")(action)])
    return k.Model([state, action], L.Dense(1)(L.Dense(16, activation="relu")(x)))


def dueling(k):
    L = k.layers
    mean = k.ops.mean if k.v3 else k.tf.reduce_mean
    inputs = k.Input((8,))
    x = L.Dense(12, activation="relu")(inputs)
    value, advantage = L.Dense(1)(x), L.Dense(4)(x)
    return k.Model(inputs, value + (advantage - mean(advantage, axis=1, keepdims=True)))


def dense_graph_network(k):
    """A graph convolution on an adjacency matrix that comes as an input."""
    L, F = k.layers, functions(k)
    nodes, near = k.Input((7, 5)), k.Input((7, 7))
    x = nodes
    for width in (8, 6):
        x = L.ReLU()(F.matmul(near, L.Dense(width, use_bias=False)(x)))
    return k.Model([nodes, near], L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def citations(k):
    """Node classification: neighbours gathered, their messages summed over the edges of a constant graph."""
    L, ops = k.layers, k.ops
    rng = np.random.default_rng(4)
    source, target = rng.integers(0, 8, 20), rng.integers(0, 8, 20)
    features = ops.convert_to_tensor(rng.standard_normal((8, 6)).astype("float32"))
    inputs = k.Input((), dtype="int32")
    x = L.Dense(6, activation="gelu")(features + 0.0 * ops.cast(ops.sum(inputs), "float32"))
    for _ in range(2):
        messages = L.Dense(6, activation="gelu")(ops.take(x, source, axis=0))
        summed = ops.segment_sum(messages, target, num_segments=8)
        x = L.Dense(6, activation="gelu")(ops.concatenate([x, summed], axis=1)) + x
    return k.Model(inputs, L.Dense(3)(ops.take(x, inputs, axis=0)))


def cases(k):
    for build in (mileage, fraud, variable_selection, actor_critic, atari, ddpg_actor, ddpg_critic, dueling,
                  dense_graph_network):
        yield from program(k, build)
    yield from program(k, heart_disease, feeds=HEART_FEEDS)
    yield from program(k, pets, feeds=PET_FEEDS)
    for build in (wide_deep_cross, tab_transformer):
        yield from program(k, build, feeds=CENSUS_FEEDS)
    for build in (collaborative_filtering, two_towers, factorization_machine, behaviour_transformer):
        yield from program(k, build, high=20)
    yield from program(k, neural_decision_tree, only="keras3")
    yield from program(k, citations, only="keras3", high=8)
