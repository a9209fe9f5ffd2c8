// A program run as a child process: only `vivace check --against` does that, and only because it was asked
// to.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vivace/result.h"

namespace vivace::cli {

struct ChildRun {
  int status = 0;  // the exit status, or 128 and the signal's number
  std::string out, err;
};

/// Runs words[0], looked for on PATH, to its end; its standard input is empty, what it prints is kept in
/// `folder` meanwhile. After `patience_s` it and its children are killed. Errors: check.python (it cannot be
/// started), check.timeout.
Result<ChildRun> run_child(const std::vector<std::string>& words, const std::filesystem::path& folder,
                           double patience_s);

}  // namespace vivace::cli
