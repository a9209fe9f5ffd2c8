// vivace doctor: why a program is slow.
#include "vivace/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "vivace/model.h"

namespace vivace::cli {
namespace {

// As a shell answers for a program that it cannot start.
constexpr int kNotFound = 127;

struct DoctorWords {
  std::string from, save, json, html, markdown, trace;
  std::int64_t pid = 0;
  double seconds = 0;
  bool python_path = false;
  bool no_python = false, no_code = false, no_models = false, redact = false, quiet = false;
};

void setup(Arguments& arguments, DoctorWords& words) {
  arguments.take("--from FILE", words.from, "report from saved evidence instead of running a command");
  arguments.take("--pid N", words.pid, "look at a process that runs already; Ctrl-C ends the looking",
                 {1, 1e9});
  arguments.take("--seconds S", words.seconds, "with --pid: end the looking after so many", {0, 1e6});
  arguments.flag("--python-path", words.python_path,
                 "print the folder to add to sys.path in a notebook, for: import vivace_doctor");
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
  options.redact = words.redact, options.seconds = words.seconds;
  const bool runs = words.from.empty() && words.pid == 0;
  const auto examination = words.pid != 0 ? Examination::attach(words.pid, options)
                           : runs         ? Examination::run(command, options)
                                          : Examination::read(words.from, options);
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

// Beside the user's other caches, in a folder of this program's version.
int print_python_path() {
  const char *const cache = std::getenv("XDG_CACHE_HOME"), *const home = std::getenv("HOME");
  const std::filesystem::path base = cache && *cache == '/' ? std::filesystem::path(cache)
                                     : home && *home == '/' ? std::filesystem::path(home) / ".cache"
                                                            : std::filesystem::path("/tmp");
  const std::filesystem::path folder = base / "vivace" / text("python-{}", version());
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (const Status written = write_python_part(folder, program); !written.ok()) return fail(written.error());
  print(folder.string() + "\n");
  return kOk;
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
  if (words.python_path) return print_python_path();
  const int subjects = !words.from.empty() + !program.empty() + (words.pid != 0);
  if (subjects == 0)
    return fail(Error("usage.missing", "doctor needs a program to examine")
                    .fix("vivace doctor -- python3 app.py, or --pid N, or --from EVIDENCE"));
  if (subjects > 1)
    return fail(Error("usage.value",
                      "doctor takes a program, a process (--pid) or saved evidence (--from), one of them")
                    .fix("leave the others out"));
  return examine(program, words);
}

}  // namespace

const Command kDoctor = {"doctor", "why a program is slow, and what each remedy would gain",
                         "  vivace doctor -- python3 app.py\n"
                         "  vivace doctor --save run.json --html run.html -- ./program --its-own options\n"
                         "  vivace doctor --pid 4711 --seconds 20\n"
                         "  vivace doctor --from run.json\n",
                         run_doctor};

}  // namespace vivace::cli
