// Elements chosen or placed by number.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "import/tflite/operators/families.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

void gather(Call& call) {
  const auto& o = call.options<schema::GatherOptions>();
  const ValueId table = call.input(0), indices = call.input(1);
  const std::int64_t axis = call.axis_of(o.axis(), call.rank(table));
  const std::int64_t batch = o.batch_dims() < 0 ? o.batch_dims() + call.rank(indices) : o.batch_dims();
  if (batch == 0) return call.output(call.add(with(Gather{}, &Gather::axis, axis), {table, indices}));
  if (batch != axis || batch > call.rank(indices))
    return call.refuse(text("it gathers along axis {} behind {} axes of samples", axis, batch),
                       "convert the model with tf.gather along the first axis behind the samples");
  const ValueId rows = with_axes(call, indices, {call.rank(indices)}, "places");
  call.output(call.add(with(GatherNd{}, &GatherNd::batch_dims, batch), {table, rows}));
}

void gather_nd(Call& call) { call.output(call.add(GatherNd{}, {call.input(0), call.input(1)})); }

void one_hot(Call& call) {
  const auto& o = call.options<schema::OneHotOptions>();
  const ValueId x = call.input();
  OneHot op = with(OneHot{}, &OneHot::depth, call.integer(1), &OneHot::on, call.number(2), &OneHot::off,
                   call.number(3));
  op.axis = call.axis_of(o.axis(), call.rank(x) + 1);
  op.result = call.dtype(call.input(2));
  call.output(call.add(op, {x}));
}

ValueId filled(Call& call, const Shape& dims, double value, DType type) {
  std::int64_t count = 1;
  for (const std::int64_t size : dims) {
    if (size < 0 || size > (1 << 26)) call.mistake(text("a size of {}", size));
    count = call.failed() ? 0 : count * std::min<std::int64_t>(size, 1 << 26);
    if (count > (1 << 26)) call.mistake(text("it makes {}", to_text(dims)));
  }
  if (call.failed()) return kNoValue;
  vivace::Tensor tensor(type, dims);
  for (std::int64_t i = 0; i < tensor.count(); ++i) store(tensor.view(), i, value);
  return call.constant(std::move(tensor), "start");
}

// A sum of truths is whether any is true.
void scatter_nd(Call& call) {
  const ValueId updates = call.input(1), start = filled(call, call.integers(2), 0, call.dtype(updates));
  const bool truths = !call.failed() && call.dtype(updates) == DType::boolean;
  const auto reduction = truths ? ScatterNd::Reduction::maximum : ScatterNd::Reduction::add;
  call.output(call.add(with(ScatterNd{}, &ScatterNd::reduction, reduction), {start, call.input(0), updates}));
}

void sparse_to_dense(Call& call) {
  const ValueId values = call.input(2);
  const Sizes sizes = call.integers(1);
  ValueId indices = call.input(0);
  if (call.rank(indices) == 0) indices = with_axes(call, indices, {0}, "index");
  if (call.rank(indices) == 1) indices = with_axes(call, indices, {1}, "rows");
  const ValueId start = filled(call, sizes, call.number(3), call.dtype(values));
  ValueId updates = values;
  if (call.rank(values) == 0) {  // one value for all places
    updates =
        call.add(with(Broadcast{}, &Broadcast::sizes, Sizes{call.size(indices, 0)}), {values}, "values");
  }
  call.output(call.add(ScatterNd{}, {start, indices, updates}));
}

double first_of(ScatterNd::Reduction reduction, DType type) {
  const bool real = is_float(type);
  switch (reduction) {
    case ScatterNd::Reduction::multiply:
      return 1;
    case ScatterNd::Reduction::maximum:
      return real ? std::numeric_limits<float>::lowest()
                  : static_cast<double>(std::numeric_limits<std::int32_t>::min());
    case ScatterNd::Reduction::minimum:
      return real ? std::numeric_limits<float>::max()
                  : static_cast<double>(std::numeric_limits<std::int32_t>::max());
    default:
      return 0;
  }
}

