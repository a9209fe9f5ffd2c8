#include "graph/dim.h"

#include "base/checked.h"
#include "base/text.h"

namespace vivace {
namespace {

Dim affine_or_unknown(std::int32_t id, std::optional<std::int64_t> scale,
                      std::optional<std::int64_t> offset) {
  if (!scale || !offset || id == Dim::kAnonymous) return Dim::unknown();
  return Dim::affine(id, *scale, *offset);
}

}  // namespace

Dim operator+(const Dim& a, const Dim& b) {
  const auto offset = checked_add(a.offset(), b.offset());
  if (a.known() && b.known()) return offset ? Dim(*offset) : Dim::unknown();
  if (b.known()) return affine_or_unknown(a.symbol_id(), a.scale(), offset);
  if (a.known()) return affine_or_unknown(b.symbol_id(), b.scale(), offset);
  if (a.symbol_id() != b.symbol_id()) return Dim::unknown();
  return affine_or_unknown(a.symbol_id(), checked_add(a.scale(), b.scale()), offset);
}

Dim operator-(const Dim& a, const Dim& b) { return a + b * Dim(-1); }

Dim operator*(const Dim& a, const Dim& b) {
  if (!a.known() && !b.known()) return Dim::unknown();
  const Dim& size = a.known() ? b : a;
  const std::int64_t factor = a.known() ? a.number() : b.number();
  const auto offset = checked_mul(size.offset(), factor);
  if (size.known()) return offset ? Dim(*offset) : Dim::unknown();
  return affine_or_unknown(size.symbol_id(), checked_mul(size.scale(), factor), offset);
}

Dim floor_div(const Dim& a, std::int64_t b) {
  if (b <= 0) return Dim::unknown();
  if (a.known()) {
    const std::int64_t quotient = a.number() / b;
    return Dim(a.number() % b < 0 ? quotient - 1 : quotient);
  }
  if (a.scale() % b != 0 || a.offset() % b != 0) return Dim::unknown();
  return affine_or_unknown(a.symbol_id(), a.scale() / b, a.offset() / b);
}

std::string to_text(const Dims& dims, std::span<const std::string> names) {
  std::string line = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const Dim& dim = dims[i];
    if (i != 0) line += ",";
    if (dim.known()) {
      line += text("{}", dim.number());
      continue;
    }
    if (dim.scale() != 1) line += text("{}*", dim.scale());
    const auto index = static_cast<std::size_t>(dim.symbol_id() - 1);
    line += dim.symbol_id() > 0 && index < names.size() ? names[index] : "?";
    if (dim.offset() != 0) line += text("{:+}", dim.offset());
  }
  return line + "]";
}

std::optional<std::vector<std::int64_t>> numbers(const Dims& dims) {
  std::vector<std::int64_t> result;
  result.reserve(dims.size());
  for (const Dim& dim : dims) {
    if (!dim.known()) return std::nullopt;
    result.push_back(dim.number());
  }
  return result;
}

bool all_known(const Dims& dims) {
  for (const Dim& dim : dims)
    if (!dim.known()) return false;
  return true;
}

Dims known_dims(std::span<const std::int64_t> numbers) { return {numbers.begin(), numbers.end()}; }

}  // namespace vivace
