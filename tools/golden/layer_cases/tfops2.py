"""More of TensorFlow's functions as nodes of Keras 2 models (TFOpLambda, SlicingOpLambda)."""

import numpy as np

from . import of_functions

rng = np.random.default_rng(8)
noise = lambda *dims: rng.standard_normal(dims).astype("float32")


def cases(k):
    if k.v3:
        return
    tf = k.tf

    one = of_functions(k, "tf2_")

    yield from maths(tf, one)
    yield from networks(tf, one)
    yield from images(tf, one)
    yield from moving(tf, one)
    yield from matrices(tf, one)


def maths(tf, one):
    m, pair = tf.math, ((3, 4), (3, 4))
    for name in ("asinh", "atan", "conj", "cosh", "digamma", "erfc", "imag", "is_finite", "is_inf", "is_nan", "lgamma",
                 "log_sigmoid", "negative", "real", "rint", "sinh", "softplus", "softsign", "tan", "bessel_i0",
                 "bessel_i0e", "bessel_i1", "bessel_i1e", "angle", "reciprocal_no_nan", "zero_fraction"):
        yield one(name, getattr(m, name))
    for name in ("asin", "acos", "atanh", "erfinv"):
        yield one(name, lambda x, f=getattr(m, name): f(tf.tanh(x) * 0.9))
    yield one("ndtri", lambda x: m.ndtri(tf.sigmoid(x)))
    yield one("acosh", lambda x: m.acosh(tf.abs(x) + 1.1))
    for name in ("atan2", "divide_no_nan", "floordiv", "floormod", "logical_xor", "multiply_no_nan", "subtract", "truediv"):
        def two(a, b, f=getattr(m, name), logical="logical" in name):
            return f(a > 0, b > 0) if logical else f(a, b)
        yield one(name, two, *pair)
    for name in ("xlogy", "xdivy", "xlog1py"):
        yield one(name, lambda a, b, f=getattr(m, name): f(tf.nn.relu(a), tf.abs(b) + 0.1), *pair)
    yield one("truncatemod", lambda a, b: tf.truncatemod(a, b), *pair)
    yield one("truncatediv", lambda a: tf.truncatediv(a - 4, 3), (5,), dtype="int32")
    yield one("add_n", lambda a, b: tf.add_n([a, b, a]), *pair)
    yield one("polyval", lambda x: m.polyval([2.0, -1.0, 0.5], x))
    yield one("scalar_mul", lambda x: tf.scalar_mul(0.5, x))
    yield one("clip_by_norm", lambda x: tf.clip_by_norm(x, 1.5, axes=[1, 2]))
    yield one("count_nonzero", lambda x: m.count_nonzero(tf.round(x), axis=1))
    yield one("reduce_std", lambda x: m.reduce_std(x, axis=1))
    yield one("reduce_euclidean_norm", lambda x: m.reduce_euclidean_norm(x, axis=-1, keepdims=True))
    yield one("reduce_any", lambda x: tf.reduce_any(x > 1.0, axis=-1))
    yield one("reduce_all", lambda x: tf.reduce_all(x > -1.0, axis=[1, 2]))
    yield one("reduce_sum_int", lambda x: tf.reduce_sum(x, axis=1), (5,), dtype="int32")
    yield one("argmin", lambda x: tf.argmin(x, axis=1))
    yield one("argmax_int32", lambda x: tf.argmax(x, axis=-1, output_type=tf.int32))
    yield one("cumprod", lambda x: m.cumprod(x, axis=-1))
    yield one("cumsum_reverse", lambda x: tf.cumsum(x, axis=-1, reverse=True))
    yield one("norm_one", lambda x: tf.norm(x, ord=1, axis=-1))
    yield one("sort", lambda x: tf.sort(x, axis=-1))
    yield one("sort_falling", lambda x: tf.sort(x, axis=1, direction="DESCENDING"))
    yield one("argsort", lambda x: tf.argsort(x, axis=-1))
    yield one("argsort_falling", lambda x: tf.argsort(x, axis=-1, direction="DESCENDING"))
    yield one("in_top_k", lambda a, b: m.in_top_k(a, b, 2), (), (5,), dtype=["int32", "float32"], high=5)
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"):
        yield one(name, getattr(tf.bitwise, name), (5,), (5,), dtype="int32")
    yield one("invert", tf.bitwise.invert, (5,), dtype="int32")
    ids = np.array([0, 2, 0, -1], "int32")
    for name in ("sum", "max", "min", "prod"):
        f = getattr(m, f"unsorted_segment_{name}")
        yield one(f"unsorted_segment_{name}", lambda x, f=f: f(x, ids, 3), (3,), batch=4)
    yield one("int_pow", lambda x: x**2 - 3 * x, (5,), dtype="int32")
    yield one("reverse_ops", lambda x: 2.0 / (1.0 + tf.abs(x)) - 1.0 + (3.0 - x) * (2.0 ** x))
    yield one("logical", lambda x: tf.logical_or(tf.logical_not(x > 0.5), x < -0.5))
    yield one("operators_logic", lambda x: ~((x > 0.0) & (x < 1.0)) | (x < -1.0))
    yield one("compare_eq", lambda x: x == tf.round(x), refused="import.config",
              note="tf_keras does not write the second operand, and can't read the file itself")


