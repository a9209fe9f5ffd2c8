#include "import/keras/layers/categories.h"

#include "base/text.h"

namespace vivace::keras {
namespace {

// Without the last axis, which has one place.
ValueId squeezed(Call& call, ValueId x) {
  Sizes target;
  for (std::int64_t axis = 0; axis + 1 < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  return call.reshape(x, std::move(target), "squeezed");
}

ValueId with_last_axis(Call& call, ValueId x) {
  Sizes target;
  for (std::int64_t axis = 0; axis < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  target.push_back(1);
  return call.reshape(x, std::move(target), "column");
}

bool ends_in_one(const Call& call, ValueId x) {
  return call.rank(x) > 0 && call.dim(x, -1).known() && call.dim(x, -1).number() == 1;
}

CountIds counter(const Encoded& how) {
  return with(CountIds{}, &CountIds::size, how.depth, &CountIds::presence, how.encoding != Encoding::count,
              &CountIds::strict, how.strict, &CountIds::result, how.result);
}

ValueId one_hot(Call& call, ValueId x, const Encoded& how) {
  // Keras 2 counts, and so refuses what lies outside.
  if (how.strict)
    return call.add(counter(how), {ends_in_one(call, x) ? x : with_last_axis(call, x)}, how.step);
  if (call.rank(x) > 1 && ends_in_one(call, x)) x = squeezed(call, x);
  return call.add(
      with(OneHot{}, &OneHot::depth, how.depth, &OneHot::axis, call.rank(x), &OneHot::result, how.result),
      {x});
}

// Of three axes and more, Keras 3 joins the places of the second one, whatever its documentation says.
ValueId joined(Call& call, ValueId x, const Encoded& how) {
  const std::int64_t rank = call.rank(x);
  ValueId places = call.add(with(OneHot{}, &OneHot::depth, how.depth, &OneHot::axis, rank), {x}, "places");
  const bool counts = how.encoding == Encoding::count;
  if (how.weights != kNoValue)
    places = call.binary(Binary::Kind::multiply, places, with_last_axis(call, how.weights), "weighted");
  const ValueId sum = call.add(
      with(Reduce{}, &Reduce::kind, counts ? Reduce::Kind::sum : Reduce::Kind::max, &Reduce::axes, Sizes{1}),
      {places}, how.result == DType::f32 ? how.step : "joined");
  return call.cast(sum, how.result, how.step);
}

ValueId encoded(Call& call, ValueId numbers, const Encoded& how) {
  if (how.encoding == Encoding::numbers) return call.cast(numbers, how.result, how.step);
  if (call.rank(numbers) == 0) numbers = call.reshape(numbers, {1}, "sample");
  if (how.encoding == Encoding::one_hot) return one_hot(call, numbers, how);
  if (call.rank(numbers) > 2) return joined(call, numbers, how);
  std::vector<ValueId> inputs = {numbers};
  if (how.weights != kNoValue) inputs.push_back(how.weights);
  return call.add(counter(how), std::move(inputs), how.step);
}

}  // namespace

Encoding encoding_of(Call& call, std::string_view otherwise) {
  if (call.config().flag("sparse", false))
    call.refuse("its output is a sparse tensor", "save it with sparse=False: the numbers are the same");
  const std::string_view mode = call.config().text("output_mode", otherwise);
  if (mode == "int") return Encoding::numbers;
  if (mode == "one_hot") return Encoding::one_hot;
  if (mode == "multi_hot" || mode == "binary") return Encoding::multi_hot;
  if (mode == "count") return Encoding::count;
  if (mode == "tf_idf" || mode == "tf-idf") return Encoding::tf_idf;
  call.config().mistake("output_mode", "\"int\", \"one_hot\", \"multi_hot\", \"count\" or \"tf_idf\"");
  return Encoding::numbers;
}

DType category_type(const Call& call, std::string_view otherwise) {
  const Setting* const setting = call.config().find("dtype");
  std::string_view name = otherwise;
  if (setting && setting->is(Setting::Kind::text)) name = setting->text;
  if (setting && setting->is(Setting::Kind::map))
    name = call.config().child("dtype").child("config").text("name", otherwise);
  if (name == "int64") return DType::i64;
  return name == "int32" ? DType::i32 : DType::f32;
}

std::int64_t category_count(Call& call, std::string_view key) {
  const std::int64_t count = call.config().size(key);
  if (count <= kMostCategories) return count;
  call.config().mistake(key, text("a number of categories up to {}", kMostCategories));
  return 1;
}

// Floats are of the type of the policy's variables: float32 where it computes in 16 bits.
ValueId encode(Call& call, ValueId numbers, const Encoded& how) {
  const ValueId codes = encoded(call, numbers, how);
  if (how.result != DType::f32) return codes;
  call.compute_in(call.float_type());
  return call.cast(codes, call.float_type(), "codes");
}

}  // namespace vivace::keras
