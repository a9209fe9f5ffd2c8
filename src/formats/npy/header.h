// The header of an .npy file: a Python dict literal of three known keys.
#pragma once

#include <string>
#include <string_view>

#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

struct NpyHeader {
  DType dtype = DType::f32;
  bool unicode = false;   // of strings: four bytes a character, else one
  std::size_t width = 4;  // bytes of an element in the file
  bool big_endian = false, fortran_order = false;
  Shape dims;
};

/// Errors: npy.header, npy.dtype, npy.shape. `at` is the name given.
Result<NpyHeader> parse_npy_header(std::string_view text, const std::string& name);
/// The dtype of numbers as NumPy spells it: "<f4", "|u1".
std::string_view npy_descr(DType dtype);

}  // namespace vivace
