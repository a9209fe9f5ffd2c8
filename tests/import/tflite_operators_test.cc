// Every small TensorFlow Lite case: a model of one operator or one trait, against the numbers of the
// reference kernels. The archives say what there is: tools/golden/tflite_operators.py makes them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "import/tflite/tflite.h"
#include "support/model_case.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

std::string trouble_with(const fs::path& folder, const JsonValue& record, test::Arrays& arrays) {
  TfliteOptions options;
  const auto rounding = record.string_at("rounding");
  options.xnnpack_rounding = rounding.ok() && *rounding == "xnnpack";
  auto imported = open_tflite(folder / std::string(*record.string_at("model")), options);
  if (!imported.ok()) return to_text(imported.error());
  if (auto status = verify(imported->graph); !status.ok()) return to_text(status.error());
  return test::trouble_with(imported->graph, record, folder, arrays);
}

std::vector<fs::path> families() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(VIVACE_TFLITE_CASES))
    if (fs::exists(entry.path() / "cases.json")) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

// Cases that do not hold yet, and why; the error that is given instead, or "away" where numbers differ.
struct Known {
  std::string_view label, gives, reason;
};
constexpr Known kKnown[] = {
    {"elementwise/fake_quant", "import.unsupported", "QUANTIZE has no rule yet"},
    {"elementwise/special_values", "away",
     "the builtin kernels clamp what they add to the finite floats; XNNPACK, which runs where nobody "
     "chooses, and "
     "TensorFlow keep infinities, and so does vivace"},
    {"network/batch_matmul_adjoint", "away",
     "the reference kernel reads beyond the right matrices where they are both transposed and repeated: what "
     "is "
     "recorded of the second batch is whatever lay there"},
    {"network/local_response_normalization", "away",
     "the reference kernel leaves out the highest neighbour; the optimised one and TensorFlow count it"},
};

const Known* known(std::string_view label) {
  const auto* found =
      std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& k) { return k.label == label; });
  return found == std::end(kKnown) ? nullptr : found;
}

}  // namespace

TEST_CASE("every small TensorFlow Lite model gives the numbers of the reference kernels") {
  const char* only = std::getenv("VIVACE_CASES");  // run the cases whose name has this in it
  test::Arrays arrays;
  std::size_t models = 0;
  for (const fs::path& family : families()) {
    const auto file = File::open(family / "cases.json").value();
    const auto manifest = JsonValue::parse(file->bytes(), "cases.json").value();
    for (const JsonValue& record : manifest.at("cases")->elements()) {
      const std::string label = text("{}/{}", family.filename().string(), *record.string_at("name"));
      if (only && label.find(only) == std::string::npos) continue;
      const std::string trouble = trouble_with(family, record, arrays);
      const auto refused = record.string_at("refused");
      CAPTURE(label);
      ++models;
      if (const Known* hole = known(label)) {
        INFO(hole->reason);
        CHECK((trouble == "" || trouble.find(hole->gives) != std::string::npos));
      } else if (refused.ok() && !refused->empty()) {
        CHECK(trouble.find(*refused) != std::string::npos);
      } else {
        CHECK(trouble == "");
      }
    }
  }
  CHECK((only || models >= 190));
}

}  // namespace vivace
