// What befalls a process that predicts: forks, processors taken away, too many threads or none.
#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "support/keras_cases.h"
#include "support/processes.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace vivace;
using test::in_child;

namespace fs = std::filesystem;

namespace {

const fs::path kResnet = fs::path(VIVACE_TEST_DATA) / "../../examples/cifar10_resnet8.h5";

Model opened(int threads = 0) {
  Options options;
  options.cache = false;
  options.threads = threads;
  return Model::open(kResnet, options).value();
}

Tensor pictures(std::int64_t batch = 2) {
  Tensor tensor(DType::f32, {batch, 32, 32, 3});
  for (std::int64_t i = 0; i < tensor.count(); ++i)
    tensor.as<float>()[i] = static_cast<float>(i * 7919 % 256);
  return tensor;
}

// Whether a model gives these numbers still.
bool gives(const Model& model, const std::vector<Tensor>& want) {
  const auto have = model.predict(pictures().view());
  return have.ok() && test::same_bits(*have, want);
}

// Processors that every thread of this process may run on, from now on.
void confine(const cpu_set_t& set) {
  for (const auto& thread : fs::directory_iterator("/proc/self/task"))
    ::sched_setaffinity(std::stoi(thread.path().filename()), sizeof set, &set);
}

}  // namespace

TEST_CASE("after a fork, parent and child both predict, open and end models") {
  if (!test::kThreadsAfterFork) VIVACE_SKIP("the thread sanitizer allows no threads after a fork");
  auto model = std::make_unique<Model>(opened());
  const auto want = model->predict(pictures().view()).value();
  const auto child = [&] {
    const bool right = gives(*model, want) && gives(opened(), want);
    model.reset();
    return right && gives(opened(), want) ? 0 : 1;
  };
  for (int i = 0; i < 5; ++i) {
    CHECK(in_child(child) == 0);
    CHECK(gives(*model, want));
  }
  CHECK(in_child([&] { return in_child(child); }) == 0);
}

TEST_CASE("a fork amid other threads' predictions, plans and openings leaves the child a model that works") {
  if (!test::kThreadsAfterFork) VIVACE_SKIP("the thread sanitizer allows no threads after a fork");
  const Model model = opened();
  const auto want = model.predict(pictures().view()).value();
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i)
    others.emplace_back([&, i] {
      for (std::int64_t batch = 1; !stop.load(); batch = batch % 20 + 1)
        if (i == 0)
          opened();
        else
          (void)model.predict(pictures(i == 1 ? 2 : batch).view());
    });
  for (int i = 0; i < 30; ++i) CHECK(in_child([&] { return gives(model, want) ? 0 : 1; }) == 0);
  stop.store(true);
  for (std::thread& other : others) other.join();
  CHECK(gives(model, want));
}

TEST_CASE("processors that are taken away and given back while it runs change no bit") {
  cpu_set_t all;
  CPU_ZERO(&all);
  ::sched_getaffinity(0, sizeof all, &all);
  if (CPU_COUNT(&all) < 2) VIVACE_SKIP("there is one processor only");
  const Model model = opened();
  const auto want = model.predict(pictures().view()).value();
  std::atomic<bool> stop{false};
  std::thread mover([&] {
    while (!stop.load()) {
      for (int cpu = 0; cpu < CPU_SETSIZE && !stop.load(); ++cpu) {
        if (!CPU_ISSET(cpu, &all)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        confine(one);
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
      }
      confine(all);
    }
  });
  for (int i = 0; i < 200; ++i) REQUIRE(gives(model, want));
  stop.store(true);
  mover.join();
  confine(all);
}

TEST_CASE("any number of threads asked for is served, with the same bits") {
  const auto want = opened(1).predict(pictures().view()).value();
  for (const int threads : {-3, 0, 1, 2, 7, 5000}) {
    const Model model = opened(threads);
    CHECK(model.threads() >= 1);
    CHECK(gives(model, want));
  }
}

TEST_CASE("where the system gives no thread, the caller's own does the work") {
  const auto want = opened(1).predict(pictures().view()).value();
  CHECK(in_child([&] {
          const Model model = opened();
          const rlimit none{0, 0};
          ::setrlimit(RLIMIT_NPROC, &none);
          if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;  // root is above that limit
          return gives(model, want) && gives(model, want) ? 0 : 1;
        }) == 0);
}

TEST_CASE("a limit on the size of files is an error like a full disk, and ends no process") {
  const test::TempFolder folder;
  const Model model = opened(1);
  CHECK(in_child([&] {
          const rlimit limit{10'000, 10'000};
          ::setrlimit(RLIMIT_FSIZE, &limit);
          const Status saved = model.save(folder / "m.viv");
          const bool told = !saved.ok() && saved.error().id() == "file.unwritable" &&
                            saved.error().why() == "File too large";
          return told && fs::is_empty(folder.path()) ? 0 : 1;
        }) == 0);
}
