#include "base/memory/slab.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

using namespace vivace;

TEST_CASE("a slab's buffers are aligned, zeroed and apart, whatever their sizes") {
  Slab slab;
  std::vector<std::pair<std::shared_ptr<std::byte>, std::size_t>> taken;
  for (const std::size_t size : {0, 1, 63, 64, 65, 4096, 300'000, 5'000'000, 7, 20'000'000, 100})
    taken.emplace_back(slab.take(size), size);
  int number = 0;
  for (const auto& [data, size] : taken) {
    CHECK(reinterpret_cast<std::uintptr_t>(data.get()) % kAlignment == 0);
    CHECK(std::all_of(data.get(), data.get() + size, [](std::byte b) { return b == std::byte{0}; }));
    std::memset(data.get(), ++number, size);
  }
  number = 0;
  for (const auto& [data, size] : taken) {
    ++number;
    CHECK(std::all_of(data.get(), data.get() + size, [&](std::byte b) { return b == std::byte(number); }));
  }
}

TEST_CASE("what a slab expects lies together, and more comes when that was too little") {
  Slab slab;
  slab.expect(40'000'000);
  const auto first = slab.take(30'000'000), second = slab.take(10'000'000), third = slab.take(100);
  CHECK(second.get() - first.get() == aligned(30'000'000));
  std::memset(first.get(), 1, 30'000'000);
  std::memset(second.get(), 2, 10'000'000);
  std::memset(third.get(), 3, 100);
  CHECK(first.get()[29'999'999] == std::byte{1});
  CHECK(second.get()[9'999'999] == std::byte{2});
}

TEST_CASE("a slab's buffers outlive it") {
  auto slab = std::make_unique<Slab>();
  const auto first = slab->take(1000), second = slab->take(1000);
  slab.reset();
  std::memset(first.get(), 1, 1000);
  std::memset(second.get(), 2, 1000);
  CHECK(first.get()[999] == std::byte{1});
}

TEST_CASE("several threads take from one slab") {
  Slab slab;
  std::vector<std::thread> threads;
  std::vector<std::vector<std::shared_ptr<std::byte>>> taken(4);
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        taken[t].push_back(slab.take(5000));
        std::memset(taken[t].back().get(), static_cast<int>(t + 1), 5000);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < 4; ++t)
    for (const auto& data : taken[t]) CHECK(data.get()[4999] == std::byte(t + 1));
}
