// The header of an .npy file: a Python dict literal of three known keys.
#pragma once

#include <string>
#include <string_view>

#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

struct NpyHeader {
  DType dtype = DType::f32;
  bool big_endian = false, fortran_order = false;
  Shape dims;
};

/// Errors: npy.header, npy.dtype, npy.shape. `at` is the name given.
Result<NpyHeader> parse_npy_header(std::string_view text, const std::string& name);
/// The dtype as NumPy spells it: "<f4", "|u1".
std::string_view npy_descr(DType dtype);

}  // namespace vivace
