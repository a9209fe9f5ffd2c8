// Pictures read at other places, as nodes: transforms, coordinates, scaling with translation.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/pictures.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

// The enumerator that an option names; import.config for another word.
template <class Enum, std::size_t kCount>
Enum chosen(Call& call, std::string_view option, const std::string_view (&names)[kCount], Enum otherwise) {
  const std::string_view word = call.text_option(option, -1, names[static_cast<std::size_t>(otherwise)]);
  for (std::size_t i = 0; i < kCount; ++i)
    if (names[i] == word) return static_cast<Enum>(i);
  std::vector<std::string> all;
  for (const std::string_view name : names) all.push_back(text("\"{}\"", name));
  call.mistake(option, "one of " + join(all, ", "));
  return otherwise;
}

ProjectiveTransform transform_of(Call& call) {
  using Op = ProjectiveTransform;
  Op op;
  op.mode = chosen(call, "interpolation", Op::kModes, Op::Mode::bilinear);
  op.fill = chosen(call, "fill_mode", Op::kFills, Op::Fill::constant);
  op.value = call.number_option("fill_value", -1, 0);
  return op;
}

void warp(Call& call, const ProjectiveTransform& op, ValueId image, ValueId transforms) {
  const DType type = call.dtype(image);
  const Pictures pictures(call, as_float(call, image));
  const ValueId y = call.add(op, {pictures.value(), transforms});
  call.output(pictures.give(call.cast(y, type, "in_its_type")));
}

void affine_transform(Call& call) {
  const ValueId image = operand(call);
  ValueId transforms = call.tensor_option("transform", 1);
  if (transforms == kNoValue && !call.failed()) call.mistake("transform", "eight numbers a picture");
  if (call.rank(transforms) == 1) transforms = call.reshape(transforms, {1, Reshape::keep(0)}, "for_all");
  warp(call, transform_of(call), image, as_float(call, transforms));
}

using Equations = std::array<std::array<double, 9>, 8>;

// Gauss's elimination; false where the points lie on a line.
bool solve(Equations& rows) {
  for (std::size_t step = 0; step < 8; ++step) {
    std::size_t best = step;
    for (std::size_t row = step; row < 8; ++row)
      if (std::fabs(rows[row][step]) > std::fabs(rows[best][step])) best = row;
    if (std::fabs(rows[best][step]) < 1e-12) return false;
    std::swap(rows[step], rows[best]);
    for (std::size_t row = 0; row < 8; ++row) {
      if (row == step) continue;
      const double factor = rows[row][step] / rows[step][step];
      for (std::size_t column = step; column < 9; ++column) rows[row][column] -= factor * rows[step][column];
    }
  }
  for (std::size_t row = 0; row < 8; ++row) rows[row][8] /= rows[row][row];
  return true;
}

// The eight numbers of the projection that takes four end points to four start points, as (x, y).
bool projection(const float* start, const float* end, float* transform) {
  Equations rows{};
  for (std::size_t point = 0; point < 4; ++point) {
    const double x = static_cast<double>(end[2 * point]), y = static_cast<double>(end[2 * point + 1]);
    const double u = static_cast<double>(start[2 * point]), v = static_cast<double>(start[2 * point + 1]);
    rows[2 * point] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
    rows[2 * point + 1] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
  }
  if (!solve(rows)) return false;
  for (std::size_t i = 0; i < 8; ++i) transform[i] = static_cast<float>(rows[i][8]);
  return true;
}

ConstantPtr points(Call& call, std::string_view name, int place) {
  ValueId value = call.tensor_option(name, place);
  if (value == kNoValue || call.failed()) {
    call.mistake(name, "four points");
    return nullptr;
  }
  const ConstantPtr found = call.builder().graph().value(value).constant;
  const auto& dims = call.builder().graph().value(value).dims;
  const bool good =
      dims.size() >= 2 && dims.size() <= 3 && dims[dims.size() - 2] == Dim(4) && dims.back() == Dim(2);
  if (found && good && (found->dtype() == DType::f32 || found->dtype() == DType::i32)) return found;
  call.refuse("points that are computed, or are not four", "give four points as numbers");
  return nullptr;
}

std::vector<float> floats_of(const ConstantPtr& constant) {
  std::vector<float> all;
  for (std::int64_t i = 0; i < constant->tensor().count(); ++i)
    all.push_back(constant->dtype() == DType::f32
                      ? constant->as<float>()[static_cast<std::size_t>(i)]
                      : static_cast<float>(constant->as<std::int32_t>()[static_cast<std::size_t>(i)]));
  return all;
}

void perspective_transform(Call& call) {
  const ValueId image = operand(call);
  const ConstantPtr start = points(call, "start_points", 1), end = points(call, "end_points", 2);
  if (!start || !end) return;
  const auto from = floats_of(start), to = floats_of(end);
  if (from.size() != to.size()) return call.refuse("as many start as end points", "give four of each");
  const auto count = static_cast<std::int64_t>(from.size() / 8);
  std::vector<float> transforms(from.size());
  for (std::size_t i = 0; i < from.size(); i += 8)
    if (!projection(from.data() + i, to.data() + i, transforms.data() + i))
      return call.mistake("end_points", "four points of which no three lie on a line");
  ProjectiveTransform op = transform_of(call);
  op.fill = ProjectiveTransform::Fill::constant;
  warp(call, op, image, call.constant(transforms, {count, 8}));
}

void map_coordinates(Call& call) {
  const ValueId x = call.tensor_option("inputs|x", 0);
  const ValueId coordinates = call.tensor_option("coordinates", 1);
  if (x == kNoValue || coordinates == kNoValue) return call.mistake("coordinates", "a tensor");
  const std::int64_t order = call.integer_option("order", 2);
  if (order != 0 && order != 1) call.mistake("order", "0 or 1");
  if (call.rank(x) > static_cast<std::int64_t>(MapCoordinates::kMostAxes))
    return call.refuse(text("{} axes", call.rank(x)), text("use up to {}", MapCoordinates::kMostAxes));
  MapCoordinates op;
  op.linear = order == 1;
  op.fill = chosen(call, "fill_mode", MapCoordinates::kFills, MapCoordinates::Fill::constant);
  op.value = call.number_option("fill_value", -1, 0);
  call.output(call.add(op, {x, as_float(call, coordinates)}));
}

constexpr Rule kRules[] = {
    {"AffineTransform", affine_transform},
    {"PerspectiveTransform", perspective_transform},
    {"MapCoordinates", map_coordinates},
};

}  // namespace

std::span<const Rule> warp_operations() { return kRules; }

}  // namespace vivace::keras
