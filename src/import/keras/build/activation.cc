// Activation functions by name.
#include "import/keras/build/activation.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "import/keras/common_entries.h"

namespace vivace::keras {
namespace {

struct Named {
  std::string_view name;
  Activation function;
};

constexpr Named kFunctions[] = {
    {"linear", {UnaryKind::identity}},
    {"relu", {UnaryKind::relu}},
    {"relu6", {UnaryKind::clamp, 0, 6}},
    {"leaky_relu", {UnaryKind::leaky_relu, 0.2}},
    {"elu", {UnaryKind::elu, 1}},
    {"selu", {UnaryKind::selu}},
    {"celu", {UnaryKind::celu, 1}},
    {"gelu", {UnaryKind::gelu}},
    {"sigmoid", {UnaryKind::sigmoid}},
    {"tanh", {UnaryKind::tanh}},
    {"exponential", {UnaryKind::exp}},
    {"softplus", {UnaryKind::softplus}},
    {"softsign", {UnaryKind::softsign}},
    {"silu", {UnaryKind::silu}},
    {"swish", {UnaryKind::silu}},
    {"mish", {UnaryKind::mish}},
    {"hard_silu", {UnaryKind::hard_silu}},
    {"hard_swish", {UnaryKind::hard_silu}},
    {"hard_sigmoid", {UnaryKind::hard_sigmoid, 1.0 / 6, 0.5}},
    {"hard_tanh", {UnaryKind::hard_tanh}},
    {"hard_shrink", {UnaryKind::hard_shrink, 0.5}},
    {"soft_shrink", {UnaryKind::soft_shrink, 0.5}},
    {"tanh_shrink", {UnaryKind::tanh_shrink}},
    {"squareplus", {UnaryKind::squareplus, 4}},
    {"sparse_plus", {UnaryKind::sparse_plus}},
    {"sparse_sigmoid", {UnaryKind::sparse_sigmoid}},
    {"log_sigmoid", {UnaryKind::log_sigmoid}},
};

const Named* find_function(std::string_view name) {
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const Named& entry) { return entry.name == name; });
  return found == std::end(kFunctions) ? nullptr : &*found;
}

// Keras writes a function as its name, or as {"class_name": "function", "config": NAME}.
std::string_view name_of_function(const Setting& setting) {
  if (setting.is(Setting::Kind::text)) return setting.text;
  const Setting* inner = setting.find("config");
  if (inner && inner->is(Setting::Kind::text)) return inner->text;
  const Setting* class_name = setting.find("class_name");
  return class_name && class_name->is(Setting::Kind::text) ? std::string_view(class_name->text) : "?";
}

void refuse_unknown(Call& call, std::string_view name) {
  std::vector<std::string_view> known;
  for (const Named& entry : kFunctions) known.push_back(entry.name);
  call.refuse(text("it ends in the function \"{}\"{}", name, did_you_mean(name, known)),
              "build the model with one of Keras's own activations");
}

Activated layer_activation(Call& call, const Setting& setting) {
  Activated result;
  const Setting* inner = setting.find("config");
  Config config(inner && inner->is(Setting::Kind::map) ? inner : nullptr, call.config().place(),
                &call.builder().trouble());
  check_common_entries(config);
  const std::string_view name = name_of_function(setting);
  const bool plain = config.number("threshold", 0) == 0;
  const double slope = config.number("negative_slope", 0);
  if (name == "ReLU" && plain && !config.has("max_value")) {
    result.function = {UnaryKind::leaky_relu, slope};
  } else if (name == "ReLU" && plain && slope == 0) {
    result.function = {UnaryKind::clamp, 0, config.number("max_value")};
  } else if (name == "LeakyReLU") {
    result.function = {UnaryKind::leaky_relu, leaky_slope(config)};
  } else if (name == "ELU") {
    result.function = {UnaryKind::elu, config.number("alpha", 1)};
  } else {
    result.kind = Activated::Kind::layer;
    result.class_name = name;
    result.config = config;
  }
  return result;
}

