// Every finding's function.
#pragma once

#include "doctor/findings/finding.h"

namespace vivace::doctor {

std::optional<Finding> program_error(Seen evidence, const Ledger& ledger);
std::optional<Finding> cold_timing(Seen evidence, const Ledger& ledger);
std::optional<Finding> single_timing(Seen evidence, const Ledger& ledger);
std::optional<Finding> unsynced_timing(Seen evidence, const Ledger& ledger);
std::optional<Finding> unequal_work(Seen evidence, const Ledger& ledger);
std::optional<Finding> xla_without_effect(Seen evidence, const Ledger& ledger);
std::optional<Finding> xla_on_processor(Seen evidence, const Ledger& ledger);

std::optional<Finding> idle_gpu(Seen evidence, const Ledger& ledger);
std::optional<Finding> missing_gpu(Seen evidence, const Ledger& ledger);
std::optional<Finding> slowed_gpu(Seen evidence, const Ledger& ledger);
std::optional<Finding> shared_gpu(Seen evidence, const Ledger& ledger);
std::optional<Finding> full_gpu(Seen evidence, const Ledger& ledger);
std::optional<Finding> narrow_link(Seen evidence, const Ledger& ledger);
std::optional<Finding> starved_gpu(Seen evidence, const Ledger& ledger);

std::optional<Finding> cpu_quota(Seen evidence, const Ledger& ledger);
std::optional<Finding> low_priority(Seen evidence, const Ledger& ledger);
std::optional<Finding> too_many_threads(Seen evidence, const Ledger& ledger);
std::optional<Finding> background_load(Seen evidence, const Ledger& ledger);
std::optional<Finding> one_thread_left(Seen evidence, const Ledger& ledger);
std::optional<Finding> swapping(Seen evidence, const Ledger& ledger);
std::optional<Finding> allocation(Seen evidence, const Ledger& ledger);
std::optional<Finding> cold_disk(Seen evidence, const Ledger& ledger);
std::optional<Finding> heat(Seen evidence, const Ledger& ledger);
std::optional<Finding> far_memory(Seen evidence, const Ledger& ledger);
std::optional<Finding> steal(Seen evidence, const Ledger& ledger);

std::optional<Finding> model_reloaded(Seen evidence, const Ledger& ledger);
std::optional<Finding> retracing(Seen evidence, const Ledger& ledger);
std::optional<Finding> eager(Seen evidence, const Ledger& ledger);
std::optional<Finding> predict_per_row(Seen evidence, const Ledger& ledger);
std::optional<Finding> fit_batch(Seen evidence, const Ledger& ledger);
std::optional<Finding> model_cost(Seen evidence, const Ledger& ledger);
std::optional<Finding> small_batch(Seen evidence, const Ledger& ledger);
std::optional<Finding> double_input(Seen evidence, const Ledger& ledger);

std::optional<Finding> logging(Seen evidence, const Ledger& ledger);
std::optional<Finding> collector_pauses(Seen evidence, const Ledger& ledger);
std::optional<Finding> python_loop(Seen evidence, const Ledger& ledger);
std::optional<Finding> python_lock(Seen evidence, const Ledger& ledger);
std::optional<Finding> launched(Seen evidence, const Ledger& ledger);
std::optional<Finding> sleeping(Seen evidence, const Ledger& ledger);
std::optional<Finding> waits_for_child(Seen evidence, const Ledger& ledger);
std::optional<Finding> waits_for_network(Seen evidence, const Ledger& ledger);

std::optional<Finding> no_bytecode(Seen evidence, const Ledger& ledger);
std::optional<Finding> import_time(Seen evidence, const Ledger& ledger);
std::optional<Finding> model_loading(Seen evidence, const Ledger& ledger);
std::optional<Finding> first_call(Seen evidence, const Ledger& ledger);

}  // namespace vivace::doctor
