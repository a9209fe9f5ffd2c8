#include "import/keras/build/dense_kernel.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/checked.h"
#include "base/text.h"
#include "import/keras/build/packed.h"
#include "ops/common/reference.h"

namespace vivace::keras {
namespace {

struct Matrix {
  std::int64_t rows, columns;
};

Matrix matrix_of(const KernelPlace& place) {
  return {place.rows, count_of(place.dims) / std::max<std::int64_t>(place.rows, 1)};
}

// What Keras learned beside a frozen kernel: alpha / rank times the product of two narrow matrices.
ValueId with_low_rank(Call& call, const KernelPlace& place, ValueId kernel) {
  const std::string left = place.prefix + "lora_kernel_a", right = place.prefix + "lora_kernel_b";
  if (call.failed() || !call.has_weight(left) || !call.has_weight(right)) return kernel;
  const std::int64_t columns = place.dims.back(),
                     rows = count_of(place.dims) / std::max<std::int64_t>(columns, 1);
  const std::int64_t rank = call.config().size("lora_rank");
  const double share =
      call.config().number("lora_alpha", static_cast<double>(rank)) / static_cast<double>(rank);
  Sizes left_dims = place.dims;
  left_dims.back() = rank;
  const ConstantPtr a = call.floats(left, left_dims, "lora_rank"),
                    b = call.floats(right, {rank, columns}, "lora_rank");
  if (!a || !b) return kNoValue;
  Tensor sum(call.float_type(), place.dims);
  const TensorView given = call.builder().graph().constant(kernel)->tensor();
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) {
      double more = 0;
      for (std::int64_t k = 0; k < rank; ++k)
        more += load(a->tensor(), r * rank + k) * load(b->tensor(), k * columns + c);
      store(sum.view(), r * columns + c, load(given, r * columns + c) + share * more);
    }
  return call.constant(std::move(sum), place.prefix + "kernel_with_lora");
}

// AWQ multiplied the rows of the kernel before it rounded them.
void divide_rows(Call& call, Tensor& matrix, const std::string& weight) {
  divide_lines(call, matrix, weight, true);
}

Tensor transposed(const Tensor& matrix) {
  const std::int64_t rows = matrix.dims()[0], columns = matrix.dims()[1];
  Tensor turned(matrix.dtype(), {columns, rows});
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      store(turned.view(), c * rows + r, load(matrix.view(), r * columns + c));
  return turned;
}

// GPTQ and AWQ keep the kernel turned, its columns packed where a number has 4 bits.
Tensor calibrated(Call& call, const KernelPlace& place, const Matrix& size) {
  const bool four = family_of(place.mode) == "awq" || place.mode.find("/4/") != std::string::npos;
  Tensor turned = whole_numbers(call, place.prefix + "quantized_kernel", size.columns, size.rows,
                                four ? Halves::rows : Halves::none);
  if (call.failed()) return {};
  dequantise(call, turned,
             {place.prefix + "kernel_scale", place.prefix + "kernel_zero", place.prefix + "g_idx", true});
  Tensor matrix = transposed(turned);
  if (family_of(place.mode) == "awq") divide_rows(call, matrix, place.prefix + "awq_scales");
  return matrix;
}

Tensor int4_kernel(Call& call, const KernelPlace& place, const Matrix& size) {
  Tensor matrix = whole_numbers(call, place.prefix + "kernel", size.rows, size.columns, Halves::columns);
  if (call.failed()) return {};
  if (block_of(place.mode) > 0)
    dequantise(call, matrix,
               {place.prefix + "kernel_scale", place.prefix + "kernel_zero", place.prefix + "g_idx", false});
  else
    divide_lines(call, matrix, place.prefix + "kernel_scale", false);
  return matrix;
}

// The quantiser of a layer's inputs; none where its quantisation is of weights alone.
const Setting* input_quantiser(Call& call, bool& given) {
  const Setting* whole = call.config().find("quantization_config");
  const Setting* config = whole ? whole->find("config") : nullptr;
  given = config != nullptr;
  const Setting* quantiser = config ? config->find("activation_quantizer") : nullptr;
  if (quantiser && !quantiser->is(Setting::Kind::map) && !quantiser->is(Setting::Kind::none))
    call.config().mistake("quantization_config", "one whose activation_quantizer is an object or null");
  return quantiser && quantiser->is(Setting::Kind::map) ? quantiser : nullptr;
}

DenseKernel int8_kernel(Call& call, const KernelPlace& place, const Matrix& size, Weight* known) {
  DenseKernel kernel;
  bool given = false;
  kernel.quantises_inputs = input_quantiser(call, given) != nullptr || !given;
  if (known && known->unpacked != kNoValue) {
    kernel.matrix = known->unpacked;
    kernel.scale = known->scale;
    return kernel;
  }
  const ConstantPtr stored = call.stored(place.prefix + "kernel", place.dims, place.key);
  const ConstantPtr scale = call.floats(place.prefix + "kernel_scale",
                                        place.scale.empty() ? Sizes{size.columns} : place.scale, place.key);
  if (!stored || !scale) return kernel;
  Tensor matrix(call.float_type(), {size.rows, size.columns});
  for (std::int64_t i = 0; i < matrix.count(); ++i) store(matrix.view(), i, load(stored->tensor(), i));
  kernel.scale = call.constant(load_all(scale->tensor()), {size.columns});
  kernel.matrix = known->unpacked = call.constant(std::move(matrix), place.prefix + "kernel");
  known->scale = kernel.scale;
  return kernel;
}

Tensor float8_kernel(Call& call, const KernelPlace& place, const Matrix& size) {
  const ConstantPtr stored = call.stored(place.prefix + "kernel", place.dims, place.key);
  const ConstantPtr scale = call.floats(place.prefix + "kernel_scale", {}, "dtype");
  if (!stored || !scale) return {};
  Tensor matrix(call.float_type(), {size.rows, size.columns});
  for (std::int64_t i = 0; i < matrix.count(); ++i)
    store(matrix.view(), i, through_float8(load(stored->tensor(), i), load(scale->tensor(), 0)));
  return matrix;
}

ValueId plain(Call& call, const KernelPlace& place, const Matrix& size, Weight* known) {
  if (known && known->unpacked != kNoValue) return known->unpacked;
  const ValueId stored = call.weight(place.prefix + "kernel", place.dims, place.key);
  const ValueId matrix = call.reshaped(with_low_rank(call, place, stored), {size.rows, size.columns});
  if (!call.failed()) known->unpacked = matrix;
  return matrix;
}

bool is_calibrated(std::string_view family) { return family == "gptq" || family == "awq"; }

// A kernel that is only stored in few bits, as the floats that Keras computes with.
ValueId unpacked(Call& call, const KernelPlace& place, const Matrix& size, Weight* known) {
  if (known && known->unpacked != kNoValue) return known->unpacked;
  const std::string_view family = family_of(place.mode);
  Tensor matrix;
  if (family == "int4")
    matrix = int4_kernel(call, place, size);
  else if (is_calibrated(family))
    matrix = calibrated(call, place, size);
  else if (family == "float8")
    matrix = float8_kernel(call, place, size);
  else
    call.config().mistake(
        "dtype", text("a policy of Keras: \"{}\" quantises in no way it knows", place.mode.substr(0, 40)));
  if (call.failed()) return kNoValue;
  return known->unpacked = call.constant(std::move(matrix), place.prefix + "kernel");
}

// Steps of 8-bit floats: 2^-9 up to 2^-5, and twice that from each further power of two on. Sums of powers of
// two are exact.
ValueId through_float8(Call& call, ValueId x, ValueId scale) {
  constexpr double kLargest = 448;
  std::vector<double> powers, growth;
  for (int exponent = -5; exponent <= 8; ++exponent) {
    powers.push_back(std::ldexp(1.0, exponent));
    growth.push_back(std::ldexp(1.0, exponent - 4));
  }
  const auto count = static_cast<std::int64_t>(powers.size());
  Sizes column;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) column.push_back(Reshape::keep(axis));
  column.push_back(1);
  const ValueId part = call.binary(Binary::Kind::divide, x, scale, "parts");
  const ValueId bounded = call.unary(UnaryKind::clamp, part, "bounded", -kLargest, kLargest);
  const ValueId sizes = call.reshape(call.unary(UnaryKind::abs, bounded, "sizes"), column, "column");
  const ValueId over =
      call.binary(Binary::Kind::greater_equal, sizes, call.constant(powers, {count}), "over");
  const ValueId growths =
      call.binary(Binary::Kind::multiply, call.cast(over, call.float_type(), "over_float"),
                  call.constant(growth, {count}), "growth");
  const ValueId sum =
      call.add(with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, Sizes{call.rank(x)}),
               {growths}, "grown");
  const ValueId step = call.binary(Binary::Kind::add, sum, call.scalar(std::ldexp(1.0, -9)), "step");
  const ValueId steps =
      call.unary(UnaryKind::round, call.binary(Binary::Kind::divide, bounded, step, "in_steps"), "steps");
  return call.binary(Binary::Kind::multiply, call.binary(Binary::Kind::multiply, steps, step, "rounded"),
                     scale, "float8");
}

}  // namespace

