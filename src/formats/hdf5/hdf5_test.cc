// The reader against files that libhdf5 wrote (tools/golden/hdf5.py): every value, every refusal.
#include "formats/hdf5/hdf5.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/float16.h"

using namespace vivace;

namespace {

hdf5::File open_golden(const std::string& name) {
  auto file = vivace::File::open(std::filesystem::path(VIVACE_TEST_DATA) / "hdf5" / (name + ".h5")).value();
  return hdf5::File::open(file->bytes(), file, name + ".h5").value();
}

double number_at(const hdf5::Elements& e, std::size_t i) {
  const std::byte* p = e.data + i * size_of(e.dtype);
  switch (e.dtype) {
    case DType::f32:
      return static_cast<double>(load_le<float>(p));
    case DType::f64:
      return load_le<double>(p);
    case DType::f16:
      return static_cast<double>(f16_to_float(load_le<std::uint16_t>(p)));
    case DType::bf16:
      return static_cast<double>(bf16_to_float(load_le<std::uint16_t>(p)));
    case DType::i8:
      return load_le<std::int8_t>(p);
    case DType::i16:
      return load_le<std::int16_t>(p);
    case DType::i32:
      return load_le<std::int32_t>(p);
    case DType::i64:
      return static_cast<double>(load_le<std::int64_t>(p));
    case DType::u16:
      return load_le<std::uint16_t>(p);
    case DType::u32:
      return load_le<std::uint32_t>(p);
    case DType::u64:
      return static_cast<double>(load_le<std::uint64_t>(p));
    default:
      return load_le<std::uint8_t>(p);
  }
}

void check_ramp(const hdf5::Object& dataset, const Shape& dims) {
  CAPTURE(dataset.path());
  const auto elements = dataset.read().value();
  REQUIRE(elements.dims == dims);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count_of(dims)); ++i) {
    REQUIRE(number_at(elements, i) == static_cast<double>(i));
  }
}

std::vector<double> numbers(const hdf5::Object& dataset) {
  return dataset.values().value().numbers().value();
}

}  // namespace

TEST_CASE(
    "hdf5: every element type is read as written, under superblocks 0, 2 and 3 and behind a user block") {
  for (const char* name : {"types_v0", "types_v2", "types_v3", "userblock"}) {
    CAPTURE(name);
    const auto file = open_golden(name);
    int count = 0;
    for (const char* group_name : {"floats", "ints", "others"}) {
      const auto group = file.root().child(group_name).value();
      for (const auto type : group.children().value()) {
        const auto dataset = group.child(type).value();
        check_ramp(dataset, {3, 4});
        const bool big_endian = type.substr(0, 2) == "be";
        CHECK(dataset.read().value().in_place == !big_endian);
        ++count;
      }
    }
    CHECK(count == 17);
    const auto dtype = [&](const char* path) {
      return file.root().find(path).value().info().value().type.dtype;
    };
    CHECK(dtype("floats/le_f2") == DType::f16);
    CHECK(dtype("floats/bf16") == DType::bf16);
    CHECK(dtype("others/be_u8") == DType::u64);
    CHECK(dtype("ints/i1") == DType::i8);
  }
}

TEST_CASE("hdf5: bools, scalars, empty, unwritten and nested datasets and strings are read as written") {
  for (const char* name : {"types_v0", "types_v2", "types_v3", "userblock"}) {
    CAPTURE(name);
    const auto file = open_golden(name);
    const auto at = [&](const char* path) { return file.root().find(path).value(); };
    CHECK(at("rest/bool").read().value().dtype == DType::boolean);
    CHECK(numbers(at("rest/bool")) == std::vector<double>{1, 0, 1, 1});
    CHECK(at("rest/scalar").info().value().dims.empty());
    CHECK(numbers(at("rest/scalar")) == std::vector<double>{7});
    CHECK(at("rest/empty").read().value().view().count() == 0);
    CHECK(at("rest/none").info().value().dims == Shape{0});
    CHECK(at("rest/none").values().value().texts().value().empty());
    CHECK(numbers(at("rest/unwritten")) == std::vector<double>(5, 2.5));
    check_ramp(at("/a/b:0/c"), {3, 4});
    const auto fixed = at("texts/fixed").values().value();
    CHECK(fixed.texts().value() == std::vector<std::string_view>{"abc", "de", ""});
    const auto vlen = at("texts/vlen").values().value();
    CHECK(vlen.texts().value() == std::vector<std::string_view>{"one", "zw\u00f6lf", ""});
  }
}

