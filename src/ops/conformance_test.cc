// Every golden case of every operator: what the frameworks answered, against shape rule and reference.
#include <doctest/doctest.h>

#include <filesystem>

#include "support/golden.h"

using namespace vivace;

namespace {

std::vector<std::string> files() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(VIVACE_TEST_DATA "/ops"))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

void check_case(const golden::Case& c) {
  CAPTURE(c.name);
  const std::vector<TensorView> inputs = golden::views_of(c);
  const auto facts = c.op->infer(golden::facts_of(c, inputs));
  REQUIRE_MESSAGE(facts.ok(), (facts.ok() ? "" : to_text(facts.error())));
  REQUIRE(facts->size() == c.outputs.size());
  std::vector<Tensor> answers;
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    CHECK(name_of((*facts)[i].dtype) == name_of(c.outputs[i].dtype()));
    REQUIRE(to_text((*facts)[i].dims) == to_text(c.outputs[i].dims()));
    answers.emplace_back((*facts)[i].dtype, c.outputs[i].dims());
  }
  std::vector<MutableTensorView> outputs;
  for (Tensor& answer : answers) outputs.push_back(answer.view());
  const Status status = c.op->evaluate(inputs, outputs);
  REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : to_text(status.error())));
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK(golden::distance(answers[i].view(), c.outputs[i].view()) <= c.tolerance);
  const Cost cost = c.op->cost(golden::facts_of(c, inputs), *facts);
  CHECK(cost.flops >= 0);
  CHECK(cost.bytes_read >= cost.weight_bytes);
}

// Sizes of 2 and more become unknown, equal numbers the same symbol, as far as the rule can do without them.
void check_symbolic(const golden::Case& c) {
  CAPTURE(c.name);
  std::vector<Fact> facts = golden::facts_of(c);
  for (Fact& fact : facts)
    if (!fact.absent && !fact.dims.empty())
      fact.dims.front() = Dim::symbol(static_cast<std::int32_t>(fact.dims.front().number() + 1));
  const auto outputs = c.op->infer(facts);
  if (!outputs.ok()) return;  // a kernel's size, a split's: some rules need numbers
  REQUIRE(outputs->size() == c.outputs.size());
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    REQUIRE((*outputs)[i].dims.size() == c.outputs[i].dims().size());
    for (std::size_t axis = 0; axis < c.outputs[i].dims().size(); ++axis) {
      const Dim& dim = (*outputs)[i].dims[axis];
      if (dim.known())
        CHECK(dim.number() == c.outputs[i].dims()[axis]);
      else if (dim.symbol_id() > 0)
        CHECK(dim.scale() * (dim.symbol_id() - 1) + dim.offset() == c.outputs[i].dims()[axis]);
    }
  }
}

}  // namespace

TEST_CASE("every reference gives the frameworks' numbers, in the shape that its rule foretells") {
  std::size_t count = 0;
  for (const std::string& path : files()) {
    CAPTURE(path);
    for (const golden::Case& c : golden::read_cases(path)) {
      check_case(c);
      ++count;
    }
  }
  CHECK(count > 100);
}

TEST_CASE("shapes inferred with an unknown first axis agree with the frameworks' once it is known") {
  for (const std::string& path : files())
    for (const golden::Case& c : golden::read_cases(path)) check_symbolic(c);
}
