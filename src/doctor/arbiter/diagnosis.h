// What follows from the evidence: causes ranked by what their remedies gain, no millisecond sold twice.
#pragma once

#include <string>
#include <vector>

#include "doctor/arbiter/orders.h"
#include "doctor/findings/finding.h"

namespace vivace::doctor {

struct Cause {
  Finding finding;
  Ledger left;        // with this remedy alone
  Span range;         // where its wall lies in nine of ten cases
  Ns cumulative = 0;  // with those ranked before it too, in that order
  Span orders;        // and over all orders of the first of them
};

struct Diagnosis {
  Ledger ledger;
  std::vector<Finding> faults;        // the program is wrong
  std::vector<Cause> causes;          // of work that repeats, the largest first
  std::vector<Cause> startup;         // of what happens once
  std::vector<std::string> excluded;  // look-alikes that it is not, each with the figure that says so
  bool healthy = false;               // nothing worth naming

  /// The cause to name first; nothing where the program is healthy.
  const Cause* first() const;
};

Diagnosis diagnose(const Evidence& evidence);

}  // namespace vivace::doctor
