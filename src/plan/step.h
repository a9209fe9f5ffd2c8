// What a plan is made of: steps that read and write memory by address, and the frame that gives addresses
// their meaning for one call.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

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
enum class Fault : std::uint32_t { none, index_out_of_range, zero_divisor };

/// The memories of one call. Shared by all threads that work on it.
struct Frame {
  std::vector<std::byte*> bases;   // null, arena, inputs, outputs
  std::byte* workspace = nullptr;  // workspace_bytes for each worker, one after another
  std::size_t workspace_bytes = 0;
  std::atomic<std::uint64_t> fault{0};  // 0, or step index << 8 | Fault, of the first that failed

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
};

/// The code of a step with everything it needs baked in. Immutable; run by several threads at once on
/// disjoint shares. Allocates nothing, throws nothing. Returns Fault::none ordinarily.
class Work {
 public:
  virtual ~Work() = default;
  virtual Fault run(const Frame& frame, Share share) const noexcept = 0;
};

struct Step {
  std::unique_ptr<const Work> work;
  std::int64_t chunks = 1;          // pieces it may be cut into; results do not depend on the cut
  std::size_t workspace_bytes = 0;  // scratch that each worker needs
  std::string_view kernel;          // for people: "conv_direct avx512", "reference"
  NodeId node = kNoNode;
  Cost cost;
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

}  // namespace vivace
