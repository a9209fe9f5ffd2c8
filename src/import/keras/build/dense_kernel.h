// The kernels of Dense, EinsumDense and the parts of attention, as plain numbers: quantised ones are unpacked
// and low-rank changes added while the model is imported.
#pragma once

#include <string>
#include <string_view>

#include "import/keras/build/call.h"

namespace vivace::keras {

/// A kernel as a matrix, [rows, columns]: what is summed over, and what comes out.
struct DenseKernel {
  ValueId matrix = kNoValue;
  ValueId scale = kNoValue;       // where the matrix holds whole numbers: divides the product, [columns]
  bool quantises_inputs = false;  // their scale then divides it too
  bool float8 = false;  // inputs go through 8 bits of floating point, with the layer's "inputs_scale"
};

/// How a part of a layer ("" or "query_dense/") keeps its kernel.
struct KernelPlace {
  std::string prefix;
  std::string mode;   // "", "int8", "int4/128", "float8", "gptq/4/64", "awq/4/128"
  Sizes dims;         // of the kernel as a float tensor
  std::int64_t rows;  // of the matrix that it makes: how many products are summed
  std::string_view key = "units";
  Sizes scale = {};  // of an int8 kernel's scale: the output's axes, 1 where the kernel has none; [columns]
};

/// import.weight-shape where the file holds another kernel than the config promises; import.config for a mode
/// that Keras does not have.
DenseKernel dense_kernel(Call& call, const KernelPlace& place);

/// x [..., rows] times the kernel, its inputs quantised where the kernel wants that. A bias, if there is one,
/// [columns], is added.
ValueId product(Call& call, ValueId x, const DenseKernel& kernel, const KernelPlace& place, ValueId bias,
                std::string_view step = {});

/// Numbers and scale of a quantisation to whole numbers by the largest magnitude along `axes`, which stay
/// with size 1: scale = highest / (max |x| + epsilon).
struct Quantised {
  ValueId numbers = kNoValue, scale = kNoValue;
};
Quantised quantised_inputs(Call& call, ValueId x, const Sizes& axes);
/// Whether the layer's config has its inputs quantised; where it does not say, int8 layers have and tables of
/// 4 bits read in reverse.
bool quantises_inputs(Call& call);
/// x rounded to 8-bit floats with the scale in "inputs_scale", as a float8 layer takes it.
ValueId float8_inputs(Call& call, ValueId x, const std::string& prefix);
/// A bias as a float8 layer adds it.
ValueId float8_bias(Call& call, ValueId bias);

/// The variables of such a part in the order of Keras's own files: "kernel bias kernel_scale ...".
std::string_view stored_variables(std::string_view mode);
/// "int4" of "int4/128".
std::string_view family_of(std::string_view mode);
/// The second number of "int4/128" or "gptq/4/128"; -1 where there is none.
std::int64_t block_of(std::string_view mode);

}  // namespace vivace::keras
