// The parts of the page about what stood around the program: its workers, switches, clocks, GPUs.
#pragma once

#include <string>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

/// "" where nothing of it was seen.
std::string surroundings_part(const Evidence& evidence);

}  // namespace vivace::doctor
