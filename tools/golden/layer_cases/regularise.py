"""Layers that do nothing at inference."""

from . import Case


def cases(k):
    L = k.layers

    def one(name, layer, shape=(4, 3)):
        return Case(name, lambda: k.chain(shape, L.Dense(3), layer(), L.Dense(2)))

    yield one("dropout", lambda: L.Dropout(0.5))
    yield one("dropout_noise_shape", lambda: L.Dropout(0.5, noise_shape=(None, 1, 3)))
    yield one("spatial_dropout1d", lambda: L.SpatialDropout1D(0.5))
    yield one("spatial_dropout2d", lambda: L.SpatialDropout2D(0.5), (4, 4, 3))
    yield one("gaussian_noise", lambda: L.GaussianNoise(0.5))
    yield one("gaussian_dropout", lambda: L.GaussianDropout(0.5))
    yield one("alpha_dropout", lambda: L.AlphaDropout(0.5))
    yield one("activity_regularization", lambda: L.ActivityRegularization(l1=0.1))
    yield one("identity", lambda: L.Identity() if k.v3 else L.Activation("linear"))
    yield Case("regularised_dense", lambda: k.chain((5,), L.Dense(
        4, kernel_regularizer="l2", bias_constraint="non_neg", activity_regularizer="l1")))
    yield Case("recurrent_dropout", lambda: k.chain((5, 3), L.LSTM(4, dropout=0.3, recurrent_dropout=0.2)))