void segments(Call& call, ScatterNd::Reduction reduction, std::int64_t count) {
  const ValueId x = call.input(0), ids = call.input(1);
  Shape dims{count};
  for (std::int64_t axis = call.rank(ids); axis < call.rank(x); ++axis) dims.push_back(call.size(x, axis));
  const ValueId start = filled(call, dims, first_of(reduction, call.dtype(x)), call.dtype(x));
  const ValueId rows = with_axes(call, ids, {call.rank(ids)}, "rows");
  call.output(call.add(with(ScatterNd{}, &ScatterNd::reduction, reduction, &ScatterNd::skip_negative, true),
                       {start, rows, x}));
}

template <ScatterNd::Reduction kReduction>
void unsorted_segments(Call& call) {
  segments(call, kReduction, call.integer(2));
}

// Sorted ids: the last one says how many there are, so it must be known.
void segment_sum(Call& call) {
  const Sizes ids = call.integers(1);
  if (!call.failed())
    segments(call, ScatterNd::Reduction::add,
             ids.empty() ? 0 : std::min<std::int64_t>(ids.back(), 1 << 30) + 1);
}

void bucketize(Call& call) {
  const auto* numbers = call.options<schema::BucketizeOptions>().boundaries();
  Bucketize op;
  if (numbers) op.boundaries.assign(numbers->begin(), numbers->end());
  call.output(call.add(op, {call.input()}));
}

// Whether row and column are the same, [rows, columns].
ValueId diagonal(Call& call, std::int64_t rows, std::int64_t columns) {
  if (!call.failed() &&
      std::max(rows, columns) > (1 << 26) / std::max<std::int64_t>(1, std::min(rows, columns)))
    call.mistake(text("a diagonal of {} x {}", rows, columns));
  if (call.failed()) return kNoValue;
  vivace::Tensor here(DType::boolean, {rows, columns});
  for (std::int64_t i = 0; i < std::min(rows, columns); ++i) here.as<std::uint8_t>()[i * columns + i] = 1;
  return call.constant(std::move(here), "diagonal");
}

void matrix_diag(Call& call) {
  const ValueId x = call.input();
  const std::int64_t n = call.size(x, -1);
  const ValueId rows = with_axes(call, x, {call.rank(x) - 1}, "rows");
  call.output(call.add(Select{}, {diagonal(call, n, n), rows, call.scalar(0, call.dtype(x))}));
}

void matrix_set_diag(Call& call) {
  const ValueId x = call.input(0), given = call.input(1);
  const std::int64_t rows = call.size(x, -2), columns = call.size(x, -1);
  // Where there is one for each row, a number fits any column of it; else any row of its column.
  const std::int64_t axis = call.rank(given) - (rows > columns ? 1 : 0);
  const ValueId spread = with_axes(call, given, {axis}, "spread");
  call.output(call.add(Select{}, {diagonal(call, rows, columns), spread, x}));
}

// The place [update..., K] of every element of an update, or of its rows behind the first K axes, that starts
// at 0.
ValueId places_of(Call& call, ValueId update, std::int64_t axes) {
  Shape dims;
  std::int64_t count = axes;
  for (std::int64_t axis = 0; axis < axes; ++axis) {
    dims.push_back(call.size(update, axis));
    if (dims.back() > (1 << 26) / std::max<std::int64_t>(1, count)) call.mistake("its update is too large");
    if (call.failed()) return kNoValue;
    count *= dims.back();
  }
  dims.push_back(axes);
  vivace::Tensor places(DType::i32, dims);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t row = i / axes;
    for (std::int64_t axis = axes - 1; axis > i % axes; --axis) row /= dims[static_cast<std::size_t>(axis)];
    places.as<std::int32_t>()[i] = static_cast<std::int32_t>(row % dims[static_cast<std::size_t>(i % axes)]);
  }
  return call.constant(std::move(places), "places");
}

