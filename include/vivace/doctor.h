// SPDX-License-Identifier: Apache-2.0
/// Why a program is slow: runs it unchanged, or reads what was recorded of it, and tells.
///
///     auto examination = vivace::Examination::run({"python3", "app.py"}).value();
///     std::fputs(examination.report(vivace::ReportFormat::text).c_str(), stderr);
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "vivace/result.h"

#ifndef VIVACE_API
#define VIVACE_API __attribute__((visibility("default")))
#endif

namespace vivace {

struct DoctorOptions {
  bool python = true;   // watch a Python program from inside too
  bool code = true;     // sample which code runs (perf events)
  bool models = true;   // open the model files that it loaded, and time the same calls here, after its end
  double seconds = 0;   // attach() ends after so many; 0: only by a signal, or with the process
  bool redact = false;  // leave paths and the environment out of what is saved and reported
};

/// trace: of Chrome's JSON form, which Perfetto opens.
enum class ReportFormat { text, json, html, markdown, trace };

/// What was seen of one run, and what follows from it. Immutable; cheap to copy.
class VIVACE_API Examination {
 public:
  /// Runs a command to its end; its standard streams are its own. A program that fails is examined like any
  /// other. Errors: doctor.command (it cannot be started), doctor.start.
  static Result<Examination> run(const std::vector<std::string>& command, const DoctorOptions& options = {});
  /// Looks at a process that runs already, until it ends, the seconds are over, or SIGINT or SIGTERM comes;
  /// it goes on. What it did before is not seen. Errors: doctor.process.
  static Result<Examination> attach(std::int64_t pid, const DoctorOptions& options = {});
  /// What save() wrote. Errors: file.*, json.*, doctor.not-evidence, doctor.version, doctor.damaged.
  static Result<Examination> read(const std::filesystem::path& evidence, const DoctorOptions& options = {});

  /// Writes the evidence, from which every report can be made again. Errors: file.unwritable.
  Status save(const std::filesystem::path& evidence) const;
  /// Text is the first screen: 24 lines at most, each of 100 characters at most.
  std::string report(ReportFormat format) const;
  /// The same as a file. Errors: file.unwritable.
  Status write(ReportFormat format, const std::filesystem::path& path) const;
  /// As a shell would tell it: the program's own, or 128 and the number of the signal that ended it.
  int exit_code() const;

 private:
  struct Impl;
  explicit Examination(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// Writes the Python package vivace_doctor, by which a notebook's kernel is watched, into a folder for
/// sys.path; `program` is the vivace that it is to start. Errors: file.unwritable.
VIVACE_API Status write_python_part(const std::filesystem::path& folder,
                                    const std::filesystem::path& program);

}  // namespace vivace
