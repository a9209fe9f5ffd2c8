// How a test case says that it lacks what it needs: loudly, and counted by ./dev test.
#pragma once

#include <cstdio>

/// Prints one line "SKIPPED: why" and ends the test case.
#define VIVACE_SKIP(why)                 \
  do {                                   \
    std::printf("SKIPPED: %s\n", (why)); \
    std::fflush(stdout);                 \
    return;                              \
  } while (false)
