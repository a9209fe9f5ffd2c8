"""Generators, discriminators, autoencoders and fields."""

import math

from . import functions, program


def denoising_autoencoder(k):
    L = k.layers
    inputs = k.Input((16, 16, 1))
    x = inputs
    for _ in range(2):
        x = L.MaxPooling2D((2, 2), padding="same")(L.Conv2D(8, (3, 3), activation="relu", padding="same")(x))
    for _ in range(2):
        x = L.Conv2DTranspose(8, (3, 3), strides=2, activation="relu", padding="same")(x)
    return k.Model(inputs, L.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x))


def dense_autoencoder(k):
    """Two Sequentials, one after the other, as TensorFlow's tutorial has them in a class."""
    L = k.layers
    inputs = k.Input((14, 14))
    encode = k.Sequential([L.Flatten(), L.Dense(16, activation="relu")], name="encoder")
    decode = k.Sequential([L.Dense(196, activation="sigmoid"), L.Reshape((14, 14))], name="decoder")
    return k.Model(inputs, decode(encode(inputs)), name="autoencoder")


def guide_autoencoder(k):
    """The functional guide: an encoder and a decoder, each a model, chained."""
    L = k.layers
    first = k.Input((20, 20, 1), name="original_img")
    x = L.Conv2D(6, 3, activation="relu")(first)
    x = L.MaxPooling2D(3)(L.Conv2D(8, 3, activation="relu")(x))
    encode = k.Model(first, L.GlobalMaxPooling2D()(L.Conv2D(16, 3, activation="relu")(x)), name="encoder")
    second = k.Input((16,), name="encoded_img")
    x = L.Conv2DTranspose(6, 3, activation="relu")(L.Reshape((4, 4, 1))(second))
    x = L.UpSampling2D(3)(L.Conv2DTranspose(8, 3, activation="relu")(x))
    decode = k.Model(second, L.Conv2DTranspose(1, 3, activation="relu")(x), name="decoder")
    inputs = k.Input((20, 20, 1), name="img")
    return k.Model(inputs, decode(encode(inputs)), name="autoencoder")


def variational_encoder(k):
    L = k.layers
    inputs = k.Input((16, 16, 1))
    x = inputs
    for width in (6, 8):
        x = L.Conv2D(width, 3, activation="relu", strides=2, padding="same")(x)
    x = L.Dense(8, activation="relu")(L.Flatten()(x))
    return k.Model(inputs, [L.Dense(2, name="z_mean")(x), L.Dense(2, name="z_log_var")(x)], name="encoder")


def variational_decoder(k):
    L = k.layers
    inputs = k.Input((2,))
    x = L.Reshape((4, 4, 8))(L.Dense(4 * 4 * 8, activation="relu")(inputs))
    for width in (8, 6):
        x = L.Conv2DTranspose(width, 3, activation="relu", strides=2, padding="same")(x)
    return k.Model(inputs, L.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x), name="decoder")


def dcgan_generator(k):
    L = k.layers
    layers = [k.Input((12,)), L.Dense(4 * 4 * 8), L.Reshape((4, 4, 8))]
    for width in (8, 10, 12):
        layers += [L.Conv2DTranspose(width, kernel_size=4, strides=2, padding="same"),
                   L.LeakyReLU(negative_slope=0.2) if k.v3 else L.LeakyReLU(alpha=0.2)]
    return k.Sequential([*layers, L.Conv2D(3, kernel_size=5, padding="same", activation="sigmoid")])


def dcgan_tutorial(k):
    """TensorFlow's tutorial: batch norms, no biases, tanh."""
    L = k.layers
    layers = [L.Dense(4 * 4 * 16, use_bias=False, input_shape=(20,)), L.BatchNormalization(), L.LeakyReLU(),
              L.Reshape((4, 4, 16))]
    for width, stride in ((12, 1), (8, 2)):
        layers += [L.Conv2DTranspose(width, (5, 5), strides=(stride, stride), padding="same", use_bias=False),
                   L.BatchNormalization(), L.LeakyReLU()]
    return k.Sequential([*layers, L.Conv2DTranspose(1, (5, 5), strides=(2, 2), padding="same", use_bias=False,
                                                    activation="tanh")])


