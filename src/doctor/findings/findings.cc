#include "doctor/findings/rules.h"

namespace vivace::doctor {

// The order decides who keeps time that two claim: what is measured before what is modelled, what is specific
// before what is general.
std::span<const Rule> all_rules() {
  static constexpr Rule kRules[] = {program_error,
                                    idle_gpu,
                                    missing_gpu,
                                    slowed_gpu,
                                    shared_gpu,
                                    full_gpu,
                                    narrow_link,
                                    starved_gpu,
                                    cold_timing,
                                    single_timing,
                                    unsynced_timing,
                                    unequal_work,
                                    xla_without_effect,
                                    xla_on_processor,
                                    cpu_quota,
                                    low_priority,
                                    too_many_threads,
                                    background_load,
                                    swapping,
                                    cold_disk,
                                    model_reloaded,
                                    retracing,
                                    eager,
                                    predict_per_row,
                                    fit_batch,
                                    logging,
                                    collector_pauses,
                                    python_loop,
                                    python_lock,
                                    launched,
                                    sleeping,
                                    waits_for_child,
                                    waits_for_network,
                                    allocation,
                                    one_thread_left,
                                    steal,
                                    heat,
                                    far_memory,
                                    small_batch,
                                    model_cost,
                                    double_input,
                                    no_bytecode,
                                    import_time,
                                    model_loading,
                                    first_call};
  return kRules;
}

}  // namespace vivace::doctor
