// From an address in a process to the library that holds it, and to what kind of code that is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

/// By the file's name: an interpreter, the dynamic linker, the kernel, a compiled library.
Code code_of(std::string_view library);

class CodeMap {
 public:
  static constexpr std::size_t kKernel = 0, kUnknown = 1;

  CodeMap();
  void add(std::int64_t pid, std::uint64_t start, std::uint64_t size, std::string_view file);
  /// The number of the library at an address; kUnknown where nothing is known there.
  std::size_t find(std::int64_t pid, std::uint64_t address) const;
  /// Reads /proc/PID/maps, once a process: for one that was forked, or mapped things before it was watched.
  bool read_maps(std::int64_t pid);

  const std::string& name(std::size_t library) const { return names_[library]; }
  Code code(std::size_t library) const { return codes_[library]; }
  std::size_t size() const { return names_.size(); }

 private:
  struct Place {
    std::uint64_t end = 0;
    std::size_t library = kUnknown;
  };
  std::size_t number_of(std::string_view file);

  std::vector<std::string> names_;
  std::vector<Code> codes_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::map<std::int64_t, std::map<std::uint64_t, Place>> places_;
  std::vector<std::int64_t> read_;
};

}  // namespace vivace::doctor
