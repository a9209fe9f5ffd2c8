"""Writes TensorFlow Lite models of a few operators and runs them by TensorFlow Lite's reference kernels.

    x = tensor((1, 4, 4, 2), "int8", scale=0.1, zero=3)
    w = tensor(data=weights, scale=[...], axis=0)
    y = tensor((1, 4, 4, 5), "int8", scale=0.2, zero=-1)
    model = one_operator("CONV_2D", Conv2DOptions(padding="SAME", strideW=1, strideH=1), [x, w, bias], [y])
    answers = run(model, {x: numbers})

Every type, quantisation and attribute of the schema can be written, whether a converter makes it or not.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import flatbuffers
from flatbuffers import flexbuffers
import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

TYPES = {"float32": "FLOAT32", "float16": "FLOAT16", "int32": "INT32", "uint8": "UINT8", "int64": "INT64",
         "bool": "BOOL", "int16": "INT16", "int8": "INT8", "int4": "INT4", "uint32": "UINT32", "uint64": "UINT64"}


class Tensor:
    def __init__(self, shape, dtype, scale, zero, axis, data, variable):
        self.shape, self.dtype, self.data, self.variable = tuple(shape), dtype, data, variable
        self.scale, self.zero, self.axis = scale, zero, axis

    @property
    def scales(self):
        """Float32 numbers, as the file holds them."""
        return [] if self.scale is None else [np.float32(s) for s in np.atleast_1d(self.scale)]

    @property
    def zeros(self):
        return [int(z) for z in np.broadcast_to(self.zero, len(self.scales))]


def tensor(shape=None, dtype=None, scale=None, zero=0, axis=0, data=None, variable=False, blocks=None, sparse=False):
    """What a model's tensor is. `data` makes it a constant, of which a `sparse` one's zeros are left out. int4 data are
    given one to a byte. `blocks` is (size, tensor of their scales), which must be used by the model, too."""
    if data is not None:
        data = np.asarray(data)
        shape, dtype = data.shape, dtype or data.dtype.name
    made = Tensor(shape, dtype, scale, zero, axis, data, variable)
    made.blocks, made.sparse = blocks, sparse
    return made


def options(name, **fields):
    """The options table NAME of the schema with fields set; words become enumerators."""
    table = getattr(schema, name + "T")()
    for key, value in fields.items():
        assert hasattr(table, key), (name, key)
        if isinstance(value, str):
            enum = {"fusedActivationFunction": schema.ActivationFunctionType, "padding": schema.Padding,
                    "mode": getattr(schema, "MirrorPadMode"), "combiner": schema.CombinerType,
                    "reduceFunction": schema.ReduceWindowFunction}[key]
            value = getattr(enum, value)
        setattr(table, key, value)
    return name, table


def packed(array, dtype):
    if dtype != "int4":
        return np.ascontiguousarray(array)
    flat = np.append(array.ravel().astype(np.int8), np.zeros(array.size % 2, np.int8)) & 15
    return (flat[0::2] | flat[1::2] << 4).astype(np.uint8)


def sparsity_of(matrix):
    """Which elements of a matrix are stored: for each row, its columns that are not 0."""
    sparsity, columns = schema.SparsityParametersT(), schema.DimensionMetadataT()
    rows = schema.DimensionMetadataT()
    rows.format, rows.denseSize = schema.DimensionType.DENSE, matrix.shape[0]
    columns.format = schema.DimensionType.SPARSE_CSR
    columns.arraySegmentsType = columns.arrayIndicesType = schema.SparseIndexVector.Int32Vector
    columns.arraySegments, columns.arrayIndices = schema.Int32VectorT(), schema.Int32VectorT()
    columns.arraySegments.values = np.append(0, np.cumsum((matrix != 0).sum(1))).astype(np.int32)
    columns.arrayIndices.values = np.nonzero(matrix)[1].astype(np.int32)
    sparsity.traversalOrder, sparsity.dimMetadata = np.array([0, 1], np.int32), [rows, columns]
    return sparsity


def quantisation_of(spec, place):
    if spec.blocks:
        quantisation, details = schema.QuantizationParametersT(), schema.BlockwiseQuantizationT()
        details.blockSize, details.scales, details.zeroPoints = spec.blocks[0], place(spec.blocks[1]), -1
        quantisation.detailsType, quantisation.details = schema.QuantizationDetails.BlockwiseQuantization, details
        return quantisation
    if spec.scale is None:
        return None
    quantisation = schema.QuantizationParametersT()
    quantisation.scale = np.array(spec.scales, np.float32)
    quantisation.zeroPoint = np.array(spec.zeros, np.int64)
    quantisation.quantizedDimension = spec.axis
    return quantisation


def named(**numbers):
    """The options of a custom operator: a FlexBuffer's map."""
    builder = flexbuffers.Builder()
    with builder.Map():
        for key, value in sorted(numbers.items()):
            builder.Key(key)
            builder.Add(value)
    return bytes(builder.Finish())


