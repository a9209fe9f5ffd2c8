// Core layers: Dense, EinsumDense, Embedding, Masking.
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void dense(Call& call) {
  const ValueId x = call.float_input();
  const std::int64_t units = call.config().size("units");
  const ValueId kernel = call.weight("kernel", {call.size(x, -1), units}, "units");
  const ValueId y = call.add(MatMul{}, {x, kernel, call.bias(units, "units")});
  call.output(call.activated(y));
}

// bias_axes names letters of the output, in the output's order; the bias broadcasts over all others.
Sizes bias_target(Call& call, std::string_view output_letters, std::string_view axes,
                  const Sizes& bias_dims) {
  Sizes target;
  std::size_t next = 0;
  for (const char letter : output_letters) {
    const bool own = axes.find(letter) != std::string_view::npos && next < bias_dims.size();
    if (own || !target.empty()) target.push_back(own ? bias_dims[next++] : 1);
  }
  if (next != bias_dims.size()) call.config().mistake("bias_axes", "letters of the equation's output");
  return target;
}

void einsum_dense(Call& call) {
  const ValueId x = call.float_input();
  std::string equation(call.config().text("equation"));
  const ValueId kernel = call.weight("kernel");
  ValueId y = call.add(with(Einsum{}, &Einsum::equation, equation), {x, kernel});
  const std::string_view axes = call.config().text("bias_axes");
  if (!axes.empty() && !call.failed()) {
    const ValueId bias = call.weight("bias");
    if (call.failed()) return;
    const std::string_view letters = std::string_view(equation).substr(equation.find("->") + 2);
    const Sizes target = bias_target(call, letters, axes, call.builder().graph().constant(bias)->dims());
    y = call.binary(Binary::Kind::add, y, call.reshape(bias, target, "bias_axes"), "biased");
  }
  call.output(call.activated(y));
}

void embedding(Call& call) {
  const ValueId words = call.input();
  const ValueId table = call.weight(
      "embeddings", {call.config().size("input_dim"), call.config().size("output_dim")}, "input_dim");
  const bool whole = call.dtype(words) == DType::i32 || call.dtype(words) == DType::i64;
  const ValueId indices = whole ? words : call.cast(words, DType::i32);
  const ValueId rows = call.add(with(Gather{}, &Gather::axis, 0), {table, indices});
  if (!call.config().flag("mask_zero", false)) return call.output(rows, kNoValue);
  const ValueId zero = call.scalar(0, call.dtype(words));
  call.output(rows, call.binary(Binary::Kind::not_equal, words, zero, "mask"));
}

// A step counts unless all its features have the mask's value; steps that do not count become zeros.
void masking(Call& call) {
  const ValueId x = call.float_input();
  const ValueId value = call.scalar(call.config().number("mask_value", 0));
  const ValueId differs = call.binary(Binary::Kind::not_equal, x, value, "differs");
  const Sizes last{call.rank(x) - 1};
  const ValueId kept = call.add(
      with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, last, &Reduce::keep_dims, true),
      {differs}, "kept");
  const ValueId y = call.binary(Binary::Kind::multiply, x, call.cast(kept, DType::f32, "kept_float"));
  call.output(
      y, call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::any, &Reduce::axes, last), {differs}, "mask"));
}

std::string_view quantised(const Config& config) {
  const Setting* dtype = config.find("dtype");
  const Setting* name = dtype ? dtype->find("class_name") : nullptr;
  return name && name->text.find("Quantized") != std::string::npos ? "its weights are quantised by Keras"
                                                                   : "";
}

constexpr Rule kRules[] = {
    {"Dense", dense, "kernel bias?use_bias", Masks::pass, quantised},
    {"EinsumDense", einsum_dense, "kernel bias?bias_axes", Masks::drop, quantised},
    {"Embedding", embedding, "embeddings", Masks::drop, quantised},
    {"Masking", masking, ""},
};

}  // namespace

std::span<const Rule> core_rules() { return kRules; }

}  // namespace vivace::keras
