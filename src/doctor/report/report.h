// A diagnosis as people and programs read it.
#pragma once

#include <string>

#include "doctor/arbiter/diagnosis.h"

namespace vivace::doctor {

inline constexpr std::size_t kScreenLines = 24, kScreenColumns = 100;

/// The first screen: at most kScreenLines lines of at most kScreenColumns characters.
std::string as_text(const Evidence& evidence, const Diagnosis& diagnosis);
/// One JSON object, as docs/json.md says.
std::string as_json(const Evidence& evidence, const Diagnosis& diagnosis);
/// One page without scripts that loads nothing.
std::string as_html(const Evidence& evidence, const Diagnosis& diagnosis);
/// For Perfetto, or a browser's chrome://tracing.
std::string as_trace(const Evidence& evidence);
/// For a bug report.
std::string as_markdown(const Evidence& evidence, const Diagnosis& diagnosis);

}  // namespace vivace::doctor
