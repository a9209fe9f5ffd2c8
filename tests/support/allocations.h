// How often this program asked for memory, counted by src/api/allocation_test.cc.
#pragma once

#include <cstddef>

namespace vivace::test {

std::size_t allocations();
/// The largest single request since the last call.
std::size_t take_largest_allocation();

}  // namespace vivace::test