def networks(tf, one):
    n = tf.nn
    kernel, deep, point = noise(3, 3, 2, 4), noise(3, 3, 2, 2), noise(1, 1, 4, 3)
    yield one("conv1d", lambda x: n.conv1d(x, noise(3, 2, 4), 1, "SAME"), (7, 2))
    yield one("conv2d", lambda x: n.conv2d(x, kernel, 2, "SAME"), (7, 6, 2))
    yield one("conv2d_strides", lambda x: n.conv2d(x, kernel, [1, 2, 1, 1], "VALID"), (7, 6, 2))
    yield one("conv2d_pads", lambda x: n.conv2d(x, kernel, 1, [[0, 0], [1, 2], [0, 1], [0, 0]]), (7, 6, 2))
    yield one("conv2d_dilated", lambda x: n.conv2d(x, kernel, 1, "SAME", dilations=2), (7, 6, 2))
    yield one("conv3d", lambda x: n.conv3d(x, noise(2, 2, 2, 2, 3), [1, 1, 1, 1, 1], "VALID"), (4, 5, 3, 2))
    yield one("convolution", lambda x: n.convolution(x, kernel, padding="SAME"), (7, 6, 2))
    yield one("depthwise_conv2d", lambda x: n.depthwise_conv2d(x, deep, [1, 2, 2, 1], "SAME"), (7, 6, 2))
    yield one("separable_conv2d", lambda x: n.separable_conv2d(x, deep, point, [1, 1, 1, 1], "SAME"), (7, 6, 2))
    yield one("bias_add", lambda x: n.bias_add(x, np.array([1, 2, 3, 4], "float32")))
    yield one("batch_normalization", lambda x: n.batch_normalization(
        x, noise(4), np.abs(noise(4)) + 0.1, noise(4), noise(4), 1e-3))
    yield one("moments", lambda x: n.moments(x, [1]))
    yield one("moments_keepdims", lambda x: n.moments(x, [1, 2], keepdims=True))
    yield one("l2_normalize", lambda x: tf.math.l2_normalize(x, axis=1))
    yield one("l2_loss", n.l2_loss)
    yield one("lrn", lambda x: n.local_response_normalization(x, depth_radius=2, bias=1.5, alpha=0.3, beta=0.6), (3, 3, 6))
    yield one("crelu", n.crelu)
    yield one("silu_beta", lambda x: n.silu(x, beta=1.5))
    yield one("selu", n.selu)
    yield one("softmax_axis", lambda x: n.softmax(x, axis=1))
    yield one("max_pool", lambda x: n.max_pool(x, 2, 2, "VALID"), (6, 7, 2))
    yield one("max_pool1d", lambda x: n.max_pool1d(x, 2, 2, "SAME"), (7, 2))
    yield one("max_pool3d", lambda x: n.max_pool3d(x, 2, 2, "VALID"), (4, 5, 3, 2))
    yield one("avg_pool", lambda x: n.avg_pool(x, [2, 3], [2, 1], "SAME"), (6, 7, 2))
    yield one("avg_pool1d", lambda x: n.avg_pool1d(x, 2, 2, "VALID"), (7, 2))
    yield one("pool", lambda x: n.pool(x, [2, 2], "AVG", strides=[2, 2], padding="SAME"), (6, 7, 2))
    yield one("embedding_lookup", lambda x: n.embedding_lookup(noise(6, 3), x), (4,), dtype="int32", high=6)
    pair = ((3, 4), (3, 4))
    yield one("softmax_cross_entropy", lambda a, b: n.softmax_cross_entropy_with_logits(labels=n.softmax(a), logits=b), *pair)
    yield one("sigmoid_cross_entropy", lambda a, b: n.sigmoid_cross_entropy_with_logits(labels=tf.sigmoid(a), logits=b), *pair)
    yield one("sparse_cross_entropy", lambda a, b: n.sparse_softmax_cross_entropy_with_logits(labels=a, logits=b), (3,), (3, 4),
              dtype=["int32", "float32"], high=4)
    yield one("dropout", lambda x: n.dropout(x, 0.5), refused="import.unsupported")


