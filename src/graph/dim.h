// A size in a graph: a number, or an affine function of one unknown ("batch", "2*time+1").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vivace {

/// scale * symbol + offset. Symbols are numbered by their Graph from 1; symbol 0 means a known number, and
/// kAnonymous a size about which nothing is known, equal to nothing, not even to itself.
class Dim {
 public:
  static constexpr std::int32_t kAnonymous = -1;

  constexpr Dim(std::int64_t number = 0) : offset_(number) {}
  static constexpr Dim symbol(std::int32_t id) { return Dim(id, 1, 0); }
  static constexpr Dim unknown() { return Dim(kAnonymous, 1, 0); }
  static constexpr Dim affine(std::int32_t id, std::int64_t scale, std::int64_t offset) {
    return scale == 0 ? Dim(offset) : Dim(id, scale, offset);
  }

  constexpr bool known() const { return symbol_ == 0; }
  /// Requires known().
  constexpr std::int64_t number() const { return offset_; }
  constexpr std::int32_t symbol_id() const { return symbol_; }
  constexpr std::int64_t scale() const { return scale_; }
  constexpr std::int64_t offset() const { return offset_; }

  /// Whether two sizes are surely the same.
  constexpr bool same(const Dim& other) const {
    return symbol_ != kAnonymous && symbol_ == other.symbol_ && scale_ == other.scale_ &&
           offset_ == other.offset_;
  }

  /// Structural equality, for comparing graphs: an unknown equals an unknown.
  friend constexpr bool operator==(const Dim&, const Dim&) = default;

 private:
  constexpr Dim(std::int32_t id, std::int64_t scale, std::int64_t offset)
      : symbol_(id), scale_(scale), offset_(offset) {}
  std::int32_t symbol_ = 0;
  std::int64_t scale_ = 0;
  std::int64_t offset_ = 0;
};

/// Arithmetic that stays exact, or becomes unknown: (2s+1) - s is unknown only because it mixes scales.
/// Overflow gives unknown, which planning then refuses.
Dim operator+(const Dim& a, const Dim& b);
Dim operator-(const Dim& a, const Dim& b);
Dim operator*(const Dim& a, const Dim& b);
/// floor(a / b), exact for an affine size only where b divides both its parts.
Dim floor_div(const Dim& a, std::int64_t b);

using Dims = std::vector<Dim>;

/// "[batch,224,224,3]"; unnamed symbols print as "?" where `names` lacks them.
std::string to_text(const Dims& dims, std::span<const std::string> names = {});

/// The sizes as numbers, or nothing where one is unknown.
std::optional<std::vector<std::int64_t>> numbers(const Dims& dims);
bool all_known(const Dims& dims);
Dims known_dims(std::span<const std::int64_t> numbers);

}  // namespace vivace
