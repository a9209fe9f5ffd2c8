// predict_into allocates nothing once it knows its sizes: every operator new of this program is counted here.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/allocations.h"
#include "support/keras_cases.h"

namespace {

std::atomic<std::size_t> count{0}, largest{0};

void* counted(std::size_t size, std::size_t alignment) {
  count.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t seen = largest.load(); seen < size && !largest.compare_exchange_weak(seen, size);) {
  }
  void* memory = nullptr;
  if (::posix_memalign(&memory, alignment, size ? size : 1) != 0) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t align) {
  return counted(size, static_cast<std::size_t>(align));
}
void* operator new[](std::size_t size, std::align_val_t align) {
  return counted(size, static_cast<std::size_t>(align));
}
// A sanitizer has nothrow forms of its own, which would not come here.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& nothrow) noexcept {
  return operator new(size, nothrow);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace vivace::test {
std::size_t allocations() { return count.load(); }
std::size_t take_largest_allocation() { return largest.exchange(0); }
}  // namespace vivace::test

using namespace vivace;

namespace {

// Steps that run the scalar reference hold tensors of their own; they are the slow path, and marked as such.
bool has_reference_step(const Model& model, std::span<const TensorView> inputs) {
  const auto steps = model.profile(inputs, 1);
  if (!steps.ok()) return true;
  return std::ranges::any_of(*steps, [](const StepTime& step) { return step.kernel == "reference"; });
}

// Allocations of the second and third call; the first may make the plan, the session and the threads.
std::size_t allocations_of(const Model& model, const std::vector<Tensor>& inputs) {
  const std::vector<TensorView> read = test::views_of(inputs);
  std::vector<Tensor> outputs = model.predict(read).value();
  std::vector<MutableTensorView> written;
  for (Tensor& tensor : outputs) written.push_back(tensor.view());
  REQUIRE(model.predict_into(read, written).ok());
  const std::size_t before = test::allocations();
  const bool ok = model.predict_into(read, written).ok() && model.predict_into(read, written).ok();
  const std::size_t after = test::allocations();
  REQUIRE(ok);
  return after - before;
}

}  // namespace

TEST_CASE("the counter sees every kind of operator new") {
  const std::size_t before = test::allocations();
  const Tensor tensor(DType::f32, {4});
  const std::vector<int> numbers(10);
  CHECK(test::allocations() >= before + 3);
}

TEST_CASE("predict_into allocates nothing after the first call, with one thread and with two") {
  for (const int threads : {1, 2}) {
    Options options;
    options.cache = false;
    options.threads = threads;
    const auto resnet =
        Model::open(std::filesystem::path(VIVACE_TEST_DATA) / "../../examples/cifar10_resnet8.h5", options);
    REQUIRE(resnet.ok());
    const std::vector<Tensor> picture(1, Tensor(DType::f32, {1, 32, 32, 3}));
    CHECK_FALSE(has_reference_step(*resnet, test::views_of(picture)));
    CHECK(allocations_of(*resnet, picture) == 0);

    std::size_t tried = 0;
    test::for_each_keras_model(7, [&](const test::KerasModel& recorded) {
      const auto model = Model::open(recorded.file, options);
      if (!model.ok()) return;  // what cannot be imported is tested elsewhere
      const std::vector<Tensor> inputs = test::inputs_of(*model, recorded);
      if (has_reference_step(*model, test::views_of(inputs))) return;
      CAPTURE(recorded.label);
      CHECK(allocations_of(*model, inputs) == 0);
      ++tried;
    });
    MESSAGE(tried << " models with " << threads << " threads");
    CHECK((std::getenv("VIVACE_CASES") || tried > 200));
  }
}
