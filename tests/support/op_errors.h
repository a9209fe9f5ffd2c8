// Tables of wrong operators: what a damaged or hostile file could hold, and the error that each must give.
#pragma once

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "graph/op.h"

namespace vivace::testing {

inline constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max() / 2;

inline Fact f32(Dims dims) { return Fact::tensor(DType::f32, std::move(dims)); }

inline Fact absent() {
  Fact fact;
  fact.absent = true;
  return fact;
}

/// An operator, its inputs, and the id of the error that infer() must give.
struct Wrong {
  template <class T>
  Wrong(const T& wrong, std::vector<Fact> facts, std::string error)
      : op(std::make_shared<T>(wrong)), inputs(std::move(facts)), id(std::move(error)) {}

  std::shared_ptr<const Op> op;
  std::vector<Fact> inputs;
  std::string id;
};

inline void check_errors(const std::vector<Wrong>& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    CAPTURE(i);
    CAPTURE(to_text(*table[i].op));
    const auto outputs = table[i].op->infer(table[i].inputs);
    REQUIRE_FALSE(outputs.ok());
    CHECK(outputs.error().id() == table[i].id);
    CHECK(outputs.error().what().starts_with(std::string(table[i].op->name()) + ": "));
    CHECK_FALSE(outputs.error().fix().empty());
  }
}

inline void check_accepted(const Op& op, const std::vector<Fact>& inputs) {
  const auto outputs = op.infer(inputs);
  CHECK_MESSAGE(outputs.ok(), (outputs.ok() ? "" : to_text(outputs.error())));
}

}  // namespace vivace::testing