def dcgan_discriminator(k):
    L = k.layers
    layers = [k.Input((32, 32, 3))]
    for width in (6, 8, 8):
        layers += [L.Conv2D(width, kernel_size=4, strides=2, padding="same"), L.LeakyReLU(0.2)]
    return k.Sequential([*layers, L.Flatten(), L.Dropout(0.2), L.Dense(1, activation="sigmoid")])


def conditional_generator(k):
    """Noise and the class, joined; the class also as one-hot pictures in what the discriminator would see."""
    L, F = k.layers, functions(k)
    noise, label = k.Input((12,)), k.Input((5,))
    x = L.Dense(4 * 4 * 17)(L.Concatenate()([noise, label]))
    x = L.Reshape((4, 4, 17))(L.LeakyReLU(0.2)(x))
    for _ in range(2):
        x = L.LeakyReLU(0.2)(L.Conv2DTranspose(8, (4, 4), strides=(2, 2), padding="same")(x))
    picture = L.Conv2D(1, (7, 7), padding="same", activation="sigmoid")(x)
    spread = F.reshape(label, (-1, 1, 1, 5))
    spread = F.reshape(F.tile(spread, (1, 16, 16, 1)), (-1, 16, 16, 5))
    y = L.Conv2D(8, (3, 3), strides=(2, 2), padding="same")(L.Concatenate(axis=-1)([picture, spread]))
    return k.Model([noise, label], [picture, L.Dense(1)(L.GlobalMaxPooling2D()(L.LeakyReLU(0.2)(y)))])


def wgan_generator(k):
    L = k.layers
    noise = k.Input((12,))
    x = L.LeakyReLU(0.2)(L.BatchNormalization()(L.Dense(4 * 4 * 8, use_bias=False)(noise)))
    x = L.Reshape((4, 4, 8))(x)
    for width in (8, 6, 1):
        x = L.UpSampling2D((2, 2))(x)
        x = L.Conv2D(width, (3, 3), strides=(1, 1), padding="same", use_bias=False)(x)
        x = L.Activation("tanh")(L.BatchNormalization()(x)) if width == 1 else L.LeakyReLU(0.2)(x)
    return k.Model(noise, L.Cropping2D((2, 2))(x), name="generator")


def wgan_discriminator(k):
    L = k.layers
    inputs = k.Input((28, 28, 1))
    x = L.ZeroPadding2D((2, 2))(inputs)
    for width, drop in ((4, 0.0), (6, 0.3), (8, 0.3)):
        x = L.LeakyReLU(0.2)(L.Conv2D(width, (5, 5), strides=(2, 2), padding="same", use_bias=True)(x))
        x = L.Dropout(drop)(x) if drop else x
    return k.Model(inputs, L.Dense(1)(L.Dropout(0.2)(L.Flatten()(x))), name="discriminator")


def reflected(k, x, by):
    sizes = [[0, 0], [by, by], [by, by], [0, 0]]
    return k.ops.pad(x, sizes, mode="reflect") if k.v3 else k.tf.pad(x, sizes, mode="REFLECT")


def instance_norm(k, x):
    return k.layers.GroupNormalization(groups=x.shape[-1])(x)


