// Packed weights, each made once and shared by every plan and session of a model.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/memory/slab.h"
#include "plan/target.h"

namespace vivace {

/// Keyed by (constant, layout, attributes that matter to it: the layout's name says all). Safe to share
/// between threads. Entries are never removed, so pointers into them stay valid as long as the pool.
class WeightPool {
 public:
  using Key = std::pair<ValueId, std::string>;

  /// The packed bytes, or nullptr where they are missing.
  const std::byte* find(const Target& target, const NodeView& node, const Choice::Packing& packing) const;
  /// The packed bytes, packed now if they are missing.
  Result<const std::byte*> get(const Target& target, const NodeView& node, const Choice::Packing& packing);
  /// About so many bytes will be packed.
  void expect(std::size_t bytes) { slab_.expect(bytes); }
  /// Adds bytes that are packed already (from a .viv file); `owner` keeps them alive.
  void add(Key key, Bytes bytes, std::shared_ptr<const void> owner);

  struct Entry {
    Bytes bytes;
    std::shared_ptr<const void> owner;
  };
  /// Everything that is in it now, in key order, for writing a .viv file.
  std::map<Key, Entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  /// While it is held, nobody finds or adds.
  std::unique_lock<std::mutex> hold() const { return std::unique_lock(mutex_); }

 private:
  Slab slab_;
  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;
  std::vector<std::shared_ptr<const void>> retired_;  // of entries that one constant's other uses replaced
};

}  // namespace vivace
