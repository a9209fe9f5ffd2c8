#include "formats/npy/npy.h"

#include <doctest/doctest.h>

#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "support/damage.h"

using namespace vivace;

namespace {

std::shared_ptr<const File> data(const std::string& name) {
  return File::open(std::string(VIVACE_TEST_DATA) + "/formats/" + name).value();
}

Result<NpyArray> load(const std::string& name) {
  const auto file = data(name);
  return read_npy(file->bytes(), file, name);
}

template <class T>
void check_counts_up(const NpyArray& array) {
  CHECK(array.dims == Shape{2, 3, 4});
  for (int i = 0; i < 24; ++i) CHECK(static_cast<double>(array.view().as<T>()[i]) == i);
}

std::string fault(std::string_view header) {
  std::string file = "\x93NUMPY\1";
  file += '\0';
  file += static_cast<char>(header.size());
  file += '\0';
  file += header;
  const auto array = read_npy(as_bytes(file), nullptr, "x.npy");
  return array ? "ok" : array.error().id();
}

}  // namespace

TEST_CASE("NumPy's arrays of every type are read") {
  check_counts_up<float>(load("f4.npy").value());
  check_counts_up<double>(load("f8.npy").value());
  check_counts_up<std::int8_t>(load("i1.npy").value());
  check_counts_up<std::int16_t>(load("i2.npy").value());
  check_counts_up<std::int32_t>(load("i4.npy").value());
  check_counts_up<std::int64_t>(load("i8.npy").value());
  check_counts_up<std::uint8_t>(load("u1.npy").value());
  check_counts_up<std::uint16_t>(load("u2.npy").value());
  check_counts_up<std::uint32_t>(load("u4.npy").value());
  check_counts_up<std::uint64_t>(load("u8.npy").value());
  CHECK(load("f2.npy").value().dtype == DType::f16);
  CHECK(load("b1.npy").value().dtype == DType::boolean);
  CHECK(load("scalar.npy").value().dims.empty());
}

TEST_CASE("column-major, big-endian and version 2 files give the same array") {
  for (const char* name : {"fortran.npy", "big_endian.npy", "version2.npy"})
    check_counts_up<float>(load(name).value());
}

TEST_CASE("aligned row-major elements are a view into the file") {
  const auto file = data("f4.npy");
  const NpyArray array = read_npy(file->bytes(), file, "f4.npy").value();
  CHECK(static_cast<const std::byte*>(array.data) == file->bytes().data() + file->bytes().size() - 96);
}

TEST_CASE("stored and deflated .npz give their arrays by name") {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const auto file = data(name);
    const auto arrays = read_npz(file->bytes(), file, name).value();
    REQUIRE(arrays.size() == 2);
    CHECK(arrays[0].name == "a");
    check_counts_up<float>(arrays[0]);
    CHECK(arrays[1].view().as<std::int64_t>()[2] == 2);
  }
}

TEST_CASE("NumPy's strings of characters and of bytes are the same text") {
  const std::string_view want[] = {"a",
                                   "gr\xc3\xb6\xc3\x9f"
                                   "e",
                                   "",
                                   "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
                                   "\xf0\x9f\x98\x80 x",
                                   {"nul\0in", 6}};
  for (const char* name : {"unicode.npy", "unicode_big_endian.npy", "unicode_fortran.npy", "bytes.npy"}) {
    const NpyArray array = load(name).value();
    REQUIRE(array.dtype == DType::string);
    REQUIRE(array.dims == Shape{2, 3});
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::string_view(array.view().as<StringView>()[i]) == want[i]);
    const auto written = write_npy(array.view());
    const NpyArray again = read_npy(written, nullptr, name).value();
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::string_view(again.view().as<StringView>()[i]) == want[i]);
  }
}

