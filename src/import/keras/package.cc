// Opening .h5 files, .keras archives and .keras folders.
#include "import/keras/package.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/json/json.h"
#include "formats/zip/zip.h"
#include "import/keras/keras.h"
#include "import/keras/weights/layer_weights.h"
#include "import/keras/weights/path_weights.h"
#include "import/keras/weights/sharded_weights.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

bool starts_with(Bytes bytes, std::string_view magic) {
  return as_text(bytes).substr(0, magic.size()) == magic;
}

// HDF5 may begin behind a user block, at 512, 1024, ...
bool is_hdf5(Bytes bytes) {
  constexpr std::string_view kMagic = "\x89HDF\r\n\x1a\n";
  if (starts_with(bytes, kMagic)) return true;
  for (std::size_t at = 512; at + kMagic.size() <= bytes.size(); at *= 2)
    if (starts_with(bytes.subspan(at), kMagic)) return true;
  return false;
}

bool is_zip(Bytes bytes) { return starts_with(bytes, "PK\x03\x04"); }

// The architecture that goes with weights alone: given, or lying beside them.
fs::path architecture_of(const fs::path& weights, const fs::path& given) {
  if (!given.empty()) return given;
  fs::path stem = weights;
  stem.replace_extension(".json");
  fs::path base = weights;  // NAME.weights.h5
  while (base.has_extension()) base = base.parent_path() / base.stem();
  base += ".json";
  std::error_code ignored;
  for (const fs::path& candidate :
       {stem, base, weights.parent_path() / "model.json", weights.parent_path() / "config.json"})
    if (candidate != weights && fs::is_regular_file(candidate, ignored)) return candidate;
  return {};
}

// The files that layers keep beside their weights: vocabularies.
std::vector<fs::path> assets_of(const fs::path& folder) {
  constexpr std::size_t kMost = 10'000;
  std::vector<fs::path> files;
  std::error_code trouble;
  for (fs::recursive_directory_iterator at(folder / "assets", trouble), end;
       !trouble && at != end && files.size() < kMost; at.increment(trouble))
    if (at->is_regular_file(trouble)) files.push_back(at->path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool looks_like_keras(Bytes head) {
  return is_hdf5(head) || is_zip(head) || keras::looks_like_shard_map(head);
}

std::vector<fs::path> files_of_keras(const fs::path& path, const KerasOptions& options) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    std::vector<fs::path> files = {path / "config.json", path / "metadata.json", path / "model.weights.h5"};
    const std::vector<fs::path> assets = assets_of(path);
    files.insert(files.end(), assets.begin(), assets.end());
    return files;
  }
  std::vector<fs::path> files{path};
  if (const fs::path json = architecture_of(path, options.architecture); !json.empty()) files.push_back(json);
  // A pipe would wait for a writer; a map of shards begins with a brace, and no other file need be read on.
  if (!fs::is_regular_file(path, ignored) || std::ifstream(path).peek() != '{') return files;
  const auto file = File::open(path);
  if (!file.ok() || !keras::looks_like_shard_map((*file)->bytes())) return files;
  const auto map = keras::read_shard_map((*file)->bytes(), path.filename().string());
  if (map.ok())
    for (fs::path& shard : keras::files_of(*map, path.parent_path())) files.push_back(std::move(shard));
  return files;
}

