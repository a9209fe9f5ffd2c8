// The debug mode: op by op through the references, every value seen.
#include <cmath>
#include <limits>

#include "api/brief.h"
#include "api/impl.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "runtime/interpreter.h"

namespace vivace {
namespace {

DebugRecord record_of(const Node& node, const Tensor& tensor, double seconds) {
  DebugRecord record{node.name, brief_text(*node.op), node.origin, tensor.dtype(), tensor.dims()};
  record.seconds = seconds;
  record.min = std::numeric_limits<double>::infinity();
  record.max = -record.min;
  const TensorView view = tensor.view();
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    const double x = load(view, i);
    if (std::isnan(x))
      ++record.nans;
    else if (std::isinf(x))
      ++record.infinities;
    if (x < record.min) record.min = x;
    if (x > record.max) record.max = x;
  }
  return record;
}

}  // namespace

Result<std::vector<Tensor>> Model::debug(std::span<const TensorView> inputs,
                                         std::vector<DebugRecord>& records) const {
  return guard_memory([&]() -> Result<std::vector<Tensor>> {
    VIVACE_CHECK_OK(check_inputs(*impl_, inputs));
    records.clear();
    return interpret(impl_->graph, inputs, [&](NodeId id, std::span<const Tensor> outputs, double seconds) {
      for (const Tensor& output : outputs)
        records.push_back(record_of(impl_->graph.node(id), output, seconds));
    });
  });
}

}  // namespace vivace
