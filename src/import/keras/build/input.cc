// The inputs of a model, their types and sizes as the file tells them; and the states that it keeps.
#include <algorithm>

#include "base/checked.h"
#include "base/text.h"
#include "import/keras/build/call.h"
#include "import/keras/common_entries.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

const Setting* shape_of(const Layer& layer) {
  for (const std::string_view key : {"batch_shape", "batch_input_shape"})
    if (const Setting* shape = layer.config.find(key)) return shape;
  return layer.build_shape.is(Kind::list) ? &layer.build_shape : nullptr;
}

std::string_view dtype_name(const Layer& layer) {
  const Setting* dtype = layer.config.find("dtype");
  if (!dtype) return name_of(layer.input_dtype);
  if (dtype->is(Kind::text)) return dtype->text;
  const Setting* inner = dtype->find("config");
  const Setting* name = inner ? inner->find("name") : nullptr;
  return name && name->is(Kind::text) ? std::string_view(name->text) : "float32";
}

DType dtype_of(const Layer& layer) {
  const std::string_view name = dtype_name(layer);
  if (const auto type = dtype_named(name)) return *type;
  if (name != "string") layer.config.mistake("dtype", "a type of numbers");
  return DType::f32;
}

}  // namespace

Flow Builder::add_input(const Layer& layer) {
  if (trouble_.any()) return {};
  const Setting* shape = shape_of(layer);
  if (!shape || !shape->is(Kind::list) || shape->items.empty()) {
    trouble_.add(Error("import.input-shape",
                       text("the file does not say of what shape the input \"{}\" is", layer.path))
                     .why("the model was saved before it was built")
                     .fix("call the model once, or give keras.Input(shape=...), and save it again"));
    return {};
  }
  Dims dims;
  for (std::size_t axis = 0; axis < shape->items.size(); ++axis) {
    const Setting& size = shape->items[axis];
    if (size.is(Kind::none))
      dims.push_back(graph_.symbol(axis == 0 ? std::string("batch") : text("{}_{}", layer.name, axis)));
    else if (is_axis_size(size))
      dims.emplace_back(size.integer);
    else
      layer.config.mistake(layer.config.has("batch_shape") ? "batch_shape" : "batch_input_shape",
                           "sizes of 0 or more, or null");
  }
  const DType dtype = dtype_of(layer);
  const ValueId port = graph_.add_input(layer.name, dtype, std::move(dims));
  return adjusted(layer, {port, kNoValue});
}

Flow Builder::adjusted(const Layer& input, Flow given) {
  if (trouble_.any() || given.value == kNoValue) return given;
  const DType own = dtype_of(input), held = is_float(own) ? carrier_of(own) : own;
  if (graph_.value(given.value).dtype != held) {
    const auto cast =
        add(make_op(with(Cast{}, &Cast::to, held)), {given.value}, input.path + "/cast", input.path);
    if (cast.empty()) return given;
    given.value = cast.front();
  }
  given.narrow = is_narrow(own) ? own : DType::f32;
  const Setting* shape = shape_of(input);
  if (shape && shape->is(Kind::list)) given.value = with_axes(input, given.value, shape->items.size());
  return given;
}

// A last axis of one is added or dropped where a model wants one axis more or less.
ValueId Builder::with_axes(const Layer& input, ValueId value, std::size_t want) {
  const Dims& dims = graph_.value(value).dims;
  if (dims.size() == want || want == 0) return value;
  const bool drops = dims.size() == want + 1 && dims.back().known() && dims.back().number() == 1;
  if (!drops && dims.size() + 1 != want) return value;
  Reshape op;
  for (std::size_t axis = 0; axis < std::min(want, dims.size()); ++axis)
    op.target.push_back(Reshape::keep(static_cast<std::int64_t>(axis)));
  if (!drops) op.target.push_back(1);
  const auto reshaped = add(make_op(std::move(op)), {value}, input.path + "/axes", input.path);
  return reshaped.empty() ? value : reshaped.front();
}

Builder::State* Builder::find_state(const Layer& layer, std::size_t index) {
  for (State& state : states_)
    if (state.layer == &layer && state.index == index) return &state;
  return nullptr;
}

ValueId Builder::state(const Layer& layer, std::size_t index, DType dtype,
                       const std::vector<std::int64_t>& dims) {
  if (trouble_.any()) return kNoValue;
  if (const State* known = find_state(layer, index)) return known->now;
  const auto count = checked_count(dims);
  if (!count || *count > kLargestState) {
    trouble_.add(Error("import.limit", text("layer \"{}\" keeps a state of {}, which is more than {} numbers",
                                            layer.path, vivace::to_text(dims), kLargestState)));
    return kNoValue;
  }
  const ValueId id = graph_.add_input(text("{}/state_{}", layer.path, index), dtype, known_dims(dims));
  states_.push_back({&layer, index, id, id});
  return id;
}

void Builder::set_state(const Layer& layer, std::size_t index, ValueId next) {
  if (State* const known = find_state(layer, index)) known->now = next;
}

}  // namespace vivace::keras
