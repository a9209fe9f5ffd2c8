// Constants: known tensors and whoever keeps their bytes.
#include <cstring>
#include <map>

#include "graph/graph.h"

namespace vivace {

ConstantPtr Constant::view(DType dtype, Shape dims, const void* data, std::shared_ptr<const void> owner) {
  std::shared_ptr<Constant> constant(new Constant);
  constant->dims_ = std::move(dims);
  constant->view_ = {data, dtype, constant->dims_};
  constant->owner_ = std::move(owner);
  return constant;
}

ConstantPtr Constant::own(Tensor tensor) {
  const auto held = std::make_shared<const Tensor>(std::move(tensor));
  std::shared_ptr<Constant> constant(new Constant);
  constant->dims_ = held->dims();
  constant->view_ = {held->data(), held->dtype(), constant->dims_};
  constant->owner_ = held;
  constant->own_ = true;
  return constant;
}

void Graph::own_constants() {
  std::map<ConstantPtr, ConstantPtr> copies;  // several values may share a constant
  for (Value& value : values_) {
    if (!value.constant || value.constant->is_own()) continue;
    ConstantPtr& copy = copies[value.constant];
    if (!copy) {
      Tensor tensor(value.constant->dtype(), value.constant->dims());
      const TensorView& view = value.constant->tensor();
      if (view.bytes() != 0) std::memcpy(tensor.data(), view.data, view.bytes());
      copy = Constant::own(std::move(tensor));
    }
    value.constant = copy;
  }
}

}  // namespace vivace
