// The measured counterfactual: what calls of the program take where the same model, with the same shape, runs
// in this program's own engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

/// "1x224x224x3" as numbers, each at least 1; none where it is no shape.
std::vector<std::int64_t> sizes_of(std::string_view words);

struct Measured {
  const ModelStudy* study = nullptr;
  Ns call = 0, least = 0, most = 0;  // a call with as many rows
  Ns row = 0;                        // a row among many
};

/// Nothing where no file that was opened holds the model that these calls ran.
std::optional<Measured> measured(const Evidence& evidence, const Calls& calls);

/// Of calls that are not inside others: the time without the first one, which prepares, and how often.
struct Steady {
  Ns total = 0;
  std::int64_t count = 0;
  Ns call() const { return count > 0 ? total / count : 0; }
};
Steady steady(const Calls& calls);

}  // namespace vivace::doctor
