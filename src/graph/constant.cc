// Constants: known tensors and whoever keeps their bytes.
#include <cstring>
#include <map>

#include "base/parallel.h"
#include "graph/graph.h"

namespace vivace {

std::shared_ptr<Constant> Constant::made(DType dtype, Shape dims, const void* data) {
  std::shared_ptr<Constant> constant(new Constant);
  constant->dims_ = std::move(dims);
  constant->view_ = {data, dtype, constant->dims_};
  return constant;
}

ConstantPtr Constant::view(DType dtype, Shape dims, const void* data, std::shared_ptr<const void> owner) {
  const auto constant = made(dtype, std::move(dims), data);
  constant->owner_ = std::move(owner);
  return constant;
}

ConstantPtr Constant::own(Tensor tensor) {
  const auto held = std::make_shared<const Tensor>(std::move(tensor));
  const auto constant = made(held->dtype(), held->dims(), held->data());
  constant->owner_ = held;
  constant->own_ = true;
  return constant;
}

ConstantPtr Constant::later(DType dtype, Shape dims, std::function<Tensor()> make) {
  const auto constant = made(dtype, std::move(dims), nullptr);
  constant->later_ = std::make_unique<Later>();
  constant->later_->make = [make = std::move(make)] { return own(make()); };
  return constant;
}

ConstantPtr Constant::reshaped(const ConstantPtr& constant, Shape dims) {
  if (!constant->later_) return view(constant->dtype(), std::move(dims), constant->view_.data, constant);
  const auto other = made(constant->dtype(), std::move(dims), nullptr);
  other->later_ = std::make_unique<Later>();
  other->later_->make = [constant] { return constant; };
  return other;
}

void Constant::fill() const {
  std::call_once(later_->once, [this] {
    const ConstantPtr whole = later_->make();
    view_.data = whole->tensor().data;
    owner_ = whole;
    later_->make = nullptr;
  });
}

ConstantPtr Constant::owned(const ConstantPtr& constant) {
  if (constant->own_) return constant;
  const TensorView& view = constant->tensor();
  if (constant->later_) {
    const auto same = made(view.dtype, constant->dims_, view.data);
    same->owner_ = constant->owner_;
    same->own_ = true;
    return same;
  }
  Tensor copy(view.dtype, constant->dims_);
  if (view.bytes() != 0) std::memcpy(copy.data(), view.data, view.bytes());
  return own(std::move(copy));
}

// Who holds a constant, over a graph and its bodies: several values may share one.
class Graph::ConstantHolders {
 public:
  /// Others may share the bodies: the graph gets its own.
  void add(Graph& graph) {
    for (Value& value : graph.values_)
      if (value.constant) holders_[value.constant].push_back(&value);
    for (Node& node : graph.nodes_) {
      std::vector<GraphPtr> bodies;
      for (const GraphPtr& body : bodies_of(*node.op)) {
        auto own = std::make_shared<Graph>(*body);
        add(*own);
        bodies.push_back(std::move(own));
      }
      if (!bodies.empty()) node.op = with_bodies(*node.op, bodies);
    }
  }

  void own(int threads) {
    std::vector<ConstantPtr> owned;
    std::size_t bytes = 0;
    for (const auto& [constant, values] : holders_) {
      owned.push_back(constant);
      bytes += constant->bytes();
    }
    in_parallel(bytes < kWorthAThread ? 1 : threads, owned.size(),
                [&](std::size_t i) { owned[i] = Constant::owned(owned[i]); });
    auto next = owned.begin();
    for (const auto& [constant, values] : holders_) {
      for (Value* const value : values) value->constant = *next;
      ++next;
    }
  }

 private:
  std::map<ConstantPtr, std::vector<Value*>> holders_;
};

void Graph::own_constants(int threads) {
  ConstantHolders holders;
  holders.add(*this);
  holders.own(threads);
}

}  // namespace vivace
