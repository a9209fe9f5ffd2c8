// Running a large batch in parts that fit in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "api/impl.h"

namespace vivace {

/// How many samples of a batch fit in Options::memory at once: the batch itself where all do (or nothing
/// limits it). Errors: predict.memory, where not even one sample fits, or the model has no common batch axis.
Result<std::int64_t> samples_at_once(const Model::Impl& model, std::span<const TensorView> inputs);

/// The batch size where every input and output has one and the same symbol as its first axis.
std::optional<std::int64_t> batch_of(const Model::Impl& model, std::span<const TensorView> inputs);

}  // namespace vivace