namespace keras {
namespace {

Result<std::string> version_in(std::string_view metadata, const std::string& name) {
  VIVACE_TRY(const JsonValue json, JsonValue::parse(as_bytes(metadata), name));
  VIVACE_TRY(const std::string_view version, json.string_or("keras_version", ""));
  return std::string(version);
}

Result<std::string> attribute_text(const hdf5::Object& object, std::string_view name) {
  VIVACE_TRY(const bool there, object.has_attribute(name));
  if (!there) return std::string();
  VIVACE_TRY(const hdf5::Values values, object.attribute(name));
  VIVACE_TRY(const std::string_view value, values.text());
  return std::string(value);
}

int era_of(std::string_view version) { return version.starts_with("2") ? 2 : 3; }

// A file that tells no version is of Keras 1, which told none.
Result<SavedBy> who_saved(const hdf5::Object& weights, std::string_view version) {
  VIVACE_TRY(const std::string backend, attribute_text(weights, "backend"));
  return SavedBy{version.empty() || version.starts_with("1") ? 1 : 2, backend == "theano", true};
}

Error no_architecture(const std::string& name) {
  return Error("import.no-architecture",
               text("{} holds weights alone, and no architecture lies beside it", name))
      .at(name)
      .why("Keras's save_weights() writes the numbers but not the layers")
      .fix(
          "save the whole model: model.save(\"model.keras\"); or put model.to_json() beside it as "
          "model.json");
}

// What goes with a file of weights alone: the JSON of model.to_json().
Result<Package> architecture_for(const fs::path& weights, const fs::path& given) {
  const fs::path json = architecture_of(weights, given);
  if (json.empty()) return no_architecture(weights.filename().string());
  VIVACE_TRY(const auto file, vivace::File::open(json));
  Package package;
  package.config = as_text(file->bytes());
  package.config_name = json.filename().string();
  VIVACE_TRY(package.version, version_in(package.config, package.config_name));
  return package;
}

// A file that save_weights() wrote.
Result<Package> weights_alone(hdf5::File file, const std::string& name, const fs::path& path,
                              const fs::path& given) {
  VIVACE_TRY(Package package, architecture_for(path, given));
  package.format = "Keras HDF5 weights and JSON";
  VIVACE_TRY(const bool by_layer, file.root().has_attribute("layer_names"));
  VIVACE_TRY(const bool by_number, file.root().has_attribute("nb_layers"));
  if (by_layer || by_number) {
    VIVACE_TRY(const std::string version, attribute_text(file.root(), "keras_version"));
    if (package.version.empty()) package.version = version;
    VIVACE_TRY(const SavedBy saved_by, who_saved(file.root(), version));
    package.weights = std::make_unique<LayerWeights>(std::move(file), name, "", saved_by);
  } else {
    package.weights = std::make_unique<FileWeights>(std::move(file), name, era_of(package.version));
  }
  return package;
}

Result<Package> open_shards(const fs::path& path, Bytes bytes, const fs::path& given) {
  VIVACE_TRY(Package package, architecture_for(path, given));
  package.format = "Keras sharded weights and JSON";
  VIVACE_TRY(package.weights, ShardedWeights::open(path, bytes));
  return package;
}

Result<Package> open_hdf5(const std::shared_ptr<const vivace::File>& bytes, const fs::path& given) {
  const std::string name = bytes->path().filename().string();
  VIVACE_TRY(hdf5::File file, hdf5::File::open(bytes->bytes(), bytes, name));
  VIVACE_TRY(const bool whole, file.root().has_attribute("model_config"));
  if (!whole) return weights_alone(std::move(file), name, bytes->path(), given);
  Package package;
  VIVACE_TRY(package.config, attribute_text(file.root(), "model_config"));
  package.config_name = name + ":model_config";
  VIVACE_TRY(package.version, attribute_text(file.root(), "keras_version"));
  package.format = "Keras HDF5 model";
  VIVACE_TRY(const hdf5::Object group, file.root().find("model_weights"));
  VIVACE_TRY(std::string version, attribute_text(group, "keras_version"));
  if (version.empty()) version = package.version;
  VIVACE_TRY(const SavedBy saved_by, who_saved(group, version));
  package.weights = std::make_unique<LayerWeights>(std::move(file), name, "model_weights", saved_by);
  return package;
}

// What the archive and the folder have in common: three members, by name.
template <class Read>
Result<Package> open_members(const std::string& name, const std::string& format, bool has_npz, Read read,
                             ReadMember read_asset) {
  Package package;
  if (has_npz)
    return Error("import.npz-weights", text("{} keeps its weights as pickled Python objects", name))
        .at(name + ":model.weights.npz")
        .why("unpickling runs code, and code in a model is never run")
        .fix("save it again with h5py installed: model.save(\"model.keras\")");
  VIVACE_TRY(const ZipData config, read("config.json"));
  package.config = as_text(config.bytes);
  package.config_name = name + ":config.json";
  VIVACE_TRY(const ZipData metadata, read("metadata.json"));
  VIVACE_TRY(package.version, version_in(as_text(metadata.bytes), name + ":metadata.json"));
  package.format = format;
  VIVACE_TRY(const ZipData weights, read("model.weights.h5"));
  const std::string weights_name = name + ":model.weights.h5";
  VIVACE_TRY(hdf5::File file, hdf5::File::open(weights.bytes, weights.owner, weights_name));
  package.weights = std::make_unique<FileWeights>(std::move(file), weights_name, era_of(package.version),
                                                  std::move(read_asset));
  return package;
}

Result<Package> open_archive(const std::shared_ptr<const vivace::File>& bytes) {
  const std::string name = bytes->path().filename().string();
  VIVACE_TRY(const ZipFile zip, ZipFile::open(bytes->bytes(), bytes, name));
  if (!zip.find("config.json"))
    return Error("import.not-keras", text("{} is a zip archive without config.json", name))
        .at(name)
        .why("a .keras file holds config.json, metadata.json and model.weights.h5");
  const auto shared = std::make_shared<const ZipFile>(zip);
  return open_members(
      name, "Keras v3 archive", zip.find("model.weights.npz") != nullptr,
      [&](std::string_view member) { return zip.read(member); },
      [shared](const std::string& member) -> Result<std::optional<std::string>> {
        if (!shared->find(member)) return std::optional<std::string>();
        VIVACE_TRY(const ZipData data, shared->read(member));
        return std::optional<std::string>(as_text(data.bytes));
      });
}

Result<Package> open_folder(const fs::path& path) {
  const std::string name = path.filename().string();
  std::error_code ignored;
  if (!fs::is_regular_file(path / "config.json", ignored))
    return Error("import.not-keras", text("the folder {} holds no Keras model", name))
        .at(path.string())
        .why("an unpacked .keras folder holds config.json, metadata.json and model.weights.h5");
  return open_members(
      name, "Keras v3 folder", fs::is_regular_file(path / "model.weights.npz", ignored),
      [&](std::string_view member) -> Result<ZipData> {
        VIVACE_TRY(const auto file, vivace::File::open(path / member));
        return ZipData{file->bytes(), file};
      },
      [path](const std::string& member) -> Result<std::optional<std::string>> {
        std::error_code missing;
        if (!fs::is_regular_file(path / member, missing)) return std::optional<std::string>();
        VIVACE_TRY(const auto file, vivace::File::open(path / member));
        return std::optional<std::string>(as_text(file->bytes()));
      });
}

}  // namespace

Result<Package> open_package(const fs::path& path, const fs::path& architecture) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return open_folder(path);
  VIVACE_TRY(const auto file, vivace::File::open(path));
  if (is_zip(file->bytes())) return open_archive(file);
  if (is_hdf5(file->bytes())) return open_hdf5(file, architecture);
  if (looks_like_shard_map(file->bytes())) return open_shards(path, file->bytes(), architecture);
  return Error("import.not-keras",
               text("{} is neither an HDF5 file nor a zip archive", path.filename().string()))
      .at(path.string())
      .why("Keras writes HDF5 (.h5) or zip (.keras)");
}

}  // namespace keras
}  // namespace vivace
