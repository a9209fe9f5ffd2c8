#include "runtime/session.h"

#include "base/clock.h"
#include "base/text.h"
#include "ops/common/control/body.h"

namespace vivace {

Session::Session(std::shared_ptr<const Plan> plan, int workers)
    : plan_(std::move(plan)), arena_(plan_->arena_bytes), run_(*plan_, workers) {
  workspace_ = AlignedBuffer(plan_->workspace_bytes * static_cast<std::size_t>(run_.most_workers));
  bases_.resize(Address::kFirstPort + plan_->input_shapes.size() + plan_->output_shapes.size());
  bases_[Address::kArena] = arena_.data();
  Frame& frame = run_.frame;
  frame.bases = bases_.data();
  frame.workspace = workspace_.data();
  frame.workspace_bytes = plan_->workspace_bytes;
  frame.told = &told_;
}

Session::~Session() { delete told_.load(); }

void Session::bind(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) {
  std::size_t port = Address::kFirstPort;
  // Inputs share the table of bases with outputs; no step writes to an input's address.
  for (const TensorView& input : inputs)
    bases_[port++] = const_cast<std::byte*>(static_cast<const std::byte*>(input.data));
  for (const MutableTensorView& output : outputs) bases_[port++] = static_cast<std::byte*>(output.data);
}

Status Session::run(Team& team, const Graph& graph, std::span<const TensorView> inputs,
                    std::span<const MutableTensorView> outputs) {
  bind(inputs, outputs);
  team.run(run_);
  return outcome(graph);
}

Status Session::run_timed(const Graph& graph, std::span<const TensorView> inputs,
                          std::span<const MutableTensorView> outputs, std::span<double> seconds) {
  bind(inputs, outputs);
  run_.reset();
  run_alone(run_, seconds);
  return outcome(graph);
}

Status Session::outcome(const Graph& graph) {
  const std::uint64_t fault = run_.frame.fault.load();
  if (fault == 0) return {};
  const std::unique_ptr<Error> told(told_.exchange(nullptr));
  const NodeId node = plan_->steps[fault >> 8].node;
  const std::string place = node == kNoNode ? "output" : graph.node(node).name;
  if (static_cast<Fault>(fault & 0xff) == Fault::endless_loop)
    return endless_loop().at(text("node \"{}\"", place));
  const bool outside = static_cast<Fault>(fault & 0xff) == Fault::index_out_of_range;
  if (outside && node != kNoNode && graph.node(node).op->name() == "lookup")
    return Error("op.vocabulary", text("\"{}\" was given a value that is not in its vocabulary", place))
        .at(text("node \"{}\"", place))
        .why("the layer has no number for unknown values: num_oov_indices=0")
        .fix("give values of the vocabulary, or save the layer with num_oov_indices=1");
  if (outside)
    return Error("op.index", text("\"{}\" was given an index outside its table", place))
        .at(text("node \"{}\"", place))
        .why("TensorFlow refuses it too; an id is negative or not smaller than the number of rows")
        .fix("check the ids, and that the model's vocabulary is the one that made them");
  return std::move(told ? *told : Error("op.value", text("\"{}\" failed", place)))
      .at(text("node \"{}\"", place));
}

}  // namespace vivace
