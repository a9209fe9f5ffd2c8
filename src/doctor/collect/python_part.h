// The part of the collector that runs inside a Python program: its files lie in a folder of their own, which
// only the user may read and which is gone afterwards.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doctor/collect/ring.h"
#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

class PythonPart {
 public:
  PythonPart() = default;
  ~PythonPart();
  PythonPart(const PythonPart&) = delete;
  PythonPart& operator=(const PythonPart&) = delete;

  /// Writes the files, or finds them in `kept`, where they stay with the byte code that Python makes of them:
  /// see CollectOptions. Says why it cannot, or nothing.
  std::string prepare(Ns origin, const std::filesystem::path& kept);
  /// The environment in which the program is to be started: ours, and the way to the files.
  std::vector<std::string> environment() const;
  Ring& ring() { return ring_; }
  /// Tells a Python that runs already, and that asked for it in VIVACE_DOCTOR_MEET, where the files are.
  void meet() const;
  /// What was recorded by the process `pid`, or else by the one that was watched longest.
  Python collect(std::int64_t pid, std::vector<Gap>& gaps) const;

 private:
  std::filesystem::path folder_;
  Ns origin_ = 0;
  Ring ring_;
};

/// Writes the Python files for an import into a program that runs already; gives what goes wrong.
/// `folder` is to be added to sys.path; `program` is what the import is to start.
Status write_python_files(const std::filesystem::path& folder, std::string_view program);

/// The share of a file that the page cache holds; -1 where that cannot be told.
double cached_share(const std::filesystem::path& path);

}  // namespace vivace::doctor
