// The weights of a layer, checked against what its config promises.
#include "base/text.h"
#include "import/keras/build/call.h"

namespace vivace::keras {

bool Call::has_weight(std::string_view name) {
  const Weight* weight = layer_.weight(name);
  return weight && !weight->path.empty();
}

ConstantPtr Call::stored(std::string_view name) {
  const Weight* weight = layer_.weight(name);
  if (failed() || !weight) {
    fail(Error("import.weight-missing", text("layer \"{}\" has no weight \"{}\"", layer_.path, name)));
    return nullptr;
  }
  if (weight->path.empty()) {
    const bool lost = name.ends_with("kernel_zero");
    fail(Error("import.weight-missing", text("the file holds no \"{}\" for layer \"{}\"", name, layer_.path))
             .at(builder_.weights().place(""))
             .why(lost ? "Keras 3.15 leaves the zero points of GPTQ and AWQ out of .keras files"
                       : text("{} needs it", origin()))
             .fix(lost ? "save it in the other format: model.save(\"model.h5\")"
                       : "save architecture and weights together: model.save(\"model.keras\")"));
    return nullptr;
  }
  auto numbers = read_weight(builder_.weights(), *weight, float_type());
  if (!numbers.ok()) {
    fail(std::move(numbers).error());
    return nullptr;
  }
  return *std::move(numbers);
}

ConstantPtr Call::stored(std::string_view name, const Sizes& dims, std::string_view key) {
  ConstantPtr found = stored(name);
  if (!found || found->dims() == dims) return found;
  fail(weight_error(*layer_.weight(name), dims, found->dims(), key));
  return nullptr;
}

// Keras never writes anything else, but for what is quantised, which has readers of its own.
ConstantPtr Call::floats(std::string_view name) {
  ConstantPtr found = stored(name);
  if (!found || is_float(found->dtype())) return found;
  fail(Error("import.weight-type", text("layer \"{}\" needs a {} of floats, the file holds {}", layer_.path,
                                        name, name_of(found->dtype())))
           .at(builder_.weights().place(layer_.weight(name)->path))
           .fix("save architecture and weights together: model.save(\"model.keras\")"));
  return nullptr;
}

ConstantPtr Call::floats(std::string_view name, const Sizes& dims, std::string_view key) {
  ConstantPtr found = floats(name);
  if (!found || found->dims() == dims) return found;
  fail(weight_error(*layer_.weight(name), dims, found->dims(), key));
  return nullptr;
}

ValueId Call::weight(std::string_view name) {
  Weight* weight = layer_.weight(name);
  if (!failed() && weight && weight->value != kNoValue) return weight->value;
  ConstantPtr numbers = floats(name);
  if (!numbers) return kNoValue;
  weight->value = builder_.graph().add_constant(std::move(numbers), layer_.path + "/" + weight->name);
  return weight->value;
}

ValueId Call::weight(std::string_view name, const Sizes& dims, std::string_view key) {
  const ValueId value = weight(name);
  if (failed()) return kNoValue;
  const Constant* found = builder_.graph().constant(value);
  if (found->dims() == dims) return value;
  fail(weight_error(*layer_.weight(name), dims, found->dims(), key));
  return kNoValue;
}

ValueId Call::reshaped(ValueId weight, Sizes dims) {
  if (failed()) return kNoValue;
  const Value& value = builder_.graph().value(weight);
  return builder_.graph().add_constant(Constant::reshaped(value.constant, std::move(dims)),
                                       std::string(value.name));
}

ValueId Call::bias(std::int64_t size, std::string_view key) {
  return config().flag("use_bias", true) ? weight("bias", {size}, key) : kNoValue;
}

Error Call::weight_error(const Weight& weight, const Sizes& want, const Sizes& have,
                         std::string_view key) const {
  std::string why = "its config says so";
  if (const Setting* setting = config().find(key))
    why = text("its config says {}={}", key, to_text(*setting));
  if (want.size() > 1 && !inputs_.empty() && rank(inputs_.front().value) > 0) {
    const ValueId from = inputs_.front().value;
    const Dim channels = dim(from, channels_first() ? 1 : -1);
    if (channels.known())
      why += text(", and its input \"{}\" has {} channels", builder_.maker(from), channels.number());
  }
  return Error("import.weight-shape",
               text("layer \"{}\" needs a {} of shape {}, the file holds {}", layer_.path, weight.name,
                    vivace::to_text(want), vivace::to_text(have)))
      .at(builder_.weights().place(weight.path))
      .why(std::move(why))
      .fix("save architecture and weights together: model.save(\"model.keras\")");
}

}  // namespace vivace::keras
