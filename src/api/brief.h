// An operator in a few words, for people.
#pragma once

#include <string>

#include "graph/op.h"

namespace vivace {

/// "conv strides=[2,2] padding=same": only the attributes that differ from the operator's defaults.
std::string brief_text(const Op& op);

}  // namespace vivace
