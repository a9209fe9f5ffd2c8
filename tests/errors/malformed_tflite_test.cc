// TensorFlow Lite models that were edited through the schema, opened and run by the kernels: what
// tests/import/tflite_malformed_test.cc runs by the references.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/file.h"
#include "support/attempts.h"
#include "support/temp_folder.h"
#include "support/tflite_damage.h"

using namespace vivace;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> models() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(VIVACE_TFLITE_CASES))
    if (entry.path().extension() == ".tflite" && fs::file_size(entry.path()) < 16'384)
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE(
    "TensorFlow Lite models that were edited through the schema run by the kernels, or are one typed error") {
  const test::TempFolder folder;
  test::Tally tally;
  test::TfliteDamage damage(2);
  for (const fs::path& path : models()) {
    const auto file = File::open(path).value();
    const auto* data = reinterpret_cast<const std::uint8_t*>(file->bytes().data());
    damage.add_source({data, data + file->bytes().size()});
  }
  const std::size_t each = 1000 / damage.source_count() + 1;
  for (std::size_t source = 0; source < damage.source_count(); ++source)
    for (std::size_t i = 0; i < each; ++i) {
      const std::vector<std::uint8_t> wrong = damage.wrong(source);
      CAPTURE(source);
      CAPTURE(i);
      test::attempt(folder.write("m.tflite", as_text(std::as_bytes(std::span(wrong)))), tally);
    }
  test::report("edited .tflite", tally);
  CHECK(tally.ids["a model"] >= 150);
}
