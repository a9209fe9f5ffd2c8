// What the Python part saw from inside the interpreter.
#pragma once

#include <string>
#include <vector>

#include "doctor/evidence/program.h"

namespace vivace::doctor {

struct Package {
  std::string name;
  Ns total = 0, self = 0;  // with what it imported, and without other packages
  std::int64_t modules = 0;
  template <class V>
  void visit(V& v) {
    v("name", name), v("total", total), v("self", self), v("modules", modules);
  }
};

inline constexpr std::size_t kLatencyBins = 48;  // bin k: below 2^k microseconds / 8

/// Calls of one kind, from one place, on one object, with one shape.
struct Calls {
  std::string kind;    // "predict", "model", "function", "load", "fit", "session.run", "invoke", ...
  std::string object;  // a model's or a function's name
  std::int64_t object_id = 0;
  std::string file;  // of the caller
  std::int64_t line = 0;
  std::string shape, dtype;  // of the first tensor
  std::int64_t batch = -1;   // rows; -1: not known
  bool eager = false;
  std::int64_t parameters = 0;        // weights of the model that is called; 0: not known
  bool clocked = false;               // a clock is read right before and right after it in the program's text
  bool fetched = false;               // its result is brought into a NumPy array there
  std::int64_t count = 0, outer = 0;  // outer: those not inside another call
  std::int64_t timed = 0;             // of the count; the others were let through, and took the average
  Ns total = 0, outer_total = 0;
  Ns first = 0, least = 0, most = 0;
  Ns first_at = 0, last_end = 0;
  std::vector<std::int64_t> latency;  // kLatencyBins counts, those behind the last one left out

