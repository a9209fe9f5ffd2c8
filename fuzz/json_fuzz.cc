// Any bytes as JSON: every value is visited, and found again by its key.
#include "formats/json/json.h"

namespace {

void visit(const vivace::JsonValue& value) {  // as deep as the reader's limit
  if (value.path().size() > (1u << 20)) __builtin_trap();
  for (const auto& element : value.elements()) visit(element);
  for (const auto& [key, member] : value.members()) {
    if (!value.has(key)) __builtin_trap();
    visit(member);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = vivace::JsonValue::parse({reinterpret_cast<const std::byte*>(data), size}, "fuzz.json",
                                              {.bytes = 1 << 14});
  if (value) visit(*value);
  return 0;
}
