// What the time of steady calls goes to, by the looks into them.
#pragma once

#include <string>
#include <string_view>

#include "doctor/evidence/python.h"

namespace vivace::doctor {

/// "data in": a part of a call for people.
std::string_view part_name(CallPart part);
/// "a call: data in 62 %, kernels 8 %, ... (84 looks)", or why the calls are not divided; "" where there are
/// none.
std::string parts_words(const Python& python);
/// A table of the calls that were divided, for the page; "" where there are none.
std::string parts_table(const Python& python);

}  // namespace vivace::doctor
