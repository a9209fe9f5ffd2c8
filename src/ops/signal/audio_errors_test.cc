// Wrong stages of a front end for speech, as a damaged or hostile file would hold them: each is refused with
// a typed error.
#include <doctest/doctest.h>

#include "ops/common/reference.h"
#include "ops/signal/audio_stage.h"
#include "ops/signal/fixed_rfft.h"
#include "support/op_errors.h"
#include "vivace/tensor.h"

using namespace vivace;
using namespace vivace::testing;

namespace {

using Kind = AudioStage::Kind;
using Facts = std::vector<Fact>;

AudioStage stage(Kind kind, std::vector<std::int64_t> numbers) {
  AudioStage op;
  op.kind = kind;
  op.numbers = std::move(numbers);
  return op;
}
FixedRfft transform(std::int64_t length) {
  FixedRfft op;
  op.length = length;
  return op;
}
Fact i16(Dims dims) { return Fact::tensor(DType::i16, std::move(dims)); }
Fact u32(Dims dims) { return Fact::tensor(DType::u32, std::move(dims)); }

}  // namespace

TEST_CASE("stages of speech refuse shifts, counts and sizes that do not fit") {
  const Facts bank = {u32({9}), i16({6}), i16({6}), i16({3}), i16({3}), i16({3})};
  check_accepted(stage(Kind::filter_bank, {}), bank);
  check_errors({
      {stage(Kind::window, {32}), {i16({4}), i16({4})}, "op.attribute"},
      {stage(Kind::window, {-1}), {i16({4}), i16({4})}, "op.attribute"},
      {stage(Kind::window, {}), {i16({4}), i16({4})}, "op.attribute"},
      {stage(Kind::window, {1}), {i16({4}), i16({5})}, "op.shape"},
      {stage(Kind::window, {1}), {i16({}), i16({5})}, "op.rank"},
      {stage(Kind::window, {1}), {u32({4}), i16({4})}, "op.dtype"},
      {stage(Kind::energy, {0, 2}), {i16({5})}, "op.shape"},
      {stage(Kind::energy, {-1, 2}), {i16({4})}, "op.attribute"},
      {stage(Kind::filter_bank, {}), {bank[0], bank[1], i16({5}), bank[3], bank[4], bank[5]}, "op.shape"},
      {stage(Kind::filter_bank, {}), {bank[0], bank[1], bank[2], bank[3], i16({4}), bank[5]}, "op.shape"},
      {stage(Kind::filter_bank, {}), {bank[0], bank[1], bank[2], i16({0}), i16({0}), i16({0})}, "op.shape"},
      {stage(Kind::subtract, {1, 1, 1, 1, 1, 1, 1}), {u32({4}), u32({4})}, "op.attribute"},
      {stage(Kind::subtract, {1, 64, 1, 1, 1, 1, 1, 1}), {u32({4}), u32({4})}, "op.attribute"},
      {stage(Kind::gain, {64}), {u32({4}), u32({4}), i16({125})}, "op.attribute"},
      {stage(Kind::gain, {1}), {u32({4}), u32({4}), i16({124})}, "op.shape"},
      {stage(Kind::log, {32, 1}), {u32({4})}, "op.attribute"},
      {transform(100), {i16({80})}, "op.attribute"},
      {transform(2), {i16({2})}, "op.attribute"},
      {transform(kHuge), {i16({2})}, "op.attribute"},
      {transform(64), {i16({65})}, "op.shape"},
      {transform(64), {i16({})}, "op.rank"},
      {transform(64), {u32({64})}, "op.dtype"},
  });
}

TEST_CASE(
    "a filter bank that reads beyond its frequencies or weights, and a shift that cannot be, are op.index") {
  const auto refused = [](std::int16_t from, std::int16_t weight, std::int16_t width) {
    Tensor x(DType::u32, {4}), weights(DType::i16, {4}), starts(DType::i16, {2}), places(DType::i16, {2}),
        widths(DType::i16, {2}), y(DType::u64, {1});
    starts.as<std::int16_t>()[1] = from, places.as<std::int16_t>()[1] = weight,
    widths.as<std::int16_t>()[1] = width;
    const TensorView inputs[] = {x.view(),      weights.view(), weights.view(),
                                 starts.view(), places.view(),  widths.view()};
    const MutableTensorView outputs[] = {y.view()};
    const Status status = stage(Kind::filter_bank, {}).evaluate(inputs, outputs);
    return status.ok() ? std::string() : status.error().id();
  };
  CHECK(refused(0, 0, 4).empty());
  CHECK(refused(2, 0, 3) == "op.index");
  CHECK(refused(-1, 0, 3) == "op.index");
  CHECK(refused(0, 1, 4) == "op.index");
  CHECK(refused(0, -3, 1) == "op.index");
  CHECK(refused(-7, -7, 0).empty());
  Tensor x(DType::u64, {1}), shift(DType::i32, {}), y(DType::u32, {1});
  shift.as<std::int32_t>()[0] = 32;
  const TensorView inputs[] = {x.view(), shift.view()};
  const MutableTensorView outputs[] = {y.view()};
  CHECK(stage(Kind::root, {}).evaluate(inputs, outputs).error().id() == "op.index");
}