def images(tf, one):
    i, photo = tf.image, (6, 5, 3)
    yield one("flip_left_right", i.flip_left_right, photo)
    yield one("flip_up_down", i.flip_up_down, photo)
    yield one("crop_to_bounding_box", lambda x: i.crop_to_bounding_box(x, 1, 2, 3, 2), photo)
    yield one("pad_to_bounding_box", lambda x: i.pad_to_bounding_box(x, 1, 2, 9, 8), photo)
    yield one("resize_with_crop_or_pad", lambda x: i.resize_with_crop_or_pad(x, 4, 8), photo)
    yield one("central_crop", lambda x: i.central_crop(x, 0.5), photo)
    yield one("rgb_to_grayscale", i.rgb_to_grayscale, photo)
    yield one("grayscale_to_rgb", i.grayscale_to_rgb, (6, 5, 1))
    yield one("rgb_to_yuv", i.rgb_to_yuv, photo)
    yield one("yuv_to_rgb", i.yuv_to_rgb, photo)
    yield one("rgb_to_yiq", i.rgb_to_yiq, photo)
    yield one("yiq_to_rgb", i.yiq_to_rgb, photo)
    yield one("adjust_brightness", lambda x: i.adjust_brightness(x, 0.2), photo)
    yield one("adjust_contrast", lambda x: i.adjust_contrast(x, 1.5), photo)
    yield one("per_image_standardization", i.per_image_standardization, photo)
    yield one("image_transpose", i.transpose, photo)
    for turns in (1, 2, 3):
        yield one(f"image_rot90_{turns}", lambda x, t=turns: i.rot90(x, k=t), photo)
    yield one("total_variation", i.total_variation, photo)
    for method in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "gaussian", "mitchellcubic"):
        yield one(f"resize_{method}", lambda x, m=method: i.resize(x, (4, 7), method=m), photo)
    yield one("resize_antialias", lambda x: i.resize(x, (3, 3), antialias=True), (8, 9, 2))


def moving(tf, one):
    at = np.array([[0, 1], [2, 0]], "int32")
    yield one("gather_nd", lambda x: tf.gather_nd(x, at), (4,), batch=3)
    yield one("gather_nd_batch", lambda x, i: tf.gather_nd(x, i, batch_dims=1), (4, 2), (3, 1), dtype=["float32", "int32"], high=4)
    yield one("gather_batch", lambda x, i: tf.gather(x, i, axis=1, batch_dims=1), (5, 3), (2,), dtype=["float32", "int32"], high=5)
    yield one("gather_batch_inner", lambda x, i: tf.gather(x, i, axis=2, batch_dims=1), (3, 5, 2), (2,),
              dtype=["float32", "int32"], high=5)
    yield one("scatter_nd", lambda x: tf.scatter_nd(np.array([[1], [3]], "int32"), x, [5, 4]), (4,), batch=2)
    for name in ("update", "add", "sub", "max", "min"):
        f = getattr(tf, f"tensor_scatter_nd_{name}")
        yield one(f"tensor_scatter_nd_{name}", lambda x, f=f: f(x, np.array([[0], [2]], "int32"), x[:2] * 2.0), (4,),
                  batch=3)
    yield one("roll", lambda x: tf.roll(x, shift=[1, -1], axis=[1, 2]))
    yield one("reverse_two", lambda x: tf.reverse(x, [1, 2]))
    yield one("repeat_each", lambda x: tf.repeat(x, [1, 0, 2], axis=1))
    yield one("pad_symmetric", lambda x: tf.pad(x, [[0, 0], [1, 1], [2, 1]], mode="SYMMETRIC"))
    yield one("pad_value", lambda x: tf.pad(x, [[0, 0], [1, 1], [0, 1]], constant_values=2.5))
    yield one("one_hot_all", lambda x: tf.one_hot(x, 6, on_value=2.0, off_value=-1.0, axis=1), (4,), dtype="int32")
    yield one("broadcast_to", lambda x: tf.broadcast_to(x, [2, 3, 4]), (1, 4), batch=2)
    yield one("sequence_mask", lambda x: tf.sequence_mask(x, maxlen=6), (), dtype="int32", high=6)
    yield one("sequence_mask_float", lambda x: tf.sequence_mask(x, maxlen=6, dtype="float32"), (2,), dtype="int32", high=6)
    yield one("searchsorted", lambda x: tf.searchsorted(np.array([-1.0, 0.0, 1.0], "float32"), tf.reshape(x, [-1])), batch=2)
    yield one("zeros_like", tf.zeros_like)
    yield one("identity", tf.identity)
    yield one("stop_gradient", tf.stop_gradient)
    yield one("squeeze_all", lambda x: tf.squeeze(x), (1, 4), batch=3)
    yield one("expand_dims", lambda x: tf.expand_dims(x, 1))
    yield one("transpose_all", lambda x: tf.transpose(x))
    yield one("split_last", lambda x: tf.split(x, [1, 2, 1], axis=2))
    yield one("slice", lambda x: tf.slice(x, [0, 1, 1], [-1, 2, 2]))
    yield one("strided_masks", lambda x: tf.strided_slice(x, [0, 1, 0], [2, 0, 3], [1, 1, 2], begin_mask=1, end_mask=1,
                                                          shrink_axis_mask=2))
    yield one("strided_new_axis", lambda x: tf.strided_slice(x, [0, 0, 1], [0, 0, 3], [1, 1, 1], ellipsis_mask=1,
                                                             new_axis_mask=2))
    yield one("slice_ellipsis", lambda x: x[..., tf.newaxis, 1:])
    yield one("slice_steps", lambda x: x[:, -1:0:-1, ::2])
    yield one("slice_negative", lambda x: x[:, -2, -3:])
    yield one("shape_stack", lambda x: tf.reshape(x, tf.stack([tf.shape(x)[0], 4, 3])))
    yield one("shape_product", lambda x: tf.reshape(x, [tf.shape(x)[0] * 3, 4]))
    yield one("unstack_last", lambda x: tf.unstack(x, axis=-1))
    yield one("saturate_cast", lambda x: tf.saturate_cast(x * 200.0, tf.int8))
    yield one("cast_int64", lambda x: tf.cast(x * 3.0, "int64"))
    yield one("meshgrid", lambda a, b: tf.meshgrid(a, b), (), (), batch=3, refused="import.dangling", note="as compare_eq")
    yield one("rank", lambda x: tf.cast(tf.size(x), tf.float32) + x)
    yield one("where_number", lambda x: tf.where(x > 0.0, x, tf.zeros_like(x)))
    yield one("boolean_mask", lambda x: tf.boolean_mask(x, x > 0.0), refused="import.unsupported")
    yield one("where_places", lambda x: tf.where(x > 0.0), refused="import.unsupported")


