// Layers that put numbers into bins, and encode the bins' numbers.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/categories.h"

namespace vivace::keras {
namespace {

void category_encoding(Call& call) {
  Encoded how;
  how.encoding = encoding_of(call, "multi_hot");
  how.depth = category_count(call, "num_tokens");
  how.result = category_type(call, "float32");
  how.strict = call.era() < 3;
  if (how.encoding == Encoding::numbers || how.encoding == Encoding::tf_idf)
    call.config().mistake("output_mode", "\"one_hot\", \"multi_hot\" or \"count\"");
  ValueId x = call.input();
  if (!call.failed() && is_float(call.dtype(x))) x = call.cast(x, DType::i64);
  how.weights = call.tensor_option("count_weights", 1);
  if (how.weights != kNoValue && how.encoding != Encoding::count)
    call.config().mistake("output_mode", "\"count\", although the layer is called with weights");
  call.output(encode(call, x, how));
}

// A sorted sample with weights, as Keras 2 keeps it: numbers, then how many each stands for.
struct Summary {
  std::vector<float> numbers, weights;
};

// numpy.interp: y at x between the points (xs[i], ys[i]), xs ascending.
double interpolated(double x, const std::vector<float>& xs, const std::vector<float>& ys) {
  if (x <= static_cast<double>(xs.front())) return static_cast<double>(ys.front());
  if (x >= static_cast<double>(xs.back())) return static_cast<double>(ys.back());
  const auto after = static_cast<std::size_t>(
      std::upper_bound(xs.begin(), xs.end(), x,
                       [](double a, float b) { return a < static_cast<double>(b); }) -
      xs.begin());
  const double x0 = static_cast<double>(xs[after - 1]), x1 = static_cast<double>(xs[after]);
  const double y0 = static_cast<double>(ys[after - 1]), y1 = static_cast<double>(ys[after]);
  return (y1 - y0) / (x1 - x0) * (x - x0) + y0;
}

// The quantiles that cut the sample into equal parts.
std::vector<double> boundaries_of(const Summary& summary, std::int64_t bins) {
  const double part = 1.0 / static_cast<double>(bins);
  std::vector<double> boundaries;
  if (static_cast<double>(summary.numbers.size()) * part < 1) {
    boundaries.assign(summary.numbers.begin(), summary.numbers.end());
  } else {
    std::vector<float> shares = summary.weights;
    for (std::size_t i = 1; i < shares.size(); ++i) shares[i] += shares[i - 1];
    const float all = shares.back();
    for (float& share : shares) share /= all;
    const auto count = static_cast<std::int64_t>(std::ceil(1.0 / part));
    for (std::int64_t i = 0; i < count; ++i)
      boundaries.push_back(static_cast<double>(
          static_cast<float>(interpolated(part + static_cast<double>(i) * part, shares, summary.numbers))));
  }
  if (!boundaries.empty()) boundaries.pop_back();
  return boundaries;
}

// Keras 2 saves the adapted sample, and finds the boundaries when it loads it.
std::vector<double> adapted_boundaries(Call& call) {
  if (!call.has_weight("summary")) {
    call.refuse("its boundaries were adapted to data, and the file does not hold them",
                "save it as model.keras after adapt(), or give it bin_boundaries");
    return {};
  }
  const std::int64_t bins = category_count(call, "num_bins");
  const ValueId id = call.weight("summary");
  if (call.failed()) return {};
  const Constant& summary = *call.builder().graph().constant(id);
  if (summary.dtype() != DType::f32 || summary.dims().size() != 2 || summary.dims()[0] != 2 ||
      summary.dims()[1] == 0) {
    call.fail(Error("import.weight-shape", text("layer \"{}\" has a sample of shape {}, needs [2,points]",
                                                call.layer().path, vivace::to_text(summary.dims())))
                  .fix("adapt the layer to data before it is saved"));
    return {};
  }
  const auto all = summary.as<float>();
  const auto counts = all.subspan(all.size() / 2);
  const bool sound = std::ranges::all_of(all, [](float x) { return std::isfinite(x); }) &&
                     std::ranges::all_of(counts, [](float count) { return count > 0; });
  if (!sound) {
    call.fail(
        Error("import.weight-value",
              text("layer \"{}\" has a sample of numbers that are not finite, or that stand for nothing",
                   call.layer().path))
            .fix("adapt the layer to data again"));
    return {};
  }
  const auto points = static_cast<std::size_t>(summary.dims()[1]);
  return boundaries_of({{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(points)},
                        {all.begin() + static_cast<std::ptrdiff_t>(points), all.end()}},
                       bins);
}

void discretization(Call& call) {
  Encoded how;
  how.encoding = encoding_of(call, "int");
  if (how.encoding == Encoding::tf_idf)
    call.config().mistake("output_mode", "\"int\", \"one_hot\", \"multi_hot\" or \"count\"");
  const bool given = call.config().has("bin_boundaries");
  if (call.config().has("num_bins")) (void)call.config().size("num_bins");
  std::vector<double> boundaries = given ? call.config().numbers("bin_boundaries") : adapted_boundaries(call);
  if (!std::is_sorted(boundaries.begin(), boundaries.end()))
    call.config().mistake("bin_boundaries", "a list of ascending numbers");
  if (boundaries.size() >= static_cast<std::size_t>(kMostCategories))
    call.config().mistake("bin_boundaries", "a list of a usable length");
  how.depth = static_cast<std::int64_t>(boundaries.size()) + 1;
  // Keras 3 names the type of its floats, and counts bins in int32.
  const bool numbers = how.encoding == Encoding::numbers;
  how.result = numbers && call.era() >= 3 ? DType::i32 : category_type(call, numbers ? "int64" : "float32");
  if (call.failed()) return;
  const ValueId bins =
      call.add(with(Bucketize{}, &Bucketize::boundaries, std::move(boundaries), &Bucketize::result,
                    numbers && how.result == DType::i64 ? DType::i64 : DType::i32),
               {call.input()}, numbers && how.result != DType::f32 ? "" : "bins");
  call.output(encode(call, bins, how));
}

constexpr Rule kRules[] = {
    {"CategoryEncoding", category_encoding},
    {"Discretization", discretization, "summary!?!bin_boundaries"},
};

}  // namespace

std::span<const Rule> binning_rules() { return kRules; }

}  // namespace vivace::keras