def cycle_gan(k):
    L = k.layers
    inputs = k.Input((24, 24, 3))
    x = L.Conv2D(6, (7, 7), use_bias=False)(reflected(k, inputs, 3))
    x = L.Activation("relu")(instance_norm(k, x))
    for width in (8, 12):
        x = L.Conv2D(width, (3, 3), strides=(2, 2), padding="same", use_bias=False)(x)
        x = L.Activation("relu")(instance_norm(k, x))
    for _ in range(2):
        y = instance_norm(k, L.Conv2D(12, (3, 3), use_bias=False)(reflected(k, x, 1)))
        y = instance_norm(k, L.Conv2D(12, (3, 3), use_bias=False)(reflected(k, L.Activation("relu")(y), 1)))
        x = L.add([x, y])
    for width in (8, 6):
        x = L.Conv2DTranspose(width, (3, 3), strides=(2, 2), padding="same", use_bias=False)(x)
        x = L.Activation("relu")(instance_norm(k, x))
    x = L.Conv2D(3, (7, 7), padding="valid")(reflected(k, x, 3))
    return k.Model(inputs, L.Activation("tanh")(x), name="generator_G")


def pix2pix(k):
    """TensorFlow's tutorial: a U-Net of Sequentials."""
    L = k.layers

    def down(width, norm=True):
        layers = [L.Conv2D(width, 4, strides=2, padding="same", use_bias=False)]
        return k.Sequential([*layers, *([L.BatchNormalization()] if norm else []), L.LeakyReLU()])

    def up(width, drop=False):
        layers = [L.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False), L.BatchNormalization()]
        return k.Sequential([*layers, *([L.Dropout(0.5)] if drop else []), L.ReLU()])

    inputs = k.Input((32, 32, 3))
    x, skips = inputs, []
    for step in (down(6, False), down(8), down(8), down(8)):
        x = step(x)
        skips.append(x)
    for step, skip in zip((up(8, True), up(8), up(6)), reversed(skips[:-1])):
        x = L.Concatenate()([step(x), skip])
    return k.Model(inputs, L.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x))


def pixel_cnn(k):
    """Causal convolutions by padding: each pixel sees those above and those to its left."""
    L = k.layers
    inputs = k.Input((12, 12, 1))
    above = L.Conv2D(8, (2, 3))(L.ZeroPadding2D(((2, 0), (1, 1)))(inputs))
    above = above[:, :-1]
    left = L.Conv2D(8, (1, 2))(L.ZeroPadding2D(((0, 0), (2, 0)))(inputs))[:, :, :-1]
    x = L.ReLU()(L.Add()([above, left]))
    for _ in range(2):
        y = L.Conv2D(4, 1, activation="relu")(x)
        y = L.Conv2D(4, (2, 2), activation="relu")(L.ZeroPadding2D(((1, 0), (1, 0)))(y))
        x = L.add([x, L.Conv2D(8, 1, activation="relu")(y)])
    return k.Model(inputs, L.Conv2D(1, 1, activation="sigmoid")(x))


def nerf(k):
    L = k.layers
    inputs = k.Input((20, 27))
    x = inputs
    for i in range(8):
        x = L.Dense(units=16, activation="relu")(x)
        if i % 4 == 0 and i > 0:
            x = L.concatenate([x, inputs], axis=-1)
    return k.Model(inputs, L.Dense(units=4)(x))


def nerf_encoded(k):
    """The same with the encoding of positions inside the model."""
    L, F = k.layers, functions(k)
    inputs = k.Input((20, 3))
    parts = [inputs]
    for i in range(4):
        for wave in (F.sin, F.cos):
            parts.append(wave(2.0 ** i * inputs))
    x = L.concatenate(parts, axis=-1) if not k.v3 else F.concatenate(parts, axis=-1)
    x = L.Dense(4)(L.Dense(16, activation="relu")(x))
    return k.Model(inputs, [F.sigmoid(x[..., :-1]), L.ReLU()(x[..., -1])])


