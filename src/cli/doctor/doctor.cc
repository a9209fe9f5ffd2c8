// vivace doctor: why a program is slow.
#include "vivace/doctor.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

// As a shell answers for a program that it cannot start.
constexpr int kNotFound = 127;

struct DoctorWords {
  std::string from, save, json, html, markdown, trace;
  bool no_python = false, no_code = false, no_models = false, redact = false, quiet = false;
};

void setup(Arguments& arguments, DoctorWords& words) {
  arguments.take("--from FILE", words.from, "report from saved evidence instead of running a command");
  arguments.take("--save FILE", words.save, "write all that was seen, to report from it again");
  arguments.take("--json FILE", words.json,
                 "write the diagnosis as JSON (docs/json.md); \"-\": the standard output");
  arguments.take("--html FILE", words.html, "write the whole report as one page");
  arguments.take("--markdown FILE", words.markdown, "write it for a bug report");
  arguments.take("--trace FILE", words.trace, "write the time line for Perfetto (ui.perfetto.dev)");
  arguments.flag("--redact", words.redact, "leave folders, names of others and values of variables out");
  arguments.flag("--quiet", words.quiet, "no text: files only");
  arguments.flag("--no-python", words.no_python, "watch from outside only");
  arguments.flag("--no-code", words.no_code, "sample no code (perf events)");
  arguments.flag("--no-models", words.no_models, "do not open and time the model files that it loaded");
}

Status write_files(const Examination& examination, const DoctorWords& words) {
  if (!words.save.empty()) VIVACE_CHECK_OK(examination.save(words.save));
  if (!words.html.empty()) VIVACE_CHECK_OK(examination.write(ReportFormat::html, words.html));
  if (!words.markdown.empty()) VIVACE_CHECK_OK(examination.write(ReportFormat::markdown, words.markdown));
  if (!words.trace.empty()) VIVACE_CHECK_OK(examination.write(ReportFormat::trace, words.trace));
  if (words.json == "-")
    print_data(examination.report(ReportFormat::json));
  else if (!words.json.empty())
    VIVACE_CHECK_OK(examination.write(ReportFormat::json, words.json));
  return {};
}

// What the program printed belongs to it alone: the report goes to stderr. From saved evidence it is the
// answer.
int examine(const std::vector<std::string>& command, const DoctorWords& words) {
  DoctorOptions options;
  options.python = !words.no_python, options.code = !words.no_code, options.models = !words.no_models,
  options.redact = words.redact;
  const bool runs = words.from.empty();
  const auto examination = runs ? Examination::run(command, options) : Examination::read(words.from, options);
  if (!examination.ok()) {
    const int code = fail(examination.error());
    return examination.error().id() == "doctor.command" ? kNotFound : code;
  }
  if (!words.quiet && words.json != "-") {
    const std::string report = examination->report(ReportFormat::text);
    runs ? say("\n" + report) : print(report);
  }
  const Status written = write_files(*examination, words);
  if (!written.ok()) {
    const int code = fail(written.error());
    return runs && examination->exit_code() != 0 ? examination->exit_code() : code;
  }
  return runs ? examination->exit_code() : kOk;
}

// The words behind "--" are the program's own, whatever they look like.
int run_doctor(const Command& command, int argc, char** argv) {
  int own = 1;
  while (own < argc && std::string_view(argv[own]) != "--") ++own;
  const std::vector<std::string> program(argv + std::min(own + 1, argc), argv + argc);
  DoctorWords words;
  Arguments arguments(command);
  setup(arguments, words);
  if (const Status parsed = arguments.parse(own, argv); !parsed.ok())
    return fail(Error(parsed.error().id(), parsed.error().what())
                    .fix("the program to examine stands behind \"--\": vivace doctor -- python3 app.py"));
  if (arguments.wants_help()) {
    print(arguments.help());
    return kOk;
  }
  if (words.from.empty() && program.empty())
    return fail(Error("usage.missing", "doctor needs a program to examine")
                    .fix("vivace doctor -- python3 app.py, or vivace doctor --from EVIDENCE"));
  if (!words.from.empty() && !program.empty())
    return fail(
        Error("usage.value", "doctor takes saved evidence or a program, not both").fix("leave one out"));
  return examine(program, words);
}

}  // namespace

const Command kDoctor = {"doctor", "why a program is slow, and what each remedy would gain",
                         "  vivace doctor -- python3 app.py\n"
                         "  vivace doctor --save run.json --html run.html -- ./program --its-own options\n"
                         "  vivace doctor --from run.json\n",
                         run_doctor};

}  // namespace vivace::cli
