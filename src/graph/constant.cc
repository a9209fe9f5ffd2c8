// Constants: known tensors and whoever keeps their bytes.
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
  auto held = std::make_shared<const Tensor>(std::move(tensor));
  return view(held->dtype(), held->dims(), held->data(), held);
}

}  // namespace vivace
