// Reads and writes .npy and .npz.
#include "formats/npy/npy.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "formats/npy/header.h"
#include "formats/zip/writer.h"
#include "formats/zip/zip.h"

namespace vivace {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kDataAlignment = 64;

/// Calls visit(element of the file) for every element in row-major order.
template <class Visit>
void for_each_element(const NpyHeader& header, Visit visit) {
  const std::size_t rank = header.dims.size();
  const std::int64_t count = *checked_count(header.dims);
  std::vector<std::int64_t> index(rank), stride(rank, 1);
  if (header.fortran_order)
    for (std::size_t axis = 1; axis < rank; ++axis) stride[axis] = stride[axis - 1] * header.dims[axis - 1];
  else
    for (std::size_t axis = rank; axis-- > 1;) stride[axis - 1] = stride[axis] * header.dims[axis];
  std::int64_t from = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    visit(static_cast<std::size_t>(from));
    for (std::size_t axis = rank; axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < header.dims[axis]) break;
      from -= stride[axis] * header.dims[axis];
      index[axis] = 0;
    }
  }
}

/// Copies `source` into row-major order and native bytes.
Tensor converted(const NpyHeader& header, const std::byte* source) {
  Tensor tensor(header.dtype, header.dims);
  const std::size_t width = header.width;
  auto* to = static_cast<std::byte*>(tensor.data());
  for_each_element(header, [&](std::size_t from) {
    std::memcpy(to, source + from * width, width);
    if (header.big_endian) std::reverse(to, to + width);
    to += width;
  });
  return tensor;
}

// UCS-4 to UTF-8; false where a number is no character.
bool append_characters(const std::byte* from, std::size_t size, bool big_endian, std::string& into) {
  for (std::size_t at = 0; at < size; at += 4) {
    auto code = load_le<std::uint32_t>(from + at);
    if (big_endian) code = __builtin_bswap32(code);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
    append_utf8(into, code);
  }
  return true;
}

// NumPy fills shorter strings up with zeros, and takes them away again.
std::size_t size_without_zeros(const std::byte* element, std::size_t width, std::size_t character) {
  while (width > 0 && std::all_of(element + width - character, element + width,
                                  [](std::byte b) { return b == std::byte{0}; }))
    width -= character;
  return width;
}

Result<NpyArray> read_npy_strings(const NpyHeader& header, Bytes data, const std::string& name) {
  const auto tensor = std::make_shared<Tensor>(DType::string, header.dims);
  std::string all;
  std::vector<std::size_t> ends;
  bool good = true;
  for_each_element(header, [&](std::size_t from) {
    const std::byte* const element = data.data() + from * header.width;
    const std::size_t size = size_without_zeros(element, header.width, header.unicode ? 4 : 1);
    if (header.unicode)
      good = good && append_characters(element, size, header.big_endian, all);
    else
      all += as_text(Bytes(element, size));
    ends.push_back(all.size());
  });
  if (!good)
    return Error("npy.text", "a string holds a number that is no character")
        .at(name)
        .why("half of a surrogate pair, or more than U+10FFFF")
        .fix("save strings of whole characters");
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    tensor->as<StringView>()[i] = std::string_view(all).substr(begin, ends[i] - begin);
  }
  tensor->own_strings();
  return NpyArray{"", DType::string, header.dims, tensor->data(), tensor};
}

// How strings are written: "<U7" where all are UTF-8, else "|S9" of their bytes.
struct NpyStrings {
  std::string descr;
  bool unicode = true;
  std::size_t longest = 1;  // characters
};

std::span<const StringView> elements_of(const TensorView& array) {
  return {array.as<StringView>(), static_cast<std::size_t>(array.count())};
}

NpyStrings npy_strings(const TensorView& array) {
  NpyStrings strings;
  for (const std::string_view element : elements_of(array))
    strings.unicode = strings.unicode && is_utf8(element);
  for (const std::string_view element : elements_of(array)) {
    // Every byte but a continuation begins a character.
    const auto characters =
        static_cast<std::size_t>(std::count_if(element.begin(), element.end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        }));
    strings.longest = std::max(strings.longest, strings.unicode ? characters : element.size());
  }
  strings.descr = text("{}{}", strings.unicode ? "<U" : "|S", strings.longest);
  return strings;
}

