// Reads and writes .npy and .npz.
#include "formats/npy/npy.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/npy/header.h"
#include "formats/zip/writer.h"
#include "formats/zip/zip.h"

namespace vivace {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kDataAlignment = 64;

/// Copies `source` into row-major order and native bytes.
Tensor converted(const NpyHeader& header, const std::byte* source) {
  Tensor tensor(header.dtype, header.dims);
  const std::size_t width = size_of(header.dtype), rank = header.dims.size();
  auto* to = static_cast<std::byte*>(tensor.data());
  const std::int64_t count = tensor.count();
  std::vector<std::int64_t> index(rank), stride(rank, 1);
  if (header.fortran_order)
    for (std::size_t axis = 1; axis < rank; ++axis) stride[axis] = stride[axis - 1] * header.dims[axis - 1];
  else
    for (std::size_t axis = rank; axis-- > 1;) stride[axis - 1] = stride[axis] * header.dims[axis];
  std::int64_t from = 0;
  for (std::int64_t i = 0; i < count; ++i, to += width) {
    std::memcpy(to, source + static_cast<std::size_t>(from) * width, width);
    if (header.big_endian) std::reverse(to, to + width);
    for (std::size_t axis = rank; axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < header.dims[axis]) break;
      from -= stride[axis] * header.dims[axis];
      index[axis] = 0;
    }
  }
  return tensor;
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
  const std::size_t width = size_of(header.dtype);
  const auto size = static_cast<std::size_t>(*checked_count(header.dims)) * width;
  if (data.size() < size) return truncated(start + length + size);

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
  std::string shape;
  for (const std::int64_t dim : array.dims) shape += text("{}, ", dim);
  std::string header =
      text("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", npy_descr(array.dtype),
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