std::string_view family_of(std::string_view mode) { return mode.substr(0, mode.find('/')); }

std::int64_t block_of(std::string_view mode) {
  const std::size_t slash = mode.rfind('/');
  std::int64_t block = -1;
  if (slash != std::string_view::npos)
    std::from_chars(mode.data() + slash + 1, mode.data() + mode.size(), block);
  return block;
}

std::string_view stored_variables(std::string_view mode) {
  const std::string_view family = family_of(mode);
  if (family == "int8") return "kernel bias kernel_scale";
  if (family == "int4")
    return block_of(mode) > 0 ? "kernel bias kernel_scale kernel_zero g_idx" : "kernel bias kernel_scale";
  if (family == "float8")
    return "kernel bias inputs_scale inputs_amax_history kernel_scale kernel_amax_history outputs_grad_scale "
           "outputs_grad_amax_history";
  if (family == "gptq") return "bias quantized_kernel kernel_scale kernel_zero g_idx";
  if (family == "awq") return "bias quantized_kernel kernel_scale kernel_zero awq_scales g_idx";
  return "kernel bias";
}

DenseKernel dense_kernel(Call& call, const KernelPlace& place) {
  if (call.failed()) return {};
  if (!checked_count(place.dims)) call.config().mistake(place.key, "as many as there is memory for weights");
  if (call.failed()) return {};
  const std::string_view family = family_of(place.mode);
  const Matrix size = matrix_of(place);
  Weight* known = call.layer().weight(place.prefix + (is_calibrated(family) ? "quantized_kernel" : "kernel"));
  DenseKernel kernel;
  if (family == "int8")
    kernel = int8_kernel(call, place, size, known);
  else if (family.empty())
    kernel.matrix = plain(call, place, size, known);
  else
    kernel.matrix = unpacked(call, place, size, known);
  bool given = false;
  if (family == "int4") kernel.quantises_inputs = block_of(place.mode) < 1 && input_quantiser(call, given);
  kernel.float8 = family == "float8";
  return kernel;
}