TEST_CASE("strings that are no UTF-8 are written as bytes") {
  const std::string_view texts[] = {"\xff\x01", "plain"};
  const auto written = write_npy(Tensor::of_strings({2}, texts).view());
  CHECK(as_text(written).find("|S5") != std::string_view::npos);
  const NpyArray again = read_npy(written, nullptr, "x").value();
  CHECK(std::string_view(again.view().as<StringView>()[0]) == texts[0]);
}

TEST_CASE("strings of no bytes, of too many, and numbers that are no characters are refused") {
  CHECK(fault("{'descr': '<U0', 'fortran_order': False, 'shape': (0,), }") == "ok");
  CHECK(fault("{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999,), }") == "npy.dtype");
  CHECK(fault("{'descr': '|S0', 'fortran_order': False, 'shape': (), }") == "npy.dtype");
  CHECK(fault("{'descr': '<U99999999999999999999', 'fortran_order': False, 'shape': (1,), }") == "npy.dtype");
  CHECK(fault("{'descr': '<U-4', 'fortran_order': False, 'shape': (1,), }") == "npy.dtype");
  CHECK(fault("{'descr': '<U5', 'fortran_order': False, 'shape': (576460752303423488,), }") ==
        "npy.truncated");
  CHECK(fault("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }") == "npy.truncated");
  std::vector<std::byte> file = write_npy(Tensor::of_strings({1}, std::vector<std::string_view>{"a"}).view());
  file[file.size() - 3] = std::byte{0xd8};  // U+D861, half of a pair
  CHECK(read_npy(file, nullptr, "x").error().id() == "npy.text");
  file[file.size() - 3] = std::byte{0};
  file[file.size() - 1] = std::byte{1};
  CHECK(read_npy(file, nullptr, "x").error().id() == "npy.text");
}

TEST_CASE("pickles, records and impossible shapes are refused by name") {
  const auto object = load("object.npy");
  REQUIRE(!object);
  CHECK(object.error().id() == "npy.dtype");
  CHECK(object.error().fix() == "save numbers as array.astype(\"float32\"), strings as array.astype(\"U\")");
  CHECK(fault("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }") == "ok");
  CHECK(fault("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }") == "npy.truncated");
  CHECK(fault("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }") == "npy.dtype");
  CHECK(fault("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }") == "npy.shape");
  CHECK(fault("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999, 99999999999), }") ==
        "npy.shape");
  CHECK(fault("{'descr': '<f4', 'shape': (), }") == "npy.header");
  CHECK(fault("__import__('os')") == "npy.header");
  CHECK(read_npy(as_bytes("hello"), nullptr, "x").error().id() == "npy.not-npy");
}

TEST_CASE("what is written reads back, aligned") {
  Tensor tensor(DType::f32, {2, 2});
  for (int i = 0; i < 4; ++i) tensor.as<float>()[i] = static_cast<float>(i);
  const auto file = write_npz({{"x", tensor.view()}, {"scalar", Tensor(DType::i64, {}).view()}});
  const auto arrays = read_npz(file, nullptr, "x.npz").value();
  REQUIRE(arrays.size() == 2);
  CHECK(arrays[0].name == "x");
  CHECK(arrays[0].dims == Shape{2, 2});
  CHECK(std::memcmp(arrays[0].data, tensor.data(), 16) == 0);
  CHECK(arrays[1].dims.empty());
}

TEST_CASE("a damaged array file gives an array or a typed error") {
  const auto file = data("f4.npy");
  for_each_damaged(file->bytes(), [](Bytes damaged) {
    const auto array = read_npy(damaged, nullptr, "x.npy");
    if (!array) CHECK(array.error().id().starts_with("npy."));
  });
  for (const char* name : {"unicode.npy", "bytes.npy"})
    for_each_damaged(data(name)->bytes(), [](Bytes damaged) { (void)read_npy(damaged, nullptr, "x.npy"); });
  const auto archive = data("deflated.npz");
  for_each_damaged(archive->bytes(), [](Bytes damaged) { (void)read_npz(damaged, nullptr, "x.npz"); });
}
