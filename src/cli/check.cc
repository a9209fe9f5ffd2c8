// vivace check: verifies a file without running it.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "vivace/model.h"

namespace vivace::cli {
namespace {

struct CheckOptions {
  ModelOptions model;
};

Status check(const CheckOptions& options) {
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the file itself is to be read
  VIVACE_CHECK_OK(verify_file(options.model.model, resolved));
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  print(text("{}: sound; {} input{}, {} output{}\n", options.model.model, model.inputs().size(),
             model.inputs().size() == 1 ? "" : "s", model.outputs().size(),
             model.outputs().size() == 1 ? "" : "s"));
  return {};
}

int run(const CheckOptions& options) {
  const Status status = check(options);
  return status.ok() ? kOk : fail(status.error());
}

void setup(CLI::App& command, CheckOptions& options) { options.model.setup(command); }

}  // namespace

void add_check(CLI::App& program, int& exit_code) {
  add_command<CheckOptions>(program, exit_code, "check",
                            "verify a file, every byte of it, without running it",
                            "  vivace check my_model.h5\n  vivace check my_model.viv\n", setup, run);
}

}  // namespace vivace::cli
