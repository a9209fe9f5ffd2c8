// SPDX-License-Identifier: Apache-2.0
/// What one core of this machine can do at most, and what that makes of a step's work: the roofline.
///
///     auto ceilings = vivace::measure_ceilings().value();  // declared in vivace/model.h
///     double least_s = vivace::roofline({flops, weight_bytes, other_bytes, resident_bytes},
///     ceilings).seconds();
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace vivace {

struct Ceilings {
  /// A cache or the main memory, and how fast a core reads what lies in it.
  struct Memory {
    std::string name;       // "L1", "L2", "L3 to 8.39 MB", "L3", "DRAM"
    std::size_t bytes = 0;  // 0: no limit
    double bytes_per_s = 0;
  };
  double flops_per_s = 0;  // float32 multiply-adds, two operations each
  /// The same of 8-bit numbers: as its vectors multiply them, and by tiles (AMX), 0 where there are none.
  double byte_ops_per_s = 0, tile_ops_per_s = 0;
  std::vector<Memory> memories;  // nearest first; the last is the main memory

  /// The nearest memory that holds so many bytes. Requires memories.
  const Memory& holding(double bytes) const {
    for (const Memory& memory : memories)
      if (memory.bytes == 0 || bytes <= static_cast<double>(memory.bytes)) return memory;
    return memories.back();
  }
};

/// What a step multiplies.
enum class Arithmetic { float32, bytes, tiles };

/// What a step does, and where its data may lie.
struct StepWork {
  double flops = 0;
  double weight_bytes = 0;
  double other_bytes = 0;     // inputs and outputs: just written by the steps before, so as near as they fit
  double resident_bytes = 0;  // of the whole prediction: a step's weights were last read one prediction ago
  Arithmetic arithmetic = Arithmetic::float32;
};

/// The least time that a step's work can take on one core.
struct Roofline {
  double compute_s = 0, memory_s = 0;
  double seconds() const { return std::max(compute_s, memory_s); }
  bool memory_bound() const { return memory_s > compute_s; }
};

inline Roofline roofline(const StepWork& work, const Ceilings& ceilings) {
  Roofline roof;
  const double rate = work.arithmetic == Arithmetic::float32 ? ceilings.flops_per_s
                      : work.arithmetic == Arithmetic::bytes ? ceilings.byte_ops_per_s
                                                             : ceilings.tile_ops_per_s;
  if (rate > 0) roof.compute_s = work.flops / rate;
  if (ceilings.memories.empty()) return roof;
  roof.memory_s = work.weight_bytes / ceilings.holding(work.resident_bytes).bytes_per_s +
                  work.other_bytes / ceilings.holding(work.other_bytes).bytes_per_s;
  return roof;
}

}  // namespace vivace
