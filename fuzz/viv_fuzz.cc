// Any bytes as a .viv file whose hashes match, so that mutations reach the records: an error, or a graph that
// verifies, plans for small sizes and runs.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "cpu/cpu_target.h"
#include "machine/cpu_features.h"
#include "plan/viv.h"
#include "runtime/session.h"
#include "support/viv_damage.h"

namespace {

using namespace vivace;

constexpr std::size_t kMostBytes = 1 << 24;
constexpr double kMostFlops = 1e7;

// A plan that is worth running here: small, and quick.
bool small(const Plan& plan) {
  double flops = 0;
  for (const Step& step : plan.steps)
    flops += step.cost.flops + step.cost.bytes_read + step.cost.bytes_written;
  std::size_t ports = 0;
  for (const auto* shapes : {&plan.input_shapes, &plan.output_shapes})
    for (const Shape& shape : *shapes) {
      if (count_of(shape) > static_cast<std::int64_t>(kMostBytes)) return false;
      ports += static_cast<std::size_t>(count_of(shape));
    }
  return flops < kMostFlops && ports < kMostBytes && plan.arena_bytes < kMostBytes &&
         plan.workspace_bytes < kMostBytes;
}

void run(const Viv& viv, const std::shared_ptr<const Plan>& plan) {
  std::vector<Tensor> inputs, outputs;
  std::vector<TensorView> read;
  std::vector<MutableTensorView> written;
  for (std::size_t i = 0; i < plan->input_shapes.size(); ++i)
    inputs.emplace_back(viv.graph.value(viv.graph.inputs()[i]).dtype, plan->input_shapes[i]);
  for (std::size_t i = 0; i < plan->output_shapes.size(); ++i)
    outputs.emplace_back(plan->output_dtypes[i], plan->output_shapes[i]);
  for (const Tensor& tensor : inputs) read.push_back(tensor.view());
  for (Tensor& tensor : outputs) written.push_back(tensor.view());
  Team alone(1, false);
  (void)Session(plan, 1).run(alone, viv.graph, read, written);
}

void use(const Viv& viv, WeightPool& weights, const Target& target) {
  for (const std::int64_t unknown : {1, 3}) {
    std::vector<Shape> shapes;
    for (const ValueId id : viv.graph.inputs()) {
      shapes.emplace_back();
      for (const Dim& dim : viv.graph.value(id).dims)
        shapes.back().push_back(dim.known() ? dim.number() : unknown);
    }
    const auto plan = make_plan(viv.graph, shapes, target, NumericOptions(), weights);
    if (plan.ok() && small(**plan)) run(viv, *plan);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto target = cpu::make_cpu_target(cpu::best_isa(machine::read_cpu_features()));
  static const int descriptor = ::memfd_create("viv", MFD_CLOEXEC);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  test::fix_header(bytes);
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return 0;
  const auto file = File::open("/proc/self/fd/" + std::to_string(descriptor));
  if (!file.ok()) return 0;
  WeightPool weights;
  const auto viv = read_viv(*file, weights);
  if (viv.ok()) use(*viv, weights, *target);
  return 0;
}