TEST_CASE("hdf5: attributes of every kind that Keras writes") {
  const auto file = open_golden("attributes_v0");
  const auto& root = file.root();
  CHECK(root.attribute("text").value().text().value() == "a variable string");
  CHECK(root.attribute("fixed").value().text().value() == "fixed");
  CHECK(root.attribute("list").value().texts().value() ==
        std::vector<std::string_view>{"layer", "b\u00fcro", ""});
  CHECK(root.attribute("fixed_list").value().texts().value() ==
        std::vector<std::string_view>{"kernel:0", "bias:0"});
  CHECK(root.attribute("empty_list").value().info().dims == Shape{0});
  CHECK(root.attribute("empty_list").value().texts().value().empty());
  CHECK(root.attribute("integer").value().integer().value() == -5);
  CHECK(root.attribute("flag").value().integer().value() == 1);
  CHECK(root.attribute("doubles").value().numbers().value() == std::vector<double>{0.5, -1.25});
  CHECK(root.attribute("halves").value().numbers().value() == std::vector<double>{0.5, -1.25});
  CHECK(root.attribute("long").value().text().value() == std::string(70000, 'x'));
  CHECK(root.split_texts("names").value() ==
        std::vector<std::string_view>{"p0_0", "p0_1", "p1_0", "p1_1", "p2_0", "p2_1"});
  CHECK_FALSE(root.has_attribute("nothing").value());
  CHECK(root.attribute("nothing").error().id() == "hdf5.missing");
  CHECK(root.attribute("text").value().numbers().error().id() == "hdf5.kind");
  CHECK(root.attribute("integer").value().texts().error().id() == "hdf5.kind");
  CHECK(root.attribute("doubles").value().integer().error().id() == "hdf5.kind");
}

TEST_CASE("hdf5: chunks are put together under every index and filter that is read") {
  for (const char* name : {"chunked_v0", "chunked_v3"}) {
    CAPTURE(name);
    const auto file = open_golden(name);
    for (const char* dataset : {"plain", "gzip", "shuffled", "shuffle_only", "one_chunk", "big_endian"}) {
      check_ramp(file.root().find(dataset).value(), {5, 7});
    }
    const auto zipped = file.root().find("zipped_text").value().values().value();
    CHECK(zipped.texts().value() == std::vector<std::string_view>{"ab", "cde"});
    std::vector<double> sparse(24, 9);
    for (const std::size_t i : {10, 11, 14, 15}) sparse[i] = 1;
    CHECK(numbers(file.root().find("sparse").value()) == sparse);
  }
  for (const char* name : {"early_v0", "early_v3"}) {
    const auto file = open_golden(name);
    check_ramp(file.root().find("implicit").value(), {5, 7});
    check_ramp(file.root().find("compact").value(), {5, 7});
  }
  const auto paged = numbers(open_golden("paged_v3").root().find("many").value());
  REQUIRE(paged.size() == 1100);
  for (std::size_t i = 0; i < paged.size(); ++i) REQUIRE(paged[i] == static_cast<double>(i % 100));
}

TEST_CASE("hdf5: a group of 600 names lists them in order and finds each one") {
  const auto group = open_golden("many").root().find("group").value();
  const auto names = group.children().value();
  CHECK(names.size() == 600);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const auto name : names) CHECK(numbers(group.child(name).value()) == std::vector<double>{1});
  CHECK_FALSE(group.has_child("n600").value());
  CHECK_FALSE(group.has_child("a").value());
  CHECK_FALSE(group.has_child("z").value());
  CHECK(group.child("n600").error().id() == "hdf5.missing");
}

