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

Fault fault_of(const Error& error) {
  const bool outside = error.id() == "op.index" || error.id() == "op.vocabulary";
  return outside ? Fault::index_out_of_range : Fault::zero_divisor;
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
    return fault_of(status.error());
  });
  return step;
}

}  // namespace vivace::cpu
