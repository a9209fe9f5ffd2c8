#include "doctor/ledger/ledger.h"

#include <numeric>

#include "doctor/ledger/apportion.h"
#include "doctor/ledger/waits.h"

namespace vivace::doctor {
namespace {

constexpr std::array<Column, kCodes> kColumnOfCode = {Column::python, Column::native, Column::linker,
                                                      Column::system, Column::native};
constexpr std::array<Column, kBlockeds> kColumnOfBlocked = {Column::sleep,   Column::lock,  Column::io,
                                                            Column::output,  Column::child, Column::network,
                                                            Column::unknown, Column::stolen};

using CodesByPhase = std::array<std::array<std::int64_t, kCodes>, kPhases>;
using BlockedByPhase = std::array<std::array<Ns, kBlockeds>, kPhases>;

std::int64_t sum(std::span<const std::int64_t> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0});
}
template <class Table>
std::int64_t total(const Table& table) {
  std::int64_t all = 0;
  for (const auto& row : table) all += sum(row);
  return all;
}
template <class Table>
std::span<const std::int64_t> flat(const Table& table) {
  return {table.front().data(), table.size() * table.front().size()};
}

class Maker {
 public:
  explicit Maker(const Evidence& evidence) : evidence_(evidence) {
    ledger_.wall = evidence.program.wall;
    for (const Slice& slice : evidence.slices) add_totals(slice);
    swaps_ = evidence.host.swapped_in > 0;
    for (const Process& process : evidence.processes) swaps_ |= process.peak_swap > 0;
    for (const Library& library : evidence.libraries)
      (library.code == "python" ? others_python_ : others_native_) += library.others;
    for (const Thread& thread : evidence.threads)
      if (thread.tid != thread.pid) others_ran_ += thread.run, others_queued_ += thread.queued;
  }

  Ledger make() {
    Ns told = 0;
    const std::vector<Wait> waits = waits_of(evidence_.slices);
    for (std::size_t i = 0; i < waits.size(); ++i) {
      const Slice& slice = evidence_.slices[i];
      told += slice.end - slice.start;
      add(slice, waits[i]);
    }
    take_faults();
    ledger_.cells[at(Phase::run)][at(Column::unknown)] += ledger_.wall - told;
    return ledger_;
  }

