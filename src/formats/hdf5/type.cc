// Datatype and dataspace messages.
#include "formats/hdf5/type.h"

#include <bit>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

constexpr int kMaxRank = 16;
enum Class : std::uint8_t { kInteger = 0, kFloat = 1, kText = 3, kOpaque = 5, kEnum = 8, kVlen = 9 };
constexpr std::string_view kClassNames[] = {"integers",   "floats",          "times",       "strings",
                                            "bit fields", "opaque elements", "compounds",   "references",
                                            "enums",      "lists",           "inner arrays"};

struct Head {
  int version;
  int type_class;
  std::uint32_t bits;
  std::uint32_t size;
};

Result<Type> read_integer(Cursor& cursor, const Head& head) {
  const std::uint16_t bit_offset = cursor.u16();
  const std::uint16_t precision = cursor.u16();
  VIVACE_CHECK_OK(cursor.status("integer type"));
  const bool whole = bit_offset == 0 && precision == 8 * head.size;
  if (!whole || head.size > 8 || (head.size & (head.size - 1)) != 0) {
    return cursor.unsupported(text("integers of {} bits in {} bytes", precision, head.size));
  }
  constexpr DType kSigned[] = {DType::i8, DType::i16, DType::i32, DType::i64};
  constexpr DType kUnsigned[] = {DType::u8, DType::u16, DType::u32, DType::u64};
  const int log2 = std::countr_zero(head.size);
  return Type{.dtype = (head.bits & 8) != 0 ? kSigned[log2] : kUnsigned[log2],
              .big_endian = (head.bits & 1) != 0,
              .size = head.size};
}

Result<Type> read_float(Cursor& cursor, const Head& head) {
  const std::uint16_t bit_offset = cursor.u16();
  const std::uint16_t precision = cursor.u16();
  const std::uint8_t exponent_at = cursor.u8(), exponent_bits = cursor.u8();
  const std::uint8_t mantissa_at = cursor.u8(), mantissa_bits = cursor.u8();
  const std::uint32_t bias = cursor.u32();
  VIVACE_CHECK_OK(cursor.status("float type"));
  struct Form {
    DType dtype;
    std::uint32_t size, exponent_bits, mantissa_bits, bias;
  };
  constexpr Form kForms[] = {{DType::f32, 4, 8, 23, 127},
                             {DType::f64, 8, 11, 52, 1023},
                             {DType::f16, 2, 5, 10, 15},
                             {DType::bf16, 2, 8, 7, 127}};
  const std::uint32_t sign_at = (head.bits >> 8) & 0xff;
  const std::uint32_t order = head.bits & 0x41;  // bit 6 alone or with bit 0: VAX
  for (const Form& form : kForms) {
    if (form.size == head.size && bit_offset == 0 && precision == 8 * form.size && order <= 1 &&
        sign_at == 8 * form.size - 1 && exponent_at == form.mantissa_bits &&
        exponent_bits == form.exponent_bits && mantissa_at == 0 && mantissa_bits == form.mantissa_bits &&
        bias == form.bias) {
      return Type{.dtype = form.dtype, .big_endian = order == 1, .size = form.size};
    }
  }
  return cursor.unsupported(text("floats of {} bytes with {} exponent bits", head.size, exponent_bits));
}

Result<Head> read_head(Cursor& cursor) {
  const std::uint8_t first = cursor.u8();
  Head head{first >> 4, first & 15, static_cast<std::uint32_t>(cursor.number(3)), cursor.u32()};
  VIVACE_CHECK_OK(cursor.status("datatype"));
  if (head.version < 1 || head.version > 4) {
    return cursor.unsupported(text("datatypes of version {}", head.version));
  }
  if (head.size == 0) return cursor.damaged("the datatype there says that an element has 0 bytes");
  return head;
}

// h5py stores bool as an enum of FALSE = 0 and TRUE = 1 over one byte. Any other enum is its integer.
Result<Type> read_enum(Cursor& cursor, const Head& head) {
  VIVACE_TRY(const Head base_head, read_head(cursor));
  if (base_head.type_class != kInteger) return cursor.unsupported("enums that are not integers");
  VIVACE_TRY(Type type, read_integer(cursor, base_head));
  if (type.size != head.size) return cursor.damaged("the enum there differs in size from its integers");
  if (type.size != 1 || (head.bits & 0xffff) != 2) return type;
  std::string_view names[2];
  for (std::string_view& name : names) {
    name = cursor.text();
    if (head.version < 3) cursor.skip((8 - (name.size() + 1) % 8) % 8);
  }
  const std::uint8_t first = cursor.u8(), second = cursor.u8();
  VIVACE_CHECK_OK(cursor.status("enum type"));
  if (names[0] == "FALSE" && names[1] == "TRUE" && first == 0 && second == 1) type.dtype = DType::boolean;
  return type;
}

}  // namespace

Result<Type> read_type(Cursor& cursor) {
  VIVACE_TRY(const Head head, read_head(cursor));
  switch (head.type_class) {
    case kInteger:
      return read_integer(cursor, head);
    case kFloat:
      return read_float(cursor, head);
    case kEnum:
      return read_enum(cursor, head);
    case kText:
      return Type{.kind = Type::Kind::fixed_text, .space_padded = (head.bits & 15) == 2, .size = head.size};
    case kOpaque:
      if (head.size != 2) break;
      return Type{.dtype = DType::bf16, .size = 2};
    case kVlen:
      if ((head.bits & 15) != 1) break;
      if (head.size != 8 + static_cast<std::uint32_t>(cursor.source().offset_size)) {
        return cursor.damaged("the variable-length strings there have references of an unknown size");
      }
      return Type{.kind = Type::Kind::vlen_text, .size = head.size};
  }
  const bool known = static_cast<std::size_t>(head.type_class) < std::size(kClassNames);
  return cursor.unsupported(known ? text("{} of {} bytes", kClassNames[head.type_class], head.size)
                                  : text("the datatype class {}", head.type_class));
}

Result<Shape> read_dims(Cursor& cursor) {
  const std::uint8_t version = cursor.u8();
  const std::uint8_t rank = cursor.u8();
  const std::uint8_t flags = cursor.u8();
  VIVACE_CHECK_OK(cursor.status("dataspace"));
  if (version != 1 && version != 2) return cursor.unsupported(text("dataspaces of version {}", version));
  if (version == 1 && (flags & 2) != 0) return cursor.unsupported("permuted dimensions");
  if (rank > kMaxRank) return cursor.unsupported(text("{} dimensions (at most {})", rank, kMaxRank));
  constexpr std::uint8_t kNull = 2;
  if (version == 1)
    cursor.skip(5);
  else if (cursor.u8() == kNull)
    return Shape{0};
  Shape dims(rank);
  for (std::int64_t& dim : dims) dim = static_cast<std::int64_t>(cursor.length());
  VIVACE_CHECK_OK(cursor.status("dataspace"));
  if (!checked_count(dims)) return cursor.damaged(text("the shape {} has too many elements", to_text(dims)));
  return dims;
}

}  // namespace vivace::hdf5
