// The stages of a front end for speech in integers, between samples and what a network hears.
#pragma once

#include "ops/common/op_base.h"

namespace vivace {

/// TensorFlow Lite for Microcontrollers' Signal operators, to the bit; `numbers` are a stage's parameters.
///
///   window         x int16 [..., n], weights int16 [n] -> x weights >> shift, saturated    {shift}
///   scale          x int16 [n] -> x shifted left as far as no number overflows, and by how much, int32 []
///   energy         x int16 [2 n], real and imaginary parts -> uint32 [n]: squares of [start, stop), else 0
///                                                                                       {start, stop}
///   filter_bank    x uint32 [n]; weights, unweights int16 [w]; int16 [channels + 1] each: where a channel
///   starts
///                  in x, in the weights, and its width -> uint64 [channels]: what a band weighs, and what
///                  its left neighbour leaves of it
///   root           x uint64 [n], shift int32 [] -> uint32: the rounded root, shifted right
///   subtract       x uint32 [n], noise uint32 [n] -> uint32: x less the noise, but never under a floor, and
///                  the noise followed slowly     {bits behind the point, of the weights, least share that
///                  stays, clamping, weight of even, of their past, weight of odd, of their past}
///   gain           x uint32 [n], noise uint32 [n], table int16 [t] -> uint32: the table's polynomial at the
///   noise
///                  times x, compressed                                                    {shift}
///   log            x uint32 [n] -> int16: the logarithm of x 2^bits, times scale               {bits, scale}
///
/// What the file could make read beyond a tensor is op.index.
struct AudioStage : OpBase<AudioStage> {
  enum class Kind : std::uint32_t { window, scale, energy, filter_bank, root, subtract, gain, log };
  static constexpr std::string_view kName = "audio_stage";
  static constexpr std::string_view kKinds[] = {"window", "scale",    "energy", "filter_bank",
                                                "root",   "subtract", "gain",   "log"};
  Kind kind = Kind::window;
  std::vector<std::int64_t> numbers;

  void attributes(AttributeVisitor& v) {
    visit_enum(v, "kind", kind, kKinds);
    v("numbers", numbers);
  }
  VIVACE_OP_RULES;
};

}  // namespace vivace
