// Strings (fixed, and variable through global heaps) and numbers of attributes.
#include <algorithm>
#include <bit>
#include <map>

#include "base/float16.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

namespace {

/// Finds objects in global heap collections; each collection is listed once.
class GlobalHeaps {
 public:
  GlobalHeaps(const Source& source, std::string_view path) : source_(source), path_(path), budget_(source) {}

  Result<Bytes> find(std::uint64_t collection, std::uint32_t index) {
    auto known = collections_.find(collection);
    if (known == collections_.end()) {
      VIVACE_TRY(Objects listed, list(collection));
      known = collections_.emplace(collection, std::move(listed)).first;
    }
    const Objects& objects = known->second;
    const auto object =
        std::lower_bound(objects.begin(), objects.end(), index,
                         [](const auto& entry, std::uint32_t wanted) { return entry.first < wanted; });
    if (object != objects.end() && object->first == index) return object->second;
    return source_.damaged(path_, collection, text("the heap there has no object {}", index));
  }

 private:
  using Objects = std::vector<std::pair<std::uint32_t, Bytes>>;

  Result<Objects> list(std::uint64_t collection) {
    Cursor cursor(source_, path_, collection);
    if (!cursor.takes("GCOL")) return cursor.damaged("there is no global heap there");
    cursor.skip(4);
    const std::uint64_t head = 8 + static_cast<std::uint64_t>(source_.length_size);
    const std::uint64_t size = cursor.length();
    Cursor inside = cursor.part(size < head ? 0 : size - head);
    VIVACE_CHECK_OK(inside.status("global heap"));
    if (size < head || !budget_.spend(size)) return cursor.damaged("the global heaps overlap");
    Objects objects;
    while (inside.left() >= head) {
      const std::uint32_t index = inside.u16();
      inside.skip(6);
      const std::uint64_t bytes = inside.length();
      if (index == 0) break;  // the free space, which is last
      objects.emplace_back(index, inside.take(bytes));
      inside.skip(std::min((8 - bytes % 8) % 8, inside.left()));
      VIVACE_CHECK_OK(inside.status("global heap"));
    }
    std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return objects;
  }

  const Source& source_;
  std::string_view path_;
  Budget budget_;
  std::map<std::uint64_t, Objects> collections_;
};

std::string_view up_to_nul(std::string_view padded) { return padded.substr(0, padded.find('\0')); }

std::string_view fixed_text(Bytes stored, const Type& type) {
  std::string_view value = up_to_nul(as_text(stored));
  if (type.space_padded) value = value.substr(0, value.find_last_not_of(' ') + 1);
  return value;
}

std::uint64_t bits_of(const std::byte* element, const Type& type) {
  std::uint64_t bits = 0;
  for (std::uint32_t i = 0; i < type.size; ++i) {
    const std::uint32_t from = type.big_endian ? i : type.size - 1 - i;
    bits = bits << 8 | std::to_integer<std::uint64_t>(element[from]);
  }
  return bits;
}

std::int64_t integer_of(std::uint64_t bits, DType dtype) {
  switch (dtype) {
    case DType::i8:
      return static_cast<std::int8_t>(bits);
    case DType::i16:
      return static_cast<std::int16_t>(bits);
    case DType::i32:
      return static_cast<std::int32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

double number_of(std::uint64_t bits, DType dtype) {
  switch (dtype) {
    case DType::f64:
      return std::bit_cast<double>(bits);
    case DType::f32:
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case DType::f16:
      return static_cast<double>(f16_to_float(static_cast<std::uint16_t>(bits)));
    case DType::bf16:
      return static_cast<double>(bf16_to_float(static_cast<std::uint16_t>(bits)));
    case DType::u64:
      return static_cast<double>(bits);
    default:
      return static_cast<double>(integer_of(bits, dtype));
  }
}

}  // namespace

Result<std::vector<std::string_view>> Values::texts() const {
  const std::int64_t count = count_of(info_.dims);
  std::vector<std::string_view> texts;
  if (count == 0) return texts;
  if (!is_text())
    return source_->wrong_kind(path_, vivace::text("\"{}\" holds numbers where strings are needed", path_));
  texts.reserve(static_cast<std::size_t>(count));
  GlobalHeaps heaps(*source_, path_);
  for (std::int64_t i = 0; i < count; ++i) {
    const Bytes stored = raw_.subspan(static_cast<std::size_t>(i) * info_.type.size, info_.type.size);
    if (info_.type.kind == Type::Kind::fixed_text) {
      texts.push_back(fixed_text(stored, info_.type));
      continue;
    }
    const auto length = load_le<std::uint32_t>(stored.data());
    std::uint64_t collection = 0;
    std::memcpy(&collection, stored.data() + 4, static_cast<std::size_t>(source_->offset_size));
    if (length == 0) {
      texts.emplace_back();
      continue;
    }
    const auto index = load_le<std::uint32_t>(stored.data() + 4 + source_->offset_size);
    VIVACE_TRY(const Bytes object, heaps.find(collection, index));
    if (object.size() < length)
      return source_->damaged(path_, collection, "a string is longer than its heap object");
    texts.push_back(up_to_nul(as_text(object.first(length))));
  }
  return texts;
}

Result<std::string_view> Values::text() const {
  if (!is_text() || count_of(info_.dims) != 1) {
    return source_->wrong_kind(path_, vivace::text("\"{}\" is not one string", path_));
  }
  VIVACE_TRY(const auto all, texts());
  return all.front();
}

Result<std::int64_t> Values::integer() const {
  if (is_text() || is_float(info_.type.dtype) || count_of(info_.dims) != 1) {
    return source_->wrong_kind(path_, vivace::text("\"{}\" is not one integer", path_));
  }
  return integer_of(bits_of(raw_.data(), info_.type), info_.type.dtype);
}

Result<std::vector<double>> Values::numbers() const {
  const std::int64_t count = count_of(info_.dims);
  if (is_text() && count != 0) {
    return source_->wrong_kind(path_, vivace::text("\"{}\" holds strings where numbers are needed", path_));
  }
  std::vector<double> numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = number_of(bits_of(raw_.data() + i * info_.type.size, info_.type), info_.type.dtype);
  }
  return numbers;
}

}  // namespace vivace::hdf5
