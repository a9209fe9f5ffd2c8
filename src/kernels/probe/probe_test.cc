// The probes do the work they claim: what they time is only as true as that.
#include <doctest/doctest.h>

#include <cstring>
#include <numeric>
#include <vector>

#include "kernels/probe/fma_peak.h"
#include "kernels/probe/read_stream.h"
#include "support/isas.h"

using namespace vivace;

TEST_CASE("reading a stream reads every float, as often as it is told") {
  std::vector<float> floats(3 * kernels::kReadStreamStep + 1);
  std::iota(floats.begin(), floats.end(), 0.0f);
  const auto count = floats.size() - 1;
  const float want =
      static_cast<float>(count * (count - 1));  // two rounds of n (n - 1) / 2; exact below 2^24
  testing::for_each_variant(kernels::read_stream, [&](kernels::Isa, auto read) {
    float sum = -1;
    read({floats.data(), count, 2, &sum});
    CHECK(sum == want);
    read({floats.data() + 1, 0, 5, &sum});
    CHECK(sum == 0);
  });
}

TEST_CASE("the multiply-add probe counts what it did") {
  testing::for_each_variant(kernels::fma_peak, [&](kernels::Isa, auto multiply) {
    double one = 0, ten = 0;
    float sink = 1;
    multiply({1, &one, &sink});
    multiply({10, &ten, &sink});
    CHECK(one > 0);
    CHECK(ten == 10 * one);
  });
}
