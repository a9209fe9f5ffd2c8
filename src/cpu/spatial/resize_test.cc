// Resizing against the operator's reference.
#include "ops/spatial/resize.h"

#include <doctest/doctest.h>

#include "cpu/common/testing.h"

namespace vivace::cpu {

TEST_CASE("resize: every mode and coordinate rule, larger and smaller") {
  for (std::size_t mode = 0; mode < std::size(Resize::kModes); ++mode)
    for (std::size_t coordinates = 0; coordinates < std::size(Resize::kCoordinates); ++coordinates)
      for (const std::vector<std::int64_t>& size :
           std::vector<std::vector<std::int64_t>>{{13, 17}, {3, 4}, {7, 9}, {1, 1}}) {
        Resize op;
        op.mode = static_cast<Resize::Mode>(mode);
        op.coordinates = static_cast<Resize::Coordinates>(coordinates);
        op.size = size;
        std::vector<testing::Input> inputs(1);
        inputs[0].tensor = testing::random_floats({2, 7, 9, 5}, 1);
        std::vector<Fact> facts = {Fact::tensor(DType::f32, {2, 7, 9, 5})};
        if (!op.infer(facts).ok()) continue;  // not every pair of rules exists
        testing::check_emitter(make_op(Resize(op)), inputs);
      }
}

TEST_CASE("resize: nearest of whole factors, for any type and one axis too") {
  for (const DType dtype : {DType::f32, DType::u8, DType::f16}) {
    Resize op;
    op.mode = Resize::Mode::nearest;
    op.scale = {2, 3};
    std::vector<testing::Input> inputs(1);
    inputs[0].tensor = testing::random_tensor(dtype, {2, 5, 4, 3}, 1, 0, 9);
    testing::check_emitter(make_op(Resize(op)), inputs, 0);
    op.scale = {3};
    inputs[0].tensor = testing::random_tensor(dtype, {2, 5, 3}, 1, 0, 9);
    testing::check_emitter(make_op(Resize(op)), inputs, 0);
  }
}

}  // namespace vivace::cpu
