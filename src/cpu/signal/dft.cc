// The Fourier transform: eight rows at a time, a row a lane.
#include "ops/signal/dft.h"

#include "cpu/common/chunks.h"
#include "cpu/emitter.h"
#include "ops/common/dft_rows.h"

namespace vivace::cpu {
namespace {

constexpr std::size_t kLanes = 8;
using Transform = Fft<float, kLanes>;

std::optional<Choice> choose(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "fft";
  return choice;
}

// Where the rows of one call lie.
struct Rows {
  const float *re, *im;
  float *to_re, *to_im;  // im and to_im may be missing
  std::int64_t n, m;
};

void transform(const Dft& op, const Transform& fft, DftRoom<float, kLanes> room, const Rows& at,
               std::int64_t first, std::int64_t last) {
  dft_rows<float, kLanes>(
      op, fft, room, static_cast<std::size_t>(last - first), at.n,
      [&](std::size_t row, std::size_t i) {
        const auto place = (first + static_cast<std::int64_t>(row)) * at.n + static_cast<std::int64_t>(i);
        return std::pair(at.re[place], at.im ? at.im[place] : 0.0f);
      },
      [&](std::size_t row, std::size_t i, float re, float im) {
        const auto place = (first + static_cast<std::int64_t>(row)) * at.m + static_cast<std::int64_t>(i);
        at.to_re[place] = re;
        if (at.to_im) at.to_im[place] = im;
      });
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor&) {
  const Dft op = node.as<Dft>();
  const std::int64_t n = node.inputs[0].dims.back(), m = op.places_out();
  const std::int64_t rows = count_of(node.outputs[0].dims) / m;
  const Transform fft(static_cast<std::size_t>(op.length));
  constexpr auto kRows = static_cast<std::int64_t>(kLanes);
  const Chunks chunks{rows, kRows};
  Step step;
  step.kernel = choice.algorithm;
  step.chunks = chunks.count();
  step.workspace_bytes = DftRoom<float, kLanes>::places(fft) * sizeof(Transform::Complex);
  const bool complex = node.inputs.size() > 1 && !node.inputs[1].absent, pair = node.outputs.size() > 1;
  const Address re = node.inputs[0].address, im = complex ? node.inputs[1].address : re,
                to_re = node.outputs[0].address, to_im = pair ? node.outputs[1].address : to_re;
  step.work = make_work([=](const Frame& frame, Share share) noexcept {
    const DftRoom<float, kLanes> room(
        fft, reinterpret_cast<Transform::Complex*>(frame.workspace_of(share.worker)));
    const Rows at{frame.at<const float>(re),
                  complex ? frame.at<const float>(im) : nullptr,
                  frame.at<float>(to_re),
                  pair ? frame.at<float>(to_im) : nullptr,
                  n,
                  m};
    for (std::int64_t row = chunks.begin(share); row < chunks.end(share); row += kRows)
      transform(op, fft, room, at, row, std::min(row + kRows, rows));
  });
  return step;
}

}  // namespace

extern const Emitter k_dft;
constinit const Emitter k_dft{"dft", choose, emit};

}  // namespace vivace::cpu
