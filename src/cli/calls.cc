#include "cli/calls.h"

#include <cstring>

#include "base/text.h"
#include "base/try.h"

namespace vivace::cli {

Tensor part_of(const Tensor& whole, std::int64_t call) {
  Tensor part(whole.dtype(), Shape(whole.dims().begin() + 1, whole.dims().end()));
  const auto* const from = static_cast<const std::byte*>(whole.data());
  if (part.bytes() != 0)
    std::memcpy(part.data(), from + part.bytes() * static_cast<std::size_t>(call), part.bytes());
  return part;
}

Tensor stacked(const std::vector<Tensor>& parts) {
  Shape dims = parts.front().dims();
  dims.insert(dims.begin(), static_cast<std::int64_t>(parts.size()));
  Tensor whole(parts.front().dtype(), std::move(dims));
  auto* to = static_cast<std::byte*>(whole.data());
  for (const Tensor& part : parts) {
    if (part.bytes() != 0) std::memcpy(to, part.data(), part.bytes());
    to += part.bytes();
  }
  return whole;
}

Result<std::vector<Tensor>> predict_calls(const Model& model, const std::vector<Tensor>& inputs,
                                          std::vector<DebugRecord>* records) {
  const std::int64_t calls = inputs.empty() ? 0 : inputs.front().dims()[0];
  std::vector<std::vector<Tensor>> outputs(model.outputs().size());
  for (std::int64_t call = 0; call < calls; ++call) {
    std::vector<Tensor> parts;
    std::vector<TensorView> views;
    for (const Tensor& input : inputs) parts.push_back(part_of(input, call));
    for (const Tensor& part : parts) views.push_back(part.view());
    VIVACE_TRY(std::vector<Tensor> made, records ? model.debug(views, *records) : model.predict(views));
    for (std::size_t i = 0; i < made.size(); ++i) outputs[i].push_back(std::move(made[i]));
    for (const auto& parts_of_output : outputs)
      if (parts_of_output.back().dims() != parts_of_output.front().dims())
        return Error("usage.calls", text("call {} gives an output of another size than the first", call));
  }
  std::vector<Tensor> results;
  for (const auto& parts : outputs) results.push_back(stacked(parts));
  return results;
}

}  // namespace vivace::cli
