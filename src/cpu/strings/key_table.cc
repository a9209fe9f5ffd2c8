#include "cpu/strings/key_table.h"

#include <numeric>
#include <vector>

#include "cpu/emitter.h"

namespace vivace::cpu {

std::strong_ordering GramKey::compare(std::string_view entry) const {
  std::strong_ordering order = std::strong_ordering::equal;
  std::size_t at = 0;
  gram.for_each_byte([&](unsigned char c) {
    if (order == 0)
      order = at < entry.size() ? c <=> static_cast<unsigned char>(entry[at]) : std::strong_ordering::greater;
    ++at;
  });
  return order == 0 && at < entry.size() ? std::strong_ordering::less : order;
}

// Among equal keys places ascend.
template <class Keys, class KeyOf>
void KeyTable::build(const Keys& keys, KeyOf key_of, std::byte* into) {
  const auto count = static_cast<std::size_t>(keys.count());
  std::vector<std::uint64_t> hashes(count);
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = 0; i < count; ++i) hashes[i] = key_of(keys[static_cast<std::int64_t>(i)]).hash();
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (hashes[a] != hashes[b]) return hashes[a] < hashes[b];
    const auto by_key = key_of(keys[a]).compare(keys[b]);
    return by_key == 0 ? a < b : by_key < 0;
  });
  const int bits = bits_of(keys.count());
  std::uint32_t next = 0;
  std::byte* const starts = into + count * 12;
  for (std::uint64_t bucket = 0; bucket <= std::uint64_t{1} << bits; ++bucket) {
    while (next < count && hashes[order[next]] >> (64 - bits) < bucket) ++next;
    std::memcpy(starts + bucket * 4, &next, 4);
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(into + i * 8, &hashes[order[i]], 8);
    std::memcpy(into + count * 8 + i * 4, &order[i], 4);
  }
}

namespace {

std::int64_t entries_of(const NodeView& node, std::size_t input) {
  return node.inputs[input].count() - (node.inputs[0].dtype == DType::string ? 1 : 0);
}

std::size_t key_table_bytes(const NodeView& node, std::size_t input) {
  return KeyTable::bytes_for(entries_of(node, input));
}

void pack_key_table(const NodeView& node, std::size_t input, std::byte* into) {
  const TensorView& last = *node.inputs[input].constant;
  if (node.inputs[0].dtype == DType::string)
    KeyTable::build(
        Vocabulary(*node.inputs[input - 1].constant, last), [](std::string_view key) { return TextKey{key}; },
        into);
  else
    KeyTable::build(
        IntegerKeys{last.as<std::int64_t>(), last.count()}, [](std::int64_t key) { return IntegerKey{key}; },
        into);
}

}  // namespace

extern const WeightLayout k_key_table;
constinit const WeightLayout k_key_table{"key_table", key_table_bytes, pack_key_table};

}  // namespace vivace::cpu
