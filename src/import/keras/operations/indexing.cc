// keras.ops that pick and place by index: take, gather_nd, scatter, segments, slices at places that tensors
// give.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "import/keras/operations/families.h"
#include "import/keras/operations/promotion.h"
#include "import/keras/operations/term.h"

namespace vivace::keras {
namespace {

using Reduction = ScatterNd::Reduction;

Term whole_numbers(Term x) {
  return is_float(x.dtype()) || x.dtype() == DType::boolean ? x.as(DType::i32) : x;
}

Term scattered(Term base, Term indices, Term updates, Reduction reduction, bool skip_negative = false) {
  const ScatterNd op =
      with(ScatterNd{}, &ScatterNd::reduction, reduction, &ScatterNd::skip_negative, skip_negative);
  Call& call = base.call();
  return {call, call.add(op, {base, whole_numbers(indices), updates.as(base.dtype())})};
}

// A tensor of one value, of sizes that a config or a list of known sizes gives.
Term constant_of(Call& call, Term like, const Setting* sizes, double value) {
  const auto dims = content_of(call, sizes);
  if (!dims) call.refuse("sizes that are only known when it runs", "give the sizes as numbers");
  if (call.failed()) return like;
  Fill op = with(Fill{}, &Fill::value, value, &Fill::result, like.dtype());
  for (const Dim& size : *dims) {
    std::optional<std::int64_t> entry;
    if (size.known() && size.number() >= 0) entry = size.number();
    for (std::int64_t axis = 0; axis < like.rank() && !size.known(); ++axis)
      if (call.dim(like, axis).same(size)) entry = Reshape::keep(axis);
    if (!entry) {
      call.mistake("shape", "sizes of 0 or more, or an input's");
      return like;
    }
    op.target.push_back(*entry);
  }
  return {call, call.add(op, {like}, "base")};
}

void scatter(Call& call) {
  const Term indices(call, call.tensor_option("indices", 0)),
      values(call, call.tensor_option("values|updates", 1));
  const Term base = constant_of(call, values, call.option("shape", 2), 0);
  if (!call.failed()) call.output(scattered(base, indices, values, Reduction::add));
}

std::optional<Reduction> reduction_named(std::string_view name) {
  if (name.empty()) return Reduction::replace;
  if (name == "add" || name == "sum") return Reduction::add;
  if (name == "mul" || name == "multiply") return Reduction::multiply;
  if (name == "min") return Reduction::minimum;
  if (name == "max") return Reduction::maximum;
  return std::nullopt;
}

void scatter_update(Call& call) {
  const Term x(call, call.tensor_option("inputs|tensor", 0)), indices(call, call.tensor_option("indices", 1)),
      updates(call, call.tensor_option("updates", 2));
  const auto reduction = reduction_named(call.text_option("reduction", 3, ""));
  if (!reduction) return call.mistake("reduction", "add, max, min or mul");
  if (!call.failed()) call.output(scattered(x, indices, updates, *reduction));
}

template <Reduction kReduction, bool kNegated = false>
void scatter_into(Call& call) {
  const Term x(call, call.tensor_option("tensor", 0)), indices(call, call.tensor_option("indices", 1)),
      updates(call, call.tensor_option("updates", 2));
  if (!call.failed()) call.output(scattered(x, indices, kNegated ? -updates : updates, kReduction));
}

// What a segment of nothing holds, as TensorFlow has it.
double neutral(Reduction reduction, DType type) {
  constexpr double kLowest = std::numeric_limits<float>::lowest();
  const bool most = reduction == Reduction::maximum;
  switch (reduction) {
    case Reduction::add:
      return 0;
    case Reduction::multiply:
      return 1;
    default:
      if (is_float(type)) return most ? kLowest : -kLowest;
      return most ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
}

template <Reduction kReduction>
void segments(Call& call) {
  const Term x(call, call.tensor_option("data", 0)), ids(call, call.tensor_option("segment_ids", 1));
  const Setting* count = call.option("num_segments", 2);
  if (call.failed()) return;
  if (!count || call.flag_option("sorted", 3, false))
    return call.refuse("as many segments as the ids name", "give num_segments, and sorted=False");
  Fill op = with(Fill{}, &Fill::value, neutral(kReduction, x.dtype()), &Fill::result, x.dtype());
  op.target.push_back(call.integer_option("num_segments", 2));
  if (op.target[0] < 1) return call.mistake("num_segments", "a size of 1 or more");
  Term data = x;
  if (ids.rank() > 1) {  // all axes of the ids are one
    Sizes target{Reshape::kInfer};
    for (std::int64_t axis = ids.rank(); axis < x.rank(); ++axis) target.push_back(Reshape::keep(axis));
    data = shaped(x, std::move(target));
  }
  for (std::int64_t axis = 1; axis < data.rank(); ++axis) op.target.push_back(Reshape::keep(axis));
  const Term base(call, call.add(op, {data}, "empty"));
  call.output(scattered(base, widened(flat(ids), 1), data, kReduction, true));
}

void gather_nd(Call& call) {
  const Term x(call, call.tensor_option("params|x", 0)), indices(call, call.tensor_option("indices", 1));
  if (call.failed()) return;
  const GatherNd op = with(GatherNd{}, &GatherNd::batch_dims, call.integer_option("batch_dims", -1, 0));
  call.output(call.add(op, {x, whole_numbers(indices)}));
}

// tf.gather(batch_dims=b): the first b axes of both run together.
void gather_in_batches(Call& call, Term x, Term indices, std::int64_t axis, std::int64_t batch) {
  if (batch < 0) batch += indices.rank();
  if (batch < 0 || batch > std::min(axis, indices.rank()))
    return call.mistake("batch_dims", "axes that both have");
  const Term rows = axis_moved(x, axis, batch);
  Term y(call, call.add(with(GatherNd{}, &GatherNd::batch_dims, batch),
                        {rows, widened(indices, indices.rank())}, "rows"));
  // The index axes stand where the batch ends; they belong where the axis was.
  Sizes order;
  const std::int64_t width = indices.rank() - batch, between = axis - batch;
  for (std::int64_t i = 0; i < batch; ++i) order.push_back(i);
  for (std::int64_t i = 0; i < between; ++i) order.push_back(batch + width + i);
  for (std::int64_t i = 0; i < width; ++i) order.push_back(batch + i);
  for (auto i = static_cast<std::int64_t>(order.size()); i < y.rank(); ++i) order.push_back(i);
  call.output(transposed(y, std::move(order)));
}

// x[..., start:start+size, ...], where the start is a number or a tensor of one.
Term window(Term x, std::int64_t axis, const Setting& start, std::int64_t size) {
  Call& call = x.call();
  if (start.is(Setting::Kind::integer)) {
    const bool rest = size < 0 || call.dim(x, axis) == Dim(start.integer + size);
    return start.integer == 0 && rest
               ? x
               : part(x, axis, start.integer, rest ? Slice::kEnd : start.integer + size);
  }
  if (size < 0)
    call.refuse("a slice to the end from a place that a tensor gives", "give its size as a number");
  if (!affordable(call, size)) return x;
  Tensor steps(DType::i32, {size});
  for (std::int64_t i = 0; i < size; ++i) steps.as<std::int32_t>()[i] = static_cast<std::int32_t>(i);
  const Term from = flat(whole_numbers({call, call.as_value(start)}));
  const Term rows = from.as(DType::i32) + Term(call, call.constant(std::move(steps), "steps"));
  return {call, call.add(with(Gather{}, &Gather::axis, axis), {x, rows}, "window")};
}

// The starts of a slice, one an axis: a list, or a tensor that is taken apart.
std::vector<Setting> starts_of(Call& call, const Setting* list, std::int64_t rank) {
  if (!list) return {};
  if (list->is(Setting::Kind::list)) return list->items;
  std::vector<Setting> starts;
  if (!list->is(Setting::Kind::tensor)) return starts;
  const Term all(call, list->flow.value);
  for (std::int64_t axis = 0; axis < rank && !call.failed(); ++axis)
    starts.push_back(Setting::of(Flow{part(all, 0, axis, axis + 1).value(), kNoValue}));
  return starts;
}

void slice(Call& call) {
  Term x(call, operand(call));
  const std::vector<Setting> starts = starts_of(call, call.option("start_indices|begin", 1), x.rank());
  const auto sizes = content_of(call, call.option("shape|size", 2));
  if (call.failed()) return;
  if (!sizes || starts.size() != sizes->size() || static_cast<std::int64_t>(starts.size()) != x.rank())
    return call.mistake("shape", "one size and one start an axis");
  for (std::size_t i = 0; i < starts.size() && !call.failed(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const Dim& size = (*sizes)[i];
    const Setting& start = starts[i];
    if (start.is_number() && start.integer < 0) return call.mistake("start_indices", "places of 0 or more");
    if (size.known() && size.number() < -1) return call.mistake("shape", "sizes of 0 or more, or -1");
    if (!size.known() && size.same(call.dim(x, axis)) && start.is_number() && start.integer == 0) continue;
    if (!size.known())
      return call.refuse("a size that is only known when it runs", "give the size as a number");
    const Dim& own = call.dim(x, axis);
    if (start.is_number() && own.known() &&
        (start.integer > own.number() || size.number() > own.number() - start.integer))
      return call.mistake("shape", text("a slice within the {} elements of axis {}", own.number(), axis));
    x = window(x, axis, start, size.number());
  }
  call.output(x);
}

// x with `update` in place of what stood at `starts`, from axis `axis` on.
Term replaced(Term x, Term update, const std::vector<Setting>& starts, std::int64_t axis) {
  Call& call = x.call();
  if (call.failed() || axis == x.rank()) return update.as(x.dtype());
  const Dim own = call.dim(x, axis), size = call.dim(update, axis);
  const std::int64_t start = starts[static_cast<std::size_t>(axis)].integer;
  if (start == 0 && (own.same(size) || own == size)) return replaced(x, update, starts, axis + 1);
  if (!size.known() || start < 0 || (own.known() && start + size.number() > own.number())) {
    call.mistake("start_indices", text("a place on axis {} where the update fits", axis));
    return x;
  }
  const std::int64_t end = start + size.number();
  std::vector<Term> parts;
  if (start > 0) parts.push_back(part(x, axis, 0, start));
  parts.push_back(replaced(part(x, axis, start, end), update, starts, axis + 1));
  if (!own.known() || end < own.number()) parts.push_back(part(x, axis, end));
  return joined(call, std::move(parts), axis);
}

// With starts that are tensors: the places of the update in each axis, and all of them together as indices.
Term replaced_when_run(Term x, Term update, const std::vector<Setting>& starts) {
  Call& call = x.call();
  std::vector<Term> indices;
  for (std::int64_t axis = 0; axis < x.rank() && !call.failed(); ++axis) {
    const Setting& start = starts[static_cast<std::size_t>(axis)];
    Term at = places(update, axis, DType::i32);
    if (start.is(Setting::Kind::tensor))
      at = at + flat(whole_numbers({call, start.flow.value})).as(DType::i32);
    else
      at = at + static_cast<double>(start.integer);
    indices.push_back(widened({call, call.add(Broadcast{}, {at, update}, "places")}, x.rank()));
  }
  return scattered(x, joined(call, indices, x.rank()), update, Reduction::replace);
}

void slice_update(Call& call) {
  const Term x(call, operand(call)), update(call, call.tensor_option("updates", 2));
  const std::vector<Setting> starts = starts_of(call, call.option("start_indices", 1), x.rank());
  if (call.failed()) return;
  if (static_cast<std::int64_t>(starts.size()) != x.rank() || update.rank() != x.rank())
    return call.mistake("start_indices", "one start an axis, and an update of as many axes");
  const bool fixed =
      std::all_of(starts.begin(), starts.end(), [](const Setting& s) { return s.is_number(); });
  call.output(fixed ? replaced(x, update, starts, 0) : replaced_when_run(x, update, starts));
}

constexpr Rule kRules[] = {
    {"Take", gather},
    {"TakeAlongAxis", gather_elements},
    {"Scatter", scatter},
    {"ScatterUpdate", scatter_update},
    {"Slice", slice},
    {"SliceUpdate", slice_update},
    {"SegmentSum", segments<Reduction::add>},
    {"SegmentMax", segments<Reduction::maximum>},
    {"SegmentMin", segments<Reduction::minimum>},
    {"SegmentProd", segments<Reduction::multiply>},
};

constexpr Rule kFunctions[] = {
    {"gather_nd", gather_nd},
    {"compat.v1.gather_nd", gather_nd},
    {"scatter_nd", scatter},
    {"compat.v1.scatter_nd", scatter},
    {"tensor_scatter_nd_update", scatter_into<Reduction::replace>},
    {"tensor_scatter_nd_add", scatter_into<Reduction::add>},
    {"tensor_scatter_nd_sub", scatter_into<Reduction::add, true>},
    {"tensor_scatter_nd_max", scatter_into<Reduction::maximum>},
    {"tensor_scatter_nd_min", scatter_into<Reduction::minimum>},
    {"math.unsorted_segment_sum", segments<Reduction::add>},
    {"math.unsorted_segment_max", segments<Reduction::maximum>},
    {"math.unsorted_segment_min", segments<Reduction::minimum>},
    {"math.unsorted_segment_prod", segments<Reduction::multiply>},
    {"slice", slice},
};

}  // namespace

void gather(Call& call) {
  Term table(call, call.tensor_option("x|params", 0));
  const Term indices = whole_numbers({call, call.tensor_option("indices", 1)});
  if (call.failed()) return;
  const bool flattens = call.era() >= 3 && !call.option("axis", 2);
  if (flattens) table = flat(table);
  const std::int64_t batch = call.integer_option("batch_dims", -1, 0);
  const std::int64_t otherwise = batch < 0 ? batch + indices.rank() : batch;
  const std::int64_t axis =
      flattens ? 0 : call.axis_of(call.integer_option("axis", 2, otherwise), table.rank());
  if (batch != 0) return gather_in_batches(call, table, indices, axis, batch);
  call.output(call.add(with(Gather{}, &Gather::axis, axis, &Gather::wrap_negative, call.era() >= 3),
                       {table, indices}));
}

void gather_elements(Call& call) {
  Term x(call, operand(call));
  const Term indices = whole_numbers({call, call.tensor_option("indices", 1)});
  const bool flattens = call.era() >= 3 && !call.option("axis", 2);
  if (flattens) x = flat(x);
  const std::int64_t axis = flattens ? 0 : call.axis_of(call.integer_option("axis", 2, -1), x.rank());
  call.output(call.add(with(GatherElements{}, &GatherElements::axis, axis), {x, indices}));
}

std::span<const Rule> indexing_operations() { return kRules; }
std::span<const Rule> indexing_functions() { return kFunctions; }

}  // namespace vivace::keras
