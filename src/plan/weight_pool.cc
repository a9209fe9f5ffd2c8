#include "plan/weight_pool.h"

#include "base/try.h"

namespace vivace {

const std::byte* WeightPool::find(const Target& target, const NodeView& node,
                                  const Choice::Packing& packing) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find({node.inputs[packing.input].value, packing.layout});
  const bool fits =
      found != entries_.end() && found->second.bytes.size() == target.packed_bytes(node, packing);
  return fits ? found->second.bytes.data() : nullptr;
}

Result<const std::byte*> WeightPool::get(const Target& target, const NodeView& node,
                                         const Choice::Packing& packing) {
  if (const std::byte* const found = find(target, node, packing)) return found;
  const Key key{node.inputs[packing.input].value, packing.layout};
  const std::size_t size = target.packed_bytes(node, packing);
  const std::shared_ptr<std::byte> owner = slab_.take(size);
  VIVACE_CHECK_OK(target.pack(node, packing, owner.get()));
  const Entry packed{{owner.get(), size}, owner};
  const std::lock_guard lock(mutex_);  // another thread may have packed the same meanwhile: the first stays
  const auto [entry, added] = entries_.try_emplace(key, packed);
  if (!added && entry->second.bytes.size() != size) {
    retired_.push_back(std::move(entry->second.owner));  // steps may read it still
    entry->second = packed;
  }
  return entry->second.bytes.data();
}

void WeightPool::add(Key key, Bytes bytes, std::shared_ptr<const void> owner) {
  const std::lock_guard lock(mutex_);
  entries_.insert_or_assign(std::move(key), Entry{bytes, std::move(owner)});
}

}  // namespace vivace
