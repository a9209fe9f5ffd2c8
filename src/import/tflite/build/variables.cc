// Variables: states of the graph.
#include "base/text.h"
#include "import/tflite/build/builder.h"
#include "ops/all.h"
#include "ops/common/reference.h"

namespace vivace::tflite {
namespace {

bool is_zero(const Constant& constant) {
  for (std::int64_t i = 0; i < count_of(constant.dims()); ++i)
    if (load(constant.tensor(), i) != 0) return false;
  return true;
}

}  // namespace

std::size_t Builder::variable(const std::string& key) {
  auto& numbers = root().variable_numbers_;
  return numbers.try_emplace(key, numbers.size()).first->second;
}

// False on the first call, and after a reset: a state is zeros then.
ValueId Builder::started() {
  if (started_ == kNoValue) started_ = graph_.add_input(unique("started"), DType::boolean, {});
  return started_;
}

ValueId Builder::fresh_variable(std::size_t number, DType dtype, const Shape& dims) {
  if (outer_) return captured_variable(number, dtype, dims);
  Variable& variable = at(number);
  if (count_of(dims) > kLargestState) {
    fail(Error("import.limit", text("a variable of {} elements", count_of(dims))).at(model_->name));
    return kNoValue;
  }
  const std::string name = text("variable_{}", number);
  variable.at_start = graph_.add_input(unique(name), dtype, known_dims(dims));
  if (!variable.initial || is_zero(*variable.initial)) return variable.at_start;
  if (variable.initial->dtype() != dtype || variable.initial->dims() != dims) {
    fail(Error("import.config", text("variable {} is {}{}, and set to {}{} at first", number, name_of(dtype),
                                     vivace::to_text(dims), name_of(variable.initial->dtype()),
                                     vivace::to_text(variable.initial->dims())))
             .at(model_->name));
    return kNoValue;
  }
  const ValueId initial = graph_.add_constant(variable.initial, name + "/initial");
  const auto chosen = add(make_op(Select{}), {started(), variable.at_start, initial}, name + "/now", "state");
  return chosen.empty() ? kNoValue : chosen.front();
}

ValueId Builder::captured_variable(std::size_t number, DType dtype, const Shape& dims) {
  const ValueId outside = outer_->read_variable(number, dtype, dims);
  if (outer_->failed()) {
    fail(outer_->status().error());
    return kNoValue;
  }
  const Value& value = outer_->graph_.value(outside);
  captured_.push_back({number, outside});
  return at(number).at_start = graph_.add_input(unique(text("variable_{}", number)), value.dtype, value.dims);
}

ValueId Builder::read_variable(std::size_t number, DType dtype, const Shape& dims) {
  if (failed()) return kNoValue;
  if (at(number).now == kNoValue) {
    const ValueId fresh = fresh_variable(number, dtype, dims);
    at(number).now = fresh;
  }
  return at(number).now;
}

void Builder::assign_variable(std::size_t number, ValueId value) {
  if (failed() || value == kNoValue) return;
  const Value& given = graph_.value(value);
  const auto dims = numbers(given.dims);
  if (!dims)
    return fail(
        Error("import.unknown-size", text("variable {} is given {}", number, vivace::to_text(given.dims)))
            .at(model_->name)
            .why("what lives on from call to call must have one size"));
  if (at(number).at_start == kNoValue) (void)fresh_variable(number, given.dtype, *dims);
  if (failed()) return;
  Variable& variable = at(number);
  const Value& kept = graph_.value(variable.at_start);
  if (kept.dtype != given.dtype || !(kept.dims == known_dims(*dims)))
    return fail(Error("import.config",
                      text("variable {} is {}{}, and is given {}{}", number, name_of(kept.dtype),
                           vivace::to_text(kept.dims), name_of(given.dtype), vivace::to_text(given.dims)))
                    .at(model_->name));
  variable.now = value;
}

}  // namespace vivace::tflite
