// Layers that stand in several places.
#include "import/keras/weights/shared_layers.h"

#include <map>
#include <vector>

#include "base/text.h"
#include "base/try.h"

namespace vivace::keras {
namespace {

// A layer in the order in which Keras writes them. `end` is where its model or wrapper ends: the record of a
// nested model is a copy, which no longer learns that a layer after it is one of its own.
struct Place {
  Layer* layer;
  std::size_t end;
};

class Places {
 public:
  explicit Places(Network& network) { list(network); }

  Status restore() {
    std::map<std::int64_t, std::vector<std::size_t>> marked;
    for (std::size_t i = 0; i < places_.size(); ++i)
      if (const std::int64_t mark = places_[i].layer->shared_object) marked[mark].push_back(i);
    for (const auto& [mark, at] : marked) {
      const bool complete = at.size() > 1 && at[1] < places_[at[0]].end;
      if (complete) continue;
      VIVACE_CHECK_OK(mark_first(at[0], mark));
    }
    return {};
  }

 private:
  void list(Network& network) {
    const std::size_t begin = places_.size();
    for (const auto& layer : network.layers) list(*layer);
    close(begin);
  }

  void list(Layer& layer) {
    places_.push_back({&layer, 0});
    const std::size_t begin = places_.size();
    for (const auto& child : layer.children) list(*child);
    close(begin);
    if (layer.network) list(*layer.network);
  }

  void close(std::size_t begin) {
    for (std::size_t i = begin; i < places_.size(); ++i)
      if (places_[i].end == 0) places_[i].end = places_.size();
  }

  // What Bidirectional makes two of bears one name.
  static bool other_way(const Layer& a, const Layer& b) {
    return !a.attribute.empty() && !b.attribute.empty() && a.attribute != b.attribute;
  }

  // The same object has the same name; its model ended before the place that is marked.
  Status mark_first(std::size_t later, std::int64_t mark) {
    const Layer& layer = *places_[later].layer;
    Layer* found = nullptr;
    for (std::size_t i = 0; i < later; ++i) {
      Layer& other = *places_[i].layer;
      if (other.shared_object != 0 || places_[i].end > later || other.operation) continue;
      if (other.class_name != layer.class_name || other.name != layer.name || other_way(other, layer))
        continue;
      if (found)
        return Error("import.shared-layer",
                     text("layer \"{}\" stands in another place too, and the file does not tell whether as "
                          "\"{}\" or as \"{}\"",
                          layer.path, found->path, other.path))
            .why(
                "Keras loses the mark of a shared layer whose first place is in a nested model, and keeps "
                "its "
                "weights once")
            .fix("give the layers different names, or save as HDF5: model.save(\"model.h5\")");
      found = &other;
    }
    if (found) found->shared_object = mark;
    return {};
  }

  std::vector<Place> places_;
};

}  // namespace

Status restore_marks(Network& network) { return Places(network).restore(); }

}  // namespace vivace::keras
