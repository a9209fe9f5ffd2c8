// Wrong Keras models: each gives one error, and its text is what a person reads.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "support/keras_config.h"
#include "support/model_case.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;
using test::functional;
using test::kInput;
using test::layer;
using test::outcome;
using test::Weights;

struct Wrong {
  const char* what;
  std::string json;
  std::string text;
};

const char* const kDamaged =
    "\n  why  a Keras config always holds this; the file was edited or damaged"
    "\n  fix  save the model again from Keras: model.save(\"model.keras\")";

}  // namespace

TEST_CASE("a damaged config gives one error that names the layer and what stands there") {
  const std::vector<Wrong> cases = {
      {"units of no size", functional(layer("Dense", "y", R"("units":-3,"activation":"linear")", "x")),
       std::string("error[import.config]: layer \"y\" has units=-3, which is not a size of 1 or more\n  at   "
                   "m.h5:model_config") +
           kDamaged},
      {"units missing", functional(layer("Dense", "y", "", "x")),
       std::string("error[import.config]: layer \"y\" lacks \"units\", a size of 1 or more\n  at   "
                   "m.h5:model_config") +
           kDamaged},
      {"a NaN", functional(layer("LeakyReLU", "y", R"("alpha":NaN)", "x")),
       std::string("error[import.config]: layer \"y\" has alpha=NaN, which is not a number\n  at   "
                   "m.h5:model_config") +
           kDamaged},
      {"a circle", functional(layer("ReLU", "a", "", "y") + "," + layer("ReLU", "y", "", "a")),
       "error[import.cycle]: layer \"a\" waits for its own output\n  at   m.h5:model_config:the model\n  why "
       " its "
       "inbound_nodes form a circle, or lead to a layer without input\n  fix  save the model again from "
       "Keras: "
       "model.save(\"model.keras\")"},
      {"a layer that is not there", functional(layer("ReLU", "y", "", "gone")),
       "error[import.dangling]: output 0 of call 0 of layer \"gone\" is asked for, and there is none\n  at   "
       "m.h5:model_config:the model\n  why  no layer of the model has this name\n  fix  save the model again "
       "from "
       "Keras: model.save(\"model.keras\")"},
      {"an unknown layer with a near name", functional(layer("Conv2d", "y", "", "x")),
       "error[import.unsupported]: 1 of the model's layers cannot be imported: Conv2d y: the class is not "
       "known, did "
       "you mean \"Conv2D\"?\n  at   m.h5:model_config\n  fix  build the model from Keras's own layers, or "
       "export it: "
       "model.export(\"model\")"},
      {"a Lambda", functional(layer("Lambda", "y", R"("function":["4wEAAAA=",null,null])", "x")),
       "error[import.lambda]: 1 of the model's layers cannot be imported: Lambda y: it holds Python code, "
       "and code in "
       "a model is never run\n  at   m.h5:model_config\n  fix  say what it computes, as in --map-lambda "
       "\"y=x / "
       "127.5 - 1\"; or "
       "replace it by layers (keras.layers.Rescaling, Reshape, ...) and save again"},
      {"a subclassed model", R"({"class_name":"MyModel","config":{}})",
       "error[import.not-a-model]: the config describes a MyModel, not a Sequential or Functional model\n  "
       "at   "
       "m.h5:model_config\n  why  a subclassed model is Python code; its file does not tell what it "
       "computes\n  fix  "
       "build it with the functional API, or export it: model.export(\"model\")"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.what);
    CHECK(outcome(wrong.json) == wrong.text);
  }
}

TEST_CASE("a weight of another shape is refused with the layer, both shapes and the reason") {
  const std::string json = functional(layer("Dense", "y", R"("units":3,"activation":"linear")", "x"));
  CHECK(outcome(json, Weights({5, 3})) ==
        "error[import.weight-shape]: layer \"y\" needs a kernel of shape [4,3], the file holds [5,3]\n"
        "  at   vgg.h5:/y/kernel\n"
        "  why  its config says units=3, and its input \"x\" has 4 channels\n"
        "  fix  save architecture and weights together: model.save(\"model.keras\")");
}

TEST_CASE("a weight of whole numbers is refused where a layer computes with floats") {
  const std::string json = functional(layer("Dense", "y", R"("units":3,"activation":"linear")", "x"));
  CHECK(outcome(json, Weights({4, 3}, true, DType::i32)) ==
        "error[import.weight-type]: layer \"y\" needs a kernel of floats, the file holds int32\n"
        "  at   vgg.h5:/y/kernel\n"
        "  fix  save architecture and weights together: model.save(\"model.keras\")");
}

