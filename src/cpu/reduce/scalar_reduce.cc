#include "cpu/reduce/scalar_reduce.h"

#include <cmath>
#include <limits>

#include "cpu/common/chunks.h"
#include "cpu/common/groups.h"
#include "ops/common/elements/integers.h"
#include "ops/reduce/reduce.h"

namespace vivace::cpu {
namespace {

using Kind = Reduce::Kind;

// The elements of one group.
class Group {
 public:
  Group(const TensorView& x, std::int64_t first, std::span<const std::int64_t> inner)
      : x_(x), first_(first), inner_(inner) {}

  double count() const { return static_cast<double>(inner_.size()); }
  template <class F>
  double fold(double start, F f) const {
    for (const std::int64_t place : inner_) start = f(start, load(x_, first_ + place));
    return start;
  }
  template <class F>
  std::int64_t fold_integers(std::int64_t start, F f) const {
    for (const std::int64_t place : inner_) start = f(start, load_integer(x_, first_ + place));
    return start;
  }
  double sum() const {
    return fold(0, [](double a, double b) { return a + b; });
  }
  double squares(double centre) const {
    return fold(0, [=](double a, double b) { return a + (b - centre) * (b - centre); });
  }
  // The largest of sign * value, NaN before all.
  double extreme(double sign) const {
    return sign *
           fold(-INFINITY, [=](double a, double b) { return std::isnan(a) || a >= sign * b ? a : sign * b; });
  }

 private:
  const TensorView& x_;
  std::int64_t first_;
  std::span<const std::int64_t> inner_;
};

double log_sum_exp(const Group& group) {
  const double most = group.extreme(1);
  const double shift = std::isfinite(most) ? most : 0;
  return std::log(group.fold(0, [=](double a, double b) { return a + std::exp(b - shift); })) + shift;
}

double reduce(Kind kind, const Group& group) {
  switch (kind) {
    case Kind::sum:
      return group.sum();
    case Kind::mean:
      return group.sum() / group.count();
    case Kind::max:
      return group.extreme(1);
    case Kind::min:
      return group.extreme(-1);
    case Kind::product:
      return group.fold(1, [](double a, double b) { return a * b; });
    case Kind::any:
      return group.fold(0, [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; });
    case Kind::all:
      return group.fold(1, [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; });
    case Kind::sum_squares:
      return group.squares(0);
    case Kind::l2:
      return std::sqrt(group.squares(0));
    case Kind::log_sum_exp:
      return log_sum_exp(group);
    case Kind::variance:
      return group.squares(group.sum() / group.count()) / group.count();
    case Kind::stddev:
      return std::sqrt(group.squares(group.sum() / group.count()) / group.count());
  }
  return 0;
}

// The type's lowest or highest, as a key that orders as the elements do.
std::int64_t extreme_key(Kind kind, DType dtype) {
  std::uint64_t cell = 0;
  store({&cell, dtype, {}}, 0, kind == Kind::max ? -INFINITY : INFINITY);
  return order_key(dtype, load_integer({&cell, dtype, {}}, 0));
}

std::int64_t reduce_integers(Kind kind, DType dtype, const Group& group) {
  const auto bits = [](std::int64_t a) { return static_cast<std::uint64_t>(a); };
  const auto number = [](std::uint64_t a) { return static_cast<std::int64_t>(a); };
  if (kind == Kind::sum)
    return group.fold_integers(0, [=](std::int64_t a, std::int64_t b) { return number(bits(a) + bits(b)); });
  if (kind == Kind::product)
    return group.fold_integers(1, [=](std::int64_t a, std::int64_t b) { return number(bits(a) * bits(b)); });
  return ordered_value(dtype,
                       group.fold_integers(extreme_key(kind, dtype), [=](std::int64_t a, std::int64_t b) {
                         const std::int64_t key = order_key(dtype, b);
                         return kind == Kind::max ? std::max(a, key) : std::min(a, key);
                       }));
}

}  // namespace

Result<Step> emit_scalar_reduce(const NodeView& node) {
  Places places = places_along(node.inputs[0].dims, node.as<Reduce>().axes);
  const Chunks chunks = Chunks::of(static_cast<std::int64_t>(places.outer.size()),
                                   static_cast<std::int64_t>(places.inner.size()));
  Step step;
  step.kernel = "scalar";
  step.chunks = chunks.count();
  step.work = make_work([=, kind = node.as<Reduce>().kind, dtype = node.inputs[0].dtype,
                         places = std::move(places), from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), dtype, {}};
    const MutableTensorView y{frame.at<void>(to), dtype, {}};
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const Group group(x, places.outer[static_cast<std::size_t>(i)], places.inner);
      is_integer(dtype) ? store_integer(y, i, reduce_integers(kind, dtype, group))
                        : store(y, i, reduce(kind, group));
    }
  });
  return step;
}

}  // namespace vivace::cpu
