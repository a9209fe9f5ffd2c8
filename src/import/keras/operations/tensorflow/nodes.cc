// TensorFlowOpLayer: a single operator of TensorFlow as a layer, as TF 2.0 to 2.3 wrote calls of tf
// functions. The layer holds the operator's NodeDef and those inputs that are constants; here it becomes a
// call of the function of the same meaning.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"
#include "import/keras/operations/tensorflow/node_def.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// The operator's name, the function, what its inputs are called there, and its attributes: "theirs" or
// "theirs>ours". The first input needs no name. "*" stands for a list of all inputs but those after it.
struct NodeRule {
  std::string_view op;
  std::string_view function;
  std::string_view inputs = "x";
  std::string_view attributes = {};
};

constexpr std::string_view kReduction = "keep_dims>keepdims";
constexpr std::string_view kPool = "ksize strides padding data_format";
constexpr std::string_view kConv = "strides padding data_format dilations";

constexpr NodeRule kNodes[] = {
    {"AddV2", "math.add", "x y"},
    {"Add", "math.add", "x y"},
    {"Sub", "math.subtract", "x y"},
    {"Mul", "math.multiply", "x y"},
    {"RealDiv", "math.divide", "x y"},
    {"Div", "math.divide", "x y"},
    {"DivNoNan", "math.divide_no_nan", "x y"},
    {"MulNoNan", "math.multiply_no_nan", "x y"},
    {"FloorDiv", "math.floordiv", "x y"},
    {"FloorMod", "math.floormod", "x y"},
    {"TruncateDiv", "truncatediv", "x y"},
    {"TruncateMod", "truncatemod", "x y"},
    {"Mod", "truncatemod", "x y"},
    {"Pow", "math.pow", "x y"},
    {"Maximum", "math.maximum", "x y"},
    {"Minimum", "math.minimum", "x y"},
    {"SquaredDifference", "math.squared_difference", "x y"},
    {"Atan2", "math.atan2", "x y"},
    {"Xlogy", "math.xlogy", "x y"},
    {"Xdivy", "math.xdivy", "x y"},
    {"Equal", "math.equal", "x y"},
    {"NotEqual", "math.not_equal", "x y"},
    {"Less", "math.less", "x y"},
    {"LessEqual", "math.less_equal", "x y"},
    {"Greater", "math.greater", "x y"},
    {"GreaterEqual", "math.greater_equal", "x y"},
    {"LogicalAnd", "math.logical_and", "x y"},
    {"LogicalOr", "math.logical_or", "x y"},
    {"LogicalNot", "math.logical_not"},
    {"BitwiseAnd", "bitwise.bitwise_and", "x y"},
    {"BitwiseOr", "bitwise.bitwise_or", "x y"},
    {"BitwiseXor", "bitwise.bitwise_xor", "x y"},
    {"LeftShift", "bitwise.left_shift", "x y"},
    {"RightShift", "bitwise.right_shift", "x y"},
    {"Invert", "bitwise.invert"},
    {"Abs", "math.abs"},
    {"Neg", "math.negative"},
    {"Sign", "math.sign"},
    {"Square", "math.square"},
    {"Sqrt", "math.sqrt"},
    {"Rsqrt", "math.rsqrt"},
    {"Reciprocal", "math.reciprocal"},
    {"Inv", "math.reciprocal"},
    {"Exp", "math.exp"},
    {"Expm1", "math.expm1"},
    {"Log", "math.log"},
    {"Log1p", "math.log1p"},
    {"Sin", "math.sin"},
    {"Cos", "math.cos"},
    {"Tan", "math.tan"},
    {"Asin", "math.asin"},
    {"Acos", "math.acos"},
    {"Atan", "math.atan"},
    {"Sinh", "math.sinh"},
    {"Cosh", "math.cosh"},
    {"Asinh", "math.asinh"},
    {"Acosh", "math.acosh"},
    {"Atanh", "math.atanh"},
    {"Tanh", "math.tanh"},
    {"Sigmoid", "math.sigmoid"},
    {"Erf", "math.erf"},
    {"Erfc", "math.erfc"},
    {"Lgamma", "math.lgamma"},
    {"Digamma", "math.digamma"},
    {"Round", "math.round"},
    {"Rint", "math.rint"},
    {"Floor", "math.floor"},
    {"Ceil", "math.ceil"},
    {"IsNan", "math.is_nan"},
    {"IsInf", "math.is_inf"},
    {"IsFinite", "math.is_finite"},
    {"Relu", "nn.relu"},
    {"Relu6", "nn.relu6"},
    {"LeakyRelu", "nn.leaky_relu", "x", "alpha"},
    {"Elu", "nn.elu"},
    {"Selu", "nn.selu"},
    {"Softplus", "nn.softplus"},
    {"Softsign", "nn.softsign"},
    {"Softmax", "nn.softmax"},
    {"LogSoftmax", "nn.log_softmax"},
    {"L2Loss", "nn.l2_loss"},
    {"LRN", "nn.local_response_normalization", "x", "depth_radius bias alpha beta"},
    {"BiasAdd", "nn.bias_add", "value bias", "data_format"},
    {"BiasAddV1", "nn.bias_add", "value bias"},
    {"MatMul", "matmul", "a b", "transpose_a transpose_b"},
    {"BatchMatMul", "matmul", "a b", "adj_x>transpose_a adj_y>transpose_b"},
    {"BatchMatMulV2", "matmul", "a b", "adj_x>transpose_a adj_y>transpose_b"},
    {"Conv2D", "nn.conv2d", "x filters", kConv},
    {"Conv3D", "nn.conv3d", "x filters", kConv},
    {"DepthwiseConv2dNative", "nn.depthwise_conv2d", "x filter", kConv},
    {"MaxPool", "nn.max_pool2d", "x", kPool},
    {"AvgPool", "nn.avg_pool2d", "x", kPool},
    {"FusedBatchNorm", "nn.batch_normalization", "x scale offset mean variance", "epsilon>variance_epsilon"},
    {"FusedBatchNormV3", "nn.batch_normalization", "x scale offset mean variance",
     "epsilon>variance_epsilon"},
    {"Mean", "math.reduce_mean", "x axis", kReduction},
    {"Sum", "math.reduce_sum", "x axis", kReduction},
    {"Max", "math.reduce_max", "x axis", kReduction},
    {"Min", "math.reduce_min", "x axis", kReduction},
    {"Prod", "math.reduce_prod", "x axis", kReduction},
    {"Any", "math.reduce_any", "x axis", kReduction},
    {"All", "math.reduce_all", "x axis", kReduction},
    {"EuclideanNorm", "math.reduce_euclidean_norm", "x axis", kReduction},
    {"ArgMax", "math.argmax", "x axis", "output_type"},
    {"ArgMin", "math.argmin", "x axis", "output_type"},
    {"TopKV2", "math.top_k", "x k"},
    {"Cumsum", "math.cumsum", "x axis", "exclusive reverse"},
    {"Cumprod", "math.cumprod", "x axis", "exclusive reverse"},
    {"Cast", "cast", "x", "DstT>dtype"},
    {"Reshape", "reshape", "x shape"},
    {"Transpose", "transpose", "x perm"},
    {"ExpandDims", "expand_dims", "x axis"},
    {"Squeeze", "squeeze", "x", "squeeze_dims>axis"},
    {"ConcatV2", "concat", "* axis"},
    {"Pack", "stack", "*", "axis"},
    {"Unpack", "unstack", "x", "axis"},
    {"AddN", "math.add_n", "*"},
    {"Split", "split", "axis value", "num_split>num_or_size_splits"},
    {"SplitV", "split", "value num_or_size_splits axis"},
    {"Slice", "slice", "x begin size"},
    {"StridedSlice", "strided_slice", "x begin end strides",
     "begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask"},
    {"Gather", "gather", "params indices"},
    {"GatherV2", "gather", "params indices axis", "batch_dims"},
    {"GatherNd", "gather_nd", "params indices"},
    {"ScatterNd", "scatter_nd", "indices updates shape"},
    {"TensorScatterUpdate", "tensor_scatter_nd_update", "tensor indices updates"},
    {"TensorScatterAdd", "tensor_scatter_nd_add", "tensor indices updates"},
    {"UnsortedSegmentSum", "math.unsorted_segment_sum", "data segment_ids num_segments"},
    {"UnsortedSegmentMax", "math.unsorted_segment_max", "data segment_ids num_segments"},
    {"Tile", "tile", "x multiples"},
    {"Pad", "pad", "x paddings"},
    {"PadV2", "pad", "x paddings constant_values"},
    {"MirrorPad", "pad", "x paddings", "mode"},
    {"ReverseV2", "reverse", "x axis"},
    {"Roll", "roll", "x shift axis"},
    {"BroadcastTo", "broadcast_to", "x shape"},
    {"Fill", "fill", "dims value"},
    {"ZerosLike", "zeros_like"},
    {"OnesLike", "ones_like"},
    {"Shape", "shape"},
    {"Size", "size"},
    {"Rank", "rank"},
    {"Identity", "identity"},
    {"StopGradient", "stop_gradient"},
    {"Select", "where", "condition x y"},
    {"SelectV2", "where", "condition x y"},
    {"ClipByValue", "clip_by_value", "x clip_value_min clip_value_max"},
    {"OneHot", "one_hot", "indices depth on_value off_value", "axis"},
    {"MatrixBandPart", "linalg.band_part", "input num_lower num_upper"},
    {"DepthToSpace", "nn.depth_to_space", "x", "block_size data_format"},
    {"SpaceToDepth", "nn.space_to_depth", "x", "block_size data_format"},
    {"ResizeBilinear", "compat.v1.image.resize_bilinear", "x size", "align_corners half_pixel_centers"},
    {"ResizeNearestNeighbor", "compat.v1.image.resize_nearest_neighbor", "x size",
     "align_corners half_pixel_centers"},
};

