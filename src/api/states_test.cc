// Models that keep state: calls follow one another as in the framework, whoever makes them.
#include <doctest/doctest.h>

#include <thread>

#include "support/keras_cases.h"
#include "support/temp_folder.h"

using namespace vivace;

namespace {

namespace fs = std::filesystem;

Model opened(const fs::path& path) {
  Options options;
  options.cache = false;
  return Model::open(path, options).value();
}

// A recorded case of several calls.
struct Case {
  const JsonValue& record;
  fs::path folder;
  test::Arrays arrays{};

  std::int64_t calls() const { return *record.int_at("calls"); }
  TensorView array(const JsonMember& port) {
    return arrays.find(folder / *record.string_at("file"), *port.value.string_at("array")).value();
  }
  std::vector<Tensor> inputs(const Model& model, std::int64_t call) {
    std::vector<Tensor> all;
    for (const Port& port : model.inputs())
      for (const JsonMember& feed : record.at("feeds")->members())
        if (feed.key == port.name) {
          Shape dims;
          all.push_back(test::converted(test::part_of(array(feed), call, dims), port.dtype));
        }
    return all;
  }
  // The largest difference of one call's outputs from the recorded ones, as a part of what is allowed.
  double apart(const std::vector<Tensor>& outputs, std::int64_t call) {
    double most = 0;
    std::size_t index = 0;
    for (const JsonMember& fetch : record.at("fetches")->members()) {
      Shape dims;
      const TensorView want = test::part_of(array(fetch), call, dims);
      const double limit = *record.at("limits")->at(*fetch.value.string_at("array"))->double_at("atol");
      most = std::max(most, test::distance(outputs.at(index++).view(), want) / limit);
    }
    return most;
  }
};

template <class F>
void for_each_stateful(F f) {
  test::for_each_keras_case([&](const JsonValue& record, const fs::path& folder) {
    if (!record.at("calls").ok() || record.at("refused").ok() || record.at("differs").ok()) return;
    Case found{record, folder};
    for (const JsonMember& file : record.at("models")->members()) {
      const std::string label = text("{} {}", *record.string_at("name"), file.key);
      CAPTURE(label);
      f(found, folder / file.key);
    }
  });
}

// One model to play with: an LSTM over [2,3,3].
fs::path some_lstm() {
  fs::path path;
  for_each_stateful([&](Case& c, const fs::path& model) {
    if (*c.record.string_at("name") == "keras3/lstm_stateful") path = model;
  });
  REQUIRE_FALSE(path.empty());
  return path;
}

Tensor ones() {
  Tensor x(DType::f32, {2, 3, 3});
  std::fill_n(x.as<float>(), x.count(), 1.0f);
  return x;
}

}  // namespace

TEST_CASE("a stateful model goes on from call to call as the framework does, and anew after a reset") {
  std::size_t models = 0;
  for_each_stateful([&](Case& c, const fs::path& path) {
    const Model model = opened(path);
    CHECK(model.stateful());
    for (int round = 0; round < 2; ++round, model.reset_states())
      for (std::int64_t call = 0; call < c.calls(); ++call) {
        const std::vector<Tensor> inputs = c.inputs(model, call);
        const auto outputs = model.predict(test::views_of(inputs));
        REQUIRE_MESSAGE(outputs.ok(), (outputs.ok() ? "" : to_text(outputs.error())));
        CHECK(c.apart(*outputs, call) <= 1);
      }
    ++models;
  });
  MESSAGE(models << " stateful models");
  CHECK(models >= 12);
}

TEST_CASE("states are no ports, and sizes, profiles and failed calls leave them alone") {
  const Model model = opened(some_lstm());
  const Tensor x = ones();
  CHECK(model.inputs().size() == 1);
  CHECK(model.outputs().size() == 1);
  const Tensor first = model.predict(x.view()).value()[0], second = model.predict(x.view()).value()[0];
  CHECK_FALSE(test::same_bits(first, second));
  model.reset_states();
  CHECK(test::same_bits(model.predict(x.view()).value()[0], first));
  CHECK(model.output_shapes(std::vector<Shape>{{2, 3, 3}}).value() == std::vector<Shape>{{2, 4}});
  CHECK(model.memory(std::vector<Shape>{{2, 3, 3}}).ok());
  CHECK(model.profile(std::vector<TensorView>{x.view()}, 3).ok());
  CHECK_FALSE(model.predict(Tensor(DType::f32, {2, 3, 4}).view()).ok());
  CHECK_FALSE(model.predict(Tensor(DType::f32, {1, 3, 3}).view()).ok());
  CHECK(test::same_bits(model.predict(x.view()).value()[0], second));
}

TEST_CASE(
    "copies of a model share its state, another opening has its own, and a .viv keeps that it has one") {
  const Model model = opened(some_lstm());
  const Model copy = model, other = opened(some_lstm());  // NOLINT
  const Tensor x = ones();
  const Tensor first = model.predict(x.view()).value()[0], second = copy.predict(x.view()).value()[0];
  CHECK_FALSE(test::same_bits(first, second));
  CHECK(test::same_bits(other.predict(x.view()).value()[0], first));
  const test::TempFolder folder;
  REQUIRE(model.save(folder / "m.viv").ok());
  const Model compiled = opened(folder / "m.viv");
  CHECK(compiled.stateful());
  CHECK(test::same_bits(compiled.predict(x.view()).value()[0], first));
  CHECK(test::same_bits(compiled.predict(x.view()).value()[0], second));
}

TEST_CASE("the debug mode goes on from call to call too") {
  const Model model = opened(some_lstm());
  const Tensor x = ones();
  std::vector<DebugRecord> records;
  const std::vector<TensorView> inputs{x.view()};
  const Tensor first = model.debug(inputs, records).value()[0],
               second = model.debug(inputs, records).value()[0];
  CHECK_FALSE(test::same_bits(first, second));
  model.reset_states();
  CHECK(test::same_bits(model.debug(inputs, records).value()[0], first));
}

TEST_CASE("calls of several threads follow one another: the state after them is that of as many calls") {
  const Model model = opened(some_lstm());
  const Tensor x = ones();
  std::vector<Tensor> in_turn;
  for (int i = 0; i < 41; ++i) in_turn.push_back(model.predict(x.view()).value()[0]);
  model.reset_states();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) CHECK(model.predict(x.view()).ok());
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(test::same_bits(model.predict(x.view()).value()[0], in_turn[40]));
}
