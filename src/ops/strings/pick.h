// Entries of a list by number, with one for numbers that are none.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y[...] = list[x[...]], or list[otherwise] where x lies outside. inputs: integers; then the list: numbers
/// [entries], or a vocabulary's bytes and offsets. Strings that come out view the vocabulary.
struct Pick : OpBase<Pick> {
  static constexpr std::string_view kName = "pick";
  std::int64_t otherwise = 0;

  void attributes(AttributeVisitor& v) { v("otherwise", otherwise); }
  VIVACE_OP_RULES;
  /// Elements [begin, end) of the output, nothing allocated.
  Status compute(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                 std::int64_t begin, std::int64_t end) const;
};

}  // namespace vivace
