#include "cli/numbers.h"

#include <limits>

#include "base/float16.h"
#include "base/text.h"
#include "cli/json.h"

namespace vivace::cli {
namespace {

// Gives `use` the number in its own type; half floats as float.
template <class Use>
auto with_number(const Tensor& tensor, std::int64_t i, Use use) {
  switch (tensor.dtype()) {
    case DType::f32:
      return use(tensor.as<float>()[i]);
    case DType::f64:
      return use(tensor.as<double>()[i]);
    case DType::f16:
      return use(f16_to_float(tensor.as<std::uint16_t>()[i]));
    case DType::bf16:
      return use(bf16_to_float(tensor.as<std::uint16_t>()[i]));
    case DType::i8:
      return use(tensor.as<std::int8_t>()[i]);
    case DType::i16:
      return use(tensor.as<std::int16_t>()[i]);
    case DType::i32:
      return use(tensor.as<std::int32_t>()[i]);
    case DType::i64:
      return use(tensor.as<std::int64_t>()[i]);
    case DType::u8:
      return use(tensor.as<std::uint8_t>()[i]);
    case DType::u16:
      return use(tensor.as<std::uint16_t>()[i]);
    case DType::u32:
      return use(tensor.as<std::uint32_t>()[i]);
    case DType::u64:
      return use(tensor.as<std::uint64_t>()[i]);
    case DType::boolean:
      break;
    case DType::string:
      return use(std::numeric_limits<double>::quiet_NaN());
  }
  return use(tensor.as<bool>()[i]);
}

}  // namespace

double value_at(const Tensor& tensor, std::int64_t i) {
  return with_number(tensor, i, [](auto x) { return static_cast<double>(x); });
}

std::string number_text(const Tensor& tensor, std::int64_t i) {
  if (tensor.dtype() == DType::string) return json_string(tensor.as<StringView>()[i]);
  return with_number(tensor, i, [](auto x) {
    if constexpr (std::is_same_v<decltype(x), float>)
      return text("{:.9g}", x);
    else
      return text("{}", x);
  });
}

}  // namespace vivace::cli
