// What a command takes: its words are declared once, for parsing and for its help. CLI11 stands behind it and
// is seen by arguments.cc alone, so that the other files build, and the program starts, without its tables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vivace/result.h"

namespace vivace::cli {

/// A command of the program; `run` gets the command line from the command's own name on and gives the exit
/// code.
struct Command {
  std::string_view name, summary;
  std::string_view examples;  // lines that begin with two blanks
  int (*run)(const Command& command, int argc, char** argv);
};

struct Range {
  double least = 0, most = 0;
};

class Arguments {
 public:
  explicit Arguments(const Command& command);
  ~Arguments();

  /// `names` is "MODEL", or "-o,--output FILE" where FILE is what the help calls the value. Strings may be
  /// required; a list of strings may be given several times (a positional one takes all that is left); a list
  /// of numbers is separated by commas.
  void take(std::string_view names, std::string& value, std::string_view help, bool required = false);
  void take(std::string_view names, std::filesystem::path& value, std::string_view help);
  void take(std::string_view names, int& value, std::string_view help, Range range);
  void take(std::string_view names, std::int64_t& value, std::string_view help, Range range);
  void take(std::string_view names, double& value, std::string_view help, Range range);
  void take(std::string_view names, std::vector<std::string>& values, std::string_view help);
  void take(std::string_view names, std::vector<std::int64_t>& values, std::string_view help, Range range);
  void flag(std::string_view names, bool& value, std::string_view help);

  /// Fills in the values. Errors: usage.option (the nearest known one is named), usage.value, usage.missing.
  Status parse(int argc, char** argv);
  /// Whether --help was asked for; then nothing else was checked.
  bool wants_help() const { return wants_help_; }
  /// Examples first, then every word.
  std::string help() const;

 private:
  struct Parser;
  struct Word {
    std::string names, value, help;
  };
  Error unknown_option(std::string_view word) const;
  std::string_view declare(std::string_view names, std::string_view help, bool list = false);

  const Command& command_;
  std::unique_ptr<Parser> parser_;
  std::vector<Word> positionals_, options_;
  bool wants_help_ = false;
};

}  // namespace vivace::cli
