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
  VIVACE_TRY(AlignedBuffer packed, target.pack(node, packing));
  auto owner = std::make_shared<const AlignedBuffer>(std::move(packed));
  const std::lock_guard lock(mutex_);  // another thread may have packed the same meanwhile: the first stays
  const auto [entry, added] = entries_.try_emplace(key, Entry{owner->span(), owner});
  if (!added && entry->second.bytes.size() != owner->size()) {
    retired_.push_back(std::move(entry->second.owner));  // steps may read it still
    entry->second = {owner->span(), owner};
  }
  return entry->second.bytes.data();
}

void WeightPool::add(Key key, Bytes bytes, std::shared_ptr<const void> owner) {
  const std::lock_guard lock(mutex_);
  entries_.insert_or_assign(std::move(key), Entry{bytes, std::move(owner)});
}

}  // namespace vivace
