// Places of extremes, running sums and the largest elements along an axis: one group after another.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "cpu/common/chunks.h"
#include "cpu/common/groups.h"
#include "cpu/emitter.h"
#include "ops/common/elements/integers.h"
#include "ops/reduce/arg_reduce.h"
#include "ops/reduce/cumulative.h"
#include "ops/reduce/top_k.h"

namespace vivace::cpu {
namespace {

// Elements as numbers that order as they do; integers keep all their bits in a key.
double number_at(const TensorView& x, std::int64_t place) { return load(x, place); }
std::int64_t key_at(const TensorView& x, std::int64_t place) {
  return order_key(x.dtype, load_integer(x, place));
}

std::optional<Choice> choose(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "scalar";
  return choice;
}

Step step_of(const Chunks& chunks) {
  Step step;
  step.kernel = "scalar";
  step.chunks = chunks.count();
  return step;
}

// The first place where f is larger than everywhere before; 0 where it never passes `least`.
template <class T, class F>
std::int64_t place_of_largest(std::int64_t count, T least, F f) {
  std::int64_t best = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    const T value = f(j);
    if (!(value > least)) continue;
    least = value;
    best = j;
  }
  return best;
}

Result<Step> emit_arg_reduce(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<ArgReduce>();
  const std::int64_t axes[] = {op.axis};
  const Bands bands = bands_of(node.inputs[0].dims, axes).value_or(Bands{});
  const Chunks chunks = Chunks::of(bands.outer * bands.inner, bands.along);
  Step step = step_of(chunks);
  step.work = make_work([=, smallest = op.smallest, in = node.inputs[0].dtype, out = node.outputs[0].dtype,
                         from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), in, {}};
    const MutableTensorView y{frame.at<void>(to), out, {}};
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const std::int64_t first = i / bands.inner * bands.along * bands.inner + i % bands.inner;
      const auto place = [&](std::int64_t j) { return first + j * bands.inner; };
      const std::int64_t best =
          is_float(in)
              ? place_of_largest(bands.along, -std::numeric_limits<double>::infinity(),
                                 [&](std::int64_t j) { return (smallest ? -1 : 1) * number_at(x, place(j)); })
              : place_of_largest(bands.along, std::numeric_limits<std::int64_t>::min(), [&](std::int64_t j) {
                  const std::int64_t key = key_at(x, place(j));
                  return smallest ? ~key : key;
                });
      store_integer(y, i, best);
    }
  });
  return step;
}

// A running sum or product.
struct Running {
  bool integers, product;
  double number = product;
  std::uint64_t bits = product;

  void take(const TensorView& x, std::int64_t place) {
    if (integers) {
      const auto value = static_cast<std::uint64_t>(load_integer(x, place));
      bits = product ? bits * value : bits + value;
      return;
    }
    const double value = load(x, place);
    number = product ? number * value : number + value;
  }
  void put(const MutableTensorView& y, std::int64_t place) const {
    integers ? store_integer(y, place, static_cast<std::int64_t>(bits)) : store(y, place, number);
  }
};

Result<Step> emit_cumulative(const NodeView& node, const Choice&, const Processor&) {
  const auto& op = node.as<Cumulative>();
  const std::int64_t axes[] = {op.axis};
  const Bands bands = bands_of(node.inputs[0].dims, axes).value_or(Bands{});
  const Chunks chunks = Chunks::of(bands.outer * bands.inner, bands.along);
  Step step = step_of(chunks);
  step.work = make_work([=, product = op.product, exclusive = op.exclusive, reverse = op.reverse,
                         dtype = node.inputs[0].dtype, from = node.inputs[0].address,
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), dtype, {}};
    const MutableTensorView y{frame.at<void>(to), dtype, {}};
    for (std::int64_t i = chunks.begin(share); i < chunks.end(share); ++i) {
      const std::int64_t first = i / bands.inner * bands.along * bands.inner + i % bands.inner;
      Running total{is_integer(dtype), product};
      for (std::int64_t j = 0; j < bands.along; ++j) {
        const std::int64_t place = first + (reverse ? bands.along - 1 - j : j) * bands.inner;
        if (!exclusive) total.take(x, place);
        total.put(y, place);
        if (exclusive) total.take(x, place);
      }
    }
  });
  return step;
}

bool larger(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }
bool larger(std::int64_t a, std::int64_t b) { return a > b; }

// Brings the places of the k largest to the front, the first of equals first.
template <class F>
void find_largest(std::int32_t* places, std::int64_t count, std::int64_t k, F value_at) {
  std::iota(places, places + count, 0);
  std::partial_sort(places, places + k, places + count, [&](std::int32_t i, std::int32_t j) {
    const auto a = value_at(i), b = value_at(j);
    return larger(a, b) || (!larger(b, a) && i < j);
  });
}

Result<Step> emit_top_k(const NodeView& node, const Choice&, const Processor&) {
  const std::int64_t length = node.inputs[0].dims.back(), k = node.as<TopK>().k;
  const std::int64_t rows = length == 0 ? 0 : node.inputs[0].count() / length;
  const Chunks chunks = Chunks::of(rows, length);
  Step step = step_of(chunks);
  step.workspace_bytes = static_cast<std::size_t>(length) * sizeof(std::int32_t);
  step.work = make_work([=, dtype = node.inputs[0].dtype, from = node.inputs[0].address,
                         values = node.outputs[0].address,
                         indices = node.outputs[1].address](const Frame& frame, Share share) noexcept {
    const TensorView x{frame.at<void>(from), dtype, {}};
    auto* const places = reinterpret_cast<std::int32_t*>(frame.workspace_of(share.worker));
    const std::size_t size = size_of(dtype);
    for (std::int64_t row = chunks.begin(share); row < chunks.end(share); ++row) {
      const std::int64_t first = row * length;
      if (is_float(dtype))
        find_largest(places, length, k, [&](std::int32_t j) { return number_at(x, first + j); });
      else
        find_largest(places, length, k, [&](std::int32_t j) { return key_at(x, first + j); });
      for (std::int64_t j = 0; j < k; ++j)
        std::memcpy(frame.at<std::byte>(values) + static_cast<std::size_t>(row * k + j) * size,
                    x.as<std::byte>() + static_cast<std::size_t>(first + places[j]) * size, size);
      std::copy_n(places, k, frame.at<std::int32_t>(indices) + row * k);
    }
  });
  return step;
}

}  // namespace

extern const Emitter k_arg_reduce, k_cumulative, k_top_k;
constinit const Emitter k_arg_reduce{"arg_reduce", choose, emit_arg_reduce};
constinit const Emitter k_cumulative{"cumulative", choose, emit_cumulative};
constinit const Emitter k_top_k{"top_k", choose, emit_top_k};

}  // namespace vivace::cpu
