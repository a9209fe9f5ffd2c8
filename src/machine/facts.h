// What this computer is, as the doctor's reports tell it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vivace::machine {

struct PciDisplay {
  std::string name;    // "NVIDIA 10de:2204"
  std::string driver;  // empty: no driver holds it
};

struct Facts {
  std::string processor, kernel, governor, huge_pages, hypervisor;
  int logical = 1, numa_nodes = 1;
  std::int64_t memory = 0, available = 0, swap = 0;  // bytes
  std::int64_t heat_events = 0;                      // since the system's start
  std::vector<PciDisplay> displays;
};

/// `root` stands for "/": tests give a folder with a recorded /proc and /sys.
Facts read_facts(const std::filesystem::path& root = "/");

}  // namespace vivace::machine
