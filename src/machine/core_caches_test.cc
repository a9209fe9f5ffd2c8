#include "machine/core_caches.h"

#include <doctest/doctest.h>

using namespace vivace::machine;

TEST_CASE("caches come nearest first, and those of one core are among them") {
  const auto caches = read_caches();
  for (std::size_t i = 1; i < caches.size(); ++i) CHECK(caches[i].level > caches[i - 1].level);
  const CoreCaches core = read_core_caches();
  CHECK(core.l1_bytes >= 1024);
  CHECK(core.l2_bytes >= core.l1_bytes);
  for (const Cache& cache : caches) {
    if (cache.level == 1) CHECK(cache.bytes == core.l1_bytes);
    if (cache.level == 2) CHECK(cache.bytes == core.l2_bytes);
  }
}
