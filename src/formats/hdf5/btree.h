// Version-1 B-trees: of a group's names, and of a dataset's chunks.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "formats/hdf5/source.h"

namespace vivace::hdf5 {

struct BTreeKind {
  std::uint8_t type;  // 0 names, 1 chunks
  std::uint64_t key_bytes;
};

/// Visits the tree at `address` in order. `wanted(right_key_offset)` says whether a child's keys, which end
/// there, may hold what is sought: of each node, the first such child is visited. Without it (nullptr) all
/// are. `leaf(key_offset, child_address)` gets the visited children of level 0 and returns a Status. Ends
/// with hdf5.damaged where the tree is no tree.
template <class Wanted, class Leaf>
Status walk_btree(const Source& source, std::string_view path, std::uint64_t address, BTreeKind kind,
                  Budget& budget, const Wanted& wanted, const Leaf& leaf) {
  constexpr bool kSearch = !std::is_null_pointer_v<Wanted>;
  struct Node {
    std::uint64_t address;
    int level;  // -1: the root, whose level is read
  };
  std::vector<Node> open = {{address, -1}};
  std::vector<Node> below;
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    Cursor cursor(source, path, node.address);
    const bool signed_right = cursor.takes("TREE");
    const std::uint8_t type = cursor.u8();
    const int level = cursor.u8();
    const std::uint16_t used = cursor.u16();
    cursor.skip(2 * static_cast<std::uint64_t>(source.offset_size));  // siblings
    const std::uint64_t stride = kind.key_bytes + static_cast<std::uint64_t>(source.offset_size);
    Cursor entries = cursor.part(used * stride + kind.key_bytes);
    VIVACE_CHECK_OK(entries.status("B-tree node"));
    if (!signed_right || type != kind.type || (node.level >= 0 && level != node.level) ||
        !budget.spend(24 + used * stride)) {
      return entries.damaged(
          text("there is no B-tree node of kind {} and level {} there", kind.type, node.level));
    }
    below.clear();
    for (int i = 0; i < used; ++i) {
      const std::uint64_t key = entries.position();
      entries.skip(kind.key_bytes);
      const std::uint64_t child = entries.address();
      if constexpr (kSearch) {
        VIVACE_TRY(const bool inside, wanted(entries.position()));
        if (!inside) continue;
      }
      if (level == 0) {
        VIVACE_CHECK_OK(leaf(key, child));
      } else {
        below.push_back({child, level - 1});
      }
      if constexpr (kSearch) break;
    }
    open.insert(open.end(), below.rbegin(), below.rend());
  }
  return {};
}

}  // namespace vivace::hdf5
