// Numbers of keys: their places in a vocabulary.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/strings/numbering.h"
#include "ops/common/strings/vocabulary.h"

namespace vivace {

/// y[...] = the number of x[...] (see Numbering), int64. inputs: strings, then a vocabulary's bytes and
/// offsets; or integers, then the keys that are known, int64 [entries]. The first of equal entries counts.
struct Lookup : OpBase<Lookup> {
  static constexpr std::string_view kName = "lookup";
  Numbering numbering;

  void attributes(AttributeVisitor& v) { numbering.attributes(v); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
