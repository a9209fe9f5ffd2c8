// What is known of values while the graph is built: small constants are computed at once, and integers that
// follow from unknown sizes are followed as such.
#include <algorithm>

#include "base/text.h"
#include "import/tflite/build/builder.h"
#include "ops/all.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

constexpr std::int64_t kFolded =
    1 << 16;  // elements of all inputs, and of an output, of what is computed at once
constexpr std::int64_t kFollowed = 64;  // elements of a tensor of sizes

// Operators that only move elements.
bool moves(const Op& op) {
  constexpr std::string_view kMovers[] = {"slice",     "concat", "reshape", "transpose", "split",
                                          "broadcast", "tile",   "reverse", "gather"};
  return std::find(std::begin(kMovers), std::end(kMovers), op.name()) != std::end(kMovers);
}

std::optional<Dim> combined(Binary::Kind kind, const Dim& a, const Dim& b) {
  switch (kind) {
    case Binary::Kind::add:
      return a + b;
    case Binary::Kind::subtract:
      return a - b;
    case Binary::Kind::multiply:
      return a * b;
    case Binary::Kind::floor_divide:
    case Binary::Kind::truncate_divide:
      return b.known() && b.number() > 0 ? std::optional(floor_div(a, b.number())) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// An operator of known inputs by its reference.
std::optional<std::vector<vivace::Tensor>> evaluated(const Op& op, std::span<const TensorView> inputs) {
  std::vector<Fact> facts;
  for (const TensorView& input : inputs) {
    facts.push_back(Fact::tensor(input.dtype, known_dims(input.dims)));
    facts.back().constant = &input;
  }
  const auto inferred = op.infer(facts);
  if (!inferred.ok()) return std::nullopt;
  std::vector<vivace::Tensor> outputs;
  std::vector<MutableTensorView> views;
  for (const Fact& fact : *inferred) {
    const auto dims = numbers(fact.dims);
    if (!dims || count_of(*dims) > kFolded) return std::nullopt;
    outputs.emplace_back(fact.dtype, *dims);
  }
  for (vivace::Tensor& output : outputs) views.push_back(output.view());
  if (!op.evaluate(inputs, views).ok()) return std::nullopt;
  return outputs;
}

}  // namespace

std::optional<std::vector<ValueId>> Builder::folded(const Op& op, std::span<const ValueId> inputs,
                                                    const std::string& name) {
  std::vector<TensorView> views;
  std::int64_t elements = 0;
  for (const ValueId input : inputs) {
    const Constant* constant = graph_.constant(input);
    if (!constant || constant->is_later()) return std::nullopt;
    elements += count_of(constant->dims());
    if (elements > kFolded) return std::nullopt;
    views.push_back(constant->tensor());
  }
  if (inputs.empty() || !bodies_of(op).empty()) return std::nullopt;
  auto outputs = evaluated(op, views);
  if (!outputs) return std::nullopt;
  std::vector<ValueId> values;
  for (vivace::Tensor& output : *outputs) values.push_back(graph_.add_constant(std::move(output), name));
  return values;
}

std::optional<Dims> Builder::content(ValueId value) const {
  if (value == kNoValue) return std::nullopt;
  if (const auto found = contents_.find(value); found != contents_.end()) return found->second;
  const Constant* constant = graph_.constant(value);
  if (!constant || is_float(constant->dtype()) || count_of(constant->dims()) > kFollowed) return std::nullopt;
  Dims sizes;
  for (std::int64_t i = 0; i < count_of(constant->dims()); ++i)
    sizes.push_back(load_integer(constant->tensor(), i));
  return sizes;
}

void Builder::set_content(ValueId value, Dims content) {
  if (value != kNoValue) contents_[value] = std::move(content);
}

void Builder::name_number(ValueId value) {
  const Value& named = graph_.value(value);
  if (is_float(named.dtype) || named.dtype == DType::boolean || named.constant) return;
  const auto dims = numbers(named.dims);
  if (!dims || count_of(*dims) != 1) return;
  const auto known = content(value);
  const Dim number = known ? (*known)[0] : graph_.symbol(unique(text("number {}", named.name)));
  if (number.symbol_id() <= 0 || number.scale() != 1 || number.offset() != 0) return;
  numbers_.try_emplace(number.symbol_id(), value);
  set_content(value, {number});
}

ValueId Builder::named_number(const Dim& content) {
  const auto found = numbers_.find(content.symbol_id());
  if (failed() || content.known() || content.scale() != 1 || found == numbers_.end()) return kNoValue;
  const DType dtype = graph_.value(found->second).dtype;
  const auto flat = add(make_op(Reshape{}), {found->second}, "number", "number");  // without axes
  if (flat.empty() || content.offset() == 0) return flat.empty() ? kNoValue : flat[0];
  vivace::Tensor offset(dtype, {});
  store_integer(offset.view(), 0, content.offset());
  Binary sum;
  sum.kind = Binary::Kind::add;
  const auto made = add(make_op(sum), {flat[0], graph_.add_constant(std::move(offset))}, "number", "number");
  return made.empty() ? kNoValue : made[0];
}

void Builder::follow_content(const Op& op, std::span<const ValueId> inputs,
                             std::span<const ValueId> outputs) {
  std::vector<Dims> known;
  for (const ValueId input : inputs) {
    auto sizes = content(input);
    if (!sizes) return;
    known.push_back(*std::move(sizes));
  }
  if (inputs.empty()) return;
  if (op.name() == "cast" && !is_float(graph_.value(outputs[0]).dtype))
    return set_content(outputs[0], known[0]);
  if (const auto* binary = dynamic_cast<const Binary*>(&op); binary && known.size() == 2) {
    Dims result;
    const std::size_t count = std::max(known[0].size(), known[1].size());
    for (std::size_t i = 0; i < count; ++i) {
      if ((known[0].size() != count && known[0].size() != 1) ||
          (known[1].size() != count && known[1].size() != 1))
        return;
      const auto one = combined(binary->kind, known[0][i % known[0].size()], known[1][i % known[1].size()]);
      if (!one || !binary->activation.none()) return;
      result.push_back(*one);
    }
    return set_content(outputs[0], std::move(result));
  }
  if (const auto* reduce = dynamic_cast<const Reduce*>(&op)) {
    if (reduce->kind != Reduce::Kind::product || graph_.value(inputs[0]).dims.size() != 1) return;
    Dim product(1);
    for (const Dim& size : known[0]) product = product * size;
    return set_content(outputs[0], {product});
  }
  if (!moves(op)) return;
  // The same operator moves the numbers of the elements; they say which element went where.
  std::vector<vivace::Tensor> numbered;
  std::vector<TensorView> views;
  Dims all;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto dims = numbers(graph_.value(inputs[i]).dims);
    if (!dims) return;
    if (op.name() == "gather" && i == 1) {  // of a gather only the table moves
      const Constant* places = graph_.constant(inputs[i]);
      if (!places) return;
      views.push_back(places->tensor());
      continue;
    }
    numbered.emplace_back(DType::i64, *dims);
    for (std::size_t k = 0; k < known[i].size(); ++k)
      numbered.back().as<std::int64_t>()[k] = static_cast<std::int64_t>(all.size() + k);
    all.insert(all.end(), known[i].begin(), known[i].end());
    numbered.reserve(inputs.size());
    views.push_back({numbered.back().data(), DType::i64, {}});
  }
  std::size_t next = 0;
  for (TensorView& view : views)
    if (view.dtype == DType::i64 && next < numbered.size() && view.data == numbered[next].data())
      view = numbered[next++].view();
  const auto moved = evaluated(op, views);
  if (!moved || moved->size() != outputs.size()) return;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Dims sizes;
    for (std::int64_t k = 0; k < (*moved)[i].count(); ++k)
      sizes.push_back(all[static_cast<std::size_t>((*moved)[i].as<std::int64_t>()[k])]);
    set_content(outputs[i], std::move(sizes));
  }
}

}  // namespace vivace::tflite
