// Special functions, rare enough to need no kernel.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// y = function(x), of a floating type: 1 - erf; the inverse of erf; log |gamma|; its derivative; modified
/// Bessel functions of the first kind, of order 0 and 1, plain and times exp(-|x|).
struct Special : OpBase<Special> {
  enum class Function : std::uint32_t {
    erfc,
    erf_inverse,
    log_gamma,
    digamma,
    bessel_i0,
    bessel_i0e,
    bessel_i1,
    bessel_i1e
  };
  static constexpr std::string_view kName = "special";
  static constexpr std::string_view kFunctions[] = {"erfc",      "erf_inverse", "log_gamma", "digamma",
                                                    "bessel_i0", "bessel_i0e",  "bessel_i1", "bessel_i1e"};
  Function function = Function::erfc;

  void attributes(AttributeVisitor& v) { visit_enum(v, "function", function, kFunctions); }
  VIVACE_OP_RULES;
};

}  // namespace vivace
