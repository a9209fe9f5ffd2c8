// What the elements of a dataset or attribute are, and how many: HDF5's datatype and dataspace messages.
#pragma once

#include <cstdint>

#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace::hdf5 {

class Cursor;

struct Type {
  enum class Kind : std::uint8_t { number, fixed_text, vlen_text };
  Kind kind = Kind::number;
  DType dtype = DType::u8;  // of numbers
  bool big_endian = false;
  bool space_padded = false;  // fixed text
  std::uint32_t size = 1;     // bytes of one element as stored; never 0

  bool is_text() const { return kind != Kind::number; }
};

/// Floats of 16, 32 and 64 bits, bfloat16 (also as 2-byte opaque, as Keras stores it), integers, h5py's bool,
/// other enums as their integers, strings. All else is hdf5.unsupported.
Result<Type> read_type(Cursor& cursor);

/// A scalar has no dims, a null dataspace the dims {0}. The count of elements fits 63 bits.
Result<Shape> read_dims(Cursor& cursor);

}  // namespace vivace::hdf5
