// What the commands of the program share.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <string_view>

#include "vivace/model.h"

namespace vivace::cli {

/// Adds a command whose help begins with examples. `run` gives the exit code.
template <class CommandOptions>
void add_command(CLI::App& program, int& exit_code, std::string_view name, std::string_view summary,
                 std::string_view examples, void (*setup)(CLI::App&, CommandOptions&),
                 int (*run)(const CommandOptions&)) {
  CLI::App* const command = program.add_subcommand(std::string(name), std::string(summary));
  command->footer("examples:\n" + std::string(examples));
  auto options = std::make_shared<CommandOptions>();
  setup(*command, *options);
  command->callback([options, run, &exit_code] { exit_code = run(*options); });
}

/// One for each file predict.cc, inspect.cc, ...
void add_predict(CLI::App& program, int& exit_code);
void add_inspect(CLI::App& program, int& exit_code);
void add_explain(CLI::App& program, int& exit_code);
void add_check(CLI::App& program, int& exit_code);
void add_compile(CLI::App& program, int& exit_code);
void add_bench(CLI::App& program, int& exit_code);

/// Options that every command on a model has.
struct ModelOptions {
  std::string model;
  std::string memory;
  bool no_cache = false;
  Options options;

  void setup(CLI::App& command);
  /// The options with sizes like "512M" turned into bytes. Errors: usage.memory.
  Result<Options> resolved() const;
};

/// "512M", "2G", "64k", "1000" as bytes (powers of 1024). Errors: usage.memory.
Result<std::size_t> parse_bytes(std::string_view text);
/// "1,224,224,3" as numbers. Errors: usage.shape.
Result<Shape> parse_shape(std::string_view text);

}  // namespace vivace::cli
