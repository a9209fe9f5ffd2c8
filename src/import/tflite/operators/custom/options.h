// Options of custom operators as their recipes ask for them.
#pragma once

#include "formats/tflite/custom.h"
#include "import/tflite/operators/families.h"

namespace vivace::tflite {

/// The named numbers of a custom operator; a mistake is the call's.
class Named {
 public:
  explicit Named(Call& call);
  /// The number, or what stands for one that is left out; import.config for one that is needed.
  double number(std::string_view name, double otherwise) const;
  double number(std::string_view name) const;
  /// Towards zero, within 64 bits; import.config for NaN.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  std::int64_t integer(std::string_view name) const;

 private:
  std::int64_t whole(std::string_view name, double number) const;
  Call& call_;
  NamedNumbers numbers_;
};

/// The numbers of an operator whose options are a structure; zeros after a mistake.
std::vector<std::int32_t> structure(Call& call, std::size_t count);

}  // namespace vivace::tflite
