#include "api/summary/eight_bit.h"

#include <algorithm>

#include "base/text.h"
#include "ops/quantised/q_conv.h"

namespace vivace {
namespace {

// Operations a nanosecond of one core, as vivace explain measured vivace's kernels on MobileNetV2, ResNet-50
// and a DS-CNN (Sapphire Rapids, VIVACE_ISA=avx512 and avx2): 8-bit products are widened to 16 bits there,
// which is exact, and depthwise ones gain nothing from that.
struct Rates {
  double dense, depthwise;
};
struct Level {
  Rates floats, bytes;
};
constexpr Level kAvx512 = {{98, 52}, {93, 27}}, kAvx2 = {{54, 36}, {49, 18}};
constexpr double kFarBytes =
    1 << 20;  // of an output or of weights, which no near cache holds until they are read
constexpr double kFarBytesPerNanosecond = 20;  // an output is written, and read again
constexpr double kSlower = 1.05;

// Nanoseconds of all 8-bit products on a processor, as they are and as floats.
struct Estimate {
  double bytes = 0, floats = 0;
  double ratio() const { return bytes / floats; }
};

double far_time(double bytes) { return bytes > kFarBytes ? bytes / kFarBytesPerNanosecond : 0; }

bool is_product(std::string_view op) {
  return op == "q_conv" || op == "q_mat_mul" || op.starts_with("hybrid_");
}

bool is_depthwise(const Node& node) {
  return node.op->name() == QConv::kName && static_cast<const QConv&>(*node.op).groups > 1;
}

void add(Estimate& estimate, const Level& level, bool depthwise, double flops, double elements,
         double weights) {
  estimate.bytes += flops / (depthwise ? level.bytes.depthwise : level.bytes.dense) + far_time(elements) +
                    far_time(weights);
  estimate.floats += flops / (depthwise ? level.floats.depthwise : level.floats.dense) +
                     far_time(4 * elements) + far_time(4 * weights);
}

}  // namespace

std::optional<std::string> eight_bit_warning(const Graph& graph, const ResolvedGraph& resolved,
                                             const std::vector<double>& flops) {
  Estimate avx512, avx2;
  std::size_t number = 0;
  for (const Node& node : graph.nodes()) {
    const double work = flops[number++];
    if (!is_product(node.op->name())) continue;
    const auto& output = resolved.values[static_cast<std::size_t>(node.outputs[0])];
    const double elements = static_cast<double>(count_of(output.dims));
    const Constant* const kept = node.inputs.size() > 1 ? graph.constant(node.inputs[1]) : nullptr;
    const double weights = kept ? static_cast<double>(count_of(kept->dims())) : 0;
    add(avx512, kAvx512, is_depthwise(node), work, elements, weights);
    add(avx2, kAvx2, is_depthwise(node), work, elements, weights);
  }
  if (avx512.floats == 0 || std::max(avx512.ratio(), avx2.ratio()) < kSlower) return std::nullopt;
  return text(
      "on a processor without VNNI its 8-bit products are estimated to take {:.1f} times as long as in "
      "float32 with "
      "AVX-512, {:.1f} times with AVX2; with VNNI they are faster",
      avx512.ratio(), avx2.ratio());
}

}  // namespace vivace
