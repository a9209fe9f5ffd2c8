#include "api/context.h"

#include <algorithm>
#include <cstdlib>

#include "api/impl.h"
#include "base/text.h"
#include "base/try.h"
#include "cpu/cpu_target.h"
#include "doctor/probe/ceilings.h"
#include "machine/cpu_features.h"
#include "machine/system_load.h"
#include "runtime/forks.h"

namespace vivace {

// Spinning under a quota burns what the quota allows.
Context::Context()
    : limit_(machine::read_cpu_limit()),
      team_(limit_.threads(), /*spin=*/!limit_.quota.has_value(),
            {machine::read_processors(), [] { return machine::read_runnable_threads(); }}) {
  Forks::of_process().add(this, {.in_child = [this] { team_.after_fork(); }});
}

Context::~Context() { Forks::of_process().remove(this); }

Context& Context::of_process() {
  static Context context;  // made on first use: nothing runs before main
  return context;
}

Result<cpu::InstructionSet> choose_isa(const std::string& name) {
  const char* const forced = std::getenv("VIVACE_ISA");
  const std::string wanted = !name.empty() ? name : forced ? forced : "";
  const machine::CpuFeatures features = machine::read_cpu_features();
  const cpu::InstructionSet best = cpu::best_set(features);
  if (wanted.empty()) return best;
  for (const cpu::InstructionSet& set : cpu::kInstructionSets) {
    if (wanted != name_of(set)) continue;
    if (cpu::runs(features, set)) return set;
    return Error("options.isa", text("this machine cannot run the instruction set \"{}\"", wanted))
        .why(text("the best it has is {}", name_of(best)))
        .fix("leave VIVACE_ISA unset");
  }
  return Error("options.isa", text("there is no instruction set \"{}\"", wanted))
      .fix("baseline, avx2, avx2_vnni, avx512, avx512_vnni or avx512_amx");
}

Result<Ceilings> measure_ceilings(const Options& options) {
  return guard_memory([&]() -> Result<Ceilings> {
    VIVACE_TRY(const cpu::InstructionSet set, choose_isa(options.isa));
    return doctor::measure_ceilings(set.isa, set.vnni, set.amx && machine::allow_tiles());
  });
}

}  // namespace vivace
