// The machine, the limits around the program, and what others did meanwhile.
#pragma once

#include <string>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

struct Gpu {
  std::string name;    // vendor and device of the PCI bus, as far as known
  std::string driver;  // the kernel's driver that holds it; empty: none
  // As NVML tells it, where it can be asked; below 0, or empty: not known.
  double busy = -1;                                    // share of the time that it computed
  std::int64_t memory = -1, memory_used = -1;          // bytes
  std::int64_t lanes = -1, most_lanes = -1;            // of its link
  std::int64_t generation = -1, most_generation = -1;  // of its link
  std::string slowed;                                  // "thermal", "power": why its clock was lowered
  std::int64_t others = 0;                             // other processes that compute on it
  std::int64_t clock = 0, most_clock = 0;              // kHz, while it computed; 0: not known
  template <class V>
  void visit(V& v) {
    v("name", name), v("driver", driver), v("busy", busy), v("memory", memory);
    v("memory_used", memory_used), v("lanes", lanes), v("most_lanes", most_lanes);
    v("generation", generation), v("most_generation", most_generation);
    v("slowed", slowed), v("others", others), v("clock", clock), v("most_clock", most_clock);
  }
};

/// What of NVIDIA's software was found, without running any of it; empty: nothing.
struct GpuSoftware {
  std::string driver;  // "535.104.05"
  std::string cuda,
      cudnn;  // versions of libcudart and libcudnn beside the program's Python, or of the system
  template <class V>
  void visit(V& v) {
    v("driver", driver), v("cuda", cuda), v("cudnn", cudnn);
  }
};

struct MachineFacts {
  std::string processor, kernel, isa;  // isa: the best instruction set of the engine that it can run
  std::string governor, huge_pages, hypervisor;
  std::int64_t logical = 0, physical = 0, allowed = 0;  // processors; allowed: by affinity
  std::int64_t memory = 0, available = 0, swap = 0;     // bytes, before the program
  std::int64_t numa_nodes = 1;
  std::int64_t heat_events = 0;            // times that the processor slowed down for heat, during the run
  std::int64_t clock = 0, most_clock = 0;  // kHz, under load and at most; 0: not known
  Ns page_fault = 0;                       // what the first touch of a 4 KB page costs here; 0: not measured
  std::vector<Gpu> gpus;
  GpuSoftware gpu_software;

  template <class V>
  void visit(V& v) {
    v("processor", processor), v("kernel", kernel), v("isa", isa);
    v("governor", governor), v("huge_pages", huge_pages), v("hypervisor", hypervisor);
    v("logical", logical), v("physical", physical), v("allowed", allowed);
    v("memory", memory), v("available", available), v("swap", swap), v("numa_nodes", numa_nodes);
    v("heat_events", heat_events), v("clock", clock), v("most_clock", most_clock);
    v("page_fault", page_fault), v("gpus", gpus), v("gpu_software", gpu_software);
  }
};

/// Time stalled for want of a resource, as the kernel counts it.
struct Pressure {
  Ns cpu = 0, io = 0, memory = 0;
  template <class V>
  void visit(V& v) {
    v("cpu", cpu), v("io", io), v("memory", memory);
  }
};

/// A control group that the program was in, or one of its ancestors. Counters are what was added during the
/// run; 0 where there is no limit.
struct Cgroup {
  std::string path;
  std::int64_t version = 2;
  double quota_cpus = 0;
  std::int64_t periods = 0, throttled_periods = 0;
  Ns throttled = 0;
  std::int64_t memory_limit = 0, memory_used = 0, limit_hits = 0;
  double weight = 0;  // shares relative to the default; 0: not known
  Pressure pressure;

  template <class V>
  void visit(V& v) {
    v("path", path), v("version", version), v("quota_cpus", quota_cpus), v("periods", periods);
    v("throttled_periods", throttled_periods), v("throttled", throttled);
    v("memory_limit", memory_limit), v("memory_used", memory_used), v("limit_hits", limit_hits);
    v("weight", weight), v("pressure", pressure);
  }
};

/// Another program that used processors during the run.
struct Rival {
  std::string name;
  std::int64_t pid = 0;
  Ns cpu = 0;
  template <class V>
  void visit(V& v) {
    v("name", name), v("pid", pid), v("cpu", cpu);
  }
};

/// The whole system during the run: all processors together.
struct HostLoad {
  Ns user = 0, system = 0, idle = 0, io_wait = 0, steal = 0;
  std::int64_t swapped_in = 0, swapped_out = 0;  // pages
  std::int64_t refaults = 0;                     // pages of files that were read again
  Pressure pressure;
  std::vector<Rival> rivals;  // the busiest first

  template <class V>
  void visit(V& v) {
    v("user", user), v("system", system), v("idle", idle), v("io_wait", io_wait), v("steal", steal);
    v("swapped_in", swapped_in), v("swapped_out", swapped_out), v("refaults", refaults);
    v("pressure", pressure), v("rivals", rivals);
  }
};

}  // namespace vivace::doctor
