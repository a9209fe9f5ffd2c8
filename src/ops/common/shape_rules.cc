#include "ops/common/shape_rules.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

Error op_error(const char* id, std::string_view op, const std::string& what, const char* fix) {
  return Error(id, text("{}: {}", op, what)).fix(fix);
}

std::string range_text(std::size_t least, std::size_t most) {
  return least == most ? text("{}", least) : text("{} to {}", least, most);
}

// Nothing where a size is unknown; false where the bytes pass 2^63 or a size is negative.
bool addressable(const Fact& fact) {
  const auto known = numbers(fact.dims);
  if (!known)
    return std::none_of(fact.dims.begin(), fact.dims.end(),
                        [](const Dim& d) { return d.known() && d.number() < 0; });
  const auto count = checked_count(*known);
  return count &&
         checked_mul<std::int64_t>(*count, static_cast<std::int64_t>(size_of(DType::string))).has_value();
}

}  // namespace

Error inputs_error(std::string_view op, const std::string& what) {
  return op_error("op.inputs", op, what, "check how the model's file connects this node; it may be damaged");
}
Error rank_error(std::string_view op, const std::string& what) {
  return op_error("op.rank", op, what, "give the model inputs with the number of axes it was built for");
}
Error shape_error(std::string_view op, const std::string& what) {
  return op_error("op.shape", op, what, "give the model inputs of sizes it was built for");
}
Error dtype_error(std::string_view op, const std::string& what) {
  return op_error("op.dtype", op, what, "cast the input, or save the model with one type throughout");
}
Error attribute_error(std::string_view op, const std::string& what) {
  return op_error("op.attribute", op, what,
                  "save the model again; this file's parameters contradict each other");
}

Status require_inputs(std::string_view op, std::span<const Fact> inputs, std::size_t least, std::size_t most,
                      Strings strings) {
  if (inputs.size() < least || inputs.size() > most)
    return inputs_error(op, text("has {} inputs, needs {}", inputs.size(), range_text(least, most)));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Fact& fact = inputs[i];
    if (fact.absent && i >= least) continue;
    if (fact.absent) return inputs_error(op, text("input {} is left out, but needed", i));
    if (fact.kind != ValueKind::tensor) return inputs_error(op, text("input {} is not a tensor", i));
    if (fact.dtype == DType::string && strings == Strings::refused)
      return dtype_error(op, text("input {} holds strings, needs numbers", i));
    if (fact.dims.size() > kMaxRank)
      return rank_error(op, text("input {} has {} axes, {} is the most", i, fact.dims.size(), kMaxRank));
    if (!addressable(fact))
      return shape_error(op, text("input {} has the impossible shape {}", i, to_text(fact.dims)));
  }
  return {};
}

Status require_rank(std::string_view op, std::string_view input, const Fact& fact, std::size_t least,
                    std::size_t most) {
  if (fact.dims.size() >= least && fact.dims.size() <= most) return {};
  return rank_error(op, text("{} has {} axes ({}), needs {}", input, fact.dims.size(), to_text(fact.dims),
                             range_text(least, most)));
}

Status require_dtype(std::string_view op, std::string_view input, const Fact& fact, DType dtype) {
  if (fact.dtype == dtype) return {};
  return dtype_error(op, text("{} is {}, needs {}", input, name_of(fact.dtype), name_of(dtype)));
}

Status require_float(std::string_view op, std::string_view input, const Fact& fact) {
  if (is_float(fact.dtype)) return {};
  return dtype_error(op, text("{} is {}, needs a floating type", input, name_of(fact.dtype)));
}

Status require_dims(std::string_view op, std::string_view input, const Fact& fact, const Dims& want) {
  if (fact.dims.size() == want.size() && std::equal(want.begin(), want.end(), fact.dims.begin(), may_equal))
    return {};
  return shape_error(op, text("{} is {}, needs {}", input, to_text(fact.dims), to_text(want)));
}

Status require_numbers(std::string_view op, std::string_view attribute, std::span<const std::int64_t> values,
                       std::size_t count, std::int64_t least) {
  if (values.size() != count)
    return attribute_error(op, text("{} has {} numbers, needs {}", attribute, values.size(), count));
  for (const std::int64_t value : values) VIVACE_CHECK_OK(require_number(op, attribute, value, least));
  return {};
}

Status require_number(std::string_view op, std::string_view attribute, std::int64_t value, std::int64_t least,
                      std::int64_t most) {
  if (value >= least && value <= most) return {};
  return attribute_error(op, text("{} holds {}, must be {} to {}", attribute, value, least, most));
}

Status require_type(std::string_view op, std::string_view attribute, DType dtype) {
  return require_number(op, attribute, static_cast<std::int64_t>(dtype), 0,
                        static_cast<std::int64_t>(DType::boolean));
}

bool may_equal(const Dim& a, const Dim& b) {
  if (a.known() && b.known()) return a.number() == b.number();
  if (a.symbol_id() != b.symbol_id() || a.symbol_id() == Dim::kAnonymous || a.scale() != b.scale())
    return true;
  return a.offset() == b.offset();
}

Result<Dims> broadcast_dims(std::string_view op, const Dims& a, const Dims& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Dims result(rank, Dim(1));
  for (std::size_t i = 1; i <= rank; ++i) {
    const Dim left = i <= a.size() ? a[a.size() - i] : Dim(1);
    const Dim right = i <= b.size() ? b[b.size() - i] : Dim(1);
    Dim& size = result[rank - i];
    if (right == Dim(1) || left.same(right))
      size = left;
    else if (left == Dim(1))
      size = right;
    else if (left.known() && right.known())
      return shape_error(op, text("shapes {} and {} do not broadcast: {} against {}", to_text(a), to_text(b),
                                  left.number(), right.number()));
    else
      size = left.known() ? left : right.known() ? right : Dim::unknown();
  }
  return result;
}

Result<std::vector<Fact>> inferred(std::string_view op, std::vector<Fact> outputs) {
  for (const Fact& fact : outputs) {
    if (fact.dims.size() > kMaxRank)
      return rank_error(op,
                        text("the output would have {} axes, {} is the most", fact.dims.size(), kMaxRank));
    if (!addressable(fact))
      return shape_error(op, text("the output would have the impossible shape {}", to_text(fact.dims)));
  }
  return outputs;
}

double elements_of(std::span<const Dim> dims) {
  double count = 1;
  for (const Dim& dim : dims) count *= static_cast<double>(dim.number());
  return count;
}

Cost cost_of(double flops, std::span<const Fact> inputs, std::span<const Fact> outputs) {
  Cost cost;
  cost.flops = flops;
  for (const Fact& fact : inputs) {
    if (fact.absent) continue;
    const double bytes = elements_of(fact) * static_cast<double>(size_of(fact.dtype));
    cost.bytes_read += bytes;
    if (fact.constant) cost.weight_bytes += bytes;
  }
  for (const Fact& fact : outputs)
    cost.bytes_written += elements_of(fact) * static_cast<double>(size_of(fact.dtype));
  return cost;
}

}  // namespace vivace