// A start that leaves no room for the update is moved to where it fits.
void dynamic_update_slice(Call& call) {
  const ValueId x = call.input(0), update = call.input(1);
  const std::int64_t rank = call.rank(x);
  call.want_rank(x, 1, 32);
  call.want_rank(update, rank, rank);
  if (call.failed()) return;
  std::int64_t axes = 0;  // behind them the update is as large as x
  vivace::Tensor last(DType::i32, {rank});
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    const std::int64_t own = call.size(x, axis), size = call.size(update, axis);
    if (size > own) call.mistake(text("an update of {} along axis {} of {}", size, axis, own));
    if (call.failed()) return;
    if (size < own) axes = axis + 1;
    last.as<std::int32_t>()[axis] = static_cast<std::int32_t>(std::min<std::int64_t>(own - size, 1 << 30));
  }
  if (axes == 0) return call.output(update);
  ValueId starts = call.input(2);
  const ValueId limits = call.cast(call.constant(std::move(last), "limits"), call.dtype(starts), "as_starts");
  starts = call.binary(Binary::Kind::maximum, starts, call.scalar(0, call.dtype(starts)), "from");
  starts = call.cast(call.binary(Binary::Kind::minimum, starts, limits, "bounded"), DType::i32);
  if (axes < rank)
    starts = call.add(with(Slice{}, &Slice::axes, Sizes{0}, &Slice::starts, Sizes{0}, &Slice::stops,
                           Sizes{axes}, &Slice::steps, Sizes{1}),
                      {starts}, "starts");
  const ValueId at = call.binary(Binary::Kind::add, places_of(call, update, axes), starts, "at");
  call.output(call.add(ScatterNd{}, {x, at, update}));
}

constexpr auto kMoved = Quantised::moved;

constexpr Rule kRules[] = {
    {Code::GATHER, gather, OptionsKind::GatherOptions, kMoved},
    {Code::GATHER_ND, gather_nd, OptionsKind::GatherNdOptions, kMoved},
    {Code::ONE_HOT, one_hot, OptionsKind::OneHotOptions},
    {Code::SCATTER_ND, scatter_nd, OptionsKind::ScatterNdOptions, kMoved},
    {Code::SPARSE_TO_DENSE, sparse_to_dense, OptionsKind::SparseToDenseOptions},
    {Code::DYNAMIC_UPDATE_SLICE, dynamic_update_slice, OptionsKind::DynamicUpdateSliceOptions, kMoved},
    {Code::SEGMENT_SUM, segment_sum, OptionsKind::SegmentSumOptions},
    {Code::UNSORTED_SEGMENT_SUM, unsorted_segments<ScatterNd::Reduction::add>,
     OptionsKind::UnsortedSegmentSumOptions},
    {Code::UNSORTED_SEGMENT_PROD, unsorted_segments<ScatterNd::Reduction::multiply>,
     OptionsKind::UnsortedSegmentProdOptions},
    {Code::UNSORTED_SEGMENT_MAX, unsorted_segments<ScatterNd::Reduction::maximum>,
     OptionsKind::UnsortedSegmentMaxOptions},
    {Code::UNSORTED_SEGMENT_MIN, unsorted_segments<ScatterNd::Reduction::minimum>,
     OptionsKind::UnsortedSegmentMinOptions},
    {Code::BUCKETIZE, bucketize, OptionsKind::BucketizeOptions},
    {Code::MATRIX_DIAG, matrix_diag, OptionsKind::MatrixDiagOptions, kMoved},
    {Code::MATRIX_SET_DIAG, matrix_set_diag, OptionsKind::MatrixSetDiagOptions, kMoved},
};

}  // namespace

std::span<const Rule> indexing_rules() { return kRules; }

}  // namespace vivace::tflite