def diffusion(k):
    """Denoising diffusion: sinusoids of the noise's variance beside a U-Net with swish and bare batch norms."""
    L, ops = k.layers, k.ops
    pictures, variance = k.Input((16, 16, 3)), k.Input((1, 1, 1))
    frequencies = ops.exp(ops.linspace(ops.log(1.0), ops.log(1000.0), 4))
    angular = ops.cast(2.0 * math.pi * frequencies, "float32")
    e = ops.concatenate([ops.sin(angular * variance), ops.cos(angular * variance)], axis=3)

    def residual(x, width):
        same = x if x.shape[3] == width else L.Conv2D(width, kernel_size=1)(x)
        x = L.BatchNormalization(center=False, scale=False)(x)
        x = L.Conv2D(width, kernel_size=3, padding="same", activation="swish")(x)
        return L.Add()([L.Conv2D(width, kernel_size=3, padding="same")(x), same])

    x = L.Conv2D(6, kernel_size=1)(pictures)
    x = L.Concatenate()([x, L.UpSampling2D(size=16, interpolation="nearest")(e)])
    skips = []
    for width in (6, 8):
        x = residual(x, width)
        skips.append(x)
        x = L.AveragePooling2D(pool_size=2)(x)
    x = residual(x, 12)
    for width in (8, 6):
        x = L.UpSampling2D(size=2, interpolation="bilinear")(x)
        x = residual(L.Concatenate()([x, skips.pop()]), width)
    return k.Model([pictures, variance], L.Conv2D(3, kernel_size=1, kernel_initializer="zeros")(x))


def ddpm(k):
    """Denoising diffusion (DDPM): group norms, attention over pixels, an embedding of the time step."""
    L, ops = k.layers, k.ops
    pictures, step = k.Input((8, 8, 3)), k.Input((), dtype="int64")
    rate = math.log(10000) / 3
    e = ops.exp(ops.arange(4, dtype="float32") * -rate)
    e = ops.cast(step, "float32")[:, None] * e[None, :]
    e = L.Dense(16, activation="swish")(ops.concatenate([ops.sin(e), ops.cos(e)], axis=-1))

    def residual(x, width):
        same = x if x.shape[3] == width else L.Conv2D(width, kernel_size=1)(x)
        t = L.Dense(width)(L.Activation("swish")(e))[:, None, None, :]
        x = L.Conv2D(width, 3, padding="same")(ops.silu(L.GroupNormalization(groups=4)(x)))
        x = L.Add()([x, t])
        return L.Add()([L.Conv2D(width, 3, padding="same")(ops.silu(L.GroupNormalization(groups=4)(x))), same])

    def attention(x, width):
        y = L.GroupNormalization(groups=4)(x)
        q, key, v = (L.Dense(width)(y) for _ in range(3))
        scores = ops.einsum("bhwc,bijc->bhwij", q, key) * width ** -0.5
        scores = ops.reshape(scores, (-1, 8, 8, 64))
        scores = ops.reshape(ops.softmax(scores, -1), (-1, 8, 8, 8, 8))
        return x + L.Dense(width)(ops.einsum("bhwij,bijc->bhwc", scores, v))

    x = attention(residual(L.Conv2D(8, 3, padding="same")(pictures), 8), 8)
    x = ops.silu(L.GroupNormalization(groups=8)(residual(x, 16)))
    return k.Model([pictures, step], L.Conv2D(3, (3, 3), padding="same")(x))


def real_nvp_coupling(k):
    L = k.layers
    inputs = k.Input((2,))
    ends = []
    for last in ("tanh", "linear"):
        x = inputs
        for _ in range(3):
            x = L.Dense(12, activation="relu", kernel_regularizer=k.keras.regularizers.l2(0.01))(x)
        ends.append(L.Dense(2, activation=last, kernel_regularizer=k.keras.regularizers.l2(0.01))(x))
    return k.Model(inputs, ends)


def cases(k):
    for build in (denoising_autoencoder, dense_autoencoder, guide_autoencoder, variational_encoder,
                  variational_decoder, dcgan_generator, dcgan_tutorial, dcgan_discriminator, conditional_generator,
                  wgan_generator, wgan_discriminator, cycle_gan, pix2pix, pixel_cnn, nerf, nerf_encoded,
                  real_nvp_coupling):
        yield from program(k, build)
    for build in (diffusion, ddpm):
        yield from program(k, build, only="keras3")
