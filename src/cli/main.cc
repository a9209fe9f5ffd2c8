// The program: picks the command.
#include <csignal>
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

constexpr std::string_view kCommands[] = {"predict", "inspect", "explain", "check", "compile", "bench"};

constexpr std::string_view kOverview =
    "examples:\n"
    "  vivace predict my_model.h5 photo.png            the numbers TensorFlow would give\n"
    "  vivace inspect my_model.keras                   inputs, outputs, layers, and what is unsupported\n"
    "  vivace explain my_model.h5                      where the time goes, step by step\n"
    "  vivace bench my_model.h5 --batch 1,32           latency and throughput\n"
    "  vivace compile my_model.h5 -o my_model.viv      the prepared form: opens in under a millisecond\n"
    "\n"
    "`vivace COMMAND --help` shows a command's options. Exit codes: 0 done, 1 the model or its input is at\n"
    "fault, 2 the command line is, 3 numbers differ, 4 the model needs what vivace lacks.\n"
    "Prepared models are cached in ~/.cache/vivace; VIVACE_CACHE=off turns that off.";

int usage_error(const CLI::App& program, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return program.exit(error);  // --help
  say(text("vivace: {}\n", error.what()));
  say("`vivace --help` shows how it is used\n");
  return kUsage;
}

int run(int argc, char** argv) {
  CLI::App program("vivace: TensorFlow models, lively and fast", "vivace");
  program.footer(std::string(kOverview));
  program.require_subcommand(1);
  int exit_code = kOk;
  add_predict(program, exit_code);
  add_inspect(program, exit_code);
  add_explain(program, exit_code);
  add_check(program, exit_code);
  add_compile(program, exit_code);
  add_bench(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(program, error);
  }
  return exit_code;
}

}  // namespace
}  // namespace vivace::cli

int main(int argc, char** argv) {
  using namespace vivace::cli;
  std::signal(SIGPIPE, SIG_DFL);
  const std::string_view first = argc > 1 ? argv[1] : "--help";
  if (first == "--version" || first == "-V") {
    print(vivace::text("vivace {}\n", vivace::version()));
    return kOk;
  }
  const bool known = std::find(std::begin(kCommands), std::end(kCommands), first) != std::end(kCommands);
  if (!known && !first.starts_with("-")) {
    say(vivace::text("vivace: there is no command \"{}\"{}\n`vivace --help` lists them\n", first,
                     vivace::did_you_mean(first, kCommands)));
    return kUsage;
  }
  if (argc == 1) {
    char help[] = "--help";
    char* arguments[] = {argv[0], help, nullptr};
    return run(2, arguments);
  }
  return run(argc, argv);
}
