#include "doctor/findings/rules.h"

namespace vivace::doctor {

// The order decides who keeps time that two claim: what is measured before what is modelled, what is specific
// before what is general.
std::span<const Rule> all_rules() {
  static constexpr Rule kRules[] = {
      program_error,   idle_gpu,        cpu_quota,       low_priority,      too_many_threads,
      background_load, swapping,        cold_disk,       model_reloaded,    retracing,
      eager,           predict_per_row, logging,         collector_pauses,  python_loop,
      python_lock,     sleeping,        waits_for_child, waits_for_network, allocation,
      one_thread_left, steal,           small_batch,     double_input,      no_bytecode,
      import_time,     model_loading,   first_call};
  return kRules;
}

}  // namespace vivace::doctor
