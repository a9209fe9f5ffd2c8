// vivace compile: the prepared form as a file.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct CompileOptions {
  ModelOptions model;
  std::string output;
};

Status compile(const CompileOptions& options) {
  VIVACE_TRY(const Options resolved, options.model.resolved());
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  VIVACE_CHECK_OK(model.save(options.output));
  say(text("wrote {}, {}\n", options.output,
           bytes_text(static_cast<double>(std::filesystem::file_size(options.output)))));
  return {};
}

int run(const CompileOptions& options) {
  const Status status = compile(options);
  return status.ok() ? kOk : fail(status.error());
}

void setup(CLI::App& command, CompileOptions& options) {
  options.model.setup(command);
  command.add_option("-o,--output", options.output, "the file to write, FILE.viv")->required();
}

}  // namespace

void add_compile(CLI::App& program, int& exit_code) {
  add_command<CompileOptions>(program, exit_code, "compile",
                              "write the prepared form, which opens in no time",
                              "  vivace compile my_model.h5 -o my_model.viv\n", setup, run);
}

}  // namespace vivace::cli
