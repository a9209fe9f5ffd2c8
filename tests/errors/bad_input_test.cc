// One wrong thing, one typed error, by its exact text: through Model::open and predict, as a user meets it.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "formats/zip/writer.h"
#include "formats/zip/zip.h"
#include "support/temp_folder.h"
#include "vivace/io.h"
#include "vivace/model.h"

using namespace vivace;

namespace fs = std::filesystem;

namespace {

const fs::path kData = VIVACE_TEST_DATA;
const fs::path kCases = VIVACE_KERAS_CASES;
const fs::path kResnet = kData / "../../examples/cifar10_resnet8.h5";

// Paths differ from run to run: the folder is written as F.
std::string shortened(std::string text, const fs::path& folder) {
  for (std::size_t at; (at = text.find(folder.string())) != std::string::npos;)
    text.replace(at, folder.string().size(), "F");
  return text;
}

std::string outcome(const fs::path& model, const fs::path& folder, const fs::path& architecture = {}) {
  Options options;
  options.cache = false;
  options.architecture = architecture;
  const auto opened = Model::open(model, options);
  // What open refuses, inspect survives: with the same error, or with a list of what is unsupported.
  const auto seen = inspect(model, options);
  if (!opened.ok() && seen.ok()) CHECK_FALSE(seen->unsupported.empty());
  return opened.ok() ? "no error" : shortened(to_text(opened.error()), folder);
}

std::string member_of(const fs::path& archive, std::string_view member) {
  const auto file = File::open(archive).value();
  const auto zip = ZipFile::open(file->bytes(), file, archive.string()).value();
  return std::string(as_text(zip.read(member).value().bytes));
}

// A .keras archive from texts.
fs::path archive(const test::TempFolder& folder, std::string_view name, const std::string& config,
                 const std::string& weights) {
  ZipWriter writer;
  writer.add("metadata.json", as_bytes(R"({"keras_version": "3.8.0"})"));
  writer.add("config.json", as_bytes(config));
  writer.add("model.weights.h5", as_bytes(weights));
  const std::vector<std::byte> bytes = writer.finish();
  return folder.write(name, as_text(bytes));
}

Model resnet() {
  Options options;
  options.cache = false;
  return Model::open(kResnet, options).value();
}

template <class T>
std::string failure(const Result<T>& result) {
  return result.ok() ? "no error" : to_text(result.error());
}

}  // namespace

TEST_CASE("what is no model file is named for what it is") {
  const test::TempFolder f;
  const std::string opens = "\n  fix  vivace opens Keras .h5 and .keras files, .tflite, and .viv";
  const std::string tf =
      "\n  fix  this version opens Keras and TensorFlow Lite files: where the Keras model is still at hand, "
      "save "
      "it with model.save(\"model.keras\")";
  const auto kind = [&](std::string_view name, std::string_view bytes) {
    return outcome(f.write(name, bytes), f.path());
  };
  const auto is = [](const std::string& name, const std::string& what, const std::string& fix) {
    return "error[import.kind]: \"F/" + name + "\" is " + what +
           ", which vivace does not open as a model\n  at   F/" + name + fix;
  };
  CHECK(outcome(f / "gone.h5", f.path()) ==
        "error[file.missing]: there is no file \"F/gone.h5\"\n  at   F/gone.h5\n"
        "  fix  check the path; relative paths start at the current folder");
  CHECK(kind("empty.h5", "") ==
        "error[file.empty]: \"F/empty.h5\" is empty\n  at   F/empty.h5\n  fix  save or download it again");
  CHECK(kind("m.tflite", std::string_view("\x1c\0\0\0TFL3....", 12)) ==
        "error[tflite.damaged]: the file is cut off or damaged: an offset in it leads astray\n  at   "
        "F/m.tflite\n"
        "  fix  fetch or convert the model again");
  CHECK(kind("m.onnx", "\x08\x07 anything") == is("m.onnx", "an ONNX model", tf));
  CHECK(kind("m.pb", "\x0a\x0b anything") == is("m.pb", "a TensorFlow graph", tf));
  CHECK(kind("cat.h5", "\x89PNG\r\n\x1a\n") ==
        is("cat.h5", "a PNG picture", "\n  fix  the model comes first: vivace predict MODEL picture.png"));
  CHECK(kind("cat.jpg", "\xff\xd8\xff\xe0") ==
        is("cat.jpg", "a JPEG picture", "\n  fix  the model comes first: vivace predict MODEL picture.jpg"));
  CHECK(kind("x.npy", "\x93NUMPY\x01") ==
        is("x.npy", "a NumPy array", "\n  fix  the model comes first: vivace predict MODEL array.npy"));
  for (const std::string_view magic : {"\x80\x02", "\x80\x04"})
    CHECK(kind("m.pkl", magic) ==
          is("m.pkl", "a Python pickle",
             "\n  fix  a pickle can run code and is never opened; save the model with model.save()"));
  CHECK(kind("m.tar.gz", "\x1f\x8b\x08") == is("m.tar.gz", "a gzip archive", "\n  fix  unpack it first"));
  CHECK(kind("model.json", "{\"class_name\": \"Model\"}") ==
        is("model.json", "JSON text",
           "\n  fix  an architecture alone has no weights; give the weights file, with this beside it"));
  CHECK(kind("lfs.h5", "version https://git-lfs.github.com/spec/v1\n") ==
        is("lfs.h5", "a Git LFS pointer, not the file itself", "\n  fix  fetch the file: git lfs pull"));
  for (const std::string_view page : {"<!DOCTYPE html>", "<html>"})
    CHECK(kind("page.h5", page) ==
          is("page.h5", "a web page", "\n  fix  the download went wrong; fetch the file itself"));
  CHECK(kind("note.h5", "hello") == is("note.h5", "no kind of file that vivace knows", opens));
}