// What of x lies over a threshold, which follows from the largest elements that together pass it. Keras sums
// the running sums of those, not their last one; so is it done here.
ValueId sparsemax(Call& call, ValueId x, std::string_view step) {
  const std::int64_t size = call.size(x, -1), last = call.rank(x) - 1;
  const Reduce sum =
      with(Reduce{}, &Reduce::kind, Reduce::Kind::sum, &Reduce::axes, Sizes{last}, &Reduce::keep_dims, true);
  std::vector<double> places;
  for (std::int64_t place = 1; place <= size && !call.failed(); ++place)
    places.push_back(static_cast<double>(place));
  const ValueId sorted = call.add(with(TopK{}, &TopK::k, size), {x}, "sorted");
  const ValueId running = call.add(with(Cumulative{}, &Cumulative::axis, last), {sorted}, "running");
  const ValueId one = call.scalar(1);
  const ValueId excess = call.binary(Binary::Kind::subtract, running, one, "excess");
  const ValueId mean =
      call.binary(Binary::Kind::divide, excess, call.constant(places, {size}), "excess_mean");
  const ValueId over = call.binary(Binary::Kind::subtract, sorted, mean, "over");
  const ValueId chosen = call.binary(Binary::Kind::greater, over, call.scalar(0), "chosen");
  const ValueId count = call.add(sum, {call.cast(chosen, call.float_type(), "ones")}, "count");
  const ValueId total =
      call.add(sum, {call.add(Select{}, {chosen, running, call.scalar(0)}, "kept")}, "total");
  const ValueId above = call.binary(Binary::Kind::subtract, total, one, "above");
  const ValueId threshold = call.binary(Binary::Kind::divide, above, count, "threshold");
  return call.unary(UnaryKind::relu, call.binary(Binary::Kind::subtract, x, threshold, "shifted"), step);
}

ValueId through_named_layer(Call& call, const Activated& activation, ValueId x, std::string_view step) {
  const ValueId y = through_layer(call, activation.class_name, activation.config, x, step);
  if (y == kNoValue && !call.failed())
    call.refuse(text("it ends in a layer {}", activation.class_name),
                text("put {} behind it as a layer of its own", activation.class_name));
  return y;
}

}  // namespace

double leaky_slope(const Config& config) {
  return config.has("negative_slope") ? config.number("negative_slope") : config.number("alpha", 0.3);
}

bool is_activation(std::string_view name) {
  return find_function(name) || name == "softmax" || name == "log_softmax" || name == "glu" ||
         name == "sparsemax";
}

Activated activation_of(Call& call, const Setting* setting) {
  Activated result;
  if (!setting || call.failed()) return result;
  const std::string_view name = name_of_function(*setting);
  const Setting* inner = setting->find("config");
  if (inner && inner->is(Setting::Kind::map)) return layer_activation(call, *setting);
  if (name == "softmax") {
    result.kind = Activated::Kind::softmax;
  } else if (name == "log_softmax") {
    result.kind = Activated::Kind::log_softmax;
  } else if (name == "glu") {
    result.kind = Activated::Kind::glu;
  } else if (name == "sparsemax") {
    result.kind = Activated::Kind::sparsemax;
  } else if (const Named* found = find_function(name)) {
    result.function = found->function;
    if (name == "hard_sigmoid" && call.era() < 3) result.function.alpha = 0.2;
  } else {
    refuse_unknown(call, name);
  }
  return result;
}

Activation elementwise_activation(Call& call, std::string_view key, std::string_view otherwise) {
  const Setting name = Setting::of(std::string(otherwise));
  // A null activation means the identity; only a missing one means the default.
  const Setting* found = call.config().raw(key);
  const Activated result =
      activation_of(call, found ? (found->is(Setting::Kind::none) ? nullptr : found) : &name);
  if (result.kind != Activated::Kind::elementwise)
    call.refuse(text("its {} looks at a whole axis", key), "use a function of each element");
  return result.function;
}

ValueId apply(Call& call, const Activated& activation, ValueId x, std::string_view step) {
  if (call.failed()) return kNoValue;
  const std::int64_t last = call.rank(x) - 1;
  switch (activation.kind) {
    case Activated::Kind::elementwise:
      if (activation.function.none()) return x;
      return call.add(with(Unary{}, &Unary::function, activation.function), {x}, step);
    case Activated::Kind::softmax:
      return call.add(with(Softmax{}, &Softmax::axes, Sizes{last}), {x}, step);
    case Activated::Kind::log_softmax:
      return call.add(with(Softmax{}, &Softmax::axes, Sizes{last}, &Softmax::log, true), {x}, step);
    case Activated::Kind::sparsemax:
      return sparsemax(call, x, step);
    case Activated::Kind::layer:
      return through_named_layer(call, activation, x, step);
    case Activated::Kind::glu:
      break;
  }
  const auto halves = call.add_many(with(Split{}, &Split::axis, last, &Split::parts, 2), {x}, "glu_halves");
  if (halves.size() != 2) return kNoValue;
  return call.binary(Binary::Kind::multiply, halves[0], call.unary(UnaryKind::sigmoid, halves[1], "glu_gate"),
                     step);
}

}  // namespace vivace::keras
