// What the program's model is made of, and how long the same calls take in this program's own engine.
#pragma once

#include <string>
#include <vector>

#include "doctor/evidence/timeline.h"

namespace vivace::doctor {

struct ModelLayer {
  std::string name, kind;
  std::int64_t parameters = 0;
  double flops = 0;  // for one sample
  Ns time = 0;       // of the first run below; 0: not measured
  template <class V>
  void visit(V& v) {
    v("name", name), v("kind", kind), v("parameters", parameters), v("flops", flops), v("time", time);
  }
};

/// Calls with one shape, timed one by one.
struct ModelRun {
  std::vector<std::int64_t> shape;  // of the first input
  std::int64_t calls = 0;
  Ns middle = 0, least = 0, most = 0;  // a call: the median, and where nine of ten lie
  template <class V>
  void visit(V& v) {
    v("shape", shape), v("calls", calls), v("middle", middle), v("least", least), v("most", most);
  }
};

/// A file that the program loaded, opened again after its end.
struct ModelStudy {
  std::string path, format;
  std::int64_t bytes = 0, parameters = 0, weight_bytes = 0;
  double flops = 0;                         // for one sample
  std::vector<std::int64_t> input;          // the first one's sizes; -1: any
  double flops_per_s = 0, bytes_per_s = 0;  // what one core of this machine does at most
  std::int64_t threads = 0;                 // that ran it
  Ns open = 0;
  std::vector<ModelLayer> layers;  // the costliest first
  std::vector<ModelRun> runs;
  Ns activations = 0, steps = 0;  // of the first run: exp, tanh and the like as steps of their own; all steps
  std::string refused;            // why it could not be opened or run
  template <class V>
  void visit(V& v) {
    v("path", path), v("format", format), v("bytes", bytes), v("parameters", parameters);
    v("weight_bytes", weight_bytes), v("flops", flops), v("input", input), v("flops_per_s", flops_per_s);
    v("bytes_per_s", bytes_per_s), v("threads", threads), v("open", open), v("layers", layers);
    v("runs", runs), v("activations", activations), v("steps", steps), v("refused", refused);
  }
};

}  // namespace vivace::doctor
