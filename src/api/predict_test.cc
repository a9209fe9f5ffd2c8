// What prediction promises: the same bits for any number of threads, any place in a batch, any number of
// callers.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "ops/common/reference.h"
#include "support/keras_cases.h"
#include "support/skip.h"

using namespace vivace;

namespace {

const std::filesystem::path kResnet =
    std::filesystem::path(VIVACE_TEST_DATA) / "../../examples/cifar10_resnet8.h5";

Model opened(const std::filesystem::path& path, int threads = 0, std::size_t memory = 0) {
  Options options;
  options.cache = false;
  options.threads = threads;
  options.memory = memory;
  return Model::open(path, options).value();
}

Tensor noise(Shape dims, unsigned seed) {
  Tensor tensor(DType::f32, std::move(dims));
  for (std::int64_t i = 0; i < tensor.count(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    tensor.as<float>()[i] = static_cast<float>(seed >> 8) / 16777216.0f * 255;
  }
  return tensor;
}

// Sample `index` of a batch, alone.
Tensor sample(const Tensor& batch, std::int64_t index) {
  Shape dims = batch.dims();
  const std::size_t bytes = batch.bytes() / static_cast<std::size_t>(dims[0]);
  dims[0] = 1;
  Tensor one(batch.dtype(), dims);
  std::memcpy(one.data(),
              static_cast<const std::byte*>(batch.data()) + static_cast<std::size_t>(index) * bytes, bytes);
  return one;
}

// By how much a number may differ because its type has no more digits: the last one, of 16-bit floats.
double last_digit(DType dtype, double number) {
  if (dtype == DType::f16) return std::max(std::abs(number) * 0x1p-10, 0x1p-24);
  return dtype == DType::bf16 ? std::abs(number) * 0x1p-7 : 0;
}

// The largest difference as a part of the range, the last digit of 16-bit floats aside; booleans and integers
// must be the same.
double apart(const Tensor& have, const Tensor& want) {
  if (have.dtype() != want.dtype() || have.dims() != want.dims()) return INFINITY;
  double range = 1e-3, most = 0;
  for (std::int64_t i = 0; i < want.count(); ++i) {
    const double a = load(have.view(), i), b = load(want.view(), i);
    if (std::isfinite(b)) range = std::max(range, std::abs(b));
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double beyond = std::isfinite(a - b) ? std::abs(a - b) - last_digit(want.dtype(), b) : INFINITY;
    most = std::max(most, beyond);
  }
  return most / range;
}

}  // namespace

TEST_CASE("one thread and two give the same bits") {
  const Model one = opened(kResnet, 1), two = opened(kResnet, 2);
  MESSAGE("two threads are " << two.threads());
  for (const std::int64_t batch : {1, 2, 5}) {
    const Tensor x = noise({batch, 32, 32, 3}, 1);
    CHECK(test::same_bits(one.predict(x.view()).value(), two.predict(x.view()).value()));
  }
  test::for_each_keras_model(11, [](const test::KerasModel& recorded) {
    Options options;
    options.cache = false;
    options.threads = 1;
    const auto alone = Model::open(recorded.file, options);
    options.threads = 2;
    const auto together = Model::open(recorded.file, options);
    REQUIRE(alone.ok() == together.ok());
    if (!alone.ok()) return;
    CAPTURE(recorded.label);
    const std::vector<Tensor> inputs = test::inputs_of(*alone, recorded);
    const auto a = alone->predict(test::views_of(inputs)), b = together->predict(test::views_of(inputs));
    REQUIRE(a.ok() == b.ok());
    if (a.ok()) CHECK(test::same_bits(*a, *b));
  });
}

TEST_CASE("a sample has the same bits alone and at every place of a batch") {
  const Model model = opened(kResnet);
  for (const std::int64_t size : {2, 3, 7}) {
    const Tensor batch = noise({size, 32, 32, 3}, 2);
    const Tensor all = std::move(model.predict(batch.view()).value()[0]);
    for (std::int64_t i = 0; i < size; ++i)
      CHECK(test::same_bits(model.predict(sample(batch, i).view()).value()[0], sample(all, i)));
  }
}

TEST_CASE("an empty batch gives empty outputs") {
  const Model model = opened(kResnet);
  const auto outputs = model.predict(Tensor(DType::f32, {0, 32, 32, 3}).view());
  REQUIRE(outputs.ok());
  CHECK((*outputs)[0].dims() == Shape{0, 10});
}

TEST_CASE(
    "limited memory runs a batch in parts, with the same bits, and says when not even one sample fits") {
  const Tensor batch = noise({13, 32, 32, 3}, 3);
  const Model free = opened(kResnet);
  const std::vector<Tensor> want = free.predict(batch.view()).value();
  const auto need = free.memory(std::vector<Shape>{{13, 32, 32, 3}}).value();
  const auto one = free.memory(std::vector<Shape>{{1, 32, 32, 3}}).value();
  for (const std::size_t limit :
       {need.arena + need.workspace, need.arena / 2, need.arena / 3, one.arena + one.workspace}) {
    CAPTURE(limit);
    const Model limited = opened(kResnet, 0, limit);
    CHECK(test::same_bits(limited.predict(batch.view()).value(), want));
  }
  const Model tight = opened(kResnet, 0, 1000);
  const auto refused = tight.predict(batch.view());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().id() == "predict.memory");
  CHECK(refused.error().what().ends_with("of activations do not fit in the 1 kB allowed"));
  CHECK(refused.error().why() == "one sample alone needs more");
  CHECK(refused.error().fix() == "allow more memory (--memory), or give smaller inputs");
}

