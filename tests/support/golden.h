// Golden cases of operators: the text that tools/golden/operator_cases.py writes, for tests of ops and above.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "graph/op.h"
#include "ops/common/reference.h"
#include "ops/common/registry.h"

namespace vivace::golden {

/// One "case" of a file: an operator with its attributes set, its inputs, and what the framework answered.
struct Case {
  std::string name;
  std::shared_ptr<Op> op;
  std::vector<Tensor> inputs;
  std::vector<bool> given;  // false for an input that the case leaves out
  std::vector<Tensor> outputs;
  double tolerance = 1e-5;  // as part of an output's range
};

/// Sets attributes from words; every word must find its attribute.
class Setter : public AttributeVisitor {
 public:
  explicit Setter(std::map<std::string, std::string> words) : words_(std::move(words)) {}

  void operator()(std::string_view name, bool& value) override {
    if (const auto word = take(name)) value = *word == "true";
  }
  void operator()(std::string_view name, std::int64_t& value) override {
    if (const auto word = take(name)) value = std::stoll(*word);
  }
  void operator()(std::string_view name, double& value) override {
    if (const auto word = take(name)) value = std::stod(*word);
  }
  void operator()(std::string_view name, std::string& value) override {
    if (const auto word = take(name)) value = *word;
  }
  void operator()(std::string_view name, DType& value) override {
    if (const auto word = take(name)) value = dtype_named(*word);
  }
  void operator()(std::string_view name, std::vector<std::int64_t>& value) override { list(name, value); }
  void operator()(std::string_view name, std::vector<double>& value) override { list(name, value); }
  void operator()(std::string_view, GraphPtr&) override {}
  void choice(std::string_view name, std::uint32_t& index, std::span<const std::string_view> names) override {
    const auto word = take(name);
    if (!word) return;
    const auto found = std::find(names.begin(), names.end(), *word);
    if (found == names.end()) throw std::runtime_error("no enumerator " + *word);
    index = static_cast<std::uint32_t>(found - names.begin());
  }

  /// The first attribute that nobody asked for, or "".
  std::string left_over() const { return words_.empty() ? "" : words_.begin()->first; }

  static DType dtype_named(const std::string& name) {
    for (int i = 0; i < kDTypes; ++i)
      if (name_of(static_cast<DType>(i)) == name) return static_cast<DType>(i);
    throw std::runtime_error("no type " + name);
  }

 private:
  std::optional<std::string> take(std::string_view name) {
    const auto found = words_.find(std::string(name));
    if (found == words_.end()) return std::nullopt;
    std::string word = found->second;
    words_.erase(found);
    return word;
  }
  template <class T>
  void list(std::string_view name, std::vector<T>& values) {
    const auto word = take(name);
    if (!word) return;
    values.clear();
    std::istringstream line(*word);
    for (T value; line >> value;) values.push_back(value);
  }

  std::map<std::string, std::string> words_;
};

/// "float32 [2,3] 1 2 3 4 5 6"
inline Tensor read_tensor(std::istringstream& line) {
  std::string dtype, dims, word;
  line >> dtype >> dims;
  Shape shape;
  std::istringstream sizes(dims.substr(1));
  for (std::int64_t size; sizes >> size; sizes.get()) shape.push_back(size);
  Tensor tensor(Setter::dtype_named(dtype), std::move(shape));
  const MutableTensorView view = tensor.view();
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    if (!(line >> word)) throw std::runtime_error("a tensor holds too few numbers");
    if (is_float(tensor.dtype()))
      store(view, i, std::strtod(word.c_str(), nullptr));
    else
      store_integer(view, i, std::strtoll(word.c_str(), nullptr, 10));
  }
  return tensor;
}

/// All cases of a file. Throws std::runtime_error, naming the case, where one cannot be read.
inline std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Case> cases;
  std::map<std::string, std::string> attributes;
  const auto finish = [&] {
    if (cases.empty()) return;
    Setter setter(std::exchange(attributes, {}));
    cases.back().op->visit(setter);
    if (!setter.left_over().empty())
      throw std::runtime_error(cases.back().name + ": no attribute " + setter.left_over());
  };
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string verb, word;
    line >> verb;
    const auto rest = [&] {
      return text.size() > verb.size() ? text.substr(verb.size() + 1) : std::string();
    };
    if (verb == "case") {
      finish();
      cases.emplace_back().name = rest();
    } else if (verb == "op") {
      cases.back().op = make_op_by_name(rest());
      if (!cases.back().op) throw std::runtime_error(cases.back().name + ": no operator " + rest());
    } else if (verb == "set") {
      line >> word >> std::ws;
      std::getline(line, attributes[word]);
    } else if (verb == "tolerance") {
      line >> cases.back().tolerance;
    } else if (verb == "in") {
      cases.back().given.push_back(rest() != "absent");
      cases.back().inputs.push_back(cases.back().given.back() ? read_tensor(line) : Tensor());
    } else if (verb == "out") {
      cases.back().outputs.push_back(read_tensor(line));
    }
  }
  finish();
  return cases;
}

/// The facts of a case's inputs. Inputs' numbers are known only where `constants` holds views of them.
inline std::vector<Fact> facts_of(const Case& c, std::span<const TensorView> constants = {}) {
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    Fact fact = Fact::tensor(c.inputs[i].dtype(), known_dims(c.inputs[i].dims()));
    fact.absent = !c.given[i];
    if (!constants.empty() && !fact.absent) fact.constant = &constants[i];
    facts.push_back(std::move(fact));
  }
  return facts;
}

/// The inputs as views; an absent one has no data.
inline std::vector<TensorView> views_of(const Case& c) {
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < c.inputs.size(); ++i)
    views.push_back(c.given[i] ? c.inputs[i].view() : TensorView());
  return views;
}

/// The greatest difference of two tensors of one shape, as part of the range of `want`; 0 where both are the
/// same NaN or infinity, infinity where they differ in that.
inline double distance(const TensorView& got, const TensorView& want) {
  double range = 0, greatest = 0;
  for (std::int64_t i = 0; i < want.count(); ++i)
    if (std::isfinite(load(want, i))) range = std::max(range, std::fabs(load(want, i)));
  for (std::int64_t i = 0; i < want.count(); ++i) {
    const double a = load(got, i), b = load(want, i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double difference = std::fabs(a - b);
    greatest =
        std::max(greatest, std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity());
  }
  return range > 0 ? greatest / range : greatest;
}

}  // namespace vivace::golden
