// The model files that a program loaded, opened again after its end: what they are made of, and how long the
// same calls take in this engine.
#pragma once

#include "doctor/evidence/evidence.h"

namespace vivace {

/// Adds a study of each file to the evidence, within a few seconds. Reads only files that the program itself
/// loaded, and writes nothing.
void study_models(doctor::Evidence& evidence);

}  // namespace vivace
