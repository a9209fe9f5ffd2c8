// SPDX-License-Identifier: Apache-2.0
/// Tensors as they cross vivace's boundary: dense, row-major, native byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vivace {

/// Element types. The numbers are part of the .viv format: append, never renumber.
enum class DType : std::uint8_t {
  f32 = 0,
  f64 = 1,
  f16 = 2,
  bf16 = 3,
  i8 = 4,
  i16 = 5,
  i32 = 6,
  i64 = 7,
  u8 = 8,
  u16 = 9,
  u32 = 10,
  u64 = 11,
  boolean = 12,
  string = 13,  // StringView; never a constant, and never in a .viv file: it would be a pointer from a file
};
inline constexpr int kDTypes = 14;

/// Bytes of one element.
constexpr std::size_t size_of(DType dtype) {
  constexpr std::uint8_t kBytes[kDTypes] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 2, 4, 8, 1, 16};
  return kBytes[static_cast<std::size_t>(dtype)];
}
/// NumPy's name: "float32", "bfloat16", "int8", "bool"; "string" for StringView.
std::string_view name_of(DType dtype);
constexpr bool is_float(DType dtype) { return dtype <= DType::bf16; }

/// One element of a DType::string tensor: somebody else's bytes, UTF-8 by custom, any bytes by right. All
/// zero is the empty string. The bytes of an input belong to the caller and stay in place during the call.
/// Those of an output that predict_into() wrote belong to the model, or are an input's; predict() gives
/// tensors that hold their own.
struct StringView {
  const char* data = nullptr;
  std::uint64_t size = 0;

  constexpr StringView() = default;
  constexpr StringView(std::string_view text) : data(text.data()), size(text.size()) {}
  constexpr operator std::string_view() const {
    return size == 0 ? std::string_view() : std::string_view(data, size);
  }
};
static_assert(sizeof(StringView) == size_of(DType::string));

/// Sizes of a concrete tensor, outermost first.
using Shape = std::vector<std::int64_t>;

/// Number of elements; 1 for a scalar. Requires that it fits (every Shape in vivace was checked on entry).
constexpr std::int64_t count_of(std::span<const std::int64_t> dims) {
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  return count;
}
/// "[1,224,224,3]"
std::string to_text(std::span<const std::int64_t> dims);

/// Somebody else's elements, read only.
struct TensorView {
  const void* data = nullptr;
  DType dtype = DType::f32;
  std::span<const std::int64_t> dims;

  std::int64_t count() const { return count_of(dims); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype); }
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

/// Somebody else's elements, to be written.
struct MutableTensorView {
  void* data = nullptr;
  DType dtype = DType::f32;
  std::span<const std::int64_t> dims;

  std::int64_t count() const { return count_of(dims); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype); }
  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
  operator TensorView() const { return {data, dtype, dims}; }
};

/// A tensor that owns its elements, 64-byte aligned. Moves cheaply, copies deeply.
class Tensor {
 public:
  Tensor() = default;
  /// Zeros; of strings: empty ones.
  Tensor(DType dtype, Shape dims);
  /// Strings with bytes of its own. Requires count_of(dims) texts.
  static Tensor of_strings(Shape dims, std::span<const std::string_view> texts);
  Tensor(const Tensor& other);
  Tensor& operator=(const Tensor& other);
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;
  ~Tensor() = default;

  DType dtype() const { return dtype_; }
  const Shape& dims() const { return dims_; }
  std::int64_t count() const { return count_of(dims_); }
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(dtype_); }
  const void* data() const { return data_.get(); }
  void* data() { return data_.get(); }
  template <class T>
  const T* as() const {
    return static_cast<const T*>(data());
  }
  template <class T>
  T* as() {
    return static_cast<T*>(data());
  }

  TensorView view() const { return {data(), dtype_, dims_}; }
  MutableTensorView view() { return {data(), dtype_, dims_}; }

  /// Copies the bytes that its strings view into memory of its own; copies of it share them, unchanged.
  void own_strings();

 private:
  struct Free {
    void operator()(void* p) const;
  };
  std::unique_ptr<void, Free> data_;
  DType dtype_ = DType::f32;
  Shape dims_;
  std::shared_ptr<const void> texts_;  // keeps the strings' bytes, where they are its own
};

}  // namespace vivace
