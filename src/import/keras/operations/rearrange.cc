// einops.rearrange: "b (h h1) w -> b h (w h1)".
#include <algorithm>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

using Group = std::vector<std::string>;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The axes of one side, each with the names that it is made of; nothing where it cannot be read.
std::optional<std::vector<Group>> groups_of(std::string_view side) {
  std::vector<Group> groups;
  bool inside = false;
  for (std::size_t i = 0; i < side.size(); ++i) {
    if (side[i] == ' ') continue;
    if (side[i] == '(' || side[i] == ')') {
      if (inside == (side[i] == '(')) return std::nullopt;
      inside = side[i] == '(';
      if (inside) groups.emplace_back();
      continue;
    }
    std::size_t end = i;
    while (end < side.size() && is_word(side[end])) ++end;
    if (end == i) return std::nullopt;
    if (!inside) groups.emplace_back();
    groups.back().emplace_back(side.substr(i, end - i));
    i = end - 1;
  }
  return inside ? std::nullopt : std::optional(groups);
}

Group flattened(const std::vector<Group>& groups) {
  Group all;
  for (const Group& group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

// The sizes into which the axes of x are taken apart. Of each group one size may be left open.
std::vector<Dim> sizes_apart(Call& call, Term x, const std::vector<Group>& groups) {
  std::vector<Dim> sizes;
  for (std::size_t axis = 0; axis < groups.size(); ++axis) {
    const Dim whole = call.dim(x, static_cast<std::int64_t>(axis));
    std::int64_t known = 1;
    std::optional<std::size_t> open;
    for (const std::string& name : groups[axis]) {
      const bool alone = groups[axis].size() == 1;
      const Setting* length = alone ? nullptr : call.option(name, -1);
      if (!length && open) call.mistake(name, "a length: only one of a group can be left open");
      if (!length) open = sizes.size();
      if (length &&
          (!length->is(Setting::Kind::integer) || length->integer < 1 || length->integer > 1 << 30)) {
        call.mistake(name, "a length of 1 or more");
        return sizes;
      }
      sizes.emplace_back(length ? length->integer : 1);
      if (length && known <= 1 << 30) known *= length->integer;
    }
    if (!whole.known() && known == 1) {
      if (open) sizes[*open] = whole;
      continue;
    }
    if (!whole.known() || whole.number() % known != 0 || (!open && whole.number() != known)) {
      call.mistake("pattern", text("groups that divide axis {}", axis));
      return sizes;
    }
    if (open) sizes[*open] = Dim(whole.number() / known);
  }
  return sizes;
}

}  // namespace

void rearrange(Call& call) {
  const Term x(call, call.tensor_option("tensor|x", 0));
  const std::string_view pattern = call.text_option("pattern", 1, "");
  const std::size_t arrow = pattern.find("->");
  if (call.failed()) return;
  const auto left = arrow == std::string_view::npos ? std::nullopt : groups_of(pattern.substr(0, arrow));
  const auto right = arrow == std::string_view::npos ? std::nullopt : groups_of(pattern.substr(arrow + 2));
  if (!left || !right || static_cast<std::int64_t>(left->size()) != x.rank())
    return call.mistake("pattern", text("a rearrangement of {} axes, as \"b h w c -> b (h w) c\"", x.rank()));
  const Group from = flattened(*left), to = flattened(*right);
  const std::vector<Dim> sizes = sizes_apart(call, x, *left);
  if (call.failed()) return;
  // Every name once on either side, and taken apart first.
  Sizes order, apart, target;
  for (const std::string& name : to)
    order.push_back(std::find(from.begin(), from.end(), name) - from.begin());
  Sizes sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted.size() != from.size() || sorted[i] != static_cast<std::int64_t>(i))
      return call.mistake("pattern", "the same names on both sides");
  for (const Dim& size : sizes) apart.push_back(size.known() ? size.number() : Reshape::kInfer);
  Term y = left->size() == from.size() ? x : shaped(x, apart);
  y = transposed(y, order);
  std::size_t next = 0;
  for (const Group& group : *right) {
    Dim size(1);
    for (std::size_t i = 0; i < group.size(); ++i)
      size = size * sizes[static_cast<std::size_t>(order[next++])];
    target.push_back(size.known() ? size.number() : Reshape::kInfer);
  }
  call.output(right->size() == from.size() ? y : shaped(y, target));
}

}  // namespace vivace::keras