 private:
  void add_totals(const Slice& slice) {
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      for (std::size_t code = 0; code < kCodes; ++code) samples_[phase][code] += slice.samples[phase][code];
      for (std::size_t in = 0; in < kBlockeds; ++in) blocked_[phase][in] += slice.blocked[phase][in];
    }
  }

  // How the slice's time divides among the phases.
  static std::array<std::int64_t, kPhases> phases_of(const Slice& slice) {
    std::array<std::int64_t, kPhases> phases = slice.phase;
    if (sum(phases) == 0) phases[at(Phase::run)] = 1;
    return phases;
  }

  void add(const Slice& slice, const Wait& wait) {
    const Ns span = slice.end - slice.start;
    const Ns run = std::min(slice.run, span);
    const auto phases = phases_of(slice);
    add_run(slice, run);
    spread(wait.queued - wait.throttled, phases, Column::queued);
    spread(wait.throttled, phases, Column::throttled);
    add_blocked(slice, span - run - wait.queued);
    const auto faults = apportion(slice.minor_faults, phases);
    for (std::size_t phase = 0; phase < kPhases; ++phase) faults_[phase] += faults[phase];
  }

  void spread(Ns amount, std::span<const std::int64_t> phases, Column column) {
    const auto parts = apportion(amount, phases);
    for (std::size_t phase = 0; phase < kPhases; ++phase) ledger_.cells[phase][at(column)] += parts[phase];
  }

  // Time on a processor goes where the samples fell. Where the slice has none, as others of its phases do;
  // where nothing was sampled, by what a phase is known for.
  void add_run(const Slice& slice, Ns run) {
    const auto phases = phases_of(slice);
    if (!kernel_was_sampled()) {
      const Ns system = std::min(run, slice.system);
      spread(system, phases, Column::system);
      run -= system;
    }
    CodesByPhase weights = slice.samples;
    if (total(weights) == 0) {
      for (std::size_t phase = 0; phase < kPhases; ++phase) {
        std::array<std::int64_t, kCodes> usual = samples_[phase];
        if (sum(usual) == 0) usual[at(usual_code(static_cast<Phase>(phase)))] = 1;
        const auto parts = apportion(phases[phase], usual);
        std::ranges::copy(parts, weights[phase].begin());
      }
    }
    const auto parts = apportion(run, flat(weights));
    for (std::size_t i = 0; i < parts.size(); ++i)
      ledger_.cells[i / kCodes][at(kColumnOfCode[i % kCodes])] += parts[i];
  }

  static Code usual_code(Phase phase) {
    const bool python = phase == Phase::start || phase == Phase::imports || phase == Phase::own ||
                        phase == Phase::end || phase == Phase::callbacks;
    return python ? Code::python : Code::native;
  }

  bool kernel_was_sampled() const {
    for (const auto& codes : samples_)
      if (codes[at(Code::system)] > 0) return true;
    return false;
  }

  // Time off the processor goes where the thread was found waiting.
  void add_blocked(const Slice& slice, Ns off) {
    const auto phases = phases_of(slice);
    BlockedByPhase weights = slice.blocked;
    if (total(weights) == 0)
      for (std::size_t phase = 0; phase < kPhases; ++phase)
        std::ranges::copy(apportion(phases[phase], blocked_[phase]), weights[phase].begin());
    if (total(weights) == 0) return spread(off, phases, Column::unknown);
    const auto parts = apportion(off, flat(weights));
    // A lock that is waited for while the process's other threads compute: their work is what takes the time,
    // and where they wait for a processor themselves, so does whoever waits for them.
    const bool native = others_native_ >= others_python_ && others_ran_ + others_queued_ > 0;
    const long double per_run =
        static_cast<long double>(others_queued_) / static_cast<long double>(std::max<Ns>(1, others_ran_));
    Ns others = others_python_ > others_native_ ? 0 : slice.others_run;
    Ns starved = native ? static_cast<Ns>(static_cast<long double>(others) * std::min(per_run, 1e3L)) : 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::size_t phase = i / kBlockeds;
      Ns part = parts[i];
      Column column = kColumnOfBlocked[i % kBlockeds];
      if (column == Column::lock) {
        const Ns computed = std::min(part, others);
        ledger_.cells[phase][at(Column::native)] += computed;
        part -= computed;
        others -= computed;
        const Ns queued = std::min(part, starved);
        ledger_.cells[phase][at(Column::queued)] += queued;
        part -= queued;
        starved -= queued;
      }
      if (column == Column::io && swaps_ && slice.major_faults > 0) column = Column::swap;
      ledger_.cells[phase][at(column)] += part;
    }
  }

  // First touches of memory are a part of the kernel's time.
  void take_faults() {
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      Ns& system = ledger_.cells[phase][at(Column::system)];
      const auto cost = static_cast<long double>(faults_[phase]) *
                        static_cast<long double>(std::max<Ns>(evidence_.machine.page_fault, 0));
      const Ns moved = cost < static_cast<long double>(system) ? static_cast<Ns>(cost) : system;
      system -= moved;
      ledger_.cells[phase][at(Column::faults)] += moved;
    }
  }

  const Evidence& evidence_;
  Ledger ledger_;
  CodesByPhase samples_{};
  BlockedByPhase blocked_{};
  std::array<std::int64_t, kPhases> faults_{};
  std::int64_t others_python_ = 0, others_native_ = 0;  // samples
  Ns others_ran_ = 0, others_queued_ = 0;
  bool swaps_ = false;
};

}  // namespace

Ns Ledger::of(Phase phase) const { return sum(cells[at(phase)]); }

Ns Ledger::of(Column column) const {
  Ns all = 0;
  for (const auto& row : cells) all += row[at(column)];
  return all;
}

Ns Ledger::working(Column column) const {
  Ns all = 0;
  for (std::size_t phase = 0; phase < kPhases; ++phase)
    if (!is_startup(static_cast<Phase>(phase))) all += cells[phase][at(column)];
  return all;
}

Ns Ledger::startup() const {
  Ns all = 0;
  for (std::size_t phase = 0; phase < kPhases; ++phase)
    if (is_startup(static_cast<Phase>(phase))) all += of(static_cast<Phase>(phase));
  return all;
}

Ledger make_ledger(const Evidence& evidence) { return Maker(evidence).make(); }

}  // namespace vivace::doctor
