#include "doctor/collect/code_map.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "machine/small_file.h"

namespace vivace::doctor {
namespace {

constexpr std::size_t kMostLibraries = 1024, kMostProcesses = 64, kMostPlaces = 8192;

std::string_view base_name(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? file : file.substr(slash + 1);
}

std::uint64_t hex(std::string_view word) {
  std::uint64_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number, 16);
  return number;
}

}  // namespace

Code code_of(std::string_view library) {
  const std::string_view name = base_name(library);
  if (name == "[kernel]") return Code::system;
  if (name.starts_with("ld-linux") || name.starts_with("ld-2") || name.starts_with("ld-musl"))
    return Code::linker;
  if (name.starts_with("python") || name.starts_with("libpython") || name.starts_with("pypy"))
    return Code::python;
  for (const std::string_view common :
       {"libc.so", "libc-2", "libm.so", "libm-2", "libpthread", "libstdc++", "[vdso]"})
    if (name.starts_with(common)) return Code::other;
  return Code::native;  // a library, the program itself, code made on the fly
}

CodeMap::CodeMap() {
  for (const char* const name : {"[kernel]", "[unknown]"}) number_of(name);
  codes_[kUnknown] = Code::other;
}

std::size_t CodeMap::number_of(std::string_view file) {
  const std::string_view name =
      file.starts_with("//anon") || file.empty() ? "[made on the fly]" : base_name(file);
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  if (names_.size() >= kMostLibraries) return kUnknown;
  numbers_.emplace(name, names_.size());
  names_.emplace_back(name);
  codes_.push_back(code_of(name));
  return names_.size() - 1;
}

void CodeMap::add(std::int64_t pid, std::uint64_t start, std::uint64_t size, std::string_view file) {
  if (places_.size() >= kMostProcesses && !places_.contains(pid)) return;
  auto& places = places_[pid];
  if (places.size() < kMostPlaces) places[start] = {start + size, number_of(file)};
}

std::size_t CodeMap::find(std::int64_t pid, std::uint64_t address) const {
  const auto process = places_.find(pid);
  if (process == places_.end()) return kUnknown;
  auto after = process->second.upper_bound(address);
  if (after == process->second.begin()) return kUnknown;
  const Place& place = std::prev(after)->second;
  return address < place.end ? place.library : kUnknown;
}

bool CodeMap::read_maps(std::int64_t pid) {
  if (read_.size() >= kMostProcesses || std::ranges::find(read_, pid) != read_.end()) return false;
  read_.push_back(pid);
  const std::string maps = machine::read_whole(text("/proc/{}/maps", pid));
  for (const std::string_view line : split(maps, '\n')) {  // "7f00-7f10 r-xp 0 fe:00 12   /usr/lib/x.so"
    const std::size_t dash = line.find('-'), blank = line.find(' ');
    if (dash == std::string_view::npos || blank == std::string_view::npos || line.size() < blank + 5)
      continue;
    if (line[blank + 3] != 'x') continue;
    const std::uint64_t from = hex(line.substr(0, dash)), to = hex(line.substr(dash + 1, blank - dash - 1));
    const std::size_t name = line.find_first_of("/[", blank);
    add(pid, from, to - from, name == std::string_view::npos ? std::string_view() : line.substr(name));
  }
  return true;
}

}  // namespace vivace::doctor
