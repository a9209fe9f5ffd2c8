#include "doctor/collect/surroundings.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "base/clock.h"
#include "machine/cpu_features.h"
#include "machine/cpu_limit.h"
#include "machine/gpu/software.h"

extern char** environ;

namespace vivace::doctor {
namespace {

// Names, or beginnings of names where a '_' ends them.
constexpr std::string_view kRecorded[] = {"TF_",
                                          "XLA_",
                                          "OMP_",
                                          "KMP_",
                                          "MKL_",
                                          "OPENBLAS_",
                                          "ONEDNN_",
                                          "DNNL_",
                                          "CUDA_",
                                          "NVIDIA_",
                                          "KERAS_",
                                          "ORT_",
                                          "GOTO_",
                                          "NUMEXPR_",
                                          "PYTHONDONTWRITEBYTECODE",
                                          "PYTHONUNBUFFERED",
                                          "PYTHONOPTIMIZE",
                                          "PYTHONDEVMODE",
                                          "PYTHONMALLOC",
                                          "PYTHONPROFILEIMPORTTIME",
                                          "PYTHONFAULTHANDLER",
                                          "LD_PRELOAD",
                                          "LD_BIND_NOW",
                                          "MALLOC_",
                                          "GLIBC_TUNABLES",
                                          "VIVACE_"};

std::string_view isa_name(const machine::CpuFeatures& features) {
  if (features.avx512) return "avx512";
  return features.avx2 ? "avx2" : "baseline";
}

Pressure pressure_between(std::int64_t cpu, std::int64_t io, std::int64_t memory) {
  return {std::max<Ns>(0, cpu), std::max<Ns>(0, io), std::max<Ns>(0, memory)};
}

Cgroup told(const machine::CgroupState& now, const machine::CgroupState* before) {
  const machine::CgroupState none;
  const machine::CgroupState& then = before ? *before : none;
  const auto added = [](std::int64_t after, std::int64_t earlier) {
    return std::max<std::int64_t>(0, after - earlier);
  };
  Cgroup group;
  group.path = now.path, group.version = now.version, group.quota_cpus = now.quota_cpus;
  group.weight = now.weight;
  group.periods = added(now.periods, then.periods);
  group.throttled_periods = added(now.throttled_periods, then.throttled_periods);
  group.throttled = added(now.throttled_ns, then.throttled_ns);
  group.memory_limit = now.memory_limit, group.memory_used = now.memory_used;
  group.limit_hits = added(now.limit_hits, then.limit_hits);
  group.pressure =
      pressure_between(now.pressure_cpu_ns - then.pressure_cpu_ns, now.pressure_io_ns - then.pressure_io_ns,
                       now.pressure_memory_ns - then.pressure_memory_ns);
  return group;
}

}  // namespace

Ns measure_page_fault() {
  constexpr std::size_t kPages = 128, kPage = 4096;
  void* const memory =
      ::mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 0;
  ::madvise(memory, kPages * kPage, MADV_NOHUGEPAGE);
  const double start = now_s();
  for (std::size_t page = 0; page < kPages; ++page) static_cast<volatile char*>(memory)[page * kPage] = 1;
  const double took = now_s() - start;
  ::munmap(memory, kPages * kPage);
  return static_cast<Ns>(took * 1e9 / kPages);
}

std::vector<Variable> recorded_environment() {
  std::vector<Variable> found;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view line = *entry;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const bool recorded = std::ranges::any_of(kRecorded, [&](std::string_view known) {
      return known.ends_with('_') ? name.starts_with(known) : name == known;
    });
    constexpr std::size_t kMostKept = 200;
    if (recorded) found.push_back({std::string(name), std::string(line.substr(equals + 1, kMostKept))});
  }
  std::ranges::sort(found, {}, &Variable::name);
  return found;
}

void note_gpu_software(Evidence& evidence) {
  std::filesystem::path packages;
  for (const Variable& setting : evidence.python.settings)
    if (setting.name == "site_packages") packages = setting.value;
  const machine::GpuSoftware found = machine::find_gpu_software(packages);
  evidence.machine.gpu_software = {found.driver, found.cuda, found.cudnn};
}

Surroundings::Surroundings()
    : facts_(machine::read_facts()),
      load_(machine::read_system_load()),
      groups_(machine::read_cgroups("self")),
      page_fault_(measure_page_fault()) {}

std::vector<machine::CgroupState> Surroundings::quotas() const {
  std::vector<machine::CgroupState> found;
  for (const machine::CgroupState& group : groups_)
    if (group.quota_cpus > 0) found.push_back(group);
  return found;
}

bool Surroundings::has_nvidia() const {
  return std::ranges::any_of(
      facts_.displays, [](const machine::PciDisplay& display) { return display.name.starts_with("NVIDIA"); });
}

void Surroundings::finish(Evidence& evidence) const {
  MachineFacts& machine = evidence.machine;
  machine.processor = facts_.processor, machine.kernel = facts_.kernel, machine.governor = facts_.governor;
  machine.huge_pages = facts_.huge_pages, machine.hypervisor = facts_.hypervisor;
  machine.isa = isa_name(machine::read_cpu_features());
  const machine::CpuLimit limit = machine::read_cpu_limit();
  machine.logical = facts_.logical, machine.physical = limit.physical_cores, machine.allowed = limit.affinity;
  machine.memory = facts_.memory, machine.available = facts_.available, machine.swap = facts_.swap;
  machine.numa_nodes = facts_.numa_nodes, machine.page_fault = page_fault_;
  machine.heat_events = std::max<std::int64_t>(0, machine::read_facts().heat_events - facts_.heat_events);
  for (const machine::PciDisplay& display : facts_.displays) {
    Gpu& gpu = machine.gpus.emplace_back();
    gpu.name = display.name, gpu.driver = display.driver;
  }

  for (const machine::CgroupState& now : machine::read_cgroups("self")) {
    const auto before = std::ranges::find(groups_, now.path, &machine::CgroupState::path);
    evidence.cgroups.push_back(told(now, before == groups_.end() ? nullptr : &*before));
  }
  const machine::SystemLoad now = machine::read_system_load();
  HostLoad& host = evidence.host;
  host.user = now.user_ns - load_.user_ns, host.system = now.system_ns - load_.system_ns;
  host.idle = now.idle_ns - load_.idle_ns, host.io_wait = now.io_wait_ns - load_.io_wait_ns;
  host.steal = now.steal_ns - load_.steal_ns;
  host.swapped_in = now.swapped_in - load_.swapped_in, host.swapped_out = now.swapped_out - load_.swapped_out;
  host.refaults = now.refaults - load_.refaults;
  host.pressure =
      pressure_between(now.pressure_cpu_ns - load_.pressure_cpu_ns, now.pressure_io_ns - load_.pressure_io_ns,
                       now.pressure_memory_ns - load_.pressure_memory_ns);
}

}  // namespace vivace::doctor