const NodeRule* find_node(std::string_view op) {
  const auto found =
      std::find_if(std::begin(kNodes), std::end(kNodes), [&](const NodeRule& r) { return r.op == op; });
  return found == std::end(kNodes) ? nullptr : &*found;
}

void name(Setting& map, std::string_view key, Setting value) {
  map.keys.emplace_back(key);
  map.items.push_back(std::move(value));
}

// The operator's inputs in order: the constants stand at their own places, the tensors of the call between.
std::vector<Setting> inputs_of(Call& call, std::size_t most) {
  std::vector<Setting> inputs;
  for (const Flow& flow : call.inputs()) inputs.push_back(Setting::of(flow));
  const Setting* constants = call.config().find("constants");
  if (constants && !constants->is(Kind::map))
    call.config().mistake("constants", "an object of numbered inputs");
  std::vector<std::pair<std::size_t, const Setting*>> places;
  for (std::size_t i = 0; constants && constants->is(Kind::map) && i < constants->items.size(); ++i) {
    std::size_t place = 0;
    const std::string& key = constants->keys[i];
    const auto [end, wrong] = std::from_chars(key.data(), key.data() + key.size(), place);
    if (wrong != std::errc() || end != key.data() + key.size())
      call.config().mistake("constants", "numbered inputs");
    places.emplace_back(place, &constants->items[i]);
  }
  std::sort(places.begin(), places.end());
  for (const auto& [place, value] : places) {
    if (place > inputs.size() || place >= most) {
      call.config().mistake("constants", text("inputs of the {} that the operator has", most));
      return {};
    }
    inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(place), plain_array(*value));
  }
  return inputs;
}

