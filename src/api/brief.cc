#include "api/brief.h"

#include <algorithm>

#include "base/text.h"
#include "ops/common/registry.h"

namespace vivace {

std::string brief_text(const Op& op) {
  const std::string all = to_text(op);
  const auto plain = make_op_by_name(op.name());
  if (!plain) return all;
  const std::string defaults = to_text(*plain);
  const auto usual = split(defaults, ' ');
  std::string brief(op.name());
  for (const std::string_view word : split(all, ' '))
    if (std::ranges::find(usual, word) == usual.end()) brief += " " + std::string(word);
  return brief;
}

}  // namespace vivace
