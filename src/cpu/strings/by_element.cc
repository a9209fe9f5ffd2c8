// Operators whose elements (or rows) are computed one by one, by the code of their own compute().
#include <array>

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "cpu/reference_step.h"
#include "ops/elementwise/bucketize.h"
#include "ops/indexing/count_ids.h"
#include "ops/strings/cross_hash.h"
#include "ops/strings/hash_bucket.h"
#include "ops/strings/pick.h"

namespace vivace::cpu {
namespace {

constexpr std::size_t kMostInputs = 16;  // what a step holds without allocating

std::optional<Choice> choose_by_element(const NodeView& node, const Processor&, const NumericOptions&) {
  if (node.inputs.size() > kMostInputs) return std::nullopt;
  Choice choice;
  choice.algorithm = "by_element";
  return choice;
}

// `unit`: elements of the output that belong together.
template <class T>
Result<Step> emit_units(const NodeView& node, std::int64_t unit) {
  const std::int64_t count = node.outputs[0].count();
  const Chunks chunks = Chunks::of(count / unit, unit);
  Step step;
  step.kernel = T::kName;
  step.chunks = chunks.count();
  step.work = make_work([=, op = node.node.op, in = std::vector(node.inputs.begin(), node.inputs.end()),
                         out = node.outputs[0]](const Frame& frame, Share share) noexcept {
    std::array<TensorView, kMostInputs> inputs;
    for (std::size_t i = 0; i < in.size(); ++i)
      if (!in[i].absent) inputs[i] = {frame.at<void>(in[i].address), in[i].dtype, in[i].dims};
    const MutableTensorView output{frame.at<void>(out.address), out.dtype, out.dims};
    const Status status =
        static_cast<const T&>(*op).compute(std::span(inputs).first(in.size()), {&output, 1},
                                           chunks.begin(share) * unit, chunks.end(share) * unit);
    return status.ok() ? Fault::none : fault_of(frame, status.error());
  });
  return step;
}

template <class T>
Result<Step> emit_elements(const NodeView& node, const Choice&, const Processor&) {
  return emit_units<T>(node, 1);
}

Result<Step> emit_count_ids(const NodeView& node, const Choice&, const Processor&) {
  return emit_units<CountIds>(node, node.as<CountIds>().size);
}

}  // namespace

extern const Emitter k_bucketize, k_count_ids, k_cross_hash, k_hash_bucket, k_pick;
constinit const Emitter k_bucketize{"bucketize", choose_by_element, emit_elements<Bucketize>};
constinit const Emitter k_count_ids{"count_ids", choose_by_element, emit_count_ids};
constinit const Emitter k_cross_hash{"cross_hash", choose_by_element, emit_elements<CrossHash>};
constinit const Emitter k_hash_bucket{"hash_bucket", choose_by_element, emit_elements<HashBucket>};
constinit const Emitter k_pick{"pick", choose_by_element, emit_elements<Pick>};

}  // namespace vivace::cpu
