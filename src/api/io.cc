// Tensors from files and into files.
#include "vivace/io.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "api/impl.h"
#include "api/write.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/csv/csv.h"
#include "formats/image/image.h"
#include "formats/npy/npy.h"

namespace vivace {
namespace {

struct Input {
  Bytes bytes;
  std::shared_ptr<const void> owner;
  std::string name;
};

constexpr std::size_t kMostPiped = std::size_t{4} << 30;

Result<Input> read_standard_input() {
  auto held = std::make_shared<std::string>();
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error("file.unreadable", "cannot read the standard input").why(std::strerror(errno));
    if (got == 0) break;
    held->append(buffer, static_cast<std::size_t>(got));
    if (held->size() > kMostPiped) return Error("file.unreadable", "the standard input is larger than 4 GB");
  }
  if (held->empty()) return Error("file.empty", "the standard input is empty");
  return Input{as_bytes(*held), held, "standard input"};
}

Result<Input> read_input(const std::filesystem::path& path) {
  if (path == "-") return read_standard_input();
  VIVACE_TRY(const auto file, File::open(path));
  return Input{file->bytes(), file, path.string()};
}

Tensor copy_of(const TensorView& view) {
  Tensor tensor(view.dtype, Shape(view.dims.begin(), view.dims.end()));
  if (view.bytes() != 0) std::memcpy(tensor.data(), view.data, view.bytes());
  tensor.own_strings();
  return tensor;
}

// A file that ends in a line break has no empty line behind it.
std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_picture(std::string_view head) {
  return head.starts_with("\x89PNG") || head.starts_with("\xff\xd8\xff") || head.starts_with("P5") ||
         head.starts_with("P6") || head.starts_with("BM");
}

}  // namespace

Result<ReadTensor> read_tensor(const std::filesystem::path& path) {
  return guard_memory([&]() -> Result<ReadTensor> {
    VIVACE_TRY(const Input input, read_input(path));
    const std::string_view head = as_text(input.bytes);
    if (head.starts_with("\x93NUMPY")) {
      VIVACE_TRY(const NpyArray array, read_npy(input.bytes, input.owner, input.name));
      return ReadTensor{copy_of(array.view()), TensorSource::array};
    }
    if (is_picture(head)) {
      VIVACE_TRY(Image image, read_image(input.bytes, input.name));
      return ReadTensor{std::move(image.pixels), TensorSource::picture};
    }
    if (path.extension() != ".csv" && path.extension() != ".txt" && path != "-")
      return Error("input.kind", text("\"{}\" is neither an array, nor a picture, nor a table", input.name))
          .at(input.name)
          .fix("give .npy, .npz, .png, .jpg or .csv");
    VIVACE_TRY(CsvTable table, read_csv(input.bytes, input.name));
    return ReadTensor{std::move(table.values), TensorSource::table};
  });
}

Result<Tensor> read_strings(const std::filesystem::path& path) {
  return guard_memory([&]() -> Result<Tensor> {
    VIVACE_TRY(const Input input, read_input(path));
    if (as_text(input.bytes).starts_with("\x93NUMPY")) {
      VIVACE_TRY(const NpyArray array, read_npy(input.bytes, input.owner, input.name));
      return copy_of(array.view());
    }
    if (path.extension() == ".csv") return read_csv_fields(input.bytes, input.name);
    const std::vector<std::string_view> lines = lines_of(as_text(input.bytes));
    return Tensor::of_strings({static_cast<std::int64_t>(lines.size())}, lines);
  });
}

Result<Tensor> parse_strings(const TensorView& strings, DType like) {
  return guard_memory([&]() -> Result<Tensor> {
    if (like == DType::string) return copy_of(strings);
    const bool floats = is_float(like);
    Tensor numbers(floats ? DType::f64 : DType::i64, Shape(strings.dims.begin(), strings.dims.end()));
    for (std::int64_t i = 0; i < strings.count(); ++i) {
      const std::string_view word = strings.as<StringView>()[i];
      const auto at = [&](Error error) { return std::move(error).within(text("value {}", i + 1)); };
      if (floats) {
        auto number = csv_number(word);
        if (!number.ok()) return at(std::move(number).error());
        numbers.as<double>()[i] = *number;
      } else {
        auto number = csv_integer(word);
        if (!number.ok()) return at(std::move(number).error());
        numbers.as<std::int64_t>()[i] = *number;
      }
    }
    return numbers;
  });
}

Result<std::vector<NamedTensor>> read_npz(const std::filesystem::path& path) {
  return guard_memory([&]() -> Result<std::vector<NamedTensor>> {
    VIVACE_TRY(const Input input, read_input(path));
    VIVACE_TRY(const std::vector<NpyArray> arrays, read_npz(input.bytes, input.owner, input.name));
    std::vector<NamedTensor> tensors;
    for (const NpyArray& array : arrays) tensors.emplace_back(array.name, copy_of(array.view()));
    return tensors;
  });
}

Status write_npy(const std::filesystem::path& path, const TensorView& tensor) {
  return guard_memory([&] { return write_whole(path, write_npy(tensor)); });
}

Status write_npz(const std::filesystem::path& path, std::span<const std::string> names,
                 std::span<const TensorView> tensors) {
  return guard_memory([&] {
    std::vector<NamedView> arrays;
    for (std::size_t i = 0; i < names.size(); ++i) arrays.push_back({names[i], tensors[i]});
    return write_whole(path, write_npz(arrays));
  });
}

}  // namespace vivace
