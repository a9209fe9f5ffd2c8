// Keras 3's type promotion.
#include "import/keras/operations/promotion.h"

#include <algorithm>

namespace vivace::keras {
namespace {

bool is_unsigned_type(DType type) { return type >= DType::u8 && type <= DType::u64; }

// A signed and an unsigned integer: the signed type that holds both.
DType joined_signs(DType with_sign, DType without) {
  switch (without) {
    case DType::u8:
      return std::max(with_sign, DType::i16);
    case DType::u16:
      return std::max(with_sign, DType::i32);
    case DType::u32:
      return DType::i64;
    default:
      return DType::f32;
  }
}

// Floats of 16 bits are computed in float32.
DType imported(DType type) { return is_float(type) ? carrier_of(type) : type; }

// Of a list of Python's numbers, however deep.
DType type_of_list(const Setting& setting) {
  DType type = DType::boolean;
  for (const Setting& item : setting.items) {
    const DType one = item.is(Setting::Kind::list)      ? type_of_list(item)
                      : item.is(Setting::Kind::boolean) ? DType::boolean
                      : item.is(Setting::Kind::integer) ? DType::i32
                                                        : DType::f32;
    if (is_float(one)) return DType::f32;
    if (one == DType::i32) type = one;
  }
  return setting.items.empty() ? DType::f32 : type;
}

DType weak_with(DType strong, DType weak) {
  if (is_float(strong) || weak == DType::boolean) return strong;
  if (is_float(weak)) return DType::f32;
  return strong == DType::boolean ? DType::i32 : strong;
}

}  // namespace

DType float_type(DType type) { return is_float(type) ? type : DType::f32; }

DType sum_type(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::i8:
    case DType::i16:
      return DType::i32;
    case DType::u8:
    case DType::u16:
      return DType::u32;
    default:
      return type;
  }
}

DType common_type(Typed a, Typed b) {
  if (a.weak != b.weak) return a.weak ? weak_with(b.dtype, a.dtype) : weak_with(a.dtype, b.dtype);
  if (a.dtype == b.dtype) return a.dtype;
  if (a.dtype == DType::f64 || b.dtype == DType::f64) return DType::f64;
  if (is_float(a.dtype) || is_float(b.dtype)) return DType::f32;
  if (a.dtype == DType::boolean) return b.dtype;
  if (b.dtype == DType::boolean) return a.dtype;
  if (is_unsigned_type(a.dtype) == is_unsigned_type(b.dtype)) return std::max(a.dtype, b.dtype);
  return is_unsigned_type(a.dtype) ? joined_signs(b.dtype, a.dtype) : joined_signs(a.dtype, b.dtype);
}

DType operand_type(Binary::Kind kind, DType common) {
  if (kind >= Binary::Kind::logical_and && kind <= Binary::Kind::logical_xor) return DType::boolean;
  if (kind == Binary::Kind::divide || kind == Binary::Kind::atan2) return float_type(common);
  const bool compares = kind >= Binary::Kind::equal && kind <= Binary::Kind::greater_equal;
  return common == DType::boolean && !compares ? DType::i32 : common;
}

ValueId as_type(Call& call, const Setting& setting, DType type, std::string_view step) {
  if (setting.is(Setting::Kind::tensor)) return call.cast(setting.flow.value, type, step);
  Setting copy = setting;
  copy.dtype = type;
  return call.as_value(copy);
}

Typed typed(Call& call, const Setting& setting) {
  switch (setting.kind) {
    case Setting::Kind::tensor:
      return {call.dtype(setting.flow.value)};
    case Setting::Kind::boolean:
      return {DType::boolean};
    case Setting::Kind::integer:
      return {DType::i32, true};
    case Setting::Kind::number:
      return {DType::f32, true};
    default:
      return {setting.dtype ? imported(*setting.dtype) : type_of_list(setting)};
  }
}

}  // namespace vivace::keras
