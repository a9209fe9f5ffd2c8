#include "runtime/preparation.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace vivace;

namespace {

Status nothing() { return {}; }

}  // namespace

TEST_CASE("what is kept waits for the first answer, and for nothing else") {
  std::atomic<bool> kept = false;
  {
    Preparation preparation;
    preparation.run(true, nothing, [&] {
      kept.store(true);
      kept.notify_all();
    });
    CHECK(preparation.packed().ok());
    preparation.answered();
    preparation.answered();
    kept.wait(false);
  }
  kept.store(false);
  {
    Preparation unanswered;
    unanswered.run(true, nothing, [&] { kept.store(true); });
    CHECK(unanswered.packed().ok());
  }
  CHECK(kept.load());
}

TEST_CASE("where nobody answers, it is kept all the same") {
  std::atomic<bool> kept = false;
  Preparation preparation;
  preparation.run(true, nothing, [&] {
    kept.store(true);
    kept.notify_all();
  });
  kept.wait(false);
  CHECK(kept.load());
}

TEST_CASE("without a thread of its own, and without weights, nothing waits") {
  bool kept = false;
  Preparation here;
  here.run(false, nothing, [&] { kept = true; });
  CHECK(kept);
  kept = false;
  Preparation failed;
  failed.run(
      true, [] { return Status(Error("test.failed", "no")); }, [&] { kept = true; });
  CHECK(!failed.packed().ok());
  failed.finish();
  CHECK(!kept);
}
