// A cause of lost time: what shows it, what it costs, what to do, and what that would gain. Each is a pure
// function of what was seen and of the ledger, in a file of its own; findings.cc lists them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doctor/ledger/ledger.h"
#include "doctor/predict/gain.h"

namespace vivace::doctor {

enum class Effort : std::uint8_t { setting, line, redesign, machine };
inline constexpr std::array<std::string_view, 4> kEffortNames = {"a setting", "a line", "a redesign",
                                                                 "the machine"};

/// Time in a cell of the ledger that a finding says it could save.
struct Claim {
  Phase phase;
  Column column;
  Ns amount = 0;
};

struct Finding {
  std::string id;
  std::string title;               // a sentence without its end: "predict() is called for every single row"
  std::string place;               // file and line in the program, where there is one
  std::vector<std::string> facts;  // figures, each with where it comes from
  std::vector<Claim> claims;
  Gain gain;
  Effort effort = Effort::line;
  std::string remedy;  // what to do, as a sentence
  std::string change;  // the exact command, setting or line
  double confidence = 0.8;
  std::int64_t calls = 0;  // that it is about, where it is about calls
  Ns call = 0;             // what one of them takes
  bool startup = false;    // it happens once, however long the program works
  bool fault = false;      // the program is wrong rather than slow: told first, gains nothing
};

using Seen = const Evidence&;
using Rule = std::optional<Finding> (*)(Seen, const Ledger&);

/// All, the more specific first: where two claim the same time, the first keeps it.
std::span<const Rule> all_rules();

}  // namespace vivace::doctor