TEST_CASE("hdf5: what vivace does not read is refused by name, with the way out") {
  for (const char* name : {"refused_v0", "refused_v3"}) {
    CAPTURE(name);
    const auto file = open_golden(name);
    const auto refusal = [&](const char* path) {
      return file.root().find(std::string("data/") + path).value().read().error();
    };
    CHECK(file.root().find("soft").error().id() == "hdf5.link");
    CHECK(file.root().find("external").error().id() == "hdf5.link");
    for (const char* path : {"lzf", "fletcher", "compound", "raw", "virtual"}) {
      CAPTURE(path);
      CHECK(refusal(path).id() == "hdf5.unsupported");
      CHECK(refusal(path).fix().find("h5repack") != std::string::npos);
      CHECK(refusal(path).at().find(std::string(name) + ".h5:/data/" + path + "@0x") == 0);
    }
    CHECK(refusal("lzf").what() == "\"/data/lzf\" uses the filter 32000 (lzf), which vivace does not read");
    check_ramp(file.root().find("target").value(), {3, 4});
  }
  check_ramp(open_golden("refused_v0").root().find("data/growing").value(), {3, 4});
  CHECK(open_golden("refused_v3").root().find("data/growing").value().read().error().id() ==
        "hdf5.unsupported");
  const auto dense = open_golden("dense").root().find("group").value();
  CHECK(dense.children().error().id() == "hdf5.unsupported");
  CHECK(dense.attribute("a0").error().id() == "hdf5.unsupported");
}

TEST_CASE("hdf5: not an HDF5 file, a truncated one and a wrong kind are told apart") {
  CHECK(hdf5::File::open(as_bytes("PK\x03\x04"), nullptr, "m.h5").error().id() == "hdf5.not-hdf5");
  CHECK(hdf5::File::open({}, nullptr, "m.h5").error().id() == "hdf5.not-hdf5");
  auto file = vivace::File::open(std::filesystem::path(VIVACE_TEST_DATA) / "hdf5/types_v0.h5").value();
  for (const std::size_t size : {std::size_t{9}, std::size_t{50}, file->bytes().size() - 1}) {
    const auto error = hdf5::File::open(file->bytes().first(size), file, "m.h5").error();
    CHECK(error.id() == "hdf5.truncated");
  }
  const auto root = open_golden("types_v0").root();
  CHECK(root.read().error().id() == "hdf5.kind");
  CHECK(root.find("rest/scalar").value().children().error().id() == "hdf5.kind");
  CHECK(root.find("texts/fixed").value().read().error().id() == "hdf5.kind");
  CHECK(root.find("nowhere").error().id() == "hdf5.missing");
}

TEST_CASE("hdf5: a dataset that must be allocated stays within its limit") {
  auto bytes = vivace::File::open(std::filesystem::path(VIVACE_TEST_DATA) / "hdf5/chunked_v0.h5").value();
  const hdf5::Limits limits{.free_bytes = 100, .expansion = 0};
  const auto file = hdf5::File::open(bytes->bytes(), bytes, "m.h5", limits).value();
  CHECK(file.root().find("plain").value().read().error().id() == "hdf5.limit");
  const hdf5::Limits tiny{.free_bytes = 20, .expansion = 0};  // room for the strings, not for two views
  const auto tight = hdf5::File::open(bytes->bytes(), bytes, "m.h5", tiny).value();
  CHECK(tight.root().find("zipped_text").value().values().error().id() == "hdf5.limit");
}

TEST_CASE("hdf5: a file inside another, at an odd address, is read in place and says that it is unaligned") {
  const auto whole = vivace::File::open(std::filesystem::path(VIVACE_TEST_DATA) / "hdf5/types_v0.h5").value();
  std::vector<std::byte> archive(whole->bytes().size() + 3);
  std::copy(whole->bytes().begin(), whole->bytes().end(), archive.begin() + 3);
  const auto file = hdf5::File::open(Bytes(archive).subspan(3), nullptr, "m.keras:model.weights.h5").value();
  const auto dataset = file.root().find("floats/le_f4").value();
  check_ramp(dataset, {3, 4});
  CHECK(dataset.read().value().in_place);
  CHECK_FALSE(dataset.read().value().aligned());
  CHECK(file.root().find("nothing").error().at() == "m.keras:model.weights.h5:/");
}
