// Entries of a config that mean the same in every layer.
#pragma once

#include "import/keras/config.h"

namespace vivace::keras {

/// Checks them whether or not the layer's recipe comes to read them: a switch is true or false, a rate a
/// number, an order of axes one of two, a shape a list of sizes.
void check_common_entries(const Config& config);

/// One axis of a config's shape: a size, or null where it is open.
bool is_axis_size(const Setting& setting);

}  // namespace vivace::keras