def matrices(tf, one):
    g = tf.linalg
    well = lambda x: x + 3 * np.eye(3, dtype="float32")
    positive = lambda x: tf.matmul(x, x, transpose_b=True) + np.eye(3, dtype="float32")
    square = (3, 3)
    yield one("linalg_det", lambda x: g.det(well(x)), square)
    yield one("linalg_inv", lambda x: g.inv(well(x)), square)
    yield one("linalg_cholesky", lambda x: g.cholesky(positive(x)), square)
    yield one("linalg_solve", lambda a, b: g.solve(well(a), b), square, (3, 2))
    yield one("linalg_triangular_solve", lambda a, b: g.triangular_solve(well(a), b), square, (3, 2))
    yield one("linalg_triangular_solve_upper", lambda a, b: g.triangular_solve(well(a), b, lower=False, adjoint=True), square, (3, 2))
    yield one("linalg_qr", lambda x: g.qr(x), (4, 3))
    yield one("linalg_logdet", lambda x: g.logdet(positive(x)), square)
    yield one("linalg_slogdet", lambda x: g.slogdet(x), square)
    yield one("linalg_eigvalsh", lambda x: g.eigvalsh(positive(x)), square)
    yield one("linalg_svd", lambda x: g.svd(x, compute_uv=False), (4, 3))
    yield one("linalg_pinv", lambda x: g.pinv(x), (4, 3))
    yield one("linalg_matrix_transpose", lambda x: g.matrix_transpose(x), (4, 3))
    yield one("linalg_band_part", lambda x: g.band_part(x, 1, 0), (4, 5))
    yield one("linalg_band_part_all", lambda x: g.band_part(x, -1, 1), (4, 5))
    yield one("linalg_diag_part", lambda x: g.diag_part(x), (4, 5))
    yield one("linalg_diag", lambda x: g.diag(x), (4,))
    yield one("linalg_trace", lambda x: g.trace(x), (4, 5))
    yield one("linalg_matvec", lambda a, b: g.matvec(a, b), (4, 5), (5,))
    yield one("linalg_cross", lambda a, b: g.cross(a, b), (4, 3), (4, 3))
    yield one("linalg_norm", lambda x: g.norm(x, axis=[1, 2]))
    yield one("tensordot", lambda a: tf.tensordot(a, np.ones((4, 3), "float32"), axes=1))
    yield one("tensordot_lists", lambda a, b: tf.tensordot(a, b, axes=[[1, 2], [1, 2]]), (3, 4), (3, 4), batch=2)
    yield one("matmul_both", lambda a, b: tf.matmul(a, b, transpose_a=True, transpose_b=True), (4, 3), (5, 4))
