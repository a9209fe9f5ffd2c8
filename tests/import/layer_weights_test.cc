// Every weight of every recorded Keras model, turned into what does not fit its layer: other shapes, other
// types, nothing at all. Each gives one error that names the layer, but for kernels that Keras turns round
// too.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "import/keras/keras.h"
#include "import/keras/package.h"
#include "support/keras_cases.h"

using namespace vivace;

namespace {

enum class Change { reversed, shorter, longer, deeper, scalar, empty, integers, count };

// The same numbers under other sizes or of another type; nullptr where that would change nothing.
ConstantPtr changed(const Constant& constant, Change change) {
  Shape dims(constant.dims().begin(), constant.dims().end());
  DType type = constant.dtype();
  switch (change) {
    case Change::reversed:
      std::ranges::reverse(dims);
      break;
    case Change::shorter:
    case Change::longer:
      if (!dims.empty()) dims.back() += change == Change::longer ? 1 : -1;
      break;
    case Change::deeper:
      dims.push_back(1);
      break;
    case Change::scalar:
      dims.clear();
      break;
    case Change::empty:
      dims = {0};
      break;
    case Change::integers:
      type = DType::i32;
      break;
    case Change::count:
      break;
  }
  const bool possible = std::ranges::none_of(dims, [](std::int64_t dim) { return dim < 0; });
  if (!possible || (type == constant.dtype() && std::ranges::equal(dims, constant.dims()))) return nullptr;
  return Constant::own(Tensor(type, dims));
}

// A file's weights, of which the one at `path` is not as it was, however often it is looked at.
class Wrong : public keras::WeightSource {
 public:
  Wrong(const keras::WeightSource& right, std::string path, Change change)
      : right_(right), path_(std::move(path)), change_(change) {}
  Status bind(keras::Network& network) const override { return right_.bind(network); }
  std::string place(const std::string& path) const override { return right_.place(path); }
  Result<std::optional<std::string>> asset(const std::string& group, std::string_view name) const override {
    return right_.asset(group, name);
  }
  Result<ConstantPtr> read(const std::string& path) const override {
    auto constant = right_.read(path);
    if (constant.ok()) paths_.insert(path);
    if (path != path_ || !constant.ok()) return constant;
    const ConstantPtr other = changed(**constant, change_);
    hit_ = other != nullptr;
    return other ? other : *constant;
  }
  const std::set<std::string>& paths() const { return paths_; }
  keras::SavedBy saved_by() const override { return right_.saved_by(); }
  bool hit() const { return hit_; }

 private:
  const keras::WeightSource& right_;
  std::string path_;
  Change change_;
  mutable std::set<std::string> paths_;
  mutable bool hit_ = false;
};

Result<Imported> import_with(const keras::Package& package, const Wrong& weights) {
  return keras::import_config(package.config, package.config_name, package.version, weights);
}

// Keras itself turns a kernel [out, in, k...] of an .h5 file into [k..., in, out] where only that fits.
bool fits_after_all(const std::string& label, const std::string& path, Change change) {
  // Codes, zero points and scales of few bits are read as the numbers they are, of whatever type.
  const bool few_bits = label.starts_with("quantised/");
  if (few_bits && (change == Change::integers || change == Change::deeper)) return true;
  const bool of_convolution = path.find("conv") != path.npos || label.find("conv") != label.npos;
  return change == Change::reversed && label.ends_with(".h5") && of_convolution;
}

}  // namespace

TEST_CASE("a weight of another shape or type is refused with its layer's name") {
  const std::size_t stride = std::getenv("VIVACE_ALL") ? 1 : 3;
  std::size_t tried = 0, refused = 0;
  test::for_each_keras_model(stride, [&](const test::KerasModel& model) {
    CAPTURE(model.label);
    const auto package = keras::open_package(model.file, {});
    if (!package.ok()) return;
    const Wrong none(*package->weights, "", Change::count);
    const auto right = import_with(*package, none);
    if (!right.ok()) return;
    for (const std::string& path : none.paths())
      for (int change = 0; change < static_cast<int>(Change::count); ++change) {
        CAPTURE(path);
        CAPTURE(change);
        const Wrong weights(*package->weights, path, static_cast<Change>(change));
        const auto wrong = import_with(*package, weights);
        tried += weights.hit();
        if (!weights.hit()) continue;
        if (wrong.ok()) {
          CHECK(verify(wrong->graph).ok());
          CHECK(fits_after_all(model.label, path, static_cast<Change>(change)));
          continue;
        }
        ++refused;
        const std::string error = to_text(wrong.error());
        CAPTURE(error);
        CHECK((error.find("layer \"") != error.npos || error.find("node \"") != error.npos));
      }
  });
  MESSAGE(tried << " weights changed, " << refused << " refused");
  CHECK((std::getenv("VIVACE_CASES") || refused > 1000));
}
