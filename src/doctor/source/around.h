// What the program's own text says around a call: whether a clock is read there, and whether the answer is
// fetched before it is read again.
#pragma once

#include <string_view>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

struct Around {
  bool clocked = false, fetched = false;
};

/// Around the call in line `line` (from 1 on) of a Python program's text.
Around look_around(std::string_view program, std::int64_t line);

/// Notes that for all calls; files that are not there any more, or large, are passed over.
void note_surroundings_of_calls(Python& python);

}  // namespace vivace::doctor