TEST_CASE("folders are told apart: a SavedModel, an empty one, one that is no model") {
  const test::TempFolder f;
  fs::create_directory(f / "saved");
  f.write("saved/saved_model.pb", "x");
  CHECK(outcome(f / "saved", f.path())
            .starts_with("error[import.kind]: \"F/saved\" is a TensorFlow SavedModel, which vivace does not "
                         "open as a model\n"));
  fs::create_directory(f / "empty");
  CHECK(outcome(f / "empty", f.path()) ==
        "error[import.kind]: \"F/empty\" is a folder without config.json, which vivace does not open as a "
        "model\n"
        "  at   F/empty\n"
        "  fix  give the model file, or an unzipped .keras folder with config.json and model.weights.h5");
  REQUIRE(::mkfifo((f / "pipe").c_str(), 0600) == 0);
  CHECK(outcome(f / "pipe", f.path()) ==
        "error[file.unreadable]: \"F/pipe\" is not a regular file\n  at   F/pipe");
}

TEST_CASE("hostile archives and links are refused before anything is read through them") {
  const fs::path data = kData / "errors";
  CHECK(outcome(data / "symlink.keras", data) ==
        "error[zip.symlink]: member \"config.json\" is a symbolic link\n"
        "  at   symlink.keras, byte 52");
  CHECK(outcome(data / "dotdot.keras", data) ==
        "error[zip.name]: member \"../config.json\" has a name that is refused\n"
        "  at   dotdot.keras, byte 46\n"
        "  why  it climbs out of its folder");
  CHECK(outcome(data / "bomb.keras", data) ==
        "error[zip.bomb]: member \"config.json\" claims to grow from 7 to 2000000000 bytes\n"
        "  at   bomb.keras, byte 48\n"
        "  why  no honest file shrinks that much\n"
        "  fix  store the member instead of deflating it, if its size is real");
  CHECK(outcome(data / "external_link.h5", data) ==
        "error[hdf5.link]: \"/model_weights/dense/dense/kernel:0\" is an external link, which vivace does "
        "not follow\n"
        "  at   external_link.h5:/model_weights/dense/dense/kernel:0\n"
        "  why  a model's data must stand in the file itself\n"
        "  fix  rewrite the file with its links resolved, or save the model again with Keras");
}

