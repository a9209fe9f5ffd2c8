#include "import/keras/layers/attention/ends.h"

#include <cstdlib>

#include "base/text.h"

namespace vivace::keras {
namespace {

Flow flow_option(Call& call, std::string_view name, int place, std::string_view mask_name,
                 std::size_t input) {
  Flow flow;
  if (const Setting* given = call.option(name, place); given && given->is(Setting::Kind::tensor))
    flow = given->flow;
  if (flow.value == kNoValue && input < call.input_count()) flow = call.inputs()[input];
  if (const ValueId mask = call.tensor_option(mask_name, -1); mask != kNoValue) flow.mask = mask;
  return flow;
}

void check_rank(Call& call, const Ends& ends) {
  const std::int64_t rank = call.rank(ends.query.value);
  if (rank < 3) call.want_rank(ends.query.value, 3);
  for (const Flow* flow : {&ends.value, &ends.key}) call.want_rank(flow->value, rank);
}

constexpr std::int64_t kMostPairs = std::int64_t{1} << 26;  // of a query and a key, in a mask made here

}  // namespace

Ends named_ends(Call& call) {
  Ends ends;
  ends.query = flow_option(call, "query", 0, "query_mask", 0);
  ends.value = flow_option(call, "value", 1, "value_mask", 1);
  ends.key = flow_option(call, "key", 2, "key_mask", 2);
  if (ends.value.value == kNoValue)
    call.fail(Error("import.config", text("layer \"{}\" is called without a value", call.layer().path)));
  if (ends.key.value == kNoValue) ends.key = {ends.value.value, kNoValue};
  for (Flow* flow : {&ends.query, &ends.value, &ends.key})
    flow->value = call.cast(flow->value, call.float_type());
  check_rank(call, ends);
  return ends;
}

Ends listed_ends(Call& call) {
  Ends ends;
  ends.query = {call.float_input(0), call.mask(0)};
  ends.value = {call.float_input(1), call.mask(1)};
  ends.key = call.input_count() > 2 ? Flow{call.float_input(2), kNoValue} : Flow{ends.value.value, kNoValue};
  if (const Setting* masks = call.option("mask", 1); masks && masks->is(Setting::Kind::list))
    for (std::size_t i = 0; i < masks->items.size() && i < 2; ++i)
      if (masks->items[i].is(Setting::Kind::tensor))
        (i == 0 ? ends.query : ends.value).mask = masks->items[i].flow.value;
  check_rank(call, ends);
  return ends;
}

ValueId both(Call& call, ValueId a, ValueId b, std::string_view step) {
  if (a == kNoValue || b == kNoValue) return a == kNoValue ? b : a;
  return call.binary(Binary::Kind::logical_and, a, b, step);
}

ValueId seen_keys(Call& call, std::int64_t queries, std::int64_t keys,
                  bool (*keep)(std::int64_t, std::int64_t, std::int64_t), std::int64_t reach,
                  std::string_view step) {
  if (call.failed()) return kNoValue;
  if (keys > 0 && queries > kMostPairs / keys) {
    call.refuse(text("its mask of {} times {} places would be too large", queries, keys),
                "use shorter sequences");
    return kNoValue;
  }
  Tensor mask(DType::boolean, {1, queries, keys});
  for (std::int64_t t = 0; t < queries; ++t)
    for (std::int64_t s = 0; s < keys; ++s) mask.as<std::uint8_t>()[t * keys + s] = keep(t, s, reach);
  return call.constant(std::move(mask), step);
}

bool not_later(std::int64_t query, std::int64_t key, std::int64_t) { return key <= query; }
bool within_reach(std::int64_t query, std::int64_t key, std::int64_t reach) {
  return std::abs(query - key) < reach;
}

}  // namespace vivace::keras
