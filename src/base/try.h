// Passing errors up: VIVACE_TRY(auto x, f()) gives x or returns f's error.
#pragma once

#include <utility>

#include "vivace/result.h"

#define VIVACE_CONCAT_INNER(a, b) a##b
#define VIVACE_CONCAT(a, b) VIVACE_CONCAT_INNER(a, b)

/// Declares or assigns `left` from the value of `expression` (a Result<T>), or returns its error.
#define VIVACE_TRY(left, expression) \
  VIVACE_TRY_IMPL(VIVACE_CONCAT(vivace_result_, __LINE__), left, expression)
#define VIVACE_TRY_IMPL(result, left, expression)     \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  left = *std::move(result)

/// Returns the error of `expression` (a Status), if it has one.
#define VIVACE_CHECK_OK(expression) \
  if (auto vivace_status = (expression); !vivace_status.ok()) return std::move(vivace_status).error()
