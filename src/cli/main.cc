// The program: picks the command.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

constexpr const Command* kCommands[] = {&kPredict, &kInspect, &kExplain, &kCheck,
                                        &kCompile, &kBench,   &kDoctor};

constexpr std::string_view kExamples =
    "examples:\n"
    "  vivace predict my_model.h5 photo.png            the numbers TensorFlow would give\n"
    "  vivace inspect my_model.keras                   inputs, outputs, layers, and what is unsupported\n"
    "  vivace explain my_model.h5                      where the time goes, step by step\n"
    "  vivace bench my_model.h5 --batch 1,32           latency and throughput\n"
    "  vivace compile my_model.h5 -o my_model.viv      the prepared form: opens in under a millisecond\n"
    "  vivace doctor -- python3 app.py                 why that program is slow, and what would help\n";

constexpr std::string_view kNotes =
    "`vivace COMMAND --help` shows a command's options; `vivace --version` the version.\n"
    "Exit codes: 0 done, 1 the model or its input is at fault, 2 the command line is, 4 the model needs "
    "what\n"
    "vivace lacks. Prepared models are cached in ~/.cache/vivace; VIVACE_CACHE=off turns that off.\n";

std::string help() {
  std::string all = "vivace: TensorFlow models, lively and fast\n\n" + std::string(kExamples) +
                    "\nusage: vivace COMMAND [OPTIONS]\n\ncommands:\n";
  for (const Command* command : kCommands) all += text("  {:<10} {}\n", command->name, command->summary);
  return all + "\n" + std::string(kNotes);
}

int unknown(std::string_view word) {
  std::vector<std::string_view> known{"--help", "--version"};
  for (const Command* command : kCommands) known.push_back(command->name);
  return fail(Error(word.starts_with('-') ? "usage.option" : "usage.command",
                    text("there is no {} \"{}\"{}", word.starts_with('-') ? "option" : "command", word,
                         did_you_mean(word, known)))
                  .fix("vivace --help lists the commands"));
}

int run(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "--help";
  if (first == "--version" || first == "-V") {
    print(text("vivace {}\n", version()));
    return kOk;
  }
  if (first == "--help" || first == "-h" || first == "help") {
    print(help());
    return kOk;
  }
  const auto found = std::ranges::find(kCommands, first, &Command::name);
  if (found == std::end(kCommands)) return unknown(first);
  return (*found)->run(**found, argc - 1, argv + 1);
}

}  // namespace
}  // namespace vivace::cli

int main(int argc, char** argv) {
  using namespace vivace::cli;
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the limit on its size is an error, told as others are
  const int code = run(argc, argv);
  // A full disk shows only when the last bytes go out.
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return fail(vivace::Error("file.unwritable", "the answer could not be written to the standard output"));
}