TEST_CASE("any number of threads predict on one model at once, each with its own bits") {
  const Model model = opened(kResnet, 2);
  std::vector<Tensor> pictures;
  std::vector<std::vector<Tensor>> want;
  for (unsigned i = 0; i < 6; ++i) {
    pictures.push_back(noise({1 + i % 3, 32, 32, 3}, i));
    want.push_back(opened(kResnet, 1).predict(pictures.back().view()).value());
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (unsigned i = 0; i < pictures.size(); ++i)
    callers.emplace_back([&, i] {
      for (int round = 0; round < 8; ++round) {
        const auto have = model.predict(pictures[i].view());
        if (!have.ok() || !test::same_bits(*have, want[i])) wrong.fetch_add(1);
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong.load() == 0);
}

TEST_CASE("threads that save, plan and predict on one model do not disturb one another") {
  const Model model = opened(kResnet, 2);
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "vivace-save-while-running.viv";
  std::thread saver([&] {
    for (int i = 0; i < 5; ++i) CHECK(model.save(file).ok());
  });
  for (std::int64_t size = 1; size <= 10; ++size)
    CHECK(model.predict(noise({size, 32, 32, 3}, 1).view()).ok());
  saver.join();
  CHECK(Model::open(file).ok());
  std::filesystem::remove(file);
}

TEST_CASE("the plan gives what the operators' references give, on every small Keras model") {
  std::size_t compared = 0;
  const std::size_t taken = test::for_each_keras_model(1, [&](const test::KerasModel& recorded) {
    Options options;
    options.cache = false;
    options.threads = 1;
    const auto model = Model::open(recorded.file, options);
    if (!model.ok()) return;  // refused on purpose: the import tests say which and why
    CAPTURE(recorded.label);
    const std::vector<Tensor> inputs = test::inputs_of(*model, recorded);
    std::vector<DebugRecord> records;
    const auto want = model->debug(test::views_of(inputs), records);
    model->reset_states();
    const auto have = model->predict(test::views_of(inputs));
    REQUIRE(want.ok());
    REQUIRE_MESSAGE(have.ok(), (have.ok() ? "" : to_text(have.error())));
    REQUIRE(have->size() == want->size());
    for (std::size_t i = 0; i < have->size(); ++i) CHECK(apart((*have)[i], (*want)[i]) <= 1e-5);
    ++compared;
  });
  MESSAGE(compared << " of " << taken << " models compared");
  CHECK((std::getenv("VIVACE_CASES") || compared > 2000));
}
