"""Operators that move, choose, count and reduce."""

import numpy as np
import tensorflow as tf


def movement(case):
    x = [2, 3, 4]
    yield case("reshape", lambda x: tf.reshape(x, [4, -1]), [x])
    yield case("reshape_batch", lambda x: tf.reshape(x, [-1, 12]), [[None, 3, 4]], feeds=[[5, 3, 4]])
    yield case("reshape_shape", lambda x: tf.reshape(x, [tf.shape(x)[0], 3, tf.shape(x)[1] // 3]), [[None, 12]],
               feeds=[[5, 12]])
    yield case("squeeze", lambda x: tf.squeeze(x, [1, 3]), [[2, 1, 3, 1]])
    yield case("expand_dims", lambda x: tf.expand_dims(x, -2), [x])
    yield case("transpose", lambda x: tf.transpose(x, [2, 0, 1]), [x])
    yield case("pack", lambda a, b: tf.stack([a, b], 1), [x, x])
    yield case("unpack", lambda x: tf.add_n(tf.unstack(x, axis=1)), [x])
    yield case("concatenation", lambda a, b: tf.concat([a, b], -1), [x, [2, 3, 2]])
    yield case("split", lambda x: tf.split(x, 2, -1), [x])
    yield case("split_v", lambda x: tf.split(x, [1, 3], -1), [x])
    yield case("slice", lambda x: tf.slice(x, [0, 1, 1], [-1, 2, 2]), [x])
    yield case("strided_slice", lambda x: x[:, ::-1, 1:3], [x])
    yield case("strided_slice_shrink", lambda x: x[-1, tf.newaxis, :, 2], [x])
    yield case("strided_slice_ellipsis", lambda x: x[..., 1::2], [x])
    yield case("strided_slice_batch", lambda x: x[:, 1:, -2], [[None, 3, 4]], feeds=[[5, 3, 4]])
    yield case("pad", lambda x: tf.pad(x, [[0, 1], [2, 0], [1, 1]]), [x])
    yield case("pad_v2", lambda x: tf.pad(x, [[0, 1], [2, 0], [1, 1]], constant_values=-3.0), [x])
    for mode in ("REFLECT", "SYMMETRIC"):
        yield case(f"mirror_pad_{mode.lower()}", lambda x, mode=mode: tf.pad(x, [[0, 0], [1, 2], [2, 1]], mode), [x])
    yield case("tile", lambda x: tf.tile(x, [1, 2, 3]), [x])
    yield case("broadcast_to", lambda x: tf.broadcast_to(x, [2, 4, 3]), [[4, 1]])
    yield case("reverse_v2", lambda x: tf.reverse(x, [1]), [x])
    yield case("reverse_sequence", lambda x, n: tf.reverse_sequence(x, n, seq_axis=1, batch_axis=0), [[3, 5, 2], [3]],
               dtypes=["float32", "int32"], feeds=[[3, 5, 2], np.asarray([2, 5, 0], "int32")])
    yield case("depth_to_space", lambda x: tf.nn.depth_to_space(x, 2), [[1, 2, 3, 8]])
    yield case("space_to_depth", lambda x: tf.nn.space_to_depth(x, 2), [[1, 4, 6, 2]])
    yield case("space_to_batch", lambda x: tf.space_to_batch(x, [2, 2], [[1, 0], [0, 2]]), [[2, 3, 4, 2]])
    yield case("batch_to_space", lambda x: tf.batch_to_space(x, [2, 2], [[1, 0], [0, 1]]), [[8, 2, 3, 2]])
    yield case("shape", lambda x: tf.shape(x) * 2, [[None, 3]], feeds=[[5, 3]])
    yield case("rank", lambda x: tf.cast(tf.rank(x), "float32") + x, [x])
    yield case("fill", lambda x: tf.fill([tf.shape(x)[0], 2], 3.0) + x[:, :2], [[None, 3]], feeds=[[5, 3]])
    yield case("range", lambda x: tf.range(0.0, 5.0, 1.25) + x, [[4]])


def reduction(case):
    x = [2, 3, 4]
    kinds = {"mean": tf.reduce_mean, "sum": tf.reduce_sum, "prod": tf.reduce_prod, "max": tf.reduce_max, "min": tf.reduce_min}
    for name, reduce in kinds.items():
        yield case(f"reduce_{name}", lambda x, reduce=reduce: reduce(x, [0, 2]), [x])
        yield case(f"reduce_{name}_keep", lambda x, reduce=reduce: reduce(x, -1, keepdims=True), [x])
    yield case("reduce_sum_int32", lambda x: tf.reduce_sum(x, 1), [x], dtypes=["int32"])
    yield case("reduce_any", lambda x: tf.reduce_any(x, 1), [x], dtypes=["bool"])
    yield case("reduce_all", lambda x: tf.reduce_all(x, 1), [x], dtypes=["bool"])
    yield case("arg_max", lambda x: tf.argmax(x, 1), [x])
    yield case("arg_max_int32", lambda x: tf.argmax(x, -1, output_type=tf.int32), [x])
    yield case("arg_min", lambda x: tf.argmin(x, 0), [x])
    yield case("cumsum", lambda x: tf.cumsum(x, 1), [x])
    yield case("cumsum_options", lambda x: tf.cumsum(x, 1, exclusive=True, reverse=True), [x])
    yield case("top_k", lambda x: tf.math.top_k(x, 2), [x])


def indexing(case):
    x = [4, 3, 2]
    pick = {"dtypes": ["float32", "int32"], "low": 0, "high": 2}
    yield case("gather", lambda x, i: tf.gather(x, i), [x, [5]], **pick)
    yield case("gather_axis", lambda x, i: tf.gather(x, i, axis=1), [x, [2, 2]], **pick)
    yield case("gather_batch", lambda x, i: tf.gather(x, i, batch_dims=1), [x, [4, 2]], **pick)
    yield case("gather_nd", tf.gather_nd, [x, [3, 2]], **pick)
    yield case("one_hot", lambda i: tf.one_hot(i, 4, 2.0, -1.0), [[2, 3]], dtypes=["int32"], low=-1, high=4)
    yield case("one_hot_axis", lambda i: tf.one_hot(i, 4, axis=0), [[2, 3]], dtypes=["int32"], low=0, high=3)
    yield case("scatter_nd", lambda i, u: tf.scatter_nd(i, u, [4, 2]), [[5, 1], [5, 2]], dtypes=["int32", "float32"],
               low=0, high=3)
    yield case("segment_sum", lambda x: tf.math.segment_sum(x, [0, 0, 1, 3]), [[4, 2]])
    for name in ("sum", "prod", "max", "min"):
        function = getattr(tf.math, f"unsorted_segment_{name}")
        yield case(f"unsorted_segment_{name}", lambda x, i, f=function: f(x, i, 3), [[4, 2], [4]], **pick)
    yield case("bucketize", lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 1.5]), [[3, 4]])
    yield case("matrix_diag", tf.linalg.diag, [[2, 3]])
    yield case("matrix_set_diag", tf.linalg.set_diag, [[2, 3, 4], [2, 3]])
    yield case("sparse_to_dense", lambda v: tf.raw_ops.SparseToDense(sparse_indices=[[0, 1], [2, 0]], output_shape=[3, 2],
                                                                     sparse_values=v, default_value=-1.0), [[2]])


def pictures(case):
    for name, method in (("bilinear", "ResizeBilinear"), ("nearest", "ResizeNearestNeighbor")):
        op = getattr(tf.raw_ops, method)
        for kind, options in (("asymmetric", {}), ("corners", {"align_corners": True}), ("centres", {"half_pixel_centers": True})):
            for size in ([7, 9], [2, 3]):
                yield case(f"resize_{name}_{kind}_{size[0]}", lambda x, op=op, options=options, size=size:
                           op(images=x, size=size, **options), [[1, 4, 5, 2]])
    yield case("rfft", lambda x: tf.abs(tf.signal.rfft(x)), [[2, 16]])
    yield case("rfft2d", lambda x: tf.math.real(tf.signal.rfft2d(x)) + tf.math.imag(tf.signal.rfft2d(x)), [[4, 8]])


def cases(case):
    for family in (movement, reduction, indexing, pictures):
        yield from family(case)
