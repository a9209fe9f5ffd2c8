// Wrong recurrent operators of integers, as a damaged or hostile file would hold them: each is refused with a
// typed error.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "ops/common/recurrent/lstm_inputs.h"
#include "ops/recurrent/full_lstm.h"
#include "ops/recurrent/q_lstm.h"
#include "ops/recurrent/q_svdf.h"
#include "support/op_errors.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

using Facts = std::vector<Fact>;

Fact of(DType dtype, Dims dims) { return Fact::tensor(dtype, std::move(dims)); }

// Five numbers to three cells, of two sequences of four steps; spoiled.
Facts integers(const std::function<void(Facts&)>& spoil = [](Facts&) {}) {
  Facts facts(lstm::kInputs, absent());
  facts[lstm::kX] = of(DType::i8, {2, 4, 5});
  for (std::size_t gate = 0; gate < lstm::kGates; ++gate) {
    facts[lstm::kKernels + gate] = of(DType::i8, {3, 5});
    facts[lstm::kRecurrent + gate] = of(DType::i8, {3, 3});
    facts[lstm::kBiases + gate] = of(DType::i32, {3});
  }
  facts[lstm::kHidden] = of(DType::i8, {2, 3});
  facts[lstm::kCell] = of(DType::i16, {2, 3});
  spoil(facts);
  return facts;
}

QLstm cells(const std::function<void(QLstm&)>& spoil) {
  QLstm op;
  spoil(op);
  return op;
}

}  // namespace

TEST_CASE("an LSTM of integers refuses inputs that do not belong together") {
  check_accepted(QLstm(), integers());
  const auto without = [](std::size_t i) { return integers([i](Facts& f) { f[i] = absent(); }); };
  const auto with = [](std::size_t i, Fact fact) {
    return integers([&](Facts& f) { f[i] = std::move(fact); });
  };
  check_errors({
      {QLstm(), without(lstm::kKernels), "op.inputs"},
      {QLstm(), without(lstm::kRecurrent + 2), "op.inputs"},
      {QLstm(), without(lstm::kBiases + 1), "op.inputs"},
      {QLstm(), without(lstm::kHidden), "op.inputs"},
      {QLstm(), without(lstm::kCell), "op.inputs"},
      {QLstm(), with(lstm::kPeepholes, of(DType::i16, {3})), "op.inputs"},
      {QLstm(), with(lstm::kNorms + 3, of(DType::i16, {3})), "op.inputs"},
      {QLstm(), with(lstm::kProjectionBias, of(DType::i32, {3})), "op.inputs"},
      {QLstm(), with(lstm::kProjection, of(DType::i8, {2, 3})), "op.shape"},
      {QLstm(), with(lstm::kKernels + 1, of(DType::i8, {3, 6})), "op.shape"},
      {QLstm(), with(lstm::kHidden, of(DType::i8, {1, 3})), "op.shape"},
      {QLstm(), with(lstm::kCell, of(DType::i32, {2, 3})), "op.dtype"},
      {QLstm(), with(lstm::kX, of(DType::i16, {2, 4, 5})), "op.dtype"},
      {QLstm(), with(lstm::kX, of(DType::i8, {4, 5})), "op.rank"},
      {QLstm(), Facts{of(DType::i8, {2, 4, 5})}, "op.inputs"},
      {FullLstm(), integers(), "op.dtype"},
  });
}

TEST_CASE("an LSTM of integers refuses factors and bounds that cannot be") {
  check_errors({
      {cells([](QLstm& q) { q.kernel_factors[1] = NAN; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.recurrent_factors.pop_back(); }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.peephole_factors[0] = -1; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.norm_factors[0] = 0x1p20; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.hidden_factor = 0x1p31; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.projection_factor = INFINITY; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.cell_exponent = -16; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.cell_exponent = 0; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.cell_clip = -1; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.projection_clip = 128; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.input_zero = 128; }), integers(), "op.attribute"},
      {cells([](QLstm& q) { q.hidden_zero = -kHuge; }), integers(), "op.attribute"},
  });
}

TEST_CASE("SVDF of integers refuses ranks and sizes that do not fit") {
  const Facts good = {of(DType::i8, {2, 5}), of(DType::i8, {6, 5}), of(DType::i16, {6, 4}),
                      of(DType::i16, {2, 24})};
  const auto ranked = [](std::int64_t rank) {
    QSvdf op;
    op.rank = rank;
    return op;
  };
  check_accepted(ranked(2), good);
  check_errors({
      {ranked(0), good, "op.attribute"},
      {ranked(4), good, "op.shape"},
      {ranked(2), {good[0], good[1], good[2], of(DType::i16, {2, 23})}, "op.shape"},
      {ranked(2), {good[0], of(DType::i8, {5, 5}), good[2], good[3]}, "op.shape"},
      {ranked(2), {good[0], good[1], of(DType::i16, {6, 0}), of(DType::i16, {2, 0})}, "op.shape"},
      {ranked(2), {good[0], good[1], good[2], of(DType::i8, {2, 24})}, "op.dtype"},
      {ranked(2), {good[0], good[1], good[2]}, "op.inputs"},
  });
}
