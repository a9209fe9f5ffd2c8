// Work of milliseconds on several threads: packing weights, copying them. Predicting has a team of its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace vivace {

/// Fewer bytes than this are copied or packed sooner than a thread starts.
inline constexpr std::size_t kWorthAThread = std::size_t{1} << 20;

/// Runs work(0) to work(count - 1), each once and in any order, on the caller and on threads that end with
/// the call: `threads` at most, fewer where the system gives no more. The first exception ends the rest and
/// is thrown here.
template <class Work>
void in_parallel(int threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr thrown;
  std::mutex mutex;
  const auto take = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!thrown) thrown = std::current_exception();
        next.store(count);
      }
  };
  std::vector<std::thread> others;
  others.reserve(static_cast<std::size_t>(std::max(threads, 1)));
  try {
    while (others.size() + 1 < std::min(static_cast<std::size_t>(std::max(threads, 1)), count))
      others.emplace_back(take);
  } catch (const std::system_error&) {  // those that there are do it
  }
  take();
  for (std::thread& other : others) other.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace vivace
