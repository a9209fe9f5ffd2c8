// EinsumDense: any contraction of the input with a kernel, quantised or not.
#include <algorithm>

#include "base/checked.h"
#include "import/keras/build/dense_kernel.h"
#include "import/keras/build/rule.h"
#include "ops/common/einsum_equation.h"

namespace vivace::keras {
namespace {

using Labels = std::vector<std::int32_t>;

bool holds(const Labels& labels, std::int32_t label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

struct Parts {
  Labels input, kernel, output;
  std::string_view output_letters;
};

// Of the kernel's axes none is an ellipsis, so its rank is its number of letters.
std::optional<Parts> parts_of(Call& call, ValueId x) {
  const std::string_view equation = call.config().text("equation");
  const std::size_t comma = equation.find(','), arrow = equation.find("->");
  const bool whole = comma != std::string_view::npos && arrow != std::string_view::npos && comma < arrow;
  const std::size_t ranks[] = {static_cast<std::size_t>(call.rank(x)), whole ? arrow - comma - 1 : 0};
  auto parsed = whole ? parse_einsum(equation, ranks) : Result<EinsumEquation>(EinsumEquation{});
  if (!whole || !parsed.ok() || parsed->inputs.size() != 2) {
    call.config().mistake("equation",
                          "an equation of two tensors, like \"abc,cd->abd\", that fits its input");
    return std::nullopt;
  }
  return Parts{parsed->inputs[0], parsed->inputs[1], parsed->output, equation.substr(arrow + 2)};
}

// bias_axes names letters of the output. The bias has an axis for each letter of the output from the first of
// them on, of size 1 where the letter is not named, and one for each axis that an ellipsis at the end stands
// for.
bool fits(const Sizes& bias, std::string_view output_letters, std::string_view axes) {
  const std::size_t first = output_letters.find_first_of(axes);
  if (first == std::string_view::npos || axes.find_first_not_of(output_letters) != std::string_view::npos)
    return false;
  const std::size_t dots = output_letters.find("...", first);
  const std::string_view letters =
      output_letters.substr(first, dots == std::string_view::npos ? dots : dots - first);
  if (bias.size() < letters.size() || (dots == std::string_view::npos && bias.size() > letters.size()))
    return false;
  for (std::size_t i = 0; i < bias.size(); ++i)
    if (bias[i] != 1 && (i >= letters.size() || axes.find(letters[i]) == std::string_view::npos))
      return false;
  return true;
}

// Sizes of the kernel's axes: the input's where the input has that letter, else the config's output_shape.
Sizes kernel_dims(Call& call, ValueId x, const Parts& parts) {
  const Setting* shape = call.config().find("output_shape");
  Sizes dims;
  for (const std::int32_t label : parts.kernel) {
    const auto in_input = std::find(parts.input.begin(), parts.input.end(), label);
    const auto in_output = std::find(parts.output.rbegin(), parts.output.rend(), label);
    if (in_input != parts.input.end()) {
      dims.push_back(call.size(x, in_input - parts.input.begin()));
      continue;
    }
    const auto from_end = static_cast<std::size_t>(in_output - parts.output.rbegin());
    const Setting* size = shape && shape->is(Setting::Kind::integer) && from_end == 0 ? shape : nullptr;
    if (shape && shape->is(Setting::Kind::list) && from_end < shape->items.size())
      size = &shape->items[shape->items.size() - 1 - from_end];
    if (in_output == parts.output.rend() || !size || !size->is(Setting::Kind::integer) || size->integer < 1) {
      call.config().mistake("output_shape", "a size for every new letter of the equation");
      return {};
    }
    dims.push_back(size->integer);
  }
  return dims;
}

// The rows of the matrix as which Keras stores a quantised kernel: for GPTQ and AWQ, it goes by the largest
// axis.
std::int64_t rows_of(const Parts& parts, const Sizes& dims, std::string_view family) {
  if ((family == "gptq" || family == "awq") && dims.size() == 3) {
    const auto largest = std::max_element(dims.begin(), dims.end()) - dims.begin();
    return largest == 0 ? dims[0] : dims[0] * dims[1];
  }
  std::int64_t rows = 1;
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    if (holds(parts.input, parts.kernel[axis]) && !holds(parts.output, parts.kernel[axis]))
      rows *= dims[axis];
  return rows;
}

// What Keras divides by: the inputs' scale under the output's axes, times the kernel's, which lies so
// already.
ValueId divisor(Call& call, const Parts& parts, ValueId inputs_scale) {
  Labels kept;
  Sizes squeezed;
  for (std::size_t axis = 0; axis < parts.input.size(); ++axis)
    if (holds(parts.output, parts.input[axis])) {
      kept.push_back(parts.input[axis]);
      squeezed.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
    }
  Sizes order, target;
  for (const std::int32_t label : parts.output) {
    const auto found = std::find(kept.begin(), kept.end(), label);
    if (found == kept.end()) {
      target.push_back(1);
      continue;
    }
    target.push_back(Reshape::keep(static_cast<std::int64_t>(order.size())));
    order.push_back(found - kept.begin());
  }
  const ValueId flat = call.reshape(inputs_scale, squeezed, "inputs_scale_squeezed");
  const ValueId turned = call.transpose(flat, order, "inputs_scale_turned");
  return call.reshape(turned, target, "inputs_scale_aligned");
}

// The kernel's scale has the output's axes too, with 1 where the kernel has none.
Sizes kernel_scale_dims(const Parts& parts, const Sizes& dims) {
  Sizes target;
  for (const std::int32_t label : parts.output) {
    const auto found = std::find(parts.kernel.begin(), parts.kernel.end(), label);
    target.push_back(
        found == parts.kernel.end() ? 1 : dims[static_cast<std::size_t>(found - parts.kernel.begin())]);
  }
  return target;
}

ValueId contracted(Call& call, ValueId x, const Parts& parts) {
  const Einsum op = with(Einsum{}, &Einsum::equation, std::string(call.config().text("equation")));
  const std::string mode = call.layer().mode("");
  const Sizes dims = kernel_dims(call, x, parts);
  if (!checked_count(dims)) call.config().mistake("output_shape", "as many as there is memory for weights");
  if (call.failed()) return kNoValue;
  const Sizes scale_dims = kernel_scale_dims(parts, dims);
  const KernelPlace place{"", mode, dims, rows_of(parts, dims, family_of(mode)), "output_shape", scale_dims};
  const DenseKernel kernel = dense_kernel(call, place);
  const ValueId weights = call.reshaped(kernel.matrix, dims);
  if (kernel.float8) x = float8_inputs(call, x, "");
  if (!kernel.quantises_inputs && kernel.scale == kNoValue) return call.add(op, {x, weights});
  if (!kernel.quantises_inputs)
    return call.binary(Binary::Kind::divide, call.add(op, {x, weights}, "sums"),
                       call.reshaped(kernel.scale, scale_dims));
  Sizes reduced;
  for (std::size_t axis = 0; axis < parts.input.size(); ++axis)
    if (!holds(parts.output, parts.input[axis])) reduced.push_back(static_cast<std::int64_t>(axis));
  const Quantised inputs = quantised_inputs(call, x, reduced);
  const ValueId sums = call.add(op, {inputs.numbers, weights}, "sums");
  ValueId scale = divisor(call, parts, inputs.scale);
  if (kernel.scale != kNoValue)
    scale = call.binary(Binary::Kind::multiply, scale, call.reshaped(kernel.scale, scale_dims), "scale");
  return call.binary(Binary::Kind::divide, sums, scale);
}

void einsum_dense(Call& call) {
  const ValueId x = call.float_input();
  const auto parts = call.failed() ? std::nullopt : parts_of(call, x);
  if (!parts) return;
  ValueId y = contracted(call, x, *parts);
  const std::string_view axes = call.config().text("bias_axes");
  if (!axes.empty() && !call.failed()) {
    ValueId bias = call.weight("bias");
    if (call.failed()) return;
    if (!fits(call.builder().graph().constant(bias)->dims(), parts->output_letters, axes))
      return call.config().mistake("bias_axes",
                                   "letters of the equation's output that the bias has sizes for");
    if (family_of(call.layer().mode("")) == "float8") bias = float8_bias(call, bias);
    y = call.binary(Binary::Kind::add, y, bias, "biased");
  }
  call.output(call.activated(y));
}

constexpr Rule kRules[] = {{"EinsumDense", einsum_dense, "kernel bias?bias_axes"}};

}  // namespace

std::span<const Rule> einsum_dense_rules() { return kRules; }

}  // namespace vivace::keras
