// What all models of a process share: the machine's description and the team of threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "cpu/cpu_target.h"
#include "machine/cpu_limit.h"
#include "runtime/team.h"
#include "vivace/model.h"

namespace vivace {

/// Threads of one team, made when a first model wants it and kept until the process ends.
class Context {
 public:
  static Context& of_process();
  ~Context();

  Team& team() { return team_; }
  const machine::CpuLimit& limit() const { return limit_; }

 private:
  Context();
  machine::CpuLimit limit_;
  Team team_;
};

/// An instruction set by name; "" asks the environment's VIVACE_ISA, then the machine.
/// Errors: options.isa (an unknown name, or one that this machine cannot run).
Result<cpu::InstructionSet> choose_isa(const std::string& name);

}  // namespace vivace
