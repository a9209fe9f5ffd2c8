// Constants: known tensors and whoever keeps their bytes.
#include <cstring>
#include <map>

#include "base/memory/slab.h"
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

ConstantPtr Constant::later(DType dtype, Shape dims, std::function<void(const MutableTensorView&)> make) {
  const auto constant = made(dtype, std::move(dims), nullptr);
  constant->later_ = std::make_unique<Later>();
  constant->later_->make = std::move(make);
  return constant;
}

ConstantPtr Constant::reshaped(const ConstantPtr& constant, Shape dims) {
  if (!constant->later_) return view(constant->dtype(), std::move(dims), constant->view_.data, constant);
  const auto other = made(constant->dtype(), std::move(dims), nullptr);
  other->later_ = std::make_unique<Later>();
  other->later_->same = constant;
  return other;
}

// In memory of `slab`, or of its own without one.
void Constant::fill(Slab* slab) const {
  std::call_once(later_->once, [&] {
    if (later_->same) {
      if (later_->same->later_) later_->same->fill(slab);
      view_.data = later_->same->view_.data;
      owner_ = later_->same;
    } else {
      Slab own;
      own.expect(bytes());
      auto memory = (slab ? slab : &own)->take(bytes());
      later_->make({memory.get(), dtype(), dims_});
      view_.data = memory.get();
      owner_ = std::move(memory);
    }
    later_->make = nullptr;
    later_->same = nullptr;
  });
}

ConstantPtr Constant::owned(const ConstantPtr& constant, Slab& slab) {
  if (constant->own_) return constant;
  if (constant->later_) {
    constant->fill(&slab);
    const TensorView& view = constant->view_;
    const auto same = made(view.dtype, constant->dims_, view.data);
    same->owner_ = constant->owner_;
    same->own_ = true;
    return same;
  }
  const TensorView& view = constant->view_;
  auto memory = slab.take(view.bytes());
  if (view.bytes() != 0) std::memcpy(memory.get(), view.data, view.bytes());
  const auto copy = made(view.dtype, constant->dims_, memory.get());
  copy->owner_ = std::move(memory);
  copy->own_ = true;
  return copy;
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
      bytes += aligned(constant->bytes());
    }
    Slab slab;
    slab.expect(bytes);
    in_parallel(bytes < kWorthAThread ? 1 : threads, owned.size(),
                [&](std::size_t i) { owned[i] = Constant::owned(owned[i], slab); });
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
