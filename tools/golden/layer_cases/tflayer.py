"""TensorFlowOpLayer: operators of TensorFlow as layers, as TF 2.0 to 2.3 wrote calls of tf functions. tf_keras still reads
them; here they are made by hand, with the NodeDef as a map and as a protobuf."""

import numpy as np

from . import Case


def cases(k):
    if k.v3:
        return
    tf = k.tf
    from google.protobuf import json_format
    from tf_keras.src.engine.base_layer import TensorFlowOpLayer


    def one(name, op, shapes, constants=None, names=None, dtype=None, binary=False, count=None, **attributes):
        def build():
            types = dtype if isinstance(dtype, list) else [dtype] * len(shapes)
            inputs = [k.Input(shape, dtype=t) for shape, t in zip(shapes, types)]
            with tf.Graph().as_default():
                def place(i):
                    return tf.compat.v1.placeholder(inputs[i].dtype, [None, *inputs[i].shape[1:]])
                fixed = dict(constants or {})
                values, next_input = [], 0
                total = len(fixed) + len(inputs)
                for i in range(total):
                    if i in fixed:
                        values.append(tf.constant(fixed[i]))
                    else:
                        values.append(place(next_input))
                        next_input += 1
                made = getattr(tf.raw_ops, op)(**names(values), **attributes)
                first = made[0] if isinstance(made, (tuple, list)) else made
                definition = first.op.node_def
            given = definition.SerializeToString() if binary else json_format.MessageToDict(definition)
            layer = TensorFlowOpLayer(given, op.lower(), constants=dict(constants or {}))
            outputs = layer(inputs if len(inputs) > 1 else inputs[0])
            return k.Model(inputs, outputs)
        return Case(f"tflayer_{name}", build)

    pair = [(3, 4), (3, 4)]
    two = lambda v: {"x": v[0], "y": v[1]}
    single = lambda v: {"x": v[0]}
    for op in ("AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "FloorMod", "Greater", "LessEqual",
               "NotEqual"):
        yield one(op.lower(), op, pair, names=two)
    yield one("sub_constant", "Sub", [(3, 4)], {0: np.float32(1.0)}, names=two)
    yield one("mul_array", "Mul", [(3, 4)], {1: np.array([1, 2, 3, 4], "float32")}, names=two)
    yield one("floordiv_int", "FloorDiv", [(4,)], {1: np.int32(3)}, names=two, dtype="int32")
    for op in ("Abs", "Neg", "Square", "Exp", "Sign", "Floor", "Round", "Sin", "Tanh", "Sigmoid", "Erf", "IsFinite"):
        yield one(op.lower(), op, [(3, 4)], names=single)
    for op in ("Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign"):
        yield one(op.lower(), op, [(3, 4)], names=lambda v: {"features": v[0]})
    yield one("leakyrelu", "LeakyRelu", [(3, 4)], names=lambda v: {"features": v[0]}, alpha=0.3)
    yield one("softmax", "Softmax", [(3, 4)], names=lambda v: {"logits": v[0]})
    yield one("mean", "Mean", [(3, 4)], {1: np.array([1, 2], "int32")},
              names=lambda v: {"input": v[0], "axis": v[1]}, keep_dims=True)
    yield one("sum", "Sum", [(3, 4)], {1: np.int32(-1)}, names=lambda v: {"input": v[0], "axis": v[1]}, keep_dims=False)
    yield one("max", "Max", [(3, 4)], {1: np.int32(1)}, names=lambda v: {"input": v[0], "axis": v[1]}, keep_dims=False)
    yield one("argmax", "ArgMax", [(3, 4)], {1: np.int32(2)}, names=lambda v: {"input": v[0], "dimension": v[1]})
    yield one("matmul", "BatchMatMulV2", [(3, 4), (5, 4)], names=two, adj_y=True)
    yield one("biasadd", "BiasAdd", [(3, 4)], {1: np.array([1, 2, 3, 4], "float32")},
              names=lambda v: {"value": v[0], "bias": v[1]})
    yield one("reshape", "Reshape", [(3, 4)], {1: np.array([-1, 2, 6], "int32")},
              names=lambda v: {"tensor": v[0], "shape": v[1]})
    yield one("transpose", "Transpose", [(3, 4)], {1: np.array([0, 2, 1], "int32")}, names=lambda v: {"x": v[0], "perm": v[1]})
    yield one("expanddims", "ExpandDims", [(3, 4)], {1: np.int32(-1)}, names=lambda v: {"input": v[0], "axis": v[1]})
    yield one("squeeze", "Squeeze", [(3, 1, 4)], names=lambda v: {"input": v[0]}, axis=[2])
    yield one("concat", "ConcatV2", [(3, 4), (3, 2)], {2: np.int32(-1)}, names=lambda v: {"values": v[:2], "axis": v[2]})
    yield one("pack", "Pack", pair, names=lambda v: {"values": v}, axis=1)
    yield one("addn", "AddN", pair, names=lambda v: {"inputs": v})
    yield one("split", "Split", [(3, 4)], {0: np.int32(2)}, names=lambda v: {"axis": v[0], "value": v[1]}, num_split=2)
    yield one("slice", "Slice", [(3, 4)], {1: np.array([0, 1, 1], "int32"), 2: np.array([-1, 2, 2], "int32")},
              names=lambda v: {"input": v[0], "begin": v[1], "size": v[2]})
    stride = lambda v: {"input": v[0], "begin": v[1], "end": v[2], "strides": v[3]}
    yield one("stridedslice", "StridedSlice", [(3, 4)], {1: np.array([0, 1, 0], "int32"), 2: np.array([0, 0, 3], "int32"),
                                                          3: np.array([1, 1, 2], "int32")}, names=stride, begin_mask=1,
              end_mask=3, shrink_axis_mask=2)
    yield one("stridedslice_new", "StridedSlice", [(3, 4)], {1: np.array([0, 0, 1], "int32"), 2: np.array([0, 0, 3], "int32"),
                                                              3: np.array([1, 1, 1], "int32")}, names=stride,
              ellipsis_mask=1, new_axis_mask=2)
    yield one("gather", "GatherV2", [(3, 4)], {1: np.array([2, 0], "int32"), 2: np.int32(1)},
              names=lambda v: {"params": v[0], "indices": v[1], "axis": v[2]})
    yield one("tile", "Tile", [(3, 4)], {1: np.array([1, 2, 3], "int32")}, names=lambda v: {"input": v[0], "multiples": v[1]})
    yield one("pad", "Pad", [(3, 4)], {1: np.array([[0, 0], [1, 2], [0, 1]], "int32")},
              names=lambda v: {"input": v[0], "paddings": v[1]})
    yield one("mirrorpad", "MirrorPad", [(3, 4)], {1: np.array([[0, 0], [1, 1], [2, 1]], "int32")},
              names=lambda v: {"input": v[0], "paddings": v[1]}, mode="REFLECT")
    yield one("cast", "Cast", [(4,)], names=single, dtype="int32", DstT=tf.float32)
    yield one("cumsum", "Cumsum", [(3, 4)], {1: np.int32(1)}, names=lambda v: {"x": v[0], "axis": v[1]}, exclusive=True)
    yield one("select", "SelectV2", [(3, 4), (3, 4), (3, 4)], names=lambda v: {"condition": v[0], "t": v[1], "e": v[2]},
              dtype=["bool", "float32", "float32"])
    yield one("clip", "ClipByValue", [(3, 4)], {1: np.float32(-0.5), 2: np.float32(0.8)},
              names=lambda v: {"t": v[0], "clip_value_min": v[1], "clip_value_max": v[2]})
    yield one("onehot", "OneHot", [(4,)], {1: np.int32(5), 2: np.float32(1), 3: np.float32(0)}, dtype="int32",
              names=lambda v: {"indices": v[0], "depth": v[1], "on_value": v[2], "off_value": v[3]})
    kernel = np.random.default_rng(4).standard_normal((3, 3, 2, 4)).astype("float32")
    yield one("conv2d", "Conv2D", [(7, 6, 2)], {1: kernel}, names=lambda v: {"input": v[0], "filter": v[1]},
              strides=[1, 2, 2, 1], padding="SAME")
    yield one("depthwise", "DepthwiseConv2dNative", [(7, 6, 2)], {1: kernel}, names=lambda v: {"input": v[0], "filter": v[1]},
              strides=[1, 1, 1, 1], padding="VALID")
    yield one("maxpool", "MaxPool", [(7, 6, 2)], names=lambda v: {"input": v[0]}, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
              padding="SAME")
    yield one("avgpool", "AvgPool", [(7, 6, 2)], names=lambda v: {"value": v[0]}, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1],
              padding="VALID")
    yield one("resize", "ResizeBilinear", [(4, 5, 2)], {1: np.array([6, 8], "int32")},
              names=lambda v: {"images": v[0], "size": v[1]}, half_pixel_centers=True)
    yield one("einsum", "Einsum", [(3, 4), (5, 4)], names=lambda v: {"inputs": v}, equation="bij,bkj->bik")
    yield one("topk", "TopKV2", [(3, 4)], {1: np.int32(2)}, names=lambda v: {"input": v[0], "k": v[1]})
