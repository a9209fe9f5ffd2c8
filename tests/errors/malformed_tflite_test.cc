// TensorFlow Lite models that were edited through the schema, opened and run by the kernels: what
// tests/import/tflite_malformed_test.cc runs by the references.
#include <doctest/doctest.h>

#include "support/attempts.h"
#include "support/temp_folder.h"
#include "support/tflite_models.h"

using namespace vivace;

TEST_CASE(
    "TensorFlow Lite models that were edited through the schema run by the kernels, or are one typed error") {
  const test::TempFolder folder;
  test::Tally tally;
  test::TfliteDamage damage = test::damage_of_small_models(VIVACE_TFLITE_CASES, 2);
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
