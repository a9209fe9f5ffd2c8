#include "vivace/model.h"

namespace vivace {

std::string_view version() { return VIVACE_VERSION; }

}  // namespace vivace
