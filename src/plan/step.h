// What a plan is made of: steps that read and write memory by address, and the frame that gives addresses
// their meaning for one call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/relay.h"
#include "graph/graph.h"

namespace vivace {

/// A place in one of a frame's memories, fixed when the plan is made: bases[base] + offset.
struct Address {
  static constexpr std::uint32_t kConstant = 0;  // bases[0] is null: the offset is the pointer itself
  static constexpr std::uint32_t kArena = 1;
  static constexpr std::uint32_t kFirstPort = 2;  // then the call's inputs, then its outputs

  std::uint32_t base = kConstant;
  std::uint64_t offset = 0;

  static Address of(const void* constant) { return {kConstant, reinterpret_cast<std::uintptr_t>(constant)}; }
  friend bool operator==(const Address&, const Address&) = default;
};

/// Why a running step gave up; the session turns it into an Error.
enum class Fault : std::uint32_t { none, index_out_of_range, endless_loop, told };

class Error;
class Work;

/// Where a worker stopped in a step that goes on from neighbouring chunks at less cost.
struct alignas(64) Continuation {
  const Work* work = nullptr;
  std::uint64_t call = 0;
  std::int64_t next = 0;  // chunk
};

/// The memories of one call. Shared by all threads that work on it.
struct Frame {
  std::byte* const* bases = nullptr;  // null, arena, inputs, outputs
  std::byte* workspace = nullptr;     // workspace_bytes for each worker, one after another
  std::size_t workspace_bytes = 0;
  Continuation* continuations = nullptr;  // one for each worker, or none
  std::uint64_t call = 0;                 // counts the runs of this frame
  std::int64_t* turns_left = nullptr;     // of the loop that this is the body of, and of loops within it
  std::atomic<std::uint64_t> fault{0};    // 0, or step index << 8 | Fault, of the first that failed
  std::atomic<Error*>* told = nullptr;    // where the first that fails with words of its own leaves them

  template <class T>
  T* at(Address address) const {
    return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(bases[address.base]) + address.offset);
  }
  std::byte* workspace_of(int worker) const {
    return workspace + static_cast<std::size_t>(worker) * workspace_bytes;
  }
};

/// One worker's share of a step: chunks [begin, end) of Step::chunks.
struct Share {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  int worker = 0;
  Relay* relay = nullptr;  // of a step that `relays` and that several workers may run
};

/// The code of a step with everything it needs baked in. Immutable; run by several threads at once on
/// disjoint shares. Allocates nothing, throws nothing. Returns Fault::none ordinarily.
class Work {
 public:
  virtual ~Work() = default;
  virtual Fault run(const Frame& frame, Share share) const noexcept = 0;
};

/// Neighbouring rows of places of one image: [begin, end).
struct LineSpan {
  std::int64_t begin = 0, end = 0;
};

/// How the lines of a step's output 0 depend on the lines of its input 0, both NHWC: output line l
/// reads input lines l * stride - before and the `extent` - 1 behind it, those that exist.
struct Lines {
  std::int64_t images = 0, inputs = 0, outputs = 0;  // lines of an image
  std::int64_t stride = 1, before = 0, extent = 1;
  std::int64_t unit = 1;  // output lines are made in multiples of it, but for the image's last
  std::size_t input_bytes = 0, output_bytes = 0;  // of a line

  LineSpan needed(LineSpan out) const;
  /// Widened to whole units.
  LineSpan whole(LineSpan out) const;
};

/// A Work that can make any lines of its output from just the lines they need, so that neighbours may hand
/// lines on while they are in cache (plan/strips.h). The numbers have the same bits as run()'s.
class LineWork : public Work {
 public:
  /// Makes lines `out` of an image; line l of its input lies at x + l * input_bytes, of its output at
  /// y + l * output_bytes. `workspace` has the step's workspace_bytes.
  virtual void run_lines(const Frame& frame, std::byte* workspace, std::int64_t image, const std::byte* x,
                         std::byte* y, LineSpan out) const noexcept = 0;
};

struct Step {
  std::unique_ptr<const Work> work;
  const LineWork* line_work = nullptr;  // `work`, where it is one
  std::int64_t chunks = 1;              // pieces it may be cut into; results do not depend on the cut
  bool relays = false;              // its chunks are places for workers, who share out the work by a Relay
  std::size_t workspace_bytes = 0;  // scratch that each worker needs
  std::string_view kernel;          // for people: "conv_direct avx512", "reference"
  NodeId node = kNoNode;
  Cost cost;
  /// For people: of a step made of several, each one's node and kernel; `node` is the last one's.
  struct Part {
    NodeId node;
    std::string_view kernel;
  };
  std::vector<Part> parts;
};

/// A Work from a function object `Fault f(const Frame&, Share) noexcept`, or one that returns void.
template <class F>
std::unique_ptr<const Work> make_work(F f) {
  class Made : public Work {
   public:
    explicit Made(F function) : function_(std::move(function)) {}
    Fault run(const Frame& frame, Share share) const noexcept override {
      if constexpr (std::is_void_v<decltype(function_(frame, share))>) {
        function_(frame, share);
        return Fault::none;
      } else {
        return function_(frame, share);
      }
    }

   private:
    F function_;
  };
  return std::make_unique<const Made>(std::move(f));
}

/// The same for a LineWork: `lines` is called as run_lines, `whole` as run. Sets step.work and
/// step.line_work.
template <class Whole, class Some>
void set_line_work(Step& step, Whole whole, Some lines) {
  class Made : public LineWork {
   public:
    Made(Whole whole, Some lines) : whole_(std::move(whole)), lines_(std::move(lines)) {}
    Fault run(const Frame& frame, Share share) const noexcept override {
      whole_(frame, share);
      return Fault::none;
    }
    void run_lines(const Frame& frame, std::byte* workspace, std::int64_t image, const std::byte* x,
                   std::byte* y, LineSpan out) const noexcept override {
      lines_(frame, workspace, image, x, y, out);
    }

   private:
    Whole whole_;
    Some lines_;
  };
  auto made = std::make_unique<const Made>(std::move(whole), std::move(lines));
  step.line_work = made.get();
  step.work = std::move(made);
}

}  // namespace vivace
