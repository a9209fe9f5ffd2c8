// Fourier transforms and frames against the operators' references.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "ops/signal/dft.h"
#include "ops/signal/frames.h"

namespace vivace::cpu {

TEST_CASE("dft: every kind, rows that fill the lanes and rows that do not") {
  for (const std::int64_t length : {1, 6, 16, 35, 256})
    for (const std::int64_t rows : {1, 8, 21})
      for (const Dft::Kind kind : {Dft::Kind::complex, Dft::Kind::real, Dft::Kind::inverse_real}) {
        CAPTURE(length);
        Dft op;
        op.kind = kind;
        op.length = length;
        std::vector<testing::Input> inputs(kind == Dft::Kind::real ? 1 : 2);
        inputs[0].tensor = testing::random_floats({rows, op.places_in()}, 1);
        if (inputs.size() > 1) inputs[1].tensor = testing::random_floats({rows, op.places_in()}, 2);
        testing::check_emitter(make_op(Dft(op)), inputs);
      }
}

TEST_CASE("frames: of every type, and their sum") {
  Frames op;
  op.length = 5;
  op.stride = 3;
  for (const DType dtype : {DType::f32, DType::u8, DType::f16}) {
    std::vector<testing::Input> inputs(1);
    inputs[0].tensor = testing::random_tensor(dtype, {2, 3, 41}, 1, 0, 9);
    testing::check_emitter(make_op(Frames(op)), inputs, 0);
  }
}

}  // namespace vivace::cpu
