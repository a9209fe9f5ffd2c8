// Work whose parts follow from one another, done by as many workers as come.
#pragma once

#include <immintrin.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/clock.h"

namespace vivace {

/// Where those meet whose parts depend on one another. Zero before each use.
struct Relay {
  alignas(64) std::atomic<std::int64_t> claimed{0};
  alignas(64) std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> held_up_ns{0};  // of all who waited for pieces, beyond the spinning
};

/// Waits until so many pieces are done: spins for some 70 us, and then, since who runs them is probably kept
/// from it, gives up the processor between looks.
inline void wait_for_pieces(Relay& relay, std::int64_t pieces) {
  constexpr int kSpins = 2'000;  // pauses of about 36 ns
  const auto done = [&] { return relay.done.load(std::memory_order_acquire) >= pieces; };
  for (int spins = 0; spins < kSpins; ++spins) {
    if (done()) return;
    _mm_pause();
  }
  const double start = now_s();
  while (!done()) std::this_thread::yield();
  relay.held_up_ns.fetch_add(static_cast<std::int64_t>((now_s() - start) * 1e9), std::memory_order_relaxed);
}

/// Runs piece(leg, i) for every leg and each i below `width`: all pieces of a leg before any of the next.
/// Every worker that calls this takes the next piece that nobody has; one that comes alone does them all, and
/// one that comes when all are taken returns at once. So it needs no other worker, and waits only for pieces
/// that are being run.
template <class F>
void run_relay(Relay& relay, std::int64_t legs, std::int64_t width, F piece) {
  for (;;) {
    const std::int64_t mine = relay.claimed.fetch_add(1, std::memory_order_relaxed), leg = mine / width;
    if (leg >= legs) return;
    wait_for_pieces(relay, leg * width);
    piece(leg, mine % width);
    relay.done.fetch_add(1, std::memory_order_acq_rel);
  }
}

}  // namespace vivace
