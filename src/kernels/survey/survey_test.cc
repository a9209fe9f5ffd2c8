#include "kernels/survey/survey.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "support/isas.h"

namespace vivace::kernels {

TEST_CASE("survey: every variant finds the ends, NaNs and infinities, at every length and place") {
  testing::for_each_variant(survey, [](Isa isa, KernelFunction<Survey> run) {
    CAPTURE(kIsaNames[static_cast<int>(isa)]);
    for (const std::size_t count : {1, 7, 8, 9, 15, 16, 17, 63, 64, 65}) {
      CAPTURE(count);
      for (std::size_t place = 0; place < count; ++place) {
        std::vector<float> x(count);
        for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i) - 3.5f;
        x[place] = std::nanf("");
        Surveyed result{};
        run({x.data(), count, &result});
        CHECK(result.nans == 1);
        CHECK(result.infinities == 0);
        if (count > 1) CHECK(result.smallest == (place == 0 ? -2.5f : -3.5f));
        if (count > 1)
          CHECK(result.largest == static_cast<float>(place == count - 1 ? count - 2 : count - 1) - 3.5f);
        x[place] = -INFINITY;
        run({x.data(), count, &result});
        CHECK(result.nans == 0);
        CHECK(result.infinities == 1);
        CHECK(result.smallest == -INFINITY);
      }
    }
  });
}

TEST_CASE("survey: of nothing, nothing is smallest") {
  Surveyed result{};
  pick(survey, Isa::baseline)({nullptr, 0, &result});
  CHECK(result.smallest == INFINITY);
  CHECK(result.largest == -INFINITY);
  CHECK(result.nans + result.infinities == 0);
}

}  // namespace vivace::kernels
