#include "api/context.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "cpu/cpu_target.h"
#include "machine/cpu_features.h"

namespace vivace {

// Spinning under a quota burns what the quota allows; beside other load it is the kernel that should decide,
// but that load is not known before the first run, so only the quota counts here.
Context::Context()
    : limit_(machine::read_cpu_limit()), team_(limit_.threads(), /*spin=*/!limit_.quota.has_value()) {}

Context& Context::of_process() {
  static Context context;  // made on first use: nothing runs before main
  return context;
}

Result<std::shared_ptr<const Target>> make_target(const std::string& isa) {
  const char* const forced = std::getenv("VIVACE_ISA");
  const std::string wanted = !isa.empty() ? isa : forced ? forced : "";
  const kernels::Isa best = cpu::best_isa(machine::read_cpu_features());
  if (wanted.empty()) return cpu::make_cpu_target(best);
  for (int level = 0; level < kernels::kIsas; ++level) {
    if (wanted != kernels::kIsaNames[level]) continue;
    if (level <= static_cast<int>(best)) return cpu::make_cpu_target(static_cast<kernels::Isa>(level));
    return Error("options.isa", text("this machine cannot run the instruction set \"{}\"", wanted))
        .why(text("the best it has is {}", kernels::kIsaNames[static_cast<int>(best)]))
        .fix("leave VIVACE_ISA unset");
  }
  return Error("options.isa", text("there is no instruction set \"{}\"", wanted))
      .fix("baseline, avx2 or avx512");
}

}  // namespace vivace
