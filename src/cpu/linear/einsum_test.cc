// Einstein sums against the operator's reference.
#include "ops/linear/einsum.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {

TEST_CASE("einsum: products, batches, sums, diagonals and ellipses in any order of labels") {
  struct Case {
    const char* equation;
    Shape a, b;
  };
  const Case cases[] = {{"abc,cd->abd", {2, 7, 5}, {5, 18}},
                        {"abc,cde->abde", {2, 70, 5}, {5, 3, 4}},
                        {"abcd,cde->abe", {2, 7, 3, 4}, {3, 4, 9}},
                        {"aecd,abcd->acbe", {2, 5, 3, 4}, {2, 6, 3, 4}},
                        {"acbe,aecd->abcd", {2, 3, 6, 5}, {2, 5, 3, 4}},
                        {"...x,xy->...y", {2, 3, 7}, {7, 20}},
                        {"bij,bjk->bik", {3, 4, 5}, {3, 5, 6}},
                        {"i,j->ij", {4}, {17}},
                        {"ij,kj->i", {4, 5}, {3, 5}},
                        {"ab,ab->", {4, 5}, {4, 5}},
                        {"ij,jk", {4, 0}, {0, 3}}};
  for (const Case& c : cases) {
    Einsum op;
    op.equation = c.equation;
    std::vector<testing::Input> inputs(2);
    inputs[0].tensor = testing::random_floats(c.a, 1);
    inputs[1].tensor = testing::random_floats(c.b, 2);
    testing::check_emitter(make_op(Einsum(op)), inputs);
    inputs[1].constant = true;
    testing::check_emitter(make_op(std::move(op)), inputs);
  }
  for (const char* equation : {"abc->cab", "abc->b", "aab->ab"}) {
    Einsum op;
    op.equation = equation;
    std::vector<testing::Input> inputs(1);
    inputs[0].tensor = testing::random_floats({4, 4, 6}, 1);
    testing::check_emitter(make_op(std::move(op)), inputs);
  }
}

}  // namespace vivace::cpu
