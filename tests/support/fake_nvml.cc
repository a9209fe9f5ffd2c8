// A library with NVML's interface and two GPUs that are not there: one at work, hot and shared, and one that
// rests.
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {
struct Device {
  unsigned number;
};
Device devices[] = {{0}, {1}};

unsigned number_of(void* device) { return static_cast<Device*>(device)->number; }
int begun = 0;
}  // namespace

#pragma GCC visibility push(default)
extern "C" {

int nvmlInit_v2() { return begun++, 0; }
int nvmlShutdown() { return begun--, 0; }
int nvmlSystemGetDriverVersion(char* words, unsigned size) {
  std::snprintf(words, size, "570.86.10");
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) { return *count = 2, begun > 0 ? 0 : 1; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) { return *device = &devices[index], 0; }
int nvmlDeviceGetName(void* device, char* words, unsigned size) {
  std::snprintf(words, size, number_of(device) == 0 ? "NVIDIA Test 80GB" : "Tiny");
  return 0;
}
int nvmlDeviceGetUtilizationRates(void* device, unsigned* rates) {
  rates[0] = number_of(device) == 0 ? 20 : 0;
  rates[1] = 0;
  return 0;
}
int nvmlDeviceGetMemoryInfo(void*, unsigned long long* memory) {
  memory[0] = 1000000000, memory[1] = 20000000, memory[2] = 980000000;
  return 0;
}
int nvmlDeviceGetClockInfo(void*, unsigned, unsigned* clock) { return *clock = 900, 0; }
int nvmlDeviceGetMaxClockInfo(void*, unsigned, unsigned* clock) { return *clock = 1800, 0; }
int nvmlDeviceGetCurrPcieLinkWidth(void*, unsigned* width) { return *width = 4, 0; }
int nvmlDeviceGetMaxPcieLinkWidth(void*, unsigned* width) { return *width = 16, 0; }
int nvmlDeviceGetCurrPcieLinkGeneration(void* device, unsigned* generation) {
  return *generation = number_of(device) == 0 ? 4 : 1, 0;
}
int nvmlDeviceGetMaxPcieLinkGeneration(void*, unsigned* generation) { return *generation = 4, 0; }
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* reasons) {
  return *reasons = number_of(device) == 0 ? 0x40 : 0x1, 0;
}
// The old form of the call, with two words a process: the reader falls back to it.
int nvmlDeviceGetComputeRunningProcesses(void* device, unsigned* count, void* list) {
  struct Process {
    unsigned pid;
    unsigned long long memory;
  };
  if (number_of(device) != 0) return *count = 0, 0;
  if (*count < 2) return 7;
  const Process processes[] = {{static_cast<unsigned>(::getpid()), 1}, {4000000000u, 2}};
  std::memcpy(list, processes, sizeof processes);
  return *count = 2, 0;
}

}  // extern "C"
#pragma GCC visibility pop
