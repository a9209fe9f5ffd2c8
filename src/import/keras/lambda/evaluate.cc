// A Lambda layer as what a person says it computes: its expression, by the rules of Keras's own operations.
#include "base/text.h"
#include "import/keras/build/activation.h"
#include "import/keras/lambda/arithmetic.h"
#include "import/keras/lambda/expression.h"
#include "import/keras/lambda/names.h"
#include "import/keras/read/reader.h"

namespace vivace::keras {
namespace {

using Kind = Expression::Kind;

struct Operator {
  std::string_view word, operation;
};

constexpr Operator kOperators[] = {
    {"+", "Add"},          {"-", "Subtract"},  {"*", "Multiply"},   {"/", "TrueDivide"},
    {"//", "FloorDivide"}, {"%", "Mod"},       {"**", "Power"},     {"@", "Matmul"},
    {"==", "Equal"},       {"!=", "NotEqual"}, {"<", "Less"},       {">", "Greater"},
    {"<=", "LessEqual"},   {"|", "LogicalOr"}, {"&", "LogicalAnd"}, {">=", "GreaterEqual"}};

std::string_view operation_of(std::string_view word) {
  for (const Operator& entry : kOperators)
    if (entry.word == word) return entry.operation;
  return {};
}

class Evaluation {
 public:
  Evaluation(Call& call, const LambdaFunction& function) : call_(call), function_(function) {}

  Setting run() {
    bind_inputs();
    return value(function_.body, true);
  }

 private:
  // x is what the layer is called with: a tensor, or a list of them; x0, x1, ... are the tensors.
  void bind_inputs() {
    const auto& given = call_.invocation().positional;
    const auto& names = function_.parameters;
    for (std::size_t i = 0; i < names.size() && i < given.size(); ++i) define(names[i], given[i]);
    if (names.size() > given.size())
      return wrong(text("it has {} parameters and the layer is called with {}", names.size(), given.size()));
    for (std::size_t i = 0; i < call_.inputs().size() && !names.empty(); ++i)
      define(text("{}{}", names[0], i), Setting::of(Flow{call_.inputs()[i].value, kNoValue}));
    for (std::size_t i = 0; i < function_.constants.size() && !call_.failed(); ++i)
      define(function_.constants[i], value(function_.values[i], false));
  }

  void define(std::string name, Setting what) {
    names_.push_back(std::move(name));
    values_.push_back(std::move(what));
  }

  void wrong(std::string what) {
    call_.fail(
        Error("import.lambda-map", text("the function given for the Lambda \"{}\" cannot be computed: {}",
                                        call_.layer().path, what))
            .fix("docs/cli.md says what --map-lambda understands"));
  }

  Setting value(const Expression& e, bool last) {
    if (call_.failed()) return {};
    switch (e.kind) {
      case Kind::literal:
        return e.value;
      case Kind::name:
        return named(e.word);
      case Kind::list:
      case Kind::slice:
        return parts(e);
      case Kind::unary:
        return negated(value(e.parts[0], false), last);
      case Kind::binary:
        return combined(e, last);
      case Kind::subscript:
        return picked(e, last);
      case Kind::call:
        break;
    }
    return called(e, last);
  }

  // The layer's own "arguments" are parameters, too.
  Setting named(const std::string& word) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == word) return values_[i];
    const Setting* arguments = call_.config().find("arguments");
    if (const Setting* found = arguments ? arguments->find(word) : nullptr) return *found;
    wrong(text("there is no \"{}\"; the input is called {}", word,
               function_.parameters.empty() ? "x" : function_.parameters[0]));
    return {};
  }

  Setting parts(const Expression& e) {
    Setting result(e.kind == Kind::slice ? Setting::Kind::slice : Setting::Kind::list);
    for (const Expression& part : e.parts) result.items.push_back(value(part, false));
    for (const Setting& item : result.items)
      if (e.kind == Kind::slice && !item.is(Setting::Kind::none) && !item.is(Setting::Kind::integer))
        wrong("a slice holds whole numbers");
    return result;
  }

  Setting negated(Setting x, bool last) {
    if (x.is_number()) return folded("*", x, minus_one());
    return apply(*find_operation_rule("Negative"), "negative", last, {std::move(x)});
  }

  static Setting minus_one() {
    Setting one(Setting::Kind::integer);
    one.integer = -1;
    one.number = -1;
    return one;
  }

  Setting folded(std::string_view word, const Setting& a, const Setting& b) {
    auto result = arithmetic_of(word, a, b);
    if (result.ok()) return *std::move(result);
    wrong(result.error().what());
    return {};
  }

  Setting combined(const Expression& e, bool last) {
    Setting a = value(e.parts[0], false), b = value(e.parts[1], false);
    if (call_.failed()) return {};
    if (a.is_number() && b.is_number()) return folded(e.word, a, b);
    for (const Setting* side : {&a, &b}) {
      const bool tensor = side->is(Setting::Kind::tensor);
      if (!tensor && !side->is_number() && !side->is(Setting::Kind::list)) {
        wrong(text("\"{}\" with {}", e.word, to_text(*side)));
        return {};
      }
      const bool logic = e.word == "&" || e.word == "|";
      if (logic && (!tensor || call_.dtype(side->flow.value) != DType::boolean)) {
        wrong(text("\"{}\" of what is neither true nor false", e.word));
        return {};
      }
    }
    const std::string_view operation = operation_of(e.word);
    return apply(*find_operation_rule(operation), operation, last, {std::move(a), std::move(b)});
  }

