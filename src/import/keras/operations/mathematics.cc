// keras.ops that reduce, multiply, look up or resample, as nodes.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {

void matmul(Call& call) {
  const ValueId a = as_float(call, call.tensor_option("x1|a|x", 0));
  const ValueId b = as_float(call, call.tensor_option("x2|b|y", 1));
  MatMul op = with(MatMul{}, &MatMul::transpose_a, call.flag_option("transpose_a", -1, false),
                   &MatMul::transpose_b, call.flag_option("transpose_b", -1, false));
  call.output(call.add(op, {a, b}));
}

void einsum(Call& call) {
  std::vector<ValueId> inputs;
  for (int place = 0; place < 2; ++place)
    if (const ValueId x = call.tensor_option("", place); x != kNoValue) inputs.push_back(x);
  const std::string equation(call.text_option("subscripts|equation", -1, ""));
  call.output(call.add(with(Einsum{}, &Einsum::equation, equation), std::move(inputs)));
}

// Keras 2 writes the first argument of a call and its keywords: of tf.einsum(equation, a, b), no tensor.
void einsum_function(Call& call) {
  call.refuse("tf.einsum as a node: Keras does not write its inputs into the file",
              "use keras.layers.EinsumDense, or tf.linalg.matmul");
}

void norm(Call& call) {
  const Setting* order = call.option("ord", 1);
  const bool euclidean = !order || (order->is_number() && order->number == 2) || order->text == "euclidean" ||
                         order->text == "fro";
  if (!euclidean) return call.refuse(text("a norm of order {}", to_text(*order)), "use the Euclidean norm");
  reduction<Reduce::Kind::l2>(call);
}

void unit_normalize(Call& call) {
  if (call.integer_option("order", 2, 2) != 2)
    return call.refuse("normalisation of another order", "use order 2");
  const ValueId x = as_float(call, operand(call));
  Sizes axes = call.integers_option("axis", 1);
  if (axes.empty()) axes = {-1};
  // Keras bounds the norm from below by epsilon, TensorFlow its square.
  double epsilon = call.number_option("epsilon", 3, call.era() >= 3 ? 1e-7 : 1e-12);
  if (call.era() >= 3) epsilon *= epsilon;
  const Norm op = with(Norm{}, &Norm::kind, Norm::Kind::unit, &Norm::axes, call.axes_of(axes, call.rank(x)),
                       &Norm::epsilon, epsilon);
  call.output(call.add(op, {x}));
}

void cumulative_sum(Call& call) {
  const ValueId x = operand(call);
  Cumulative op =
      with(Cumulative{}, &Cumulative::axis, call.axis_of(call.integer_option("axis", 1, 0), call.rank(x)));
  op.exclusive = call.flag_option("exclusive", 2, false);
  op.reverse = call.flag_option("reverse", 3, false);
  call.output(call.add(op, {x}));
}

void top_k(Call& call) {
  for (const ValueId output :
       call.add_many(with(TopK{}, &TopK::k, call.integer_option("k", 1, 1)), {operand(call)}))
    call.output(output);
}

void one_hot(Call& call) {
  const ValueId x = call.cast(operand(call), DType::i32);
  OneHot op = with(OneHot{}, &OneHot::depth, call.integer_option("num_classes|depth", 1));
  if (op.depth < 1) call.config().mistake("depth", "a size of 1 or more");
  op.axis = call.axis_of(call.integer_option("axis", 4, -1), call.rank(x) + 1);
  op.on = call.number_option("on_value", 2, 1);
  op.off = call.number_option("off_value", 3, 0);
  const std::string_view type = call.text_option("dtype", 5, "float32");
  const ValueId y = call.add(op, {x});
  call.output(type == "int32" ? call.cast(y, DType::i32) : type == "int64" ? call.cast(y, DType::i64) : y);
}

void gather(Call& call) {
  const ValueId table = call.tensor_option("x|params", 0);
  ValueId indices = call.tensor_option("indices", 1);
  if (!call.failed() && is_float(call.dtype(indices))) indices = call.cast(indices, DType::i32, "indices");
  if (call.integer_option("batch_dims", -1, 0) != 0)
    return call.refuse("a gather in batches", "use keras.layers.Embedding");
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2, 0), call.rank(table));
  call.output(call.add(with(Gather{}, &Gather::axis, axis, &Gather::wrap_negative, call.era() >= 3),
                       {table, indices}));
}

void gather_elements(Call& call) {
  const ValueId x = operand(call), indices = call.tensor_option("indices", 1);
  const std::int64_t axis = call.axis_of(call.integer_option("axis", 2, -1), call.rank(x));
  call.output(call.add(with(GatherElements{}, &GatherElements::axis, axis), {x, indices}));
}

