// What the numbers in a file are called.
#include "formats/tflite/options.h"

namespace vivace::tflite {
namespace {

struct TypeRow {
  std::string_view name;
  int bits;
};
constexpr TypeRow kTypeRows[kTypes] = {
    {"float32", 32}, {"float16", 16},      {"int32", 32},      {"uint8", 8},      {"int64", 64},
    {"string", 0},   {"bool", 8},          {"int16", 16},      {"complex64", 64}, {"int8", 8},
    {"float64", 64}, {"complex128", 128},  {"uint64", 64},     {"resource", 0},   {"variant", 0},
    {"uint32", 32},  {"uint16", 16},       {"int4", 4},        {"bfloat16", 16},  {"int2", 2},
    {"uint4", 4},    {"float8_e4m3fn", 8}, {"float8_e5m2", 8},
};

// A vtable of no fields, and a table that points back at it.
struct Empty {
  std::uint16_t vtable_bytes = 4, table_bytes = 4;
  std::int32_t to_vtable = 4;
};
constexpr Empty kEmpty;

}  // namespace

std::string_view name_of(Type type) { return kTypeRows[static_cast<std::size_t>(type)].name; }
int bits_of(Type type) { return kTypeRows[static_cast<std::size_t>(type)].bits; }

std::string_view name_of_builtin(std::int32_t code) {
  return schema::EnumNameBuiltinOperator(static_cast<Code>(code));
}

std::string name_of(const Operator& op) {
  const bool custom = op.code == static_cast<std::int32_t>(Code::CUSTOM);
  return std::string(custom ? op.custom_name : name_of_builtin(op.code));
}

const void* empty_table() { return &kEmpty.to_vtable; }

}  // namespace vivace::tflite
