// Operators by name: how a .viv file makes one before it reads the attributes.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "graph/op.h"

namespace vivace {

/// A default-constructed operator, or nullptr for a name that no operator has.
std::shared_ptr<Op> make_op_by_name(std::string_view name);

/// The names of all operators, in the order of their folders.
std::span<const std::string_view> op_names();

}  // namespace vivace