namespace {

void pool(Call& call, Pool::Kind kind) {
  const ValueId x = operand(call);
  const auto axes = static_cast<std::size_t>(std::max<std::int64_t>(call.rank(x) - 2, 1));
  const auto sizes = [&](std::string_view names, int place) {
    Sizes all = call.integers_option(names, place);
    if (all.size() == 1) all.resize(axes, all.front());
    if (all.size() == axes + 2) all = Sizes(all.begin() + 1, all.end() - 1);
    const bool good =
        all.size() == axes && std::all_of(all.begin(), all.end(), [](std::int64_t s) { return s > 0; });
    if (!good && !call.failed()) call.config().mistake(names, "sizes of 1 or more");
    return good ? all : Sizes(axes, 1);
  };
  Pool op = with(Pool{}, &Pool::kind, kind, &Pool::window, sizes("pool_size|ksize", 1), &Pool::dilations,
                 Sizes(axes, 1));
  op.strides = call.option("strides", 2) ? sizes("strides", 2) : op.window;
  const std::string_view padding = call.text_option("padding", 3, "valid");
  op.padding = padding == "same" || padding == "SAME" ? Padding::same() : Padding::valid(axes);
  if (call.text_option("data_format", 4, "channels_last").find("C") == 1) call.refuse("NCHW", "use NHWC");
  call.output(call.add(op, {x}));
}

Resize::Mode mode_named(Call& call, std::string_view name) {
  for (std::uint32_t mode = 0; mode < std::size(Resize::kModes); ++mode)
    if (Resize::kModes[mode] == name) return static_cast<Resize::Mode>(mode);
  call.refuse(text("resizing by {}", name), "resize by bilinear or nearest");
  return Resize::Mode::bilinear;
}

void resize_as(Call& call, Resize op) {
  const ValueId x = as_float(call, operand(call));
  call.want_rank(x, 4);
  op.size = call.integers_option("size", 1);
  if (op.size.size() != 2 || op.size[0] < 1 || op.size[1] < 1)
    return call.config().mistake("size", "two sizes of 1 or more");
  call.output(call.add(op, {x}));
}

// The functions of TensorFlow 1: corners aligned, centres of half a pixel, or neither.
void resize_v1(Call& call, Resize::Mode mode) {
  Resize op = with(Resize{}, &Resize::mode, mode, &Resize::coordinates, Resize::Coordinates::asymmetric);
  if (call.flag_option("align_corners", -1, false)) op.coordinates = Resize::Coordinates::align_corners;
  if (call.flag_option("half_pixel_centers", -1, false)) op.coordinates = Resize::Coordinates::half_pixel;
  resize_as(call, op);
}

void resize_bilinear_v1(Call& call) { resize_v1(call, Resize::Mode::bilinear); }
void resize_nearest_v1(Call& call) { resize_v1(call, Resize::Mode::nearest); }

void depth_to_space(Call& call) {
  call.output(call.add(with(DepthToSpace{}, &DepthToSpace::block, call.integer_option("block_size", 1)),
                       {operand(call)}));
}
void space_to_depth(Call& call) {
  call.output(call.add(with(DepthToSpace{}, &DepthToSpace::block, call.integer_option("block_size", 1),
                            &DepthToSpace::inverse, true),
                       {operand(call)}));
}

// Ascending: the largest of the negated.
void sort(Call& call) {
  const ValueId x = as_float(call, operand(call));
  const std::int64_t rank = call.rank(x);
  if (call.axis_of(call.integer_option("axis", 1, -1), rank) != rank - 1)
    return call.refuse("sorting along an inner axis", "transpose first");
  const ValueId negated = call.unary(UnaryKind::negate, x, "negated");
  const auto best = call.add_many(with(TopK{}, &TopK::k, call.size(x, -1)), {negated}, "falling");
  if (best.size() == 2) call.output(call.unary(UnaryKind::negate, best[0]));
}

void argsort(Call& call) {
  const ValueId x = as_float(call, operand(call));
  const std::int64_t rank = call.rank(x);
  if (call.axis_of(call.integer_option("axis", 1, -1), rank) != rank - 1)
    return call.refuse("sorting along an inner axis", "transpose first");
  const ValueId negated = call.unary(UnaryKind::negate, x, "negated");
  const auto best = call.add_many(with(TopK{}, &TopK::k, call.size(x, -1)), {negated});
  if (best.size() == 2) call.output(best[1]);
}

void slice(Call& call) {
  const ValueId x = operand(call);
  const Sizes starts = call.integers_option("start_indices|begin", 1),
              sizes = call.integers_option("shape|size", 2);
  if (starts.size() != sizes.size() || static_cast<std::int64_t>(starts.size()) != call.rank(x))
    return call.config().mistake("shape", "one size and one start an axis");
  Slice op = with(Slice{}, &Slice::starts, starts, &Slice::steps, Sizes(starts.size(), 1));
  for (std::size_t i = 0; i < starts.size(); ++i) {
    op.axes.push_back(static_cast<std::int64_t>(i));
    op.stops.push_back(sizes[i] == -1 ? Slice::kEnd : starts[i] + sizes[i]);
  }
  call.output(call.add(op, {x}));
}

void strided_slice(Call& call) {
  for (const std::string_view mask :
       {"ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "begin_mask", "end_mask"})
    if (call.integer_option(mask, -1, 0) != 0)
      return call.refuse(text("strided_slice with {}", mask), "use x[...]");
  const ValueId x = operand(call);
  Slice op = with(Slice{}, &Slice::starts, call.integers_option("begin", 1), &Slice::stops,
                  call.integers_option("end", 2), &Slice::steps, call.integers_option("strides", 3));
  if (op.steps.empty()) op.steps.assign(op.starts.size(), 1);
  if (op.starts.size() != op.stops.size() || op.starts.size() != op.steps.size())
    return call.config().mistake("begin", "as many numbers as end and strides");
  for (std::size_t i = 0; i < op.starts.size(); ++i) op.axes.push_back(static_cast<std::int64_t>(i));
  call.output(call.add(op, {x}));
}

void dot_product_attention(Call& call) {
  const ValueId q = call.tensor_option("query", 0), k = call.tensor_option("key", 1),
                v = call.tensor_option("value", 2);
  call.want_rank(q, 4);
  if (call.option("bias", 3)) return call.refuse("an attention bias", "add it as a mask");
  const double width = static_cast<double>(call.size(q, -1));
  Attention op =
      with(Attention{}, &Attention::scale, call.number_option("scale", 5, 1 / std::sqrt(width)),
           &Attention::causal, call.flag_option("is_causal", -1, false), &Attention::additive_mask, false);
  call.output(call.add(op, {q, k, v, call.tensor_option("mask", 4)}));
}

constexpr Rule kRules[] = {
    {"Matmul", matmul},
    {"Einsum", einsum},
    {"Sum", reduction<Reduce::Kind::sum>},
    {"Mean", reduction<Reduce::Kind::mean>},
    {"Max", reduction<Reduce::Kind::max>},
    {"Amax", reduction<Reduce::Kind::max>},
    {"Min", reduction<Reduce::Kind::min>},
    {"Amin", reduction<Reduce::Kind::min>},
    {"Prod", reduction<Reduce::Kind::product>},
    {"Var", reduction<Reduce::Kind::variance>},
    {"Std", reduction<Reduce::Kind::stddev>},
    {"Any", reduction<Reduce::Kind::any>},
    {"All", reduction<Reduce::Kind::all>},
    {"Logsumexp", reduction<Reduce::Kind::log_sum_exp>},
    {"Norm", norm},
    {"Normalize", unit_normalize},
    {"Argmax", arg_reduce<false>},
    {"Argmin", arg_reduce<true>},
    {"Cumsum", cumulative_sum},
    {"TopK", top_k},
    {"Sort", sort},
    {"Argsort", argsort},
    {"OneHot", one_hot},
    {"Take", gather},
    {"TakeAlongAxis", gather_elements},
    {"Slice", slice},
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"Resize", resize},
    {"DotProductAttention", dot_product_attention},
};

// Functions that TensorFlow has and keras.ops lacks.
constexpr Rule kTensorFlowOnly[] = {
    {"nn.depth_to_space", depth_to_space},
    {"nn.space_to_depth", space_to_depth},
    {"einsum", einsum_function},
    {"linalg.einsum", einsum_function},
    {"slice", slice},
    {"strided_slice", strided_slice},
    {"compat.v1.image.resize_bilinear", resize_bilinear_v1},
    {"compat.v1.image.resize_nearest_neighbor", resize_nearest_v1},
};

}  // namespace

void max_pool(Call& call) { pool(call, Pool::Kind::max); }
void average_pool(Call& call) { pool(call, Pool::Kind::average); }

void resize(Call& call) {
  if (call.flag_option("crop_to_aspect_ratio", -1, false) ||
      call.flag_option("pad_to_aspect_ratio", -1, false))
    return call.refuse("resizing that keeps proportions", "use keras.layers.Resizing");
  Resize op = with(Resize{}, &Resize::mode,
                   mode_named(call, call.text_option("interpolation|method", 2, "bilinear")));
  op.antialias = call.flag_option("antialias", -1, false);
  resize_as(call, op);
}

template <bool kSmallest>
void arg_reduce(Call& call) {
  const ValueId x = operand(call);
  if (!call.option("axis", 1) && call.era() >= 3)
    return call.refuse("the place in a flattened tensor", "give it an axis");
  ArgReduce op = with(ArgReduce{}, &ArgReduce::smallest, kSmallest);
  op.axis = call.axis_of(call.integer_option("axis", 1, 0), call.rank(x));
  op.keep_dims = call.flag_option("keepdims", 2, false);
  op.result =
      call.era() >= 3 || call.text_option("output_type", -1, "int64") == "int32" ? DType::i32 : DType::i64;
  call.output(call.add(op, {x}));
}
template void arg_reduce<false>(Call& call);
template void arg_reduce<true>(Call& call);

std::span<const Rule> math_operations() { return kRules; }
std::span<const Rule> tensorflow_operations() { return kTensorFlowOnly; }

}  // namespace vivace::keras
