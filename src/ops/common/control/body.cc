#include "ops/common/control/body.h"

#include <cstring>
#include <list>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

// Values beyond this are a mistake in the model or its inputs, whatever memory the machine claims.
constexpr std::int64_t kMostElements = std::int64_t{1} << 34;

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

Status check_input(std::string_view op, const Value& wants, const Fact& given, std::size_t number) {
  if (given.absent || given.kind != ValueKind::tensor || wants.kind != ValueKind::tensor)
    return inputs_error(op, text("input {} of a body is left out, or no tensor", number));
  if (given.dtype != wants.dtype || given.dtype == DType::string)
    return dtype_error(op, text("input {} of a body is {}, and it is given {}", number, name_of(wants.dtype),
                                name_of(given.dtype)));
  bool fits = given.dims.size() == wants.dims.size();
  for (std::size_t axis = 0; fits && axis < given.dims.size(); ++axis)
    fits = may_equal(given.dims[axis], wants.dims[axis]);
  if (!fits)
    return shape_error(op, text("input {} of a body is {}, and it is given {}", number, to_text(wants.dims),
                                to_text(given.dims)));
  return {};
}

// Facts of a body's values, one node after another.
class BodyFacts {
 public:
  explicit BodyFacts(const Graph& body) : body_(body), facts_(body.value_count()) {
    for (std::size_t id = 0; id < facts_.size(); ++id) facts_[id] = body.fact(static_cast<ValueId>(id));
  }

  Status take(std::string_view op, std::span<const Fact> inputs) {
    if (inputs.size() != body_.inputs().size())
      return inputs_error(
          op, text("a body has {} inputs, and it is given {}", body_.inputs().size(), inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId id = body_.inputs()[i];
      VIVACE_CHECK_OK(check_input(op, body_.value(id), inputs[i], i));
      facts_[index_of(id)].dims = inputs[i].dims;
    }
    return {};
  }

  Status follow(const Node& node) {
    auto made = node.op->infer(of(node.inputs));
    if (!made.ok()) return std::move(made).error().within(text("node \"{}\"", node.name));
    for (std::size_t k = 0; k < node.outputs.size(); ++k) facts_[index_of(node.outputs[k])] = (*made)[k];
    return {};
  }

  std::vector<Fact> of(std::span<const ValueId> ids) const {
    std::vector<Fact> facts;
    for (const ValueId id : ids) facts.push_back(id == kNoValue ? body_.fact(id) : facts_[index_of(id)]);
    return facts;
  }

 private:
  const Graph& body_;
  std::vector<Fact> facts_;
};

// One run of a body. Keeps every value until its end: bodies are small, and this is the reference.
class BodyRun {
 public:
  BodyRun(const Graph& body, std::int64_t& turns_left)
      : body_(body), turns_left_(turns_left), facts_(body), views_(body.value_count()) {}

  Result<std::vector<Tensor>> run(std::span<const TensorView> inputs) {
    for (std::size_t id = 0; id < views_.size(); ++id)
      if (const Constant* constant = body_.constant(static_cast<ValueId>(id)))
        views_[id] = constant->tensor();
    std::vector<Fact> given;
    for (const TensorView& input : inputs) given.push_back(Fact::tensor(input.dtype, known_dims(input.dims)));
    VIVACE_CHECK_OK(facts_.take("body", given));
    for (std::size_t i = 0; i < inputs.size(); ++i) views_[index_of(body_.inputs()[i])] = inputs[i];
    for (const Node& node : body_.nodes())
      if (Status status = run_node(node); !status.ok())
        return std::move(status).error().within(text("node \"{}\"", node.name));
    std::vector<Tensor> results;
    for (const ValueId output : body_.outputs()) {
      const TensorView& view = views_[index_of(output)];
      results.emplace_back(view.dtype, Shape(view.dims.begin(), view.dims.end()));
      copy_result(view, results.back().view());
    }
    return results;
  }

 private:
  Status run_node(const Node& node) {
    VIVACE_CHECK_OK(facts_.follow(node));
    std::vector<Tensor>& made = made_.emplace_back();
    for (const Fact& fact : facts_.of(node.outputs)) {
      const auto dims = numbers(fact.dims);
      if (!dims || count_of(*dims) > kMostElements)
        return shape_error(node.op->name(),
                           text("an output in a body has no usable size: {}", to_text(fact.dims)));
      made.emplace_back(fact.dtype, *dims);
    }
    std::vector<TensorView> inputs;
    for (const ValueId id : node.inputs)
      inputs.push_back(id == kNoValue ? TensorView{} : views_[index_of(id)]);
    std::vector<MutableTensorView> outputs;
    for (Tensor& tensor : made) outputs.push_back(tensor.view());
    for (std::size_t k = 0; k < outputs.size(); ++k) views_[index_of(node.outputs[k])] = outputs[k];
    if (bodies_of(*node.op).empty()) return node.op->evaluate(inputs, outputs);
    return dynamic_cast<const RunsBodies&>(*node.op).run(inputs, outputs, turns_left_);
  }

  const Graph& body_;
  std::int64_t& turns_left_;
  BodyFacts facts_;
  std::vector<TensorView> views_;
  std::list<std::vector<Tensor>> made_;  // views point into them
};

}  // namespace

Result<std::vector<Fact>> infer_body(std::string_view op, const Graph& body, std::span<const Fact> inputs) {
  BodyFacts facts(body);
  VIVACE_CHECK_OK(facts.take(op, inputs));
  for (const Node& node : body.nodes()) VIVACE_CHECK_OK(facts.follow(node));
  std::vector<Fact> outputs = facts.of(body.outputs());
  for (Fact& output : outputs) output.constant = nullptr;
  return outputs;
}

Cost cost_body(const Graph& body, std::span<const Fact> inputs) {
  BodyFacts facts(body);
  Cost all;
  if (!facts.take("body", inputs).ok()) return all;
  for (const Node& node : body.nodes()) {
    if (!facts.follow(node).ok()) return all;
    const Cost cost = node.op->cost(facts.of(node.inputs), facts.of(node.outputs));
    all.flops += cost.flops;
    all.bytes_read += cost.bytes_read;
    all.bytes_written += cost.bytes_written;
    all.weight_bytes += cost.weight_bytes;
  }
  return all;
}

Result<std::vector<Tensor>> run_body(const Graph& body, std::span<const TensorView> inputs,
                                     std::int64_t& turns_left) {
  return BodyRun(body, turns_left).run(inputs);
}

void copy_result(const TensorView& from, const MutableTensorView& to) {
  if (to.bytes() != 0) std::memcpy(to.data, from.data, to.bytes());
}

Error endless_loop() {
  return Error("op.endless-loop", text("a loop had not ended after {} turns", kMostTurns))
      .why("its condition still holds: it may never cease to")
      .fix("check the model, and the input that says how often the loop runs");
}

}  // namespace vivace
