// vivace check: verifies a file without running it.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/terminal.h"
#include "vivace/model.h"

namespace vivace::cli {
namespace {

struct CheckOptions {
  ModelOptions model;
  bool json = false;
};

Result<int> check(const CheckOptions& options) {
  VIVACE_TRY(Options resolved, options.model.resolved());
  resolved.cache = false;  // the file itself is to be read
  VIVACE_CHECK_OK(verify_file(options.model.model, resolved));
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  if (options.json) {
    Json json;
    json.open();
    json.put("sound", true);
    json.put("inputs", model.inputs().size());
    json.put("outputs", model.outputs().size());
    json.close();
    print(json.text());
    return kOk;
  }
  print(text("{}: sound; {} input{}, {} output{}\n", options.model.model, model.inputs().size(),
             model.inputs().size() == 1 ? "" : "s", model.outputs().size(),
             model.outputs().size() == 1 ? "" : "s"));
  return kOk;
}

void setup(Arguments& arguments, CheckOptions& options) {
  options.model.setup(arguments);
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kCheck = {"check", "verify a file, every byte of it, without running it",
                        "  vivace check my_model.h5\n  vivace check my_model.viv\n",
                        run_command<CheckOptions, setup, check>};

}  // namespace vivace::cli