  // Of several tensors one; of a tensor a part.
  Setting picked(const Expression& e, bool last) {
    Setting from = value(e.parts[0], false), key = value(e.parts[1], false);
    if (call_.failed()) return {};
    if (!from.is(Setting::Kind::list))
      return apply(*find_operation_rule("GetItem"), "part", last, {std::move(from), std::move(key)});
    const auto count = static_cast<std::int64_t>(from.items.size());
    const bool one = key.items.size() == 1 && key.items[0].is(Setting::Kind::integer);
    const std::int64_t place = one ? key.items[0].integer + (key.items[0].integer < 0 ? count : 0) : -1;
    if (place >= 0 && place < count) return from.items[static_cast<std::size_t>(place)];
    wrong(text("of a list of {} it wants {}", count, to_text(key)));
    return {};
  }

  Setting called(const Expression& e, bool last) {
    const NamedFunction function = find_named_function(e.word);
    if (!function.rule && function.activation.empty()) {
      wrong(text("the function {} is not known{}", e.word, nearest_function(e.word)));
      return {};
    }
    std::vector<Setting> positional;
    Setting keywords(Setting::Kind::map);
    for (std::size_t i = 0; i < e.parts.size(); ++i) {
      Setting argument = value(e.parts[i], false);
      if (e.keywords[i].empty()) {
        positional.push_back(std::move(argument));
      } else {
        keywords.keys.push_back(e.keywords[i]);
        keywords.items.push_back(std::move(argument));
      }
    }
    const std::string step = e.word.substr(e.word.rfind('.') + 1);
    if (function.rule)
      return apply(*function.rule, step, last, std::move(positional), std::move(keywords), function.era);
    return activated(function, step, last, positional);
  }

  Setting activated(const NamedFunction& function, std::string_view step, bool last,
                    const std::vector<Setting>& arguments) {
    if (arguments.size() != 1 || !arguments[0].is(Setting::Kind::tensor)) {
      wrong(text("{}() takes one tensor", function.activation));
      return {};
    }
    Layer layer = step_layer(step, last, function.era);
    Call inner(call_.builder(), layer, {});
    const Setting name = Setting::of(std::string(function.activation));
    const ValueId x = inner.cast(arguments[0].flow.value, DType::f32);
    return Setting::of(Flow{keras::apply(inner, activation_of(inner, &name), x, {}), kNoValue});
  }

  // One operation, as if it were a layer; what comes last bears the Lambda's own name.
  Setting apply(const Rule& rule, std::string_view step, bool last, std::vector<Setting> positional,
                Setting keywords = Setting(Setting::Kind::map), int era = 3) {
    if (call_.failed()) return {};
    Layer layer = step_layer(step, last, era);
    layer.rule = &rule;
    if (const std::string_view reason = rule.refusal ? rule.refusal(layer.config) : ""; !reason.empty()) {
      wrong(text("{}(): {}", snake_case(step), reason));
      return {};
    }
    Call inner(call_.builder(), layer, {std::move(positional), std::move(keywords)});
    rule.build(inner);
    Setting all(Setting::Kind::list);
    for (const Flow& flow : inner.outputs()) {
      if (flow.imaginary != kNoValue) wrong(text("{}() makes complex numbers", snake_case(step)));
      all.items.push_back(Setting::of(Flow{flow.value, kNoValue}));
    }
    if (all.items.size() == 1) return Setting(all.items.front());
    return all;
  }

  Layer step_layer(std::string_view step, bool last, int era) {
    Layer layer;
    layer.class_name = call_.layer().class_name;
    layer.name = call_.layer().name;
    layer.path = last ? call_.layer().path : call_.layer().path + "/" + snake_case(step);
    layer.config = Config(nullptr, call_.config().place(), &call_.builder().trouble());
    layer.era = era;
    return layer;
  }

  Call& call_;
  const LambdaFunction& function_;
  std::vector<std::string> names_;
  std::vector<Setting> values_;
};

void lambda(Call& call) {
  const auto function = call.layer().function;
  if (!function) return call.refuse("it holds Python code", "say what it computes: --map-lambda");
  Setting result = Evaluation(call, *function).run();
  if (call.failed()) return;
  const auto tensors = tensors_of(result);
  if (tensors.empty())
    return call.fail(
        Error("import.lambda-map", text("the function given for the Lambda \"{}\" gives {}, not a tensor",
                                        call.layer().path, to_text(result)))
            .fix("docs/cli.md says what --map-lambda understands"));
  for (const Setting* tensor : tensors) call.output(tensor->flow.value, kNoValue);
}

constexpr Rule kRules[] = {{"Lambda", lambda}};

}  // namespace

std::span<const Rule> lambda_rules() { return kRules; }

}  // namespace vivace::keras
