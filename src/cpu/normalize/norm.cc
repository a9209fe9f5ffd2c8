// Norms: rows in place where the axes are the last; otherwise each group is collected into a row first.
#include "ops/normalize/norm.h"

#include "cpu/common/chunks.h"
#include "cpu/common/groups.h"
#include "cpu/elementwise/functions.h"
#include "kernels/rows/rows.h"

namespace vivace::cpu {
namespace {

bool by_rows(const NodeView& node) {
  const auto& op = node.as<Norm>();
  if (op.kind == Norm::Kind::group) return false;
  const auto bands = bands_of(node.inputs[0].dims, op.axes);
  return bands && bands->inner == 1;
}

std::optional<Choice> choose(const NodeView& node, const Processor&, const NumericOptions&) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (node.has(i) && node.inputs[i].dtype != DType::f32) return std::nullopt;
  Choice choice;
  choice.algorithm = by_rows(node) ? "norm_rows" : "norm_groups";
  if (by_rows(node)) choice.in_place = 0;
  return choice;
}

kernels::NormRows params_of(const Norm& op) {
  kernels::NormRows p{};
  p.kind = op.kind == Norm::Kind::rms    ? kernels::NormRows::Kind::rms
           : op.kind == Norm::Kind::unit ? kernels::NormRows::Kind::unit
                                         : kernels::NormRows::Kind::layer;
  p.epsilon = static_cast<float>(op.epsilon);
  return p;
}

// Scale or shift, where it is given.
struct Parameter {
  bool given = false;
  Address address{};

  static Parameter of(const NodeView& node, std::size_t input) {
    if (!node.has(input)) return {};
    return {true, node.inputs[input].address};
  }
  const float* at(const Frame& frame) const { return given ? frame.at<const float>(address) : nullptr; }
};

Result<Step> emit_rows(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Norm>();
  const Bands bands = bands_of(node.inputs[0].dims, op.axes).value_or(Bands{});
  const Chunks chunks = Chunks::of(bands.outer, bands.along);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("norm_rows")[processor.isa];
  step.chunks = chunks.count();
  step.work =
      make_work([=, params = params_of(op), run = kernels::pick(kernels::norm_rows, processor.isa),
                 x = node.inputs[0].address, y = node.outputs[0].address, scale = Parameter::of(node, 1),
                 shift = Parameter::of(node, 2)](const Frame& frame, Share share) noexcept {
        kernels::NormRows p = params;
        const std::int64_t begin = chunks.begin(share);
        p.x = frame.at<const float>(x) + begin * bands.along;
        p.y = frame.at<float>(y) + begin * bands.along;
        p.scale = scale.at(frame);
        p.shift = shift.at(frame);
        p.rows = static_cast<std::size_t>(chunks.end(share) - begin);
        p.columns = static_cast<std::size_t>(bands.along);
        run(p);
      });
  return step;
}

// The groups of a tensor, and which parameter each element of a group gets.
struct Groups {
  Places places;
  std::vector<std::int64_t> parameter;        // of element j of a group
  std::vector<std::int64_t> first_parameter;  // of the group, to be added
};

Groups groups_of(const Norm& op, const Shape& dims) {
  Groups groups;
  if (op.kind != Norm::Kind::group) {
    groups.places = places_along(dims, op.axes);
    for (std::size_t j = 0; j < groups.places.inner.size(); ++j)
      groups.parameter.push_back(static_cast<std::int64_t>(j));
    groups.first_parameter.assign(groups.places.outer.size(), 0);
    return groups;
  }
  const std::int64_t channels = dims.back() / op.groups;
  Shape split = dims;
  split.back() = op.groups;
  split.push_back(channels);
  std::vector<std::int64_t> axes;
  for (std::size_t i = 1; i < split.size(); ++i)
    if (i + 2 != split.size()) axes.push_back(static_cast<std::int64_t>(i));
  groups.places = places_along(split, axes);
  for (std::size_t j = 0; j < groups.places.inner.size(); ++j)
    groups.parameter.push_back(static_cast<std::int64_t>(j) % channels);
  for (std::size_t g = 0; g < groups.places.outer.size(); ++g)
    groups.first_parameter.push_back(static_cast<std::int64_t>(g) % op.groups * channels);
  return groups;
}

Result<Step> emit_groups(const NodeView& node, const Processor& processor) {
  const auto& op = node.as<Norm>();
  Groups groups = node.inputs[0].count() == 0 ? Groups() : groups_of(op, node.inputs[0].dims);
  const auto length = static_cast<std::int64_t>(groups.places.inner.size());
  const Chunks chunks = Chunks::of(static_cast<std::int64_t>(groups.places.outer.size()), length);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("norm_groups")[processor.isa];
  step.chunks = chunks.count();
  step.workspace_bytes = static_cast<std::size_t>(length) * sizeof(float);
  step.work = make_work([=, params = params_of(op), groups = std::move(groups),
                         run = kernels::pick(kernels::norm_rows, processor.isa),
                         from = node.inputs[0].address, to = node.outputs[0].address,
                         scales = Parameter::of(node, 1),
                         shifts = Parameter::of(node, 2)](const Frame& frame, Share share) noexcept {
    const auto* x = frame.at<const float>(from);
    const float *scale = scales.at(frame), *shift = shifts.at(frame);
    auto* y = frame.at<float>(to);
    auto* row = reinterpret_cast<float*>(frame.workspace_of(share.worker));
    kernels::NormRows p = params;
    p.x = p.y = row;
    p.rows = 1;
    p.columns = groups.places.inner.size();
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const auto g = static_cast<std::size_t>(i);
      const std::int64_t first = groups.places.outer[g];
      for (std::size_t j = 0; j < p.columns; ++j) row[j] = x[first + groups.places.inner[j]];
      run(p);
      for (std::size_t j = 0; j < p.columns; ++j) {
        const std::int64_t which = groups.first_parameter[g] + groups.parameter[j];
        y[first + groups.places.inner[j]] = row[j] * (scale ? scale[which] : 1) + (shift ? shift[which] : 0);
      }
    }
  });
  return step;
}

Result<Step> emit(const NodeView& node, const Choice& choice, const Processor& processor) {
  return choice.algorithm == "norm_rows" ? emit_rows(node, processor) : emit_groups(node, processor);
}

}  // namespace

extern const Emitter k_norm;
constinit const Emitter k_norm{"norm", choose, emit};

}  // namespace vivace::cpu
