// Time as the doctor divides it: by phase of the program, and by what its critical thread was doing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vivace::doctor {

/// Nanoseconds; points in time count from the program's start.
using Ns = std::int64_t;

/// Phases of a program, as far as its Python part tells them; `run` is all of a program without one.
/// `input`: waiting for the next part of the data; `libraries`: the linker loads one, and its initialisers
/// run; `devices`: a framework looks for devices and sets itself up.
enum class Phase : std::uint8_t {
  run,
  start,
  imports,
  load,
  first,
  call,
  own,
  end,
  input,
  callbacks,
  libraries,
  devices
};
inline constexpr std::size_t kPhases = 12;
inline constexpr std::array<std::string_view, kPhases> kPhaseNames = {
    "run", "start", "imports", "load",      "first",     "call",
    "own", "end",   "input",   "callbacks", "libraries", "devices"};

/// What code a sample of the running thread fell into.
enum class Code : std::uint8_t { python, native, linker, system, other };
inline constexpr std::size_t kCodes = 5;
inline constexpr std::array<std::string_view, kCodes> kCodeNames = {"python", "native", "linker", "system",
                                                                    "other"};

/// What a thread that did not want to run was found waiting in; stolen: it ran all the time by what it did,
/// and less by the clock of its processor, which the host or interrupts took.
enum class Blocked : std::uint8_t { sleep, lock, io, output, child, network, other, stolen };
inline constexpr std::size_t kBlockeds = 8;
inline constexpr std::array<std::string_view, kBlockeds> kBlockedNames = {
    "sleep", "lock", "io", "output", "child", "network", "other", "stolen"};

template <class Enum>
constexpr std::size_t at(Enum value) {
  return static_cast<std::size_t>(value);
}

/// A stretch of the critical thread's time. Exact are start, end, run, queued and the faults; the rest was
/// sampled.
struct Slice {
  Ns start = 0, end = 0;
  Ns run = 0;         // on a processor
  Ns queued = 0;      // wanted one and did not get it, a quota's pauses included
  Ns throttled = 0;   // of all threads under the tightest quota together: may exceed the wall
  Ns others_run = 0;  // the processor time of the process's other threads
  Ns system = 0;      // the part of `run` inside the kernel, by its tick
  std::int64_t minor_faults = 0, major_faults = 0;
  std::array<Ns, kPhases> phase{};
  std::array<std::array<std::int64_t, kCodes>, kPhases> samples{};  // of the running thread
  std::array<std::array<Ns, kBlockeds>, kPhases> blocked{};

  template <class V>
  void visit(V& v) {
    v("start", start), v("end", end), v("run", run), v("queued", queued), v("throttled", throttled);
    v("others_run", others_run), v("system", system);
    v("minor_faults", minor_faults), v("major_faults", major_faults);
    v("phase", phase), v("samples", samples), v("blocked", blocked);
  }
};

}  // namespace vivace::doctor
