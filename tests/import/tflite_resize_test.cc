// Inputs that the caller gives other sizes than the file has.
#include <doctest/doctest.h>

#include "import/tflite/tflite.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

Result<Imported> opened(const char* model, const TfliteOptions& options) {
  return open_tflite(fs::path(VIVACE_TFLITE_CASES) / model, options);
}

TfliteOptions sized(std::vector<std::pair<std::string, Shape>> sizes) {
  TfliteOptions options;
  options.input_sizes = std::move(sizes);
  return options;
}

std::string refused(const char* model, const std::string& input, Shape sizes) {
  const auto imported = opened(model, sized({{input, std::move(sizes)}}));
  return imported.ok() ? "" : imported.error().id();
}

Dims output_dims(const char* model, std::vector<std::pair<std::string, Shape>> sizes) {
  const auto imported = opened(model, sized(std::move(sizes)));
  REQUIRE_MESSAGE(imported.ok(), (imported.ok() ? "" : to_text(imported.error())));
  REQUIRE(verify(imported->graph).ok());
  return imported->graph.value(imported->graph.outputs()[0]).dims;
}

}  // namespace

TEST_CASE("sizes of inputs that the caller gives are followed through the graph") {
  const auto as_written = opened("network/conv_same_strides.tflite", {});
  REQUIRE(as_written.ok());
  const std::string input = as_written->graph.value(as_written->graph.inputs()[0]).name;
  CHECK(output_dims("network/conv_same_strides.tflite", {}) == Dims{1, 4, 3, 4});
  CHECK(output_dims("network/conv_same_strides.tflite", {{input, {3, 20, 31, 3}}}) == Dims{3, 10, 16, 4});
  CHECK(output_dims("network/conv_same_strides.tflite", {{input, {0, 8, 8, 3}}}) == Dims{0, 4, 4, 4});
}

TEST_CASE("sizes that an input cannot have are one error") {
  const auto as_written = opened("network/conv_same_strides.tflite", {});
  REQUIRE(as_written.ok());
  const std::string input = as_written->graph.value(as_written->graph.inputs()[0]).name;
  const char* model = "network/conv_same_strides.tflite";
  CHECK(refused(model, "another", {1, 7, 6, 3}) == "import.resize");
  CHECK(refused(model, input, {1, -7, 6, 3}) == "import.resize");
  CHECK(refused(model, input, {INT64_MAX, INT64_MAX, 6, 3}) == "import.resize");
  CHECK(refused(model, input, Shape(33, 1)) == "import.resize");
  CHECK(refused(model, input, {7, 6, 3}) == "import.rank");
  CHECK(refused(model, input, {1, 7, 6, 4}).starts_with("import."));
  CHECK(refused(model, input, {1, 1 << 30, 1 << 30, 3}) != "");
  const auto resized = opened(model, sized({{input, {1, 7, 6, 4}}}));
  REQUIRE_FALSE(resized.ok());
  CHECK(resized.error().why().find("other sizes") != std::string::npos);
}

}  // namespace vivace
