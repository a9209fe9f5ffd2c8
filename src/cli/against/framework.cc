#include "cli/against/framework.h"

#include <stdlib.h>

#include <cstdlib>

#include "base/text.h"
#include "base/try.h"
#include "cli/against/child.h"
#include "cli/against/script.h"
#include "vivace/io.h"

namespace vivace::cli {
namespace {

namespace fs = std::filesystem;

// A folder of our own that goes away with its files.
class Scratch {
 public:
  Scratch() {
    std::error_code ignored;
    std::string name = (fs::temp_directory_path(ignored) / "vivace-check-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

std::string python() {
  const char* const set = std::getenv("PYTHON");
  return set && *set ? set : "python3";
}

// The last line that says something, which in Python is the error itself.
std::string last_line(std::string_view said) {
  while (!said.empty() && (said.back() == '\n' || said.back() == ' ')) said.remove_suffix(1);
  return std::string(said.substr(said.rfind('\n') + 1));
}

Status verdict_of(const ChildRun& run, const fs::path& model) {
  if (run.status == 0) return {};
  if (run.status == kNoTensorFlow)
    return Error("check.tensorflow", text("the Python \"{}\" has no TensorFlow", python()))
        .why(last_line(run.err))
        .fix("set PYTHON to the Python that has it: PYTHON=/path/to/python vivace check ...");
  const bool refused = run.status == kRefused;
  return Error("check.refused",
               refused ? text("TensorFlow cannot run \"{}\"", model.string())
                       : text("Python ended with status {} on \"{}\"", run.status, model.string()))
      .why(last_line(run.err))
      .fix("see whether keras.models.load_model opens the file in that Python");
}

}  // namespace

Result<FrameworkAnswer> ask_tensorflow(const fs::path& model, const Options& options,
                                       std::span<const Port> ports, const std::vector<Tensor>& inputs,
                                       double patience_s) {
  const Scratch scratch;
  if (scratch.folder().empty())
    return Error("file.unwritable", "there is no folder for temporary files").fix("set TMPDIR to one");
  std::vector<std::string> names;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    names.push_back(ports[i].name);
    views.push_back(inputs[i].view());
  }
  const fs::path given = scratch.folder() / "inputs.npz", answer = scratch.folder() / "outputs.npz";
  VIVACE_CHECK_OK(write_npz(given, names, views));
  VIVACE_TRY(const ChildRun run,
             run_child({python(), "-c", std::string(kScript), fs::absolute(model).string(), given.string(),
                        answer.string(), options.architecture.string()},
                       scratch.folder(), patience_s));
  VIVACE_CHECK_OK(verdict_of(run, model));
  VIVACE_TRY(std::vector<NamedTensor> arrays, read_npz(answer));
  FrameworkAnswer result;
  result.version = last_line(run.out);
  for (NamedTensor& array : arrays) result.outputs.push_back(std::move(array.second));
  return result;
}

}  // namespace vivace::cli