Quantised quantised_inputs(Call& call, ValueId x, const Sizes& axes) {
  double low = -127, high = 127, epsilon = 1e-7;
  bool given = false;
  if (const Setting* quantiser = input_quantiser(call, given)) {
    const Config whole(quantiser, call.config().place(), &call.builder().trouble());
    const std::vector<double> range = whole.child("config").numbers("value_range");
    if (range.size() == 2) low = range[0], high = range[1];
    epsilon = whole.child("config").number("epsilon", epsilon);
  }
  if (!(low < high && high > 0 && epsilon > 0))
    call.config().mistake("quantization_config", "one whose value_range grows, and whose epsilon is over 0");
  const ValueId largest = call.add(
      with(Reduce{}, &Reduce::kind, Reduce::Kind::max, &Reduce::axes, axes, &Reduce::keep_dims, true),
      {call.unary(UnaryKind::abs, x, "magnitudes")}, "largest");
  const ValueId bound = call.binary(Binary::Kind::add, largest, call.scalar(epsilon), "bound");
  const ValueId scale = call.binary(Binary::Kind::divide, call.scalar(high), bound, "inputs_scale");
  const ValueId scaled = call.binary(Binary::Kind::multiply, x, scale, "inputs_scaled");
  const ValueId rounded = call.unary(UnaryKind::round, scaled, "inputs_rounded");
  return {call.unary(UnaryKind::clamp, rounded, "inputs_quantised", low, high), scale};
}

ValueId float8_inputs(Call& call, ValueId x, const std::string& prefix) {
  return through_float8(call, x, call.weight(prefix + "inputs_scale", {}, "dtype"));
}

// Keras rounds it as the hardware for 8-bit floats would.
ValueId float8_bias(Call& call, ValueId bias) {
  if (bias == kNoValue || call.policy().compute != DType::f32) return bias;
  return call.cast(call.cast(bias, DType::bf16, "bias_narrow"), DType::f32, "bias_rounded");
}

bool quantises_inputs(Call& call) {
  bool given = false;
  const bool quantiser = input_quantiser(call, given) != nullptr;
  return !call.layer().mode("").empty() && (quantiser || !given);
}

ValueId product(Call& call, ValueId x, const DenseKernel& kernel, const KernelPlace& place, ValueId bias,
                std::string_view step) {
  if (kernel.float8) {
    bias = float8_bias(call, bias);
    x = float8_inputs(call, x, place.prefix);
  }
  if (!kernel.quantises_inputs && kernel.scale == kNoValue)
    return call.add(MatMul{}, {x, kernel.matrix, bias}, step);
  Quantised inputs{x, kNoValue};
  if (kernel.quantises_inputs) inputs = quantised_inputs(call, x, {call.rank(x) - 1});
  const ValueId sums = call.add(MatMul{}, {inputs.numbers, kernel.matrix}, "sums");
  ValueId scale = inputs.scale == kNoValue ? kernel.scale : inputs.scale;
  if (kernel.scale != kNoValue && inputs.scale != kNoValue)
    scale = call.binary(Binary::Kind::multiply, kernel.scale, inputs.scale, "scale");
  const ValueId y = call.binary(Binary::Kind::divide, sums, scale, bias == kNoValue ? step : "unscaled");
  return bias == kNoValue ? y : call.binary(Binary::Kind::add, y, bias, step);
}

}  // namespace vivace::keras
