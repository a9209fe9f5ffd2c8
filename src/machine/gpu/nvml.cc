#include "machine/gpu/nvml.h"

#include <dlfcn.h>

#include <array>
#include <utility>

namespace vivace::machine {
namespace {

// Of NVML's interface, which is stable: numbers and structures as its reference has them.
constexpr unsigned kSmClock = 1, kMostGpus = 16, kMostProcesses = 64;
constexpr unsigned long long kPowerCap = 0x4, kHardwareSlowdown = 0x8, kSoftwareHeat = 0x20,
                             kHardwareHeat = 0x40, kPowerBrake = 0x80;
struct Utilization {
  unsigned gpu = 0, memory = 0;  // percent
};
struct Memory {
  unsigned long long total = 0, free = 0, used = 0;
};
struct ProcessInfo {  // of the calls that end in _v2 or _v3
  unsigned pid = 0;
  unsigned long long memory = 0;
  unsigned instance = 0, compute_instance = 0;
};
struct OldProcessInfo {
  unsigned pid = 0;
  unsigned long long memory = 0;
};

std::string why_slow(unsigned long long reasons) {
  if (reasons & (kSoftwareHeat | kHardwareHeat)) return "heat";
  if (reasons & (kPowerCap | kPowerBrake)) return "power";
  return reasons & kHardwareSlowdown ? "the board" : "";
}

}  // namespace

// By name at each call, some twenty a second at most: no table of pointers to keep in order.
template <class... Arguments>
bool Nvml::ask(const char* name, Arguments... arguments) const {
  using Function = int (*)(Arguments...);
  const auto function = reinterpret_cast<Function>(::dlsym(library_, name));
  return function && function(arguments...) == 0;
}

std::optional<Nvml> Nvml::open(const std::string& library) {
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return std::nullopt;
  Nvml nvml(handle);
  if (nvml.ask("nvmlInit_v2")) return nvml;
  ::dlclose(std::exchange(nvml.library_, nullptr));
  return std::nullopt;
}

Nvml::Nvml(Nvml&& other) noexcept : library_(std::exchange(other.library_, nullptr)) {}

Nvml& Nvml::operator=(Nvml&& other) noexcept {
  std::swap(library_, other.library_);
  return *this;
}

Nvml::~Nvml() {
  if (!library_) return;
  ask("nvmlShutdown");
  ::dlclose(library_);
}

std::string Nvml::driver() const {
  std::array<char, 96> words{};
  const bool told = ask("nvmlSystemGetDriverVersion", words.data(), static_cast<unsigned>(words.size() - 1));
  return told ? words.data() : "";
}

std::vector<NvmlState> Nvml::look() const {
  std::vector<NvmlState> found;
  unsigned count = 0;
  if (!ask("nvmlDeviceGetCount_v2", &count)) return found;
  for (unsigned i = 0; i < count && i < kMostGpus; ++i) {
    void* device = nullptr;
    if (ask("nvmlDeviceGetHandleByIndex_v2", i, &device)) found.push_back(state_of(device));
  }
  return found;
}

NvmlState Nvml::state_of(void* device) const {
  NvmlState state;
  std::array<char, 128> name{};
  if (ask("nvmlDeviceGetName", device, name.data(), static_cast<unsigned>(name.size() - 1)))
    state.name = name.data();
  Utilization busy;
  if (ask("nvmlDeviceGetUtilizationRates", device, &busy)) state.busy = busy.gpu / 100.0;
  Memory memory;
  if (ask("nvmlDeviceGetMemoryInfo", device, &memory)) {
    state.memory = static_cast<std::int64_t>(memory.total);
    state.memory_used = static_cast<std::int64_t>(memory.used);
  }
  const auto number = [&](const char* what, std::int64_t& into, auto... before) {
    unsigned value = 0;
    if (ask(what, device, before..., &value)) into = value;
  };
  number("nvmlDeviceGetClockInfo", state.clock_mhz, kSmClock);
  number("nvmlDeviceGetMaxClockInfo", state.most_clock_mhz, kSmClock);
  number("nvmlDeviceGetCurrPcieLinkWidth", state.lanes);
  number("nvmlDeviceGetMaxPcieLinkWidth", state.most_lanes);
  number("nvmlDeviceGetCurrPcieLinkGeneration", state.generation);
  number("nvmlDeviceGetMaxPcieLinkGeneration", state.most_generation);
  unsigned long long reasons = 0;
  if (ask("nvmlDeviceGetCurrentClocksThrottleReasons", device, &reasons)) state.slowed = why_slow(reasons);
  state.processes = processes_of(device);
  return state;
}

std::vector<std::int64_t> Nvml::processes_of(void* device) const {
  std::vector<std::int64_t> found;
  const auto take = [&](auto& list, const char* name) {
    unsigned count = kMostProcesses;
    if (!ask(name, device, &count, list.data())) return false;
    for (unsigned i = 0; i < count && i < kMostProcesses; ++i) found.push_back(list[i].pid);
    return true;
  };
  std::array<ProcessInfo, kMostProcesses> list{};
  if (take(list, "nvmlDeviceGetComputeRunningProcesses_v3") ||
      take(list, "nvmlDeviceGetComputeRunningProcesses_v2"))
    return found;
  std::array<OldProcessInfo, kMostProcesses> old{};
  take(old, "nvmlDeviceGetComputeRunningProcesses");
  return found;
}

}  // namespace vivace::machine
