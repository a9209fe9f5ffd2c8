// The configuration of one layer, read with the first mistake remembered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/keras/setting.h"
#include "vivace/result.h"

namespace vivace::keras {

/// Keeps the first error of many steps. Once it holds one, later steps do nothing and give harmless values,
/// so a layer's recipe reads as a recipe and is checked once, at its end.
class Trouble {
 public:
  void add(Error error) {
    if (!first_) first_ = std::move(error);
  }
  bool any() const { return first_.has_value(); }
  Status status() const { return first_ ? Status(*first_) : Status(); }

 private:
  std::optional<Error> first_;
};

/// Typed access to a layer's config. A value of the wrong kind, NaN or a size below one is import.config,
/// naming the layer, the key and what stands there.
class Config {
 public:
  Config() = default;
  Config(const Setting* map, std::string place, Trouble* trouble)
      : map_(map), place_(std::move(place)), trouble_(trouble) {}

  /// The setting, or nullptr where it is missing or null.
  const Setting* find(std::string_view key) const;
  /// The same, null included.
  const Setting* raw(std::string_view key) const { return map_ ? map_->find(key) : nullptr; }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// "layer \"conv1\"", for messages.
  const std::string& place() const { return place_; }

  bool flag(std::string_view key, bool otherwise) const;
  std::int64_t integer(std::string_view key, std::optional<std::int64_t> otherwise = {}) const;
  double number(std::string_view key, std::optional<double> otherwise = {}) const;
  std::string_view text(std::string_view key, std::string_view otherwise = {}) const;
  /// A whole number from 1 to 2^31 - 1.
  std::int64_t size(std::string_view key, std::optional<std::int64_t> otherwise = {}) const;
  /// One size an axis: a number stands for all axes.
  std::vector<std::int64_t> sizes(std::string_view key, std::size_t axes,
                                  std::optional<std::int64_t> otherwise = {}) const;
  /// A number, or a list of them (of lists too: flattened).
  std::vector<std::int64_t> integers(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;
  /// The map at `key`; a config without entries where there is none.
  Config child(std::string_view key) const;

  /// Records import.config: `key` must be `wanted`.
  void mistake(std::string_view key, std::string_view wanted) const;

 private:
  const Setting* map_ = nullptr;
  std::string place_;
  Trouble* trouble_ = nullptr;
};

/// True, false, 1 or 0.
bool is_flag(const Setting& setting);

/// A setting as the file would show it, shortened: for messages.
std::string to_text(const Setting& setting);

}  // namespace vivace::keras
