// The program's processes, threads and files.
#pragma once

#include <string>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

struct Process {
  std::int64_t pid = 0, parent = 0;
  std::string name;
  std::string role;       // "spawn", "forkserver": a worker that Python's multiprocessing started
  Ns start = 0, end = 0;  // when it was first and last seen
  Ns user = 0, system = 0;
  std::int64_t minor_faults = 0, major_faults = 0;
  std::int64_t read_bytes = 0, written_bytes = 0;                         // that went to a disk
  std::int64_t read_chars = 0, written_chars = 0, reads = 0, writes = 0;  // of system calls
  std::int64_t peak_memory = 0, peak_swap = 0;                            // bytes
  std::int64_t pages = 0, far_pages = 0;  // of its memory; far: on another node than where it ran mostly
  std::int64_t threads = 0, running = 0;  // most seen at once: all, and those that ran or wanted to
  std::int64_t nice = 0, policy = 0;
  std::int64_t allowed = 0;  // processors that its affinity leaves
  std::int64_t preempted = 0, yielded = 0;

  template <class V>
  void visit(V& v) {
    v("pid", pid), v("parent", parent), v("name", name), v("role", role), v("start", start), v("end", end);
    v("user", user), v("system", system), v("minor_faults", minor_faults), v("major_faults", major_faults);
    v("read_bytes", read_bytes), v("written_bytes", written_bytes), v("read_chars", read_chars);
    v("written_chars", written_chars), v("reads", reads), v("writes", writes);
    v("peak_memory", peak_memory), v("peak_swap", peak_swap), v("pages", pages), v("far_pages", far_pages),
        v("threads", threads), v("running", running);
    v("nice", nice), v("policy", policy), v("allowed", allowed);
    v("preempted", preempted), v("yielded", yielded);
  }
};

struct Thread {
  std::int64_t pid = 0, tid = 0;
  std::string name;
  Ns run = 0, queued = 0;
  template <class V>
  void visit(V& v) {
    v("pid", pid), v("tid", tid), v("name", name), v("run", run), v("queued", queued);
  }
};

/// A library or program file whose code was seen running: samples of the critical thread, and of the others.
struct Library {
  std::string name;
  std::string code;  // kCodeNames
  std::int64_t critical = 0, others = 0;
  template <class V>
  void visit(V& v) {
    v("name", name), v("code", code), v("critical", critical), v("others", others);
  }
};

/// A file that a model was read from, and how much of it the page cache held.
struct ModelFile {
  std::string path;
  std::int64_t bytes = 0;
  double cached_after = -1;  // share; -1: not known
  template <class V>
  void visit(V& v) {
    v("path", path), v("bytes", bytes), v("cached_after", cached_after);
  }
};

/// When the program's main thread gave its processor up, or lost it, told one by one by the kernel.
struct Switches {
  bool seen = false;
  std::int64_t count = 0, preempted = 0;  // preempted: it would have gone on
  std::int64_t lost = 0;                  // records that came faster than they were read
  Ns off = 0, most = 0;                   // off the processor: in all, and the longest time
  std::vector<std::int64_t> times;        // off it, kLatencyBins counts as those of calls
  template <class V>
  void visit(V& v) {
    v("seen", seen), v("count", count), v("preempted", preempted), v("lost", lost), v("off", off);
    v("most", most), v("times", times);
  }
};

struct Variable {
  std::string name, value;
  template <class V>
  void visit(V& v) {
    v("name", name), v("value", value);
  }
};

struct Program {
  std::vector<std::string> command;
  std::int64_t exit_code = 0, signal = 0;
  bool still_running = false;  // it was left, not ended: --pid
  Ns wall = 0;
  template <class V>
  void visit(V& v) {
    v("command", command), v("exit_code", exit_code), v("signal", signal);
    v("still_running", still_running), v("wall", wall);
  }
};

}  // namespace vivace::doctor
