#include "import/tflite/operators/custom/options.h"

#include <cmath>

#include "base/text.h"

namespace vivace::tflite {

Named::Named(Call& call) : call_(call) {
  auto numbers = named_numbers(call.op().custom_options);
  if (numbers.ok())
    numbers_ = *std::move(numbers);
  else
    call.fail(std::move(numbers).error());
}

double Named::number(std::string_view name, double otherwise) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? otherwise : found->second;
}

double Named::number(std::string_view name) const {
  if (!call_.failed() && numbers_.find(name) == numbers_.end())
    call_.mistake(text("its options have no number \"{}\"", name));
  return number(name, 0);
}

std::int64_t Named::whole(std::string_view name, double number) const {
  if (std::fabs(number) < 0x1p62) return static_cast<std::int64_t>(number);
  call_.mistake(text("its option \"{}\" is {}", name, number));
  return 0;
}

std::int64_t Named::integer(std::string_view name, std::int64_t otherwise) const {
  return whole(name, number(name, static_cast<double>(otherwise)));
}
std::int64_t Named::integer(std::string_view name) const { return whole(name, number(name)); }

std::vector<std::int32_t> structure(Call& call, std::size_t count) {
  auto numbers = plain_numbers(call.op().custom_options, count);
  if (numbers.ok()) return *std::move(numbers);
  call.fail(std::move(numbers).error());
  return std::vector<std::int32_t>(count);
}

}  // namespace vivace::tflite
