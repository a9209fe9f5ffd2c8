// A Target for the plan's own tests, which know no processor: every step runs the operator's reference.
#pragma once

#include <cstring>

#include "plan/plan.h"

namespace vivace::testing {

/// Packs the second input of a mat_mul, when it is constant, as layout "turned" (its bytes in reverse order),
/// and lets unary and binary operators work in place.
class ReferenceTarget : public Target {
 public:
  std::string_view name() const override { return "test"; }

  Choice choose(const NodeView& node, const NumericOptions&) const override {
    Choice choice;
    choice.algorithm = "reference";
    if (node.op().name() == "mat_mul" && node.inputs[1].constant) choice.packings = {{1, "turned"}};
    if (node.op().name() == "unary" || node.op().name() == "binary") choice.in_place = 0;
    return choice;
  }
  std::size_t packed_bytes(const NodeView& node, const Choice::Packing& packing) const override {
    return node.inputs[packing.input].constant->bytes();
  }
  Status pack(const NodeView& node, const Choice::Packing& packing, std::byte* into) const override {
    const TensorView& tensor = *node.inputs[packing.input].constant;
    for (std::size_t i = 0; i < tensor.bytes(); ++i) into[i] = tensor.as<std::byte>()[tensor.bytes() - 1 - i];
    return {};
  }
  Result<Step> emit(const NodeView& node, const Choice& choice) const override {
    std::vector<Operand> inputs(node.inputs.begin(), node.inputs.end());
    std::vector<Operand> outputs(node.outputs.begin(), node.outputs.end());
    for (const Choice::Packing& packing : choice.packings) unpack(inputs[packing.input]);
    Step step;
    step.kernel = "reference";
    step.work = make_work([op = node.node.op, inputs = std::move(inputs), outputs = std::move(outputs)](
                              const Frame& frame, Share) noexcept {
      std::vector<TensorView> read;
      for (const Operand& in : inputs)
        read.push_back(in.absent ? TensorView{}
                                 : TensorView{frame.at<std::byte>(in.address), in.dtype, in.dims});
      std::vector<Tensor> made;
      std::vector<MutableTensorView> written;
      for (const Operand& out : outputs) made.emplace_back(out.dtype, out.dims);
      for (Tensor& tensor : made) written.push_back(tensor.view());
      if (!op->evaluate(read, written).ok()) return Fault::index_out_of_range;
      for (std::size_t k = 0; k < made.size(); ++k)
        if (made[k].bytes() != 0)
          std::memcpy(frame.at<std::byte>(outputs[k].address), made[k].data(), made[k].bytes());
      return Fault::none;
    });
    return step;
  }

 private:
  // The step reads what was packed, so that a wrong packing shows in the numbers.
  static void unpack(Operand& operand) {
    auto tensor = std::make_shared<Tensor>(operand.dtype, operand.dims);
    const std::size_t bytes = tensor->bytes();
    for (std::size_t i = 0; i < bytes; ++i) tensor->as<std::byte>()[i] = operand.packed[bytes - 1 - i];
    operand.address = Address::of(tensor->data());
    kept().push_back(std::move(tensor));
  }
  static std::vector<std::shared_ptr<Tensor>>& kept() {
    static std::vector<std::shared_ptr<Tensor>> tensors;
    return tensors;
  }
};

/// Runs a plan's steps in order on one thread, and gives the outputs.
inline std::vector<Tensor> run(const Plan& plan, std::span<const Tensor> inputs) {
  AlignedBuffer arena(plan.arena_bytes);
  std::vector<std::byte*> bases = {nullptr, arena.data()};
  for (const Tensor& input : inputs)
    bases.push_back(static_cast<std::byte*>(const_cast<void*>(input.data())));
  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < plan.output_shapes.size(); ++i) {
    outputs.emplace_back(plan.output_dtypes[i], plan.output_shapes[i]);
    bases.push_back(static_cast<std::byte*>(outputs.back().data()));
  }
  Frame frame;
  frame.bases = bases.data();
  for (const Step& step : plan.steps) step.work->run(frame, {0, step.chunks, 0});
  return outputs;
}

}  // namespace vivace::testing
