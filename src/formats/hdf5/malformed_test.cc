// Hostile and broken files: whatever is cut or changed, reading ends in values or in a typed error.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/clock.h"
#include "base/file.h"
#include "support/hdf5_walk.h"

using namespace vivace;
namespace fs = std::filesystem;

namespace {

constexpr hdf5::Limits kSmall{.free_bytes = std::uint64_t{1} << 20, .expansion = 1};

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".h5" || entry.path().extension() == ".hdf5")
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::byte> content(const fs::path& path) {
  const auto file = vivace::File::open(path).value();
  return {file->bytes().begin(), file->bytes().end()};
}

// The vector is exactly as large as the file, so the address sanitizer guards its end.
hdf5::WalkCounts walk(const std::vector<std::byte>& bytes) {
  const auto file = hdf5::File::open(bytes, nullptr, "broken.h5", kSmall);
  return file.ok() ? hdf5::Walker(std::uint64_t{1} << 21).walk(file->root()) : hdf5::WalkCounts{};
}

const fs::path kGolden = fs::path(VIVACE_TEST_DATA) / "hdf5";

}  // namespace

TEST_CASE("hdf5: a file cut anywhere is refused as truncated, or as no HDF5 file") {
  for (const char* name : {"types_v0.h5", "types_v3.h5", "chunked_v3.h5"}) {
    const auto whole = content(kGolden / name);
    for (std::size_t size = 0; size < whole.size(); size += 7) {
      const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const auto file = hdf5::File::open(cut, nullptr, "cut.h5");
      REQUIRE_FALSE(file.ok());
      CHECK(file.error().id() == (size < 8 ? "hdf5.not-hdf5" : "hdf5.truncated"));
    }
  }
}

TEST_CASE("hdf5: a file whose end is missing but not noticed at opening ends in errors") {
  for (const char* name : {"types_v0.h5", "attributes_v0.h5", "chunked_v0.h5"}) {
    const auto whole = content(kGolden / name);
    for (std::size_t size = 96; size < whole.size(); size += 63) {
      std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const std::uint64_t end = size;
      std::memcpy(cut.data() + 40, &end, sizeof end);  // superblock 0: the end of the file
      walk(cut);
    }
  }
}

TEST_CASE("hdf5: thousands of files with changed bytes end in values or typed errors") {
  std::mt19937 random(20);
  for (const auto& path : files_in(kGolden)) {
    const auto whole = content(path);
    for (int round = 0; round < 150; ++round) {
      auto changed = whole;
      for (int flips = 1 + static_cast<int>(random() % 8); flips > 0; --flips) {
        // Mostly structures, which crowd at the beginning.
        const std::size_t at =
            random() % (random() % 2 == 0 ? std::min<std::size_t>(2048, whole.size()) : whole.size());
        constexpr unsigned kExtremes[] = {0, 1, 0x7f, 0x80, 0xff};
        changed[at] = static_cast<std::byte>(random() % 2 == 0 ? kExtremes[random() % 5] : random());
      }
      walk(changed);
    }
  }
}

TEST_CASE(
    "hdf5: every 8-byte address or size of a small file, set to extremes, ends in values or typed errors") {
  for (const char* name : {"early_v0.h5", "early_v3.h5"}) {
    const auto whole = content(kGolden / name);
    for (std::size_t at = 0; at + 8 <= whole.size(); at += 4) {
      for (const std::uint64_t extreme : {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1} << 32,
                                          std::uint64_t{whole.size()}, std::uint64_t{0}}) {
        auto changed = whole;
        std::memcpy(changed.data() + at, &extreme, 8);
        walk(changed);
      }
    }
  }
}

TEST_CASE("hdf5: inputs that the fuzzer once found stay harmless") {
  for (const auto& entry : fs::directory_iterator(fs::path(VIVACE_TEST_DATA) / "../../fuzz/corpus/hdf5")) {
    CAPTURE(entry.path().string());
    walk(content(entry.path()));
  }
}

TEST_CASE("hdf5: the corpus' Keras files are read whole, without one error") {
  const char* variable = std::getenv("VIVACE_CORPUS");
  const fs::path corpus =
      variable ? fs::path(variable) : fs::path(VIVACE_TEST_DATA) / "../../../shared/models";
  if (!fs::exists(corpus)) {
    MESSAGE("SKIPPED: no corpus (set VIVACE_CORPUS)");
    return;
  }
  for (const auto& path : files_in(corpus)) {
    CAPTURE(path.string());
    const auto file = vivace::File::open(path).value();
    const auto opened = hdf5::File::open(file->bytes(), file, path.filename().string());
    REQUIRE(opened.ok());
    std::vector<hdf5::Object> open = {opened->root()};
    std::size_t objects = 0;
    const double start_s = now_s();
    while (!open.empty()) {
      const hdf5::Object object = std::move(open.back());
      open.pop_back();
      ++objects;
      if (object.is_dataset()) {
        if (object.info().value().type.is_text())
          REQUIRE(object.values().value().texts().ok());
        else
          REQUIRE(object.read().value().in_place);
      } else {
        for (const auto name : object.children().value()) open.push_back(object.child(name).value());
      }
      REQUIRE(object.attribute_names().ok());
    }
    MESSAGE(path.filename().string(), ": ", objects, " objects in ", (now_s() - start_s) * 1e6, " us");
    CHECK(opened->root().children().value().size() > 0);
  }
}
