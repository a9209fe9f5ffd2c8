#include "doctor/collect/hardware.h"

#include <algorithm>

#include "base/text.h"
#include "machine/clocks.h"
#include "machine/small_file.h"

namespace vivace::doctor {
namespace {

constexpr std::size_t kMostClocks = 512, kMostPages = 8;
constexpr int kMostPageLooks = 4;
// A short program does not wait for NVML to begin, which may wake a GPU up.
constexpr Ns kGpusFrom = 1'000'000'000;

void grow(std::int64_t& value, std::int64_t now) { value = std::max(value, now); }

bool is_nvidia(const Gpu& gpu) { return gpu.name.starts_with("NVIDIA"); }

std::string named(const std::string& name) { return name.starts_with("NVIDIA") ? name : "NVIDIA " + name; }

}  // namespace

void Hardware::look(Ns now, std::int64_t pid, const Tree& tree) {
  look_at_clock(pid);
  look_at_pages(now, pid);
  look_at_gpus(now, tree);
}

void Hardware::look_at_clock(std::int64_t pid) {
  const auto stat = parse_stat(machine::read_small(text("/proc/{0}/task/{0}/stat", pid)));
  if (!stat || stat->state != 'R') return;
  if (!nodes_) nodes_ = machine::read_nodes();
  const auto processor = static_cast<std::size_t>(std::max<std::int64_t>(0, stat->processor));
  if (processor < nodes_->size()) {
    const auto node = static_cast<std::size_t>((*nodes_)[processor]);
    if (ran_on_.size() <= node) ran_on_.resize(node + 1);
    ++ran_on_[node];
  }
  const machine::Clock clock = machine::read_clock(stat->processor);
  grow(most_clock_, clock.most_khz);
  if (clock.now_khz <= 0) return;
  if (clocks_.size() >= kMostClocks) {  // every second one goes on to stand for two
    std::size_t kept = 0;
    for (std::size_t i = 0; i < clocks_.size(); i += 2) clocks_[kept++] = clocks_[i];
    clocks_.resize(kept);
  }
  clocks_.push_back(clock.now_khz);
}

// The kernel walks all of the process's memory for this: four times at most, however long it runs.
void Hardware::look_at_pages(Ns now, std::int64_t pid) {
  if (!nodes_ || nodes_->empty() || now < next_pages_ || page_looks_ >= kMostPageLooks) return;
  ++page_looks_;
  next_pages_ = 4 * now;
  auto pages = machine::pages_by_node(machine::read_whole(text("/proc/{}/numa_maps", pid)));
  if (pages.empty()) return;
  const auto known = std::ranges::find(pages_, pid, &Pages::pid);
  if (known != pages_.end())
    known->by_node = std::move(pages);
  else if (pages_.size() < kMostPages)
    pages_.push_back({pid, std::move(pages)});
}

void Hardware::look_at_gpus(Ns now, const Tree& tree) {
  if (nvml_name_.empty() || now < kGpusFrom) return;
  if (!std::exchange(asked_, true)) nvml_ = machine::Nvml::open(nvml_name_);
  if (!nvml_) return;
  const std::vector<machine::NvmlState> states = nvml_->look();
  gpus_.resize(std::max(gpus_.size(), states.size()));
  for (std::size_t i = 0; i < states.size(); ++i) {
    const machine::NvmlState& now_at = states[i];
    SeenGpu& gpu = gpus_[i];
    const machine::NvmlState before = std::exchange(gpu.state, now_at);
    // A link and a clock rest while nothing is asked of them: the most that was seen is what they can do
    // here.
    grow(gpu.state.lanes, before.lanes), grow(gpu.state.generation, before.generation);
    grow(gpu.state.clock_mhz, before.clock_mhz), grow(gpu.state.memory_used, before.memory_used);
    ++gpu.looks;
    gpu.busy += std::max(0.0, now_at.busy);
    if (now_at.busy > 0) {
      ++gpu.busy_looks;
      const auto known =
          std::ranges::find(gpu.slowed, now_at.slowed, &std::pair<std::string, std::int64_t>::first);
      if (known != gpu.slowed.end())
        ++known->second;
      else
        gpu.slowed.emplace_back(now_at.slowed, 1);
    }
    grow(gpu.others,
         std::ranges::count_if(now_at.processes, [&](std::int64_t pid) { return !tree.contains(pid); }));
  }
}

std::size_t Hardware::busiest_node() const {
  return static_cast<std::size_t>(std::ranges::max_element(ran_on_) - ran_on_.begin());
}

void Hardware::finish(Evidence& evidence) const {
  MachineFacts& machine = evidence.machine;
  if (!clocks_.empty()) {
    std::vector<std::int64_t> sorted = clocks_;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2));
    machine.clock = sorted[sorted.size() / 2], machine.most_clock = most_clock_;
  }
  for (const Pages& seen : pages_) {
    const auto process = std::ranges::find(evidence.processes, seen.pid, &Process::pid);
    if (process == evidence.processes.end() || ran_on_.empty()) continue;
    const std::size_t near = busiest_node();
    for (std::size_t node = 0; node < seen.by_node.size(); ++node) {
      process->pages += seen.by_node[node];
      if (node != near) process->far_pages += seen.by_node[node];
    }
  }
  if (nvml_ && machine.gpu_software.driver.empty()) machine.gpu_software.driver = nvml_->driver();
  auto place = machine.gpus.begin();
  for (const SeenGpu& seen : gpus_) {
    place = std::find_if(place, machine.gpus.end(), is_nvidia);
    if (place == machine.gpus.end()) place = machine.gpus.insert(place, Gpu{});
    Gpu& gpu = *place++;
    if (!seen.state.name.empty() || gpu.name.empty()) gpu.name = named(seen.state.name);
    gpu.driver = gpu.driver.empty() ? "nvidia" : gpu.driver;
    if (seen.looks > 0 && seen.state.busy >= 0) gpu.busy = seen.busy / static_cast<double>(seen.looks);
    gpu.memory = seen.state.memory, gpu.memory_used = seen.state.memory_used;
    gpu.lanes = seen.state.lanes, gpu.most_lanes = seen.state.most_lanes;
    gpu.generation = seen.state.generation, gpu.most_generation = seen.state.most_generation;
    // A generation that was never asked to rise says nothing.
    if (seen.busy_looks == 0) gpu.generation = gpu.most_generation;
    gpu.clock = std::max<std::int64_t>(0, seen.state.clock_mhz) * 1000;
    gpu.most_clock = std::max<std::int64_t>(0, seen.state.most_clock_mhz) * 1000;
    gpu.others = seen.others;
    for (const auto& [why, times] : seen.slowed)
      if (!why.empty() && 4 * times >= seen.busy_looks) gpu.slowed = why;
  }
}

}  // namespace vivace::doctor