TEST_CASE("configs that no model has are refused") {
  const test::TempFolder f;
  const std::string weights = member_of(kCases / "dense/keras3/dense.keras", "model.weights.h5");
  const std::string config = member_of(kCases / "dense/keras3/dense.keras", "config.json");
  CHECK(outcome(archive(f, "deep.keras", std::string(100'000, '['), weights), f.path()) ==
        "error[json.depth]: the text nests deeper than 128 levels\n"
        "  at   deep.keras:config.json, line 1, column 129\n"
        "  why  models never do; such a text is damaged or made to exhaust its reader");
  CHECK(outcome(archive(f, "text.keras", "not JSON", weights), f.path()) ==
        "error[json.syntax]: this is not valid JSON\n"
        "  at   text.keras:config.json, line 1, column 2\n"
        "  why  Invalid value.\n"
        "  fix  save or download the file again");
  const auto with = [&](const std::string& key, const std::string& value) {
    const std::size_t at = config.find("\"" + key + "\": ") + key.size() + 4;
    const std::size_t end = config.find_first_of(",}", at);
    return config.substr(0, at) + value + config.substr(end);
  };
  CHECK(outcome(archive(f, "nan.keras", with("units", "NaN"), weights), f.path()) ==
        "error[import.config]: layer \"dense\" has units=NaN, which is not a size of 1 or more\n"
        "  at   nan.keras:config.json\n"
        "  why  a Keras config always holds this; the file was edited or damaged\n"
        "  fix  save the model again from Keras: model.save(\"model.keras\")");
  CHECK(outcome(archive(f, "huge.keras", with("units", "9223372036854775807"), weights), f.path()) ==
        "error[import.config]: layer \"dense\" has units=9223372036854775807, which is not a size of 1 or "
        "more\n"
        "  at   huge.keras:config.json\n"
        "  why  a Keras config always holds this; the file was edited or damaged\n"
        "  fix  save the model again from Keras: model.save(\"model.keras\")");
  CHECK(outcome(archive(f, "wide.keras", with("units", "1e400"), weights), f.path()) ==
        "error[json.syntax]: this is not valid JSON\n"
        "  at   wide.keras:config.json, line 1, column 614\n"
        "  why  Number too big to be stored in double.\n"
        "  fix  save or download the file again");
}

TEST_CASE("weights that are missing, of another model, or without an architecture are named") {
  const test::TempFolder f;
  const std::string config = member_of(kCases / "dense/keras3/dense.keras", "config.json");
  const std::string other = member_of(kCases / "dense/keras3/dense_one_unit.keras", "model.weights.h5");
  CHECK(outcome(archive(f, "other.keras", config, other), f.path()) ==
        "error[import.weight-shape]: layer \"dense\" needs a kernel of shape [7,5], the file holds [33,1]\n"
        "  at   other.keras:model.weights.h5:/layers/dense/vars/0\n"
        "  why  its config says units=5, and its input \"input_layer\" has 7 channels\n"
        "  fix  save architecture and weights together: model.save(\"model.keras\")");
  const std::string conv = member_of(kCases / "topology/keras3/unet_small.keras", "model.weights.h5");
  CHECK(outcome(archive(f, "conv.keras", config, conv), f.path()) ==
        "error[import.weight-missing]: the file holds no \"kernel\" for layer \"dense\"\n"
        "  at   conv.keras:model.weights.h5\n"
        "  why  Dense dense needs it\n"
        "  fix  save architecture and weights together: model.save(\"model.keras\")");
  f.write("alone.weights.h5", conv);
  CHECK(outcome(f / "alone.weights.h5", f.path()) ==
        "error[import.no-architecture]: alone.weights.h5 holds weights alone, and no architecture lies "
        "beside it\n"
        "  at   alone.weights.h5\n"
        "  why  Keras's save_weights() writes the numbers but not the layers\n"
        "  fix  save the whole model: model.save(\"model.keras\"); or put model.to_json() beside it as "
        "model.json");
  CHECK(outcome(f / "alone.weights.h5", f.path(), f / "gone.json") ==
        "error[file.missing]: there is no file \"F/gone.json\"\n"
        "  at   F/gone.json\n"
        "  fix  check the path; relative paths start at the current folder");
}

TEST_CASE("inputs of another number, type, shape or name are refused with what is wanted") {
  const Model model = resnet();
  const Tensor good(DType::f32, {1, 32, 32, 3}), grey(DType::f32, {1, 32, 32, 1}),
      bytes(DType::u8, {1, 32, 32, 3});
  CHECK(failure(model.predict({good.view(), good.view()})) ==
        "error[predict.inputs]: 2 inputs were given, the model has 1\n"
        "  why  it wants \"input_1\"\n"
        "  fix  give one tensor for each input, in that order");
  CHECK(failure(model.predict({})) ==
        "error[predict.inputs]: 0 inputs were given, the model has 1\n"
        "  why  it wants \"input_1\"\n"
        "  fix  give one tensor for each input, in that order");
  CHECK(failure(model.predict(bytes.view())) ==
        "error[predict.dtype]: input \"input_1\" is uint8, the model wants float32\n"
        "  fix  convert it: array.astype(\"float32\")");
  CHECK(failure(model.predict(grey.view())) ==
        "error[predict.shape]: input \"input_1\" has shape [1,32,32,1], the model wants [batch,32,32,3]\n"
        "  why  axis 3 differs\n"
        "  fix  reshape or resize the input; `vivace inspect MODEL` lists what each input wants");
  CHECK(failure(model.predict(Tensor(DType::f32, {32, 32, 3}).view())) ==
        "error[predict.shape]: input \"input_1\" has shape [32,32,3], the model wants [batch,32,32,3]\n"
        "  why  it has 3 axes instead of 4\n"
        "  fix  reshape or resize the input; `vivace inspect MODEL` lists what each input wants");
  const Shape impossible = {1, 32, -32, 3};
  CHECK(failure(model.predict(TensorView{good.data(), DType::f32, impossible})) ==
        "error[predict.shape]: input \"input_1\" has the impossible shape [1,32,-32,3]");
  const Shape huge = {std::int64_t{1} << 60, 32, 32, 3};
  CHECK(failure(model.predict(TensorView{good.data(), DType::f32, huge})) ==
        "error[predict.shape]: input \"input_1\" has the impossible shape [1152921504606846976,32,32,3]");
  CHECK(failure(model.predict(TensorView{nullptr, DType::f32, good.dims()})) ==
        "error[predict.inputs]: input \"input_1\" has no data");
  Tensor small(DType::f32, {1, 9});
  const MutableTensorView wrong[] = {small.view()};
  const TensorView in[] = {good.view()};
  CHECK(failure(model.predict_into(in, wrong)) ==
        "error[predict.shape]: output \"dense\" is float32[1,10], the memory given is float32[1,9]\n"
        "  fix  Model::output_shapes() tells the sizes beforehand");
  CHECK(failure(model.predict_into(in, {})) ==
        "error[predict.outputs]: memory for 0 outputs was given, the model has 1");
}

TEST_CASE("a batch beyond all memory is refused, not tried") {
  const Model model = resnet();
  static const float number = 0;
  const Shape many = {std::int64_t{1} << 27, 32, 32, 3};
  // Nothing is read before the plan is refused, so one number stands for all of them.
  Tensor out(DType::f32, {1, 10});
  const Shape out_dims = {many[0], 10};
  const TensorView in[] = {{&number, DType::f32, many}};
  const MutableTensorView to[] = {{out.data(), DType::f32, out_dims}};
  // How much it is depends on the second cache: rows are run strip by strip where that helps.
  const Model::Memory memory = model.memory(std::vector<Shape>{many}).value();
  const std::string need = bytes_text(static_cast<double>(memory.arena + memory.workspace));
  CHECK(memory.arena > std::size_t{10'000'000'000'000});
  CHECK(failure(model.predict_into(in, to)) ==
        "error[plan.too-large]: one run would need " + need +
            " of memory, at most 68.7 GB are used\n"
            "  fix  give a smaller batch, or limit the memory so that the batch runs in parts (--memory)");
}

TEST_CASE("options and outputs that cannot be are refused") {
  Options options;
  options.cache = false;
  options.isa = "sse9";
  CHECK(failure(Model::open(kResnet, options)) ==
        "error[options.isa]: there is no instruction set \"sse9\"\n  fix  baseline, avx2, avx2_vnni, avx512, "
        "avx512_vnni or avx512_amx");
  options.isa.clear();
  options.without_passes = {"fold_batchnorm"};
  CHECK(failure(Model::open(kResnet, options)) ==
        "error[passes.unknown]: there is no pass \"fold_batchnorm\", did you mean \"fold_batch_norm\"?\n"
        "  fix  `vivace explain MODEL` lists the passes");
  CHECK(failure(resnet().save("/nowhere/m.viv")) ==
        "error[file.unwritable]: cannot write \"/nowhere/m.viv\"\n"
        "  at   /nowhere/m.viv\n"
        "  why  No such file or directory\n"
        "  fix  check the folder's permissions and free space");
}
