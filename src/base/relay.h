// Work whose parts follow from one another, done by as many workers as come.
#pragma once

#include <immintrin.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace vivace {

/// Where those meet whose parts depend on one another. Zero before each use.
struct Relay {
  alignas(64) std::atomic<std::int64_t> claimed{0};
  alignas(64) std::atomic<std::int64_t> done{0};
};

/// Runs piece(leg, i) for every leg and each i below `width`: all pieces of a leg before any of the next.
/// Every worker that calls this takes the next piece that nobody has; one that comes alone does them all, and
/// one that comes when all are taken returns at once. So it needs no other worker, and waits only for pieces
/// that are being run.
template <class F>
void run_relay(Relay& relay, std::int64_t legs, std::int64_t width, F piece) {
  constexpr int kSpins = 2'000;  // pauses of about 36 ns; then the other is probably not running
  for (;;) {
    const std::int64_t mine = relay.claimed.fetch_add(1, std::memory_order_relaxed), leg = mine / width;
    if (leg >= legs) return;
    for (int spins = 0; relay.done.load(std::memory_order_acquire) < leg * width; ++spins)
      spins < kSpins ? _mm_pause() : std::this_thread::yield();
    piece(leg, mine % width);
    relay.done.fetch_add(1, std::memory_order_acq_rel);
  }
}

}  // namespace vivace
