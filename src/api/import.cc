#include "api/import.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "import/keras/keras.h"
#include "import/tflite/tflite.h"

namespace vivace {
namespace {

struct Kind {
  std::string_view magic;
  std::size_t offset;
  std::string_view name;
  std::string_view advice;
};

constexpr std::string_view kTfAdvice =
    "this version opens Keras and TensorFlow Lite files: where the Keras model is still at hand, save it "
    "with "
    "model.save(\"model.keras\")";

// What people hand over by mistake, by its first bytes.
constexpr Kind kKinds[] = {
    {"\x89PNG", 0, "a PNG picture", "the model comes first: vivace predict MODEL picture.png"},
    {"\xff\xd8\xff", 0, "a JPEG picture", "the model comes first: vivace predict MODEL picture.jpg"},
    {"\x93NUMPY", 0, "a NumPy array", "the model comes first: vivace predict MODEL array.npy"},
    {"\x80\x02", 0, "a Python pickle",
     "a pickle can run code and is never opened; save the model with model.save()"},
    {"\x80\x04", 0, "a Python pickle",
     "a pickle can run code and is never opened; save the model with model.save()"},
    {"\x1f\x8b", 0, "a gzip archive", "unpack it first"},
    {"{", 0, "JSON text", "an architecture alone has no weights; give the weights file, with this beside it"},
    {"version https://git-lfs", 0, "a Git LFS pointer, not the file itself", "fetch the file: git lfs pull"},
    {"<!DOCTYPE", 0, "a web page", "the download went wrong; fetch the file itself"},
    {"<html", 0, "a web page", "the download went wrong; fetch the file itself"},
};

Error wrong_kind(const std::filesystem::path& path, std::string_view what, std::string_view advice) {
  return Error("import.kind",
               text("\"{}\" is {}, which vivace does not open as a model", path.string(), what))
      .at(path.string())
      .fix(std::string(advice));
}

Error unknown_kind(const std::filesystem::path& path, Bytes bytes) {
  const std::string_view head = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
  for (const Kind& kind : kKinds)
    if (head.size() > kind.offset && head.substr(kind.offset).starts_with(kind.magic))
      return wrong_kind(path, kind.name, kind.advice);
  const std::string extension = path.extension().string();
  if (extension == ".onnx") return wrong_kind(path, "an ONNX model", kTfAdvice);
  if (extension == ".pb") return wrong_kind(path, "a TensorFlow graph", kTfAdvice);
  return wrong_kind(path, "no kind of file that vivace knows",
                    "vivace opens Keras .h5 and .keras files, .tflite, and .viv");
}

KerasOptions keras_options(const Options& options) { return {options.architecture, options.lambdas}; }
TfliteOptions tflite_options(const Options& options) {
  return {options.signature, options.dynamic_range_float, options.xnnpack_rounding, options.input_sizes};
}

bool is_tflite(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return false;
  const auto file = File::open(path);
  return file.ok() && tflite::looks_like_tflite((*file)->bytes());
}

}  // namespace

std::vector<std::filesystem::path> files_of_model(const std::filesystem::path& path, const Options& options) {
  if (is_tflite(path)) return {path};
  return files_of_keras(path, keras_options(options));
}

Status check_kind(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    if (std::filesystem::exists(path / "config.json", ignored)) return {};
    if (std::filesystem::exists(path / "saved_model.pb", ignored))
      return wrong_kind(path, "a TensorFlow SavedModel", kTfAdvice);
    return wrong_kind(
        path, "a folder without config.json",
        "give the model file, or an unzipped .keras folder with config.json and model.weights.h5");
  }
  VIVACE_TRY(const auto file, File::open(path));
  if (tflite::looks_like_tflite(file->bytes())) return {};
  if (!looks_like_keras(file->bytes())) return unknown_kind(path, file->bytes());
  return {};
}

std::string_view format_of(const std::filesystem::path& path) {
  return is_tflite(path) ? kTfliteFormat : "Keras model";
}

Result<Imported> import_model(const std::filesystem::path& path, const Options& options) {
  VIVACE_CHECK_OK(check_kind(path));
  if (is_tflite(path)) return open_tflite(path, tflite_options(options));
  return open_keras(path, keras_options(options));
}

Result<std::vector<Unsupported>> survey_model(const std::filesystem::path& path, const Options& options) {
  VIVACE_CHECK_OK(check_kind(path));
  if (is_tflite(path)) return survey_tflite(path, tflite_options(options));
  return survey_keras(path, keras_options(options));
}

}  // namespace vivace
