#include "formats/tflite/custom.h"

// Its conversion of texts to numbers, which is not used here, would want a locale made at the program's
// start.
#define FLATBUFFERS_LOCALE_INDEPENDENT 0
#include <flatbuffers/flexbuffers.h>

#include <cstring>

#include "base/text.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kMostBytes = 1 << 16, kMostNames = 256;

Error damaged(std::string what) {
  return Error("tflite.options", std::move(what))
      .fix("the file is damaged: fetch or convert the model again");
}

}  // namespace

Result<NamedNumbers> named_numbers(Bytes options) {
  NamedNumbers found;
  if (options.empty()) return found;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(options.data());
  std::vector<std::uint8_t> seen;
  if (options.size() > kMostBytes || !flexbuffers::VerifyBuffer(bytes, options.size(), &seen))
    return damaged("the options of a custom operator are no FlexBuffer");
  const flexbuffers::Reference root = flexbuffers::GetRoot(bytes, options.size());
  if (!root.IsMap()) return damaged("the options of a custom operator are no map");
  const flexbuffers::Map map = root.AsMap();
  const flexbuffers::TypedVector keys = map.Keys();
  const flexbuffers::Vector values = map.Values();
  if (keys.size() > kMostNames || keys.size() != values.size())
    return damaged(text("the options of a custom operator have {} names", keys.size()));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const flexbuffers::Reference value = values[i];
    if (value.IsNumeric() || value.IsBool()) found[keys[i].AsKey()] = value.AsDouble();
  }
  return found;
}

Result<std::vector<std::int32_t>> plain_numbers(Bytes options, std::size_t count) {
  std::vector<std::int32_t> numbers(count);
  if (options.size() < count * sizeof(std::int32_t))
    return damaged(text("the options of a custom operator have {} bytes, needs {}", options.size(),
                        count * sizeof(std::int32_t)));
  std::memcpy(numbers.data(), options.data(), count * sizeof(std::int32_t));
  return numbers;
}

}  // namespace vivace::tflite
