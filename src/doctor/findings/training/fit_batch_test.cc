#include <doctest/doctest.h>

#include <algorithm>

#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/rules.h"
#include "doctor/findings/testing.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::kMs;
using testing::kSecond;

// Ten seconds, eight of them in fit() on a small network: 5 ms a step, 13 us a row.
Evidence with_fit(std::int64_t batch) {
  Evidence evidence = testing::run_of(10);
  evidence.python.seen = true;
  Slice& slice = evidence.slices[0];
  slice.phase[at(Phase::run)] = 2 * kSecond, slice.phase[at(Phase::call)] = 8 * kSecond;
  slice.samples[at(Phase::call)][at(Code::native)] = 100;
  slice.samples[at(Phase::run)][at(Code::native)] = 25;
  Fit& fit = evidence.python.fits.emplace_back();
  fit.file = "/home/me/app.py", fit.line = 7, fit.object_id = 1;
  fit.batch_size = batch, fit.rows = 60'000, fit.fits = 1, fit.flops = 2e5;
  const Ns step = 5 * kMs + 13'000 * batch;
  fit.steps = 8 * kSecond / step, fit.total = fit.steps * step;
  evidence.python.calls = {calls("fit", 60'000, 1, fit.total)};
  return evidence;
}

std::optional<Finding> found(const Evidence& evidence) { return fit_batch(evidence, make_ledger(evidence)); }

TEST_CASE("small batches are told with the size to take") {
  const auto finding = found(with_fit(32));
  REQUIRE(finding);
  CHECK(finding->id == "fit-small-batch");
  CHECK(finding->place == "app.py:7");
  CHECK(finding->change == "app.py:7: model.fit(..., batch_size=256)  # instead of 32");
  // Of 5.4 ms a step 0.8 to 4.6 are its own by the flops; of those seven in eight go away.
  CHECK(finding->gain.saved > 5 * kSecond);
  CHECK(finding->gain.saved < 7 * kSecond);
  CHECK(finding->gain.least <= finding->gain.saved);
  CHECK(finding->gain.most >= finding->gain.saved);
}

TEST_CASE("several sizes in one run measure the law") {
  Evidence evidence = with_fit(32);
  Fit other = evidence.python.fits[0];
  other.batch_size = 512, other.steps = 60, other.total = other.steps * (5 * kMs + 13'000 * 512);
  other.object_id = 2;
  evidence.python.fits.push_back(other);
  const auto finding = found(evidence);
  REQUIRE(finding);
  CHECK(finding->gain.how == How::measured);
  CHECK(finding->change.find("batch_size=512") != std::string::npos);
}

TEST_CASE("what looks alike is left alone") {
  CHECK_FALSE(found(with_fit(512)));
  Evidence heavy = with_fit(32);  // its rows compute for all of the step
  heavy.python.fits[0].flops = 2e9;
  CHECK_FALSE(found(heavy));
  Evidence unknown = with_fit(32);
  unknown.python.fits[0].flops = 0;
  CHECK_FALSE(found(unknown));
  Evidence few = with_fit(32);  // twenty steps an epoch as it is
  few.python.fits[0].rows = 640;
  CHECK_FALSE(found(few));
  Evidence eager = with_fit(32);
  eager.python.calls[0].eager = true;
  CHECK_FALSE(found(eager));
  Evidence fed = with_fit(32);  // a pipeline in Python never rests
  DividedCalls& looks = fed.python.parts.emplace_back();
  looks.kind = "fit", looks.file = "/home/me/app.py", looks.line = 7;
  looks.looks[at(CallPart::kernels)] = 100, looks.fed = 95;
  CHECK_FALSE(found(fed));
  Evidence short_fit = with_fit(32);
  short_fit.python.fits[0].steps = 20, short_fit.python.fits[0].total = 108 * kMs;
  CHECK_FALSE(found(short_fit));
}

}  // namespace
}  // namespace vivace::doctor