// The call of the function that means the same.
Invocation invocation_of(const NodeRule& rule, const NodeDef& node, std::vector<Setting> inputs) {
  Invocation invocation;
  std::vector<std::string_view> names = split(rule.inputs, ' ');
  if (names.front() == "*") {
    const std::size_t after = names.size() - 1, listed = inputs.size() - std::min(after, inputs.size());
    Setting list(Kind::list);
    list.items.assign(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(listed));
    inputs.erase(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(listed));
    inputs.insert(inputs.begin(), std::move(list));
  }
  for (std::size_t i = 0; i < inputs.size() && i < names.size(); ++i) {
    // "Split" has its axis first.
    const bool first = i == 0 && names[0] != "axis";
    if (first || (names[0] == "axis" && i == 1)) invocation.positional.push_back(inputs[i]);
    if (!first && names[i] != "*") name(invocation.named, names[i], inputs[i]);
  }
  for (const std::string_view pair : split(rule.attributes, ' ')) {
    const std::size_t arrow = pair.find('>');
    const Setting* value = node.find(pair.substr(0, arrow));
    if (value && !(value->is(Kind::list) && value->items.empty()))
      name(invocation.named, arrow == std::string_view::npos ? pair : pair.substr(arrow + 1), *value);
  }
  return invocation;
}

void tensorflow_operator(Call& call) {
  const Setting* given = call.config().find("node_def");
  const auto node = given ? read_node_def(*given) : std::nullopt;
  if (!node) return call.config().mistake("node_def", "an operator of TensorFlow");
  if (node->op == "Einsum") {
    const Setting* equation = node->find("equation");
    Invocation invocation;
    invocation.positional = inputs_of(call, 16);
    if (equation) name(invocation.named, "equation", *equation);
    Call inner(call.builder(), call.layer(), std::move(invocation));
    einsum(inner);
    for (const Flow& flow : inner.outputs()) call.output(flow.value);
    return;
  }
  const NodeRule* rule = find_node(node->op);
  const Rule* function = rule ? find_function_rule(rule->function) : nullptr;
  if (!function)
    return call.refuse(text("the operator {} of TensorFlow is not known", node->op),
                       "use a Keras layer in its place");
  if (const Setting* training = node->find("is_training"); training && training->integer != 0)
    return call.refuse("a normalisation by the batch's own statistics",
                       "use keras.layers.BatchNormalization");
  const bool list = rule->inputs.starts_with('*');
  std::vector<Setting> inputs = inputs_of(call, list ? 4096 : split(rule->inputs, ' ').size());
  if (call.failed()) return;
  if (inputs.size() < (list ? 1 : split(rule->inputs, ' ').size()))
    return call.config().mistake(
        "node_def", text("called with as many inputs as {} has, its constants included", node->op));
  Call inner(call.builder(), call.layer(), invocation_of(*rule, *node, std::move(inputs)));
  function->build(inner);
  for (const Flow& flow : inner.outputs()) call.output(flow.value);
}

constexpr Rule kRules[] = {{"TensorFlowOpLayer", tensorflow_operator}};

}  // namespace

std::span<const Rule> node_rules() { return kRules; }

}  // namespace vivace::keras
