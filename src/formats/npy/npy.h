// NumPy's array files, .npy and .npz, from untrusted bytes; and writing them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

/// An array of a file: row-major, native byte order. `data` lives as long as `owner`.
struct NpyArray {
  std::string name;  // in an .npz; "" otherwise
  DType dtype = DType::f32;
  Shape dims;
  const void* data = nullptr;
  std::shared_ptr<const void> owner;

  TensorView view() const { return {data, dtype, dims}; }
};

/// Reads .npy, versions 1 to 3. A view into `bytes` where they are aligned, row-major and little-endian, else
/// a converted copy. Two-byte voids are bfloat16, as ml_dtypes writes it. Strings, of characters or of bytes,
/// come as UTF-8 (or the bytes) in memory of their own. Errors: npy.not-npy, npy.header, npy.dtype,
/// npy.shape, npy.truncated, npy.text.
Result<NpyArray> read_npy(Bytes bytes, std::shared_ptr<const void> owner, const std::string& name);
/// Reads every array of an .npz, names without ".npy". Also errors of zip.
Result<std::vector<NpyArray>> read_npz(Bytes bytes, std::shared_ptr<const void> owner,
                                       const std::string& name);

/// An array to be written. Requires dense elements.
struct NamedView {
  std::string name;
  TensorView view;
};
/// Strings become "<U", or "|S" where one is no UTF-8. Both begin the elements at a multiple of 64 bytes.
std::vector<std::byte> write_npy(const TensorView& array);
std::vector<std::byte> write_npz(const std::vector<NamedView>& arrays);

}  // namespace vivace
