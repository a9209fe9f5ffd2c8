// vivace compile: the prepared form as a file.
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

struct CompileOptions {
  ModelOptions model;
  std::string output;
  bool json = false;
};

// A prepared form may be replaced; anything else that stands there is more likely a slip, or the model
// itself.
Status check_target(const std::string& output) {
  std::error_code ignored;
  if (!std::filesystem::exists(output, ignored)) return {};
  const auto kind = inspect(output);
  if (kind.ok() && kind->format == "vivace prepared model") return {};
  return Error("usage.output", text("\"{}\" exists and is no prepared model; it is left as it is", output))
      .fix("give -o a name that is free, or remove the file first");
}

Result<int> compile(const CompileOptions& options) {
  VIVACE_TRY(const Options resolved, options.model.resolved());
  VIVACE_CHECK_OK(check_target(options.output));
  VIVACE_TRY(const Model model, Model::open(options.model.model, resolved));
  VIVACE_CHECK_OK(model.save(options.output));
  std::error_code ignored;
  const auto bytes = static_cast<std::size_t>(std::filesystem::file_size(options.output, ignored));
  if (options.json) {
    Json json;
    json.open();
    json.put("file", options.output);
    json.put("bytes", bytes);
    json.close();
    print_data(json.text());
  } else {
    say(text("wrote {}, {}\n", options.output, bytes_text(static_cast<double>(bytes))));
  }
  return kOk;
}

void setup(Arguments& arguments, CompileOptions& options) {
  options.model.setup(arguments);
  arguments.take("-o,--output FILE", options.output, "the file to write, M.viv", true);
  arguments.flag("--json", options.json, "print one JSON object (docs/json.md)");
}

}  // namespace

const Command kCompile = {"compile", "write the prepared form, which opens in no time",
                          "  vivace compile my_model.h5 -o my_model.viv\n",
                          run_command<CompileOptions, setup, compile>};

}  // namespace vivace::cli
