// Weights in several files.
#include "import/keras/weights/sharded_weights.h"

#include <set>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/json/json.h"

namespace vivace::keras {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostShards = 4096;

Error bad_map(const std::string& name, std::string what) {
  return Error("import.shard", std::move(what))
      .at(name)
      .why("it says which file holds which weights, and every file lies beside it")
      .fix("save the weights again, or as one file: model.save_weights(\"model.weights.h5\")");
}

// A name and nothing else: no folder, no way out of this one.
bool is_plain(std::string_view file) {
  return !file.empty() && file != "." && file != ".." &&
         file.find_first_of("/\\") == std::string_view::npos && file.find('\0') == std::string_view::npos;
}

Status add(std::vector<std::string>& files, const JsonValue& value, const std::string& name) {
  VIVACE_TRY(const std::string_view file, value.as_string());
  if (!is_plain(file))
    return bad_map(name, text("the shard \"{}\" is not beside its map", file.substr(0, 80)));
  files.emplace_back(file);
  return {};
}

}  // namespace

bool looks_like_shard_map(Bytes head) {
  const std::string_view start = as_text(head).substr(0, 4096);
  return start.starts_with("{") && start.find("\"weight_map\"") != std::string_view::npos;
}

Result<ShardMap> read_shard_map(Bytes bytes, const std::string& name) {
  VIVACE_TRY(const JsonValue root, JsonValue::parse(bytes, name));
  VIVACE_TRY(const JsonValue map, root.at("weight_map"));
  if (map.kind() != JsonKind::object) return bad_map(name, text("{} holds no map of shards", name));
  ShardMap result;
  for (const JsonMember& member : map.members()) {
    std::vector<std::string>& files = result[std::string(member.key)];
    if (member.value.kind() != JsonKind::array) {
      VIVACE_CHECK_OK(add(files, member.value, name));
      continue;
    }
    for (const JsonValue& file : member.value.elements()) {
      VIVACE_CHECK_OK(add(files, file, name));
    }
  }
  return result;
}

std::vector<fs::path> files_of(const ShardMap& map, const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& [group, files] : map) names.insert(files.begin(), files.end());
  std::vector<fs::path> paths;
  for (const std::string& name : names) paths.push_back(folder / name);
  return paths;
}

Result<std::unique_ptr<ShardedWeights>> ShardedWeights::open(const fs::path& map_path, Bytes bytes) {
  auto weights = std::make_unique<ShardedWeights>();
  weights->name_ = map_path.filename().string();
  VIVACE_TRY(weights->map_, read_shard_map(bytes, weights->name_));
  const auto files = files_of(weights->map_, map_path.parent_path());
  if (files.size() > kMostShards) return bad_map(weights->name_, text("it names {} shards", files.size()));
  for (const fs::path& path : files) {
    std::error_code ignored;
    if (fs::is_symlink(path, ignored))
      return bad_map(weights->name_, text("the shard \"{}\" is a link", path.filename().string()));
    VIVACE_TRY(const auto file, File::open(path));
    const std::string name = path.filename().string();
    VIVACE_TRY(hdf5::File shard, hdf5::File::open(file->bytes(), file, name));
    weights->shards_.emplace(name, Hdf5Weights(std::move(shard), name));
  }
  return weights;
}

const Hdf5Weights* ShardedWeights::shard_of(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return nullptr;
  const auto found = map_.find("/" + path.substr(0, slash));
  if (found == map_.end()) return nullptr;
  for (const std::string& file : found->second)
    if (const auto shard = shards_.find(file); shard != shards_.end() && shard->second.has(path))
      return &shard->second;
  return nullptr;
}

bool ShardedWeights::exists(const std::string& path) const {
  const auto next = map_.lower_bound("/" + path);
  return shard_of(path) || (next != map_.end() && next->first.starts_with("/" + path));
}

Result<ConstantPtr> ShardedWeights::read_as(const std::string& path, DType floats) const {
  if (const Hdf5Weights* shard = shard_of(path)) return shard->read_as(path, floats);
  return Error("import.weight-missing", text("no shard holds \"{}\"", path)).at(name_);
}

std::string ShardedWeights::place(const std::string& path) const {
  const Hdf5Weights* shard = path.empty() ? nullptr : shard_of(path);
  return shard ? shard->place(path) : path.empty() ? name_ : name_ + ":/" + path;
}

}  // namespace vivace::keras
