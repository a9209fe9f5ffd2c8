// What all models of a process share: the machine's description, the processor's Target, the team of threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "machine/cpu_limit.h"
#include "plan/target.h"
#include "runtime/team.h"
#include "vivace/model.h"

namespace vivace {

/// Threads of one team, made when a first model wants it and kept until the process ends.
class Context {
 public:
  static Context& of_process();

  Team& team() { return team_; }
  const machine::CpuLimit& limit() const { return limit_; }

 private:
  Context();
  machine::CpuLimit limit_;
  Team team_;
};

/// The Target for an instruction set by name; "" asks the environment's VIVACE_ISA, then the machine.
/// Errors: options.isa (an unknown name, or one that this machine cannot run).
Result<std::shared_ptr<const Target>> make_target(const std::string& isa);

}  // namespace vivace
