// What explain knows of a model: each step's time beside the least it could take, and what would gain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vivace/model.h"

namespace vivace::cli {

struct ExplainedStep {
  StepTime time;
  Roofline roof;
  /// Seconds above the roofline; none for a kernel that does with less than the counted work (Winograd).
  double excess() const { return std::max(0.0, time.seconds - roof.seconds()); }
  /// The node, or the first and the last of several.
  std::string name() const {
    return time.nodes.size() > 1 ? time.nodes.front() + " .. " + time.node : time.node;
  }
};

/// The steps of one kernel together.
struct Gain {
  std::string kernel;
  double seconds = 0, least_s = 0, excess_s = 0;
  std::vector<const ExplainedStep*> steps;  // those furthest above their roofline first
};

struct Explained {
  std::string isa;
  std::vector<PassRun> passes;
  std::vector<ExplainedStep> steps;  // in running order
  Ceilings ceilings;
  Model::Memory memory;
  double seconds = 0, least_s = 0;  // sums over the steps
};

Explained explain_times(const Model& model, const std::vector<StepTime>& times, const Ceilings& ceilings,
                        const Model::Memory& memory);

/// By kernel, those with the most seconds above the roofline first. Points into `all`.
std::vector<Gain> gains_of(const Explained& all);

/// In percent; 0 where the whole is nothing.
inline double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

std::string json_text(const Explained& all);
void print_explained(const Explained& all);

}  // namespace vivace::cli