TEST_CASE("a weight that the file lacks is named") {
  const std::string json = functional(layer("Dense", "y", R"("units":3,"activation":"linear")", "x"));
  CHECK(outcome(json, Weights({}, false)) ==
        "error[import.weight-missing]: the file holds no \"kernel\" for layer \"y\"\n"
        "  at   vgg.h5\n"
        "  why  Dense y needs it\n"
        "  fix  save architecture and weights together: model.save(\"model.keras\")");
}

TEST_CASE("a layer that is called with nothing is refused, whatever it does with its input") {
  for (const char* const name : {"RandomCrop", "CenterCrop", "RandomFlip", "Dense", "MultiHeadAttention"}) {
    CAPTURE(name);
    const std::string json = functional(text(
        R"({{"class_name":"{}","name":"y","config":{{"name":"y","height":2,"width":2,"units":3,"num_heads":1,)"
        R"("key_dim":2}},"inbound_nodes":[[]]}})",
        name));
    for (const char* const version : {"2.4.0", "3.15.0"})
      CHECK(outcome(json, Weights(), version).rfind("error[import.", 0) == 0);
  }
}

TEST_CASE("layers that lack for one reason are named together") {
  std::string layers = layer("Mystery", "m0", "", "x");
  for (int i = 1; i < 10; ++i) layers += "," + layer("Mystery", text("m{}", i), "", text("m{}", i - 1));
  CHECK(outcome(functional(layers + "," + layer("Conv2d", "y", "", "m9"))) ==
        "error[import.unsupported]: 11 of the model's layers cannot be imported: Mystery m0, m1, m2, m3, m4, "
        "m5, m6, "
        "m7 and 2 more: the class is not known; Conv2d y: the class is not known, did you mean \"Conv2D\"?\n"
        "  at   m.h5:model_config\n"
        "  fix  build the model from Keras's own layers, or export it: model.export(\"model\")");
}

TEST_CASE("everything that cannot be imported is named at once") {
  const std::string json = functional(layer("Lambda", "a", "", "x") + "," + layer("Mystery", "b", "", "a") +
                                      "," + layer("LSTM", "y", R"("units":2,"activation":"wiggle")", "b"));
  const std::string found = outcome(json);
  for (const std::string part :
       {"3 of the model's layers", "Lambda a", "Mystery b", "LSTM y: the activation wiggle"})
    CHECK(found.find(part) != std::string::npos);
}

TEST_CASE("models nested in models are imported up to a depth, and refused beyond it") {
  std::string inner = functional(layer("ReLU", "y", "", "x"));
  for (int depth = 1; depth <= 40; ++depth) {
    inner.insert(inner.size() - 1, R"(,"name":"y","inbound_nodes":[[["x",0,0,{}]]])");
    inner = functional(inner);
    if (depth == 15) CHECK(outcome(inner) == "no error");
  }
  CHECK(outcome(inner).find("error[import.depth]") == 0);
  CHECK(outcome(std::string(100000, '[')).find("error[json.") == 0);
}

TEST_CASE("models that call each other ever more often stop at a limit") {
  std::string inner = functional(layer("ReLU", "y", "", "x"));
  for (int depth = 0; depth < 12; ++depth) {
    const std::string nested = inner.substr(0, inner.size() - 1);
    std::string calls = R"([["x",0,0,{}]])", last = "1";
    for (int i = 1; i < 8; ++i) calls += R"(,[["n",)" + std::to_string(i) + R"(,0,{}]])";
    inner = functional(text(R"({},"name":"n","inbound_nodes":[{}]}})", nested, calls), "n");
    inner.replace(inner.rfind(R"(["n",0,0])"), 9, R"(["n",8,0])");
  }
  const std::string found = outcome(inner);
  CHECK((found.find("import.limit") != std::string::npos || found.find("json.depth") != std::string::npos));
}

TEST_CASE("files that are no Keras models are told apart") {
  const fs::path folder = fs::temp_directory_path() / "vivace_keras_errors";
  fs::create_directories(folder);
  const fs::path note = folder / "note.h5";
  std::ofstream(note) << "hello";
  auto text_file = open_keras(note);
  REQUIRE(!text_file.ok());
  CHECK(text_file.error().id() == "import.not-keras");
  CHECK(text_file.error().what() == "note.h5 is neither an HDF5 file nor a zip archive");
  auto empty_folder = open_keras(folder);
  REQUIRE(!empty_folder.ok());
  CHECK(empty_folder.error().id() == "import.not-keras");
  auto missing = open_keras(folder / "missing.h5");
  REQUIRE(!missing.ok());
  CHECK(missing.error().id() == "file.missing");
  fs::remove_all(folder);
}

}  // namespace vivace
