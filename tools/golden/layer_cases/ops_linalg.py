"""keras.ops.linalg as nodes (Keras 3 only). Signs of vectors are nobody's rule: those cases look at what is."""

import numpy as np

from . import of_functions


def cases(k):
    if not k.v3:
        return
    o = k.ops

    one = of_functions(k, "linalg_", (3, 3))

    positive = lambda x: o.matmul(x, o.transpose(x, (0, 2, 1))) + np.eye(3, dtype="float32")
    well = lambda x: x + 3 * np.eye(3, dtype="float32")
    yield one("cholesky", lambda x: o.cholesky(positive(x)))
    yield one("cholesky_upper", lambda x: o.cholesky(positive(x), upper=True))
    yield one("cholesky_inverse", lambda x: o.cholesky_inverse(o.cholesky(positive(x))))
    yield one("cholesky_inverse_upper", lambda x: o.cholesky_inverse(o.cholesky(positive(x), upper=True), upper=True))
    yield one("det", lambda x: o.det(well(x)))
    yield one("slogdet", lambda x: o.slogdet(x))
    yield one("logdet", lambda x: o.logdet(positive(x)))
    yield one("inv", lambda x: o.inv(well(x)))
    yield one("lu_factor", lambda x: o.lu_factor(x))
    yield one("qr", lambda x: o.qr(x), (4, 3))
    yield one("qr_wide", lambda x: o.qr(x), (3, 4))
    yield one("qr_complete", lambda x: o.qr(x, mode="complete"), (4, 3))
    yield one("solve", lambda a, b: o.solve(well(a), b), (3, 3), (3, 2))
    yield one("solve_vector", lambda a, b: o.solve(well(a), b), (3, 3), (3,))
    yield one("solve_lower", lambda a, b: o.solve_triangular(well(a), b, lower=True), (3, 3), (3, 2))
    yield one("solve_upper", lambda a, b: o.solve_triangular(well(a), b), (3, 3), (3,))
    yield one("eigh_values", lambda x: o.eigh(positive(x))[0])
    yield one("eigh_vectors", lambda x: o.abs(o.eigh(positive(x))[1]))
    yield one("svd_values", lambda x: o.svd(x, compute_uv=False), (4, 3))

    def remade(x, full):
        u, s, v = o.svd(x, full_matrices=full)
        return o.matmul(u[..., :3] * o.expand_dims(s, 1), v[:, :3])
    yield one("svd_remade", lambda x: remade(x, False), (4, 3))
    yield one("svd_remade_full", lambda x: remade(x, True), (4, 3))
    yield one("svd_wide", lambda x: remade(x, False), (3, 5))
    yield one("pinv", lambda x: o.pinv(x), (4, 3))
    yield one("pinv_rcond", lambda x: o.pinv(x, rcond=0.5), (3, 4))
    yield one("matrix_rank", lambda x: o.matrix_rank(o.concatenate([x, x[:, :1]], axis=1)), (3, 4))
    yield one("matrix_rank_tol", lambda x: o.matrix_rank(x, tol=1.0), (3, 4))
    yield one("lstsq", lambda x: o.lstsq(x[0], x[0][:, 0]), (4, 3))
    yield one("eig", lambda x: o.eig(x)[0], refused="import.unsupported")
