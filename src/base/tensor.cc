// The out-of-line half of include/vivace/tensor.h.
#include "vivace/tensor.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/memory/aligned_buffer.h"
#include "base/text.h"

namespace vivace {

std::string_view name_of(DType dtype) {
  constexpr std::string_view kNames[kDTypes] = {"float32", "float64", "float16", "bfloat16", "int8",
                                                "int16",   "int32",   "int64",   "uint8",    "uint16",
                                                "uint32",  "uint64",  "bool",    "string"};
  return kNames[static_cast<std::size_t>(dtype)];
}

std::string to_text(std::span<const std::int64_t> dims) {
  std::string line = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) line += (i == 0 ? "" : ",") + text("{}", dims[i]);
  return line + "]";
}

Tensor::Tensor(DType dtype, Shape dims) : dtype_(dtype), dims_(std::move(dims)) {
  const std::size_t size = aligned(bytes()) + kAlignment;  // kernels may read one vector past the end
  data_.reset(::operator new (size, std::align_val_t{kAlignment}));
  std::memset(data_.get(), 0, size);
}

Tensor::Tensor(const Tensor& other) : dtype_(other.dtype_), dims_(other.dims_) {
  if (!other.data_) return;
  *this = Tensor(other.dtype_, other.dims_);
  std::memcpy(data_.get(), other.data_.get(), bytes());
  texts_ = other.texts_;
}

Tensor& Tensor::operator=(const Tensor& other) {
  if (this != &other) *this = Tensor(other);
  return *this;
}

Tensor Tensor::of_strings(Shape dims, std::span<const std::string_view> texts) {
  Tensor tensor(DType::string, std::move(dims));
  std::copy(texts.begin(), texts.end(), tensor.as<StringView>());
  tensor.own_strings();
  return tensor;
}

void Tensor::own_strings() {
  if (dtype_ != DType::string || !data_) return;
  const std::span<StringView> elements(as<StringView>(), static_cast<std::size_t>(count()));
  std::size_t size = 0;
  for (const StringView& element : elements) size += element.size;
  const std::shared_ptr<char[]> held(new char[size + 1]);
  char* at = held.get();
  for (StringView& element : elements) {
    if (element.size != 0) std::memcpy(at, element.data, element.size);
    element.data = at;
    at += element.size;
  }
  texts_ = held;
}

void Tensor::Free::operator()(void* p) const { ::operator delete (p, std::align_val_t{kAlignment}); }

}  // namespace vivace
