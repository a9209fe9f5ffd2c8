// What the shape rules of operators share: checks of inputs and attributes with uniform errors, broadcasting
// of known and unknown sizes, and the bytes of a cost.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/op.h"

namespace vivace {

/// Sizes given by attributes, and kernel sizes, stay below this: products of two of them fit 64 bits.
inline constexpr std::int64_t kMaxAttribute = 0x7fffffff;
/// Axes of a tensor.
inline constexpr std::size_t kMaxRank = 32;

/// The errors of infer(); `what` is given without the operator's name, which is put in front. Ids: op.inputs
/// (how many, which kind), op.rank, op.shape, op.dtype, op.attribute.
Error inputs_error(std::string_view op, const std::string& what);
Error rank_error(std::string_view op, const std::string& what);
Error shape_error(std::string_view op, const std::string& what);
Error dtype_error(std::string_view op, const std::string& what);
Error attribute_error(std::string_view op, const std::string& what);

/// Whether input i is there: neither left off the end nor absent.
inline bool given(std::span<const Fact> inputs, std::size_t i) {
  return i < inputs.size() && !inputs[i].absent;
}

/// Whether an operator takes strings: those that only move elements do, those that compute with them do not.
enum class Strings { refused, taken };

/// op.inputs unless there are least..most inputs, the first `least` are given, and all given are tensors of
/// at most kMaxRank axes with no negative size; op.dtype where one holds strings that the operator refuses.
Status require_inputs(std::string_view op, std::span<const Fact> inputs, std::size_t least, std::size_t most,
                      Strings strings = Strings::refused);
Status require_rank(std::string_view op, std::string_view input, const Fact& fact, std::size_t least,
                    std::size_t most);
Status require_dtype(std::string_view op, std::string_view input, const Fact& fact, DType dtype);
Status require_float(std::string_view op, std::string_view input, const Fact& fact);
/// The sizes that are known on both sides agree. op.shape
Status require_dims(std::string_view op, std::string_view input, const Fact& fact, const Dims& want);
/// `values` has `count` numbers from `least` to kMaxAttribute. op.attribute
Status require_numbers(std::string_view op, std::string_view attribute, std::span<const std::int64_t> values,
                       std::size_t count, std::int64_t least);
/// least <= value <= most. op.attribute
Status require_number(std::string_view op, std::string_view attribute, std::int64_t value, std::int64_t least,
                      std::int64_t most = kMaxAttribute);

/// `dtype` is one of those that numbers and booleans have. op.attribute
Status require_type(std::string_view op, std::string_view attribute, DType dtype);

/// False where two sizes surely differ.
bool may_equal(const Dim& a, const Dim& b);
/// Of two sizes that must be equal, the one that says more: the known one, else a.
inline const Dim& more_known(const Dim& a, const Dim& b) { return b.known() ? b : a; }

/// NumPy's rule. 1 gives way to the other; an unknown beside a number other than 1 takes that number; two
/// different unknowns give an unknown.
Result<Dims> broadcast_dims(std::string_view op, const Dims& a, const Dims& b);

/// How every infer() ends: refuses outputs of a known size that is negative, or whose bytes pass 2^63.
Result<std::vector<Fact>> inferred(std::string_view op, std::vector<Fact> outputs);

/// The product of known sizes, as a cost counts them.
double elements_of(std::span<const Dim> dims);
inline double elements_of(const Fact& fact) { return elements_of(fact.dims); }
/// A cost of `flops` that reads every input once and writes every output once.
Cost cost_of(double flops, std::span<const Fact> inputs, std::span<const Fact> outputs);

}  // namespace vivace
