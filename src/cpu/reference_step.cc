#include "cpu/reference_step.h"

namespace vivace::cpu {
namespace {

struct Port {
  Address address;
  DType dtype;
  Shape dims;
  bool absent;
};

std::vector<Port> ports_of(std::span<const Operand> operands) {
  std::vector<Port> ports;
  for (const Operand& operand : operands)
    ports.push_back({operand.address, operand.dtype, operand.dims, operand.absent});
  return ports;
}

}  // namespace

Fault fault_of(const Frame& frame, const Error& error) {
  if (error.id() == "op.index" || error.id() == "op.vocabulary") return Fault::index_out_of_range;
  if (frame.told) {
    auto words = std::make_unique<Error>(error);
    Error* none = nullptr;
    if (frame.told->compare_exchange_strong(none, words.get())) (void)words.release();
  }
  return Fault::told;
}

Result<Step> emit_reference(const NodeView& node) {
  Step step;
  step.kernel = "reference";
  step.work = make_work([op = node.node.op, in = ports_of(node.inputs), out = ports_of(node.outputs)](
                            const Frame& frame, Share) noexcept {
    std::vector<TensorView> inputs;
    std::vector<MutableTensorView> outputs;
    for (const Port& port : in)
      inputs.push_back(port.absent ? TensorView{}
                                   : TensorView{frame.at<void>(port.address), port.dtype, port.dims});
    for (const Port& port : out) outputs.push_back({frame.at<void>(port.address), port.dtype, port.dims});
    const Status status = op->evaluate(inputs, outputs);
    if (status.ok()) return Fault::none;
    return fault_of(frame, status.error());
  });
  return step;
}

}  // namespace vivace::cpu