  template <class V>
  void visit(V& v) {
    v("kind", kind), v("object", object), v("object_id", object_id), v("file", file), v("line", line);
    v("shape", shape), v("dtype", dtype), v("batch", batch), v("eager", eager), v("count", count);
    v("parameters", parameters), v("clocked", clocked), v("fetched", fetched);
    v("timed", timed), v("outer", outer), v("total", total), v("outer_total", outer_total);
    v("first", first), v("least", least), v("most", most);
    v("first_at", first_at), v("last_end", last_end), v("latency", latency);
  }
};

/// A tf.function (or a compiled function alike), by its Python name.
struct Function {
  std::string name, file;
  std::int64_t line = 0;
  std::int64_t objects = 0, calls = 0, traces = 0;
  Ns trace = 0, total = 0;  // time of calls that traced, of all calls
  bool jit = false;         // jit_compile=True: XLA compiles it
  template <class V>
  void visit(V& v) {
    v("name", name), v("file", file), v("line", line), v("objects", objects), v("calls", calls);
    v("traces", traces), v("trace", trace), v("total", total), v("jit", jit);
  }
};

/// A line of the program's own code that was found running, or waiting for what it called.
struct Line {
  std::string file, function;
  std::int64_t line = 0;
  std::int64_t samples = 0;  // in it, or in what it called
  std::int64_t own = 0;      // in the line itself
  std::string callee;        // the library that most of the other samples were in
  template <class V>
  void visit(V& v) {
    v("file", file), v("function", function), v("line", line), v("samples", samples), v("own", own);
    v("callee", callee);
  }
};

/// Samples by the package of the innermost Python code; `inside` a call that is watched, and elsewhere.
struct Leaf {
  std::string name;
  std::int64_t inside = 0, elsewhere = 0;
  template <class V>
  void visit(V& v) {
    v("name", name), v("inside", inside), v("elsewhere", elsewhere);
  }
};

/// Samples of one stack: its functions from the outermost on, ";" between them.
struct Stack {
  std::string frames;
  std::int64_t samples = 0;
  template <class V>
  void visit(V& v) {
    v("frames", frames), v("samples", samples);
  }
};

struct Version {
  std::string name, version;
  template <class V>
  void visit(V& v) {
    v("name", name), v("version", version);
  }
};

struct Collections {
  std::int64_t count = 0;
  Ns total = 0, most = 0;
  Ns importing = 0;  // the part of the total during imports
  template <class V>
  void visit(V& v) {
    v("count", count), v("total", total), v("most", most), v("importing", importing);
  }
};

/// A tf.data pipeline that a program took data from: what it is made of, the source first.
struct Pipeline {
  std::string file;
  std::int64_t line = 0;
  std::string operations;      // "FlatMap > Map > Batch"
  std::int64_t iterators = 0;  // that were made of it there
  template <class V>
  void visit(V& v) {
    v("file", file), v("line", line), v("operations", operations), v("iterators", iterators);
  }
};

/// A process that Python forked, or started as a worker, as its own Python part saw it.
struct Worker {
  std::int64_t pid = 0, parent = 0;
  Ns began = 0, written = 0;  // when it was forked, and when it told of itself last
  std::int64_t sampled = 0;   // looks at its main thread
  bool spawned = false;       // an interpreter of its own, which multiprocessing or loky started
  Ns import_total = 0;        // of one that was spawned
  std::int64_t calls = 0;     // of what is watched, outermost ones
  Ns in_calls = 0;
  std::vector<Line> lines;  // the busiest first
  template <class V>
  void visit(V& v) {
    v("pid", pid), v("parent", parent), v("began", began), v("written", written), v("sampled", sampled);
    v("spawned", spawned), v("import_total", import_total);
    v("calls", calls), v("in_calls", in_calls), v("lines", lines);
  }
};

/// Calls of fit() on arrays from one place, on one model, with one batch size; those that build graphs are
/// left out of steps and total.
struct Fit {
  std::string file;
  std::int64_t line = 0, object_id = 0;
  std::int64_t batch_size = 0, fits = 0, rows = 0, steps = 0;
  Ns total = 0;
  double flops = 0;  // of a row on its way forward; 0: not known
  template <class V>
  void visit(V& v) {
    v("file", file), v("line", line), v("object_id", object_id), v("batch_size", batch_size);
    v("fits", fits), v("rows", rows), v("steps", steps), v("total", total), v("flops", flops);
  }
};

/// What a watched call was at: data on its way in, kernels, waiting for data, results on their way out,
/// building a graph, callbacks, the program's own code, what the framework does itself; native: a call into
/// one library that does all of it, which is not divided. As the numbers in parts.py.
enum class CallPart : std::uint8_t { in, kernels, wait, out, tracing, callbacks, own, around, native };
inline constexpr std::size_t kCallParts = 9;
inline constexpr std::array<std::string_view, kCallParts> kCallPartNames = {
    "in", "kernels", "wait", "out", "tracing", "callbacks", "own", "around", "native"};

/// Looks into calls of a kind from a place, first calls left out, by what they were at.
struct DividedCalls {
  std::string kind, file;
  std::int64_t line = 0;
  std::array<std::int64_t, kCallParts> looks{};
  std::int64_t fed = 0;  // at which a tf.data pipeline was in a Python function of another thread
  template <class V>
  void visit(V& v) {
    v("kind", kind), v("file", file), v("line", line), v("looks", looks), v("fed", fed);
  }
};

struct Python {
  bool seen = false;  // the Python part ran
  std::string version, executable;
  std::int64_t pid = 0;
  Ns ready = 0, left = 0;  // when it began, and when the interpreter began to end; 0: it did not come to that
  Ns import_total = 0;
  std::int64_t modules = 0;
  std::int64_t uncached = 0;  // modules compiled because there was no byte code
  Ns compiling = 0;           // what that took of a processor
  std::vector<Package> packages;
  std::vector<Calls> calls;
  std::vector<Function> functions;
  std::vector<Line> lines;
  std::vector<Leaf> leaves;
  std::vector<Stack> stacks;  // the most frequent
  std::vector<DividedCalls> parts;
  std::vector<Fit> fits;
  std::int64_t sampled = 0;
  Collections collections;
  std::vector<Version> versions;
  std::vector<Variable> settings;
  std::vector<ModelFile> files;
  std::vector<Package> extensions;  // compiled modules, by the time that loading their libraries took
  std::vector<Pipeline> pipelines;
  std::int64_t forked = 0;        // processes that told of themselves after a fork
  std::int64_t spawned = 0;       // and those that were started as workers
  std::vector<Worker> workers;    // of those, the ones that were looked at most
  bool gpu_named = false;         // the program's text names a GPU
  std::string error, error_text;  // the exception that ended the program
  Ns inside = 0;                  // what writing records cost the program
  Ns hooks = 0;                   // what the hooks took of the program's own threads
  Ns looking = 0;                 // processor time of the part's own thread

  template <class V>
  void visit(V& v) {
    v("seen", seen), v("version", version), v("executable", executable), v("pid", pid);
    v("ready", ready), v("left", left), v("import_total", import_total), v("modules", modules);
    v("uncached", uncached), v("compiling", compiling), v("packages", packages), v("calls", calls),
        v("functions", functions);
    v("lines", lines), v("leaves", leaves), v("stacks", stacks), v("sampled", sampled),
        v("collections", collections);
    v("versions", versions), v("settings", settings), v("files", files), v("gpu_named", gpu_named);
    v("error", error), v("error_text", error_text), v("inside", inside);
    v("hooks", hooks), v("looking", looking);
    v("extensions", extensions), v("pipelines", pipelines), v("forked", forked), v("workers", workers);
    v("parts", parts), v("spawned", spawned), v("fits", fits);
  }
};

}  // namespace vivace::doctor
