// What the commands of the program share.
#pragma once

#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "cli/terminal.h"
#include "vivace/model.h"

namespace vivace::cli {

/// One in each file predict.cc, inspect.cc, ...
extern const Command kPredict, kInspect, kExplain, kCheck, kCompile, kBench, kDoctor;

/// The whole of a command: its options are declared, parsed, and run.
template <class CommandOptions, void (*setup)(Arguments&, CommandOptions&),
          Result<int> (*run)(const CommandOptions&)>
int run_command(const Command& command, int argc, char** argv) {
  CommandOptions options;
  Arguments arguments(command);
  setup(arguments, options);
  if (const Status parsed = arguments.parse(argc, argv); !parsed.ok()) return fail(parsed.error());
  if (arguments.wants_help()) {
    print(arguments.help());
    return kOk;
  }
  const Result<int> code = run(options);
  return code.ok() ? *code : fail(code.error());
}

/// Options that every command on a model has.
struct ModelOptions {
  std::string model;
  std::string memory;
  std::vector<std::string> lambdas;  // NAME=FUNCTION
  std::string dynamic_range;         // "tflite" or "float"
  std::string rounding;              // "reference" or "xnnpack"
  bool no_cache = false;
  Options options;

  void setup(Arguments& arguments);
  /// For a command that runs with several numbers of threads, one after another.
  void setup(Arguments& arguments, std::vector<std::int64_t>& threads);
  /// The options with sizes like "512M" turned into bytes. Errors: usage.memory, usage.map-lambda.
  Result<Options> resolved() const;

 private:
  void setup_others(Arguments& arguments);
};

/// "512M", "2G", "64k", "1000" as bytes (powers of 1024). Errors: usage.memory.
Result<std::size_t> parse_bytes(std::string_view text);
/// "1,224,224,3" as numbers. Errors: usage.shape.
Result<Shape> parse_shape(std::string_view text);

}  // namespace vivace::cli
