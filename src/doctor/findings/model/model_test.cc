#include <doctest/doctest.h>

#include <algorithm>

#include "doctor/advice/advice.h"
#include "doctor/arbiter/diagnosis.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/testing.h"
#include "doctor/predict/measured.h"
#include "doctor/report/report.h"

namespace vivace::doctor {
namespace {

using testing::calls;
using testing::kMs;
using testing::kSecond;
using testing::run_of;

// A program that calls a model for ten seconds, whose file was opened again and takes `there` a row.
Evidence calling(const Calls& row, Ns there) {
  Evidence evidence = run_of(10);
  evidence.slices[0].phase = {};
  evidence.slices[0].phase[at(Phase::call)] = 10 * kSecond;
  evidence.python.seen = true;
  evidence.python.calls = {row};
  ModelStudy study;
  study.path = "/home/me/m.h5", study.parameters = 25'600'000, study.weight_bytes = 102'400'000;
  study.flops = 7.7e9, study.input = {-1, 16}, study.threads = 2;
  study.flops_per_s = 70e9, study.bytes_per_s = 10e9, study.open = 8 * kMs;
  study.layers = {{"conv", "Conv2D", 1'000'000, 6e9, 0}, {"fc1", "Dense", 20'000'000, 4e7, 0}};
  study.runs = {{{1, 16}, 20, there, there, there}, {{64, 16}, 20, 40 * there, 39 * there, 41 * there}};
  evidence.models = {study};
  return evidence;
}

TEST_CASE("a call's counterfactual is of the same shape, scaled by rows where need be") {
  const Evidence evidence = calling(calls("predict", 1, 100, 100 * kMs), 2 * kMs);
  auto there = measured(evidence, evidence.python.calls[0]);
  REQUIRE(there);
  CHECK(there->call == 2 * kMs);
  CHECK(there->row == 40 * 2 * kMs / 64);
  Calls other = evidence.python.calls[0];
  other.shape = "32x16";
  REQUIRE(measured(evidence, other));
  CHECK(measured(evidence, other)->call == 40 * kMs);  // half of what 64 rows take
  for (const char* const shape : {"1x17", "16", "", "int", "1x", "x1x16", "99999999999999999999x16"}) {
    other.shape = shape;
    CHECK_FALSE(measured(evidence, other));
  }
}

TEST_CASE("of two models that take the same input, the number of weights decides") {
  Evidence evidence = calling(calls("predict", 1, 100, 100 * kMs), 2 * kMs);
  evidence.models.push_back(evidence.models[0]);
  evidence.models[1].parameters = 5, evidence.models[1].runs[0].middle = kMs;
  CHECK_FALSE(measured(evidence, evidence.python.calls[0]));
  evidence.python.calls[0].parameters = 5;
  REQUIRE(measured(evidence, evidence.python.calls[0]));
  CHECK(measured(evidence, evidence.python.calls[0])->call == kMs);
}

TEST_CASE("predict() per row is predicted by measurement where that was possible") {
  const Diagnosis diagnosis = diagnose(calling(calls("predict", 1, 100, 100 * kMs), kMs));
  REQUIRE_FALSE(diagnosis.causes.empty());
  const Finding& first = diagnosis.causes[0].finding;
  CHECK(first.id == "predict-per-row");
  CHECK(first.gain.how == How::measured);
  CHECK(seconds(first.gain.saved) > 9.5);
  CHECK(diagnosis.causes.size() == 1);  // the framework's part is another name for the same time
}

TEST_CASE("what the framework takes around a model, and a model that takes it itself") {
  Evidence evidence = calling(calls("predict_on_batch", 32, 100, 100 * kMs), 5 * kMs / 20);
  evidence.python.calls[0].shape = "32x16";
  Diagnosis diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.causes.size() == 1);
  CHECK(diagnosis.causes[0].finding.id == "framework-overhead");
  CHECK(diagnosis.causes[0].finding.gain.how == How::measured);

  evidence = calling(calls("predict_on_batch", 32, 100, 100 * kMs), 2 * kMs);
  evidence.python.calls[0].shape = "32x16";
  diagnosis = diagnose(evidence);
  REQUIRE(diagnosis.causes.size() == 1);
  CHECK(diagnosis.causes[0].finding.id == "model-cost");
  CHECK(diagnosis.causes[0].finding.gain.how == How::measured);
  CHECK(as_text(evidence, diagnosis).find("25.6 M") != std::string::npos);

  for (ModelRun& run : evidence.models[0].runs) run.middle = run.least = run.most = 160 * kMs;
  diagnosis = diagnose(evidence);  // no engine is faster: what is left is fewer bits
  REQUIRE(diagnosis.causes.size() == 1);
  CHECK(diagnosis.causes[0].finding.gain.how == How::modelled);
  CHECK(diagnosis.causes[0].finding.gain.least < diagnosis.causes[0].finding.gain.saved);
}

TEST_CASE("advice tells the layers that weigh, and bounds") {
  const ModelStudy study = calling(calls("predict", 1, 1, kMs), kMs).models[0];
  CHECK(size_words(study) == "25.6 M weights (102 MB), 7.7 GFLOP a sample");
  CHECK(weighty_layers(study) == std::vector<std::string>{"fc1 (Dense) holds 78 % of the weights",
                                                          "conv (Conv2D) does 78 % of the operations"});
  CHECK(int8_bound(study).factor == doctest::Approx(4));
  CHECK(smaller_input_bound(study).factor == doctest::Approx(1.52).epsilon(0.01));
  ModelStudy small = study;
  small.weight_bytes = small.parameters;
  CHECK(int8_bound(small).factor == 1);
  small = ModelStudy();
  small.refused = "it has a layer that nobody knows";
  CHECK(advice_of(small).size() == 1);
}

}  // namespace
}  // namespace vivace::doctor
