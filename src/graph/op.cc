// Visitors that only read: printing and comparing operators.
#include "graph/op.h"

#include <algorithm>

#include "base/text.h"
#include "graph/graph.h"

namespace vivace {
namespace {

// " strides=[2,2] padding=same"; doubles in the shortest form that reads back the same.
class Printer : public AttributeVisitor {
 public:
  void operator()(std::string_view name, bool& value) override { put(name, value ? "true" : "false"); }
  void operator()(std::string_view name, std::int64_t& value) override { put(name, text("{}", value)); }
  void operator()(std::string_view name, double& value) override { put(name, text("{}", value)); }
  void operator()(std::string_view name, std::string& value) override { put(name, text("\"{}\"", value)); }
  void operator()(std::string_view name, DType& value) override { put(name, std::string(name_of(value))); }
  void operator()(std::string_view name, std::vector<std::int64_t>& value) override {
    put(name, list(value));
  }
  void operator()(std::string_view name, std::vector<double>& value) override { put(name, list(value)); }
  void operator()(std::string_view name, GraphPtr& value) override {
    put(name, value ? text("{{{} nodes}}", value->node_count()) : "{}");
  }
  void choice(std::string_view name, std::uint32_t& index, std::span<const std::string_view> names) override {
    put(name, std::string(names[index]));
  }
  std::string line;

 private:
  void put(std::string_view name, const std::string& value) { line += text(" {}={}", name, value); }
  template <class T>
  static std::string list(const std::vector<T>& numbers) {
    std::string all = "[";
    for (const T& number : numbers) all += (all.size() == 1 ? "" : ",") + text("{}", number);
    return all + "]";
  }
};

}  // namespace

void visit(const Op& op, AttributeVisitor& visitor) { const_cast<Op&>(op).visit(visitor); }

std::string to_text(const Op& op) {
  Printer printer;
  visit(op, printer);
  return std::string(op.name()) + printer.line;
}

bool same(const Op& a, const Op& b) {
  return a.name() == b.name() && to_text(a) == to_text(b) && std::ranges::equal(bodies_of(a), bodies_of(b));
}

std::span<const GraphPtr> bodies_of(const Op& op) { return const_cast<Op&>(op).bodies(); }

std::shared_ptr<Op> with_bodies(const Op& op, std::span<const GraphPtr> bodies) {
  std::shared_ptr<Op> changed = op.clone();
  std::ranges::copy(bodies, changed->bodies().begin());
  return changed;
}

}  // namespace vivace