def one_operator(code, op_options, inputs, outputs, version=1, intermediates=()):
    """A model of one operator, as bytes. An input may be None: left out. What is no builtin operator is a custom one of that
    name, its options bytes."""
    return operators([(code, op_options, inputs, outputs, version, intermediates)])


def operators(nodes):
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.description = 3, b"one operator"
    model.buffers, model.operatorCodes, model.subgraphs = [schema.BufferT()], [], [graph]
    graph.tensors, graph.operators, places = [], [], {}

    def place(spec):
        if spec is None:
            return -1
        if spec in places:
            return places[spec]
        record = schema.TensorT()
        record.shape, record.type = list(spec.shape), getattr(schema.TensorType, TYPES[spec.dtype])
        record.name, record.isVariable = b"t%d" % len(places), spec.variable
        record.buffer = 0
        if spec.data is not None:
            buffer = schema.BufferT()
            stored = spec.data[spec.data != 0] if spec.sparse else spec.data
            record.sparsity = sparsity_of(spec.data) if spec.sparse else None
            buffer.data = np.frombuffer(packed(stored, spec.dtype).tobytes(), np.uint8)
            record.buffer = len(model.buffers)
            model.buffers.append(buffer)
        places[spec] = len(graph.tensors)
        graph.tensors.append(record)
        record.quantization = quantisation_of(spec, place)
        return places[spec]

    made, read = [], []
    for code, op_options, inputs, outputs, version, intermediates in nodes:
        number = getattr(schema.BuiltinOperator, code, schema.BuiltinOperator.CUSTOM)
        record = schema.OperatorCodeT()
        record.builtinCode, record.deprecatedBuiltinCode, record.version = number, min(number, 127), version
        if number == schema.BuiltinOperator.CUSTOM:
            record.customCode = code.encode()
        operator = schema.OperatorT()
        operator.opcodeIndex = len(model.operatorCodes)
        model.operatorCodes.append(record)
        operator.inputs, operator.outputs = [place(t) for t in inputs], [place(t) for t in outputs]
        operator.intermediates = [place(t) for t in intermediates]
        if isinstance(op_options, bytes):
            operator.customOptions = np.frombuffer(op_options, np.uint8)
        elif op_options and hasattr(schema.BuiltinOptions2, op_options[0]):
            operator.builtinOptions2Type = getattr(schema.BuiltinOptions2, op_options[0])
            operator.builtinOptions2 = op_options[1]
        elif op_options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, op_options[0])
            operator.builtinOptions = op_options[1]
        graph.operators.append(operator)
        read += [t for t in inputs if t is not None]
        made += outputs
    graph.inputs = [places[t] for t in dict.fromkeys(read) if t.data is None and not t.variable and t not in made]
    graph.outputs = [places[t] for t in made if t not in read]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class Refused(Exception):
    """TensorFlow Lite has no kernel for this combination of types and attributes."""


def run(model, *feeds, kernels="REF"):
    """The outputs of the reference kernels: for the inputs in order, an array for each output. Operators that the
    reference set lacks have one kernel for all: kernels="WITHOUT_DEFAULT_DELEGATES"."""
    kernels = getattr(tf.lite.experimental.OpResolverType, "BUILTIN_" + kernels)
    try:
        interpreter = tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=kernels)
        interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise Refused(str(error)) from error
    places = interpreter.get_input_details()
    assert len(places) == len(feeds), (len(places), len(feeds))
    for detail, feed in zip(places, feeds):
        interpreter.set_tensor(detail["index"], np.asarray(feed, order="C"))
    try:
        interpreter.invoke()
    except RuntimeError as error:
        raise Refused(str(error)) from error
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
