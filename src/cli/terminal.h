// Talking to a person: data to stdout, talk to stderr, colour only where it is welcome.
#pragma once

#include <string>
#include <string_view>

#include "vivace/result.h"

namespace vivace::cli {

/// Exit codes, as documented in the help and docs/cli.md.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,      // the model or its input is at fault; an error was printed
  kUsage = 2,       // the command line is
  kUnsupported = 4  // the model needs something that vivace lacks
};

/// To stdout and to stderr, for people: names that come out of files are shown, and never obeyed by the
/// terminal (harmless_utf8).
void print(std::string_view text);
void say(std::string_view text);
/// To stdout, every byte: JSON, and what a model computed.
void print_data(std::string_view bytes);
/// Prints an error to stderr and gives the exit code that fits it.
int fail(const Error& error);

/// Whether stderr (or stdout) is a terminal that wants colour: NO_COLOR and TERM=dumb are honoured.
bool colours(int descriptor);

/// A line on stderr that says what takes long; shown only on a terminal and only after 300 ms, and wiped at
/// the end. Update it from the thread that works.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(double share);

 private:
  std::string what_;
  double start_s_;
  double shown_s_ = 0;
  bool terminal_;
};

}  // namespace vivace::cli