void append_npy_strings(const TensorView& array, const NpyStrings& strings, std::vector<std::byte>& file) {
  const std::size_t width = strings.longest * (strings.unicode ? 4 : 1);
  for (const std::string_view element : elements_of(array)) {
    const std::size_t begin = file.size();
    if (strings.unicode) {
      bool valid = true;
      for (ByteWalk at(element); !at.done();) {
        const std::uint32_t code = decode_utf8(at, valid);
        const auto* const bytes = reinterpret_cast<const std::byte*>(&code);
        file.insert(file.end(), bytes, bytes + 4);
      }
    } else {
      const Bytes bytes = as_bytes(element);
      file.insert(file.end(), bytes.begin(), bytes.end());
    }
    file.resize(begin + width);
  }
}

}  // namespace

Result<NpyArray> read_npy(Bytes bytes, std::shared_ptr<const void> owner, const std::string& name) {
  if (bytes.size() < 10 || !as_text(bytes).starts_with(kMagic))
    return Error("npy.not-npy", "this is no .npy file").at(name).fix("save the array with numpy.save");
  const auto version = static_cast<unsigned>(bytes[6]);
  const std::size_t start = version == 1 ? 10 : 12;
  if (version < 1 || version > 3)
    return Error("npy.header", text("version {} of the format is unknown", version)).at(name + ", byte 6");
  const auto truncated = [&](std::uint64_t needed) {
    return Error("npy.truncated", text("the file needs {} bytes, it has {}", needed, bytes.size()))
        .at(name)
        .why("it was cut short while it was copied, downloaded or saved")
        .fix("save or download it again");
  };
  if (bytes.size() < start) return truncated(start);
  const std::size_t length =
      version == 1 ? load_le<std::uint16_t>(bytes.data() + 8) : load_le<std::uint32_t>(bytes.data() + 8);
  if (!fits(start, length, bytes.size())) return truncated(std::uint64_t{start} + length);
  VIVACE_TRY(const NpyHeader header, parse_npy_header(as_text(bytes.subspan(start, length)), name));
  const Bytes data = bytes.subspan(start + length);
  const std::size_t width = header.width;
  const auto count = static_cast<std::uint64_t>(*checked_count(header.dims));
  if (width != 0 && data.size() / width < count) return truncated(start + length + count * width);
  if (header.dtype == DType::string) return read_npy_strings(header, data, name);

  NpyArray array{"", header.dtype, header.dims, data.data(), std::move(owner)};
  const bool aligned = reinterpret_cast<std::uintptr_t>(data.data()) % width == 0;
  const bool transposed = header.fortran_order && header.dims.size() > 1;
  if (aligned && !transposed && (!header.big_endian || width == 1)) return array;
  const auto copy = std::make_shared<const Tensor>(converted(header, data.data()));
  array.data = copy->data();
  array.owner = copy;
  return array;
}

Result<std::vector<NpyArray>> read_npz(Bytes bytes, std::shared_ptr<const void> owner,
                                       const std::string& name) {
  VIVACE_TRY(const ZipFile zip, ZipFile::open(bytes, std::move(owner), name));
  std::vector<NpyArray> arrays;
  for (const ZipMember& member : zip.members()) {
    if (member.is_folder()) continue;
    VIVACE_TRY(ZipData data, zip.read(member));
    VIVACE_TRY(NpyArray array, read_npy(data.bytes, data.owner, name + ":" + member.name));
    array.name = member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4) : member.name;
    arrays.push_back(std::move(array));
  }
  return arrays;
}

std::vector<std::byte> write_npy(const TensorView& array) {
  const NpyStrings strings = array.dtype == DType::string ? npy_strings(array) : NpyStrings();
  std::string shape;
  for (const std::int64_t dim : array.dims) shape += text("{}, ", dim);
  std::string header = text("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                            array.dtype == DType::string ? strings.descr : npy_descr(array.dtype),
                            std::string_view(shape).substr(0, shape.empty() ? 0 : shape.size() - 1));
  // Version 1: six bytes of magic, two of version, two of length; blanks and a newline fill up to the
  // alignment.
  const std::size_t total = (10 + header.size() + kDataAlignment) / kDataAlignment * kDataAlignment;
  header.resize(total - 11, ' ');
  header += '\n';
  std::string front(kMagic);
  front += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  front += header;
  const Bytes head = as_bytes(front);
  std::vector<std::byte> file(head.begin(), head.end());
  if (array.dtype == DType::string) {
    append_npy_strings(array, strings, file);
    return file;
  }
  const auto* data = array.as<std::byte>();
  file.insert(file.end(), data, data + array.bytes());
  return file;
}

std::vector<std::byte> write_npz(const std::vector<NamedView>& arrays) {
  ZipWriter zip;
  for (const NamedView& array : arrays) zip.add(array.name + ".npy", write_npy(array.view), kDataAlignment);
  return zip.finish();
}

}  // namespace vivace
