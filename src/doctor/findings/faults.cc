// Programs that are wrong rather than slow: the exception that ended it, told with its remedy.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

struct Known {
  std::string_view text;  // a part of the exception's own words
  std::string_view id, title, remedy, change;
};
constexpr Known kKnown[] = {
    {"You must call `compile()`", "fit-without-compile", "fit() needs a compiled model",
     "compile it first; a loaded model that was never compiled needs that too",
     "model.compile(optimizer=\"adam\", loss=\"mse\")"},
    {"You must compile your model", "fit-without-compile", "fit() needs a compiled model",
     "compile it first; a loaded model that was never compiled needs that too",
     "model.compile(optimizer=\"adam\", loss=\"mse\")"},
    {"Physical devices cannot be modified after being initialized", "late-memory-growth",
     "memory growth is set after the device was initialised",
     "set it directly after the import, before any tensor or model is made",
     "tf.config.experimental.set_memory_growth(gpu, True)  # as the first lines"},
    {"Virtual devices cannot be modified after being initialized", "late-devices",
     "devices are divided after they were initialised", "set it directly after the import",
     "tf.config.set_logical_device_configuration(...)  # as the first lines"},
    {"cannot be modified after initialization", "late-threads",
     "thread counts are set after TensorFlow began", "set them directly after the import",
     "tf.config.threading.set_intra_op_parallelism_threads(N)"},
    {"Attempted to use a closed Session", "closed-session", "a session is used after it was closed",
     "keep the calls inside its `with` block", "with tf.compat.v1.Session(graph=graph) as session:"},
    {"is not an element of this graph", "foreign-graph", "a tensor is used with a graph that it is not in",
     "make and use it under the same graph and session",
     "with graph.as_default(), session.as_default(): ..."},
    {"The Session graph is empty", "empty-graph", "the session has another graph than the one that was built",
     "give the session the graph", "tf.compat.v1.Session(graph=graph)"},
    {"out of memory", "out-of-memory", "a device ran out of memory", "a smaller batch, or memory growth",
     "model.fit(..., batch_size=B // 2)"},
};

}  // namespace

std::optional<Finding> program_error(Seen evidence, const Ledger&) {
  const Python& python = evidence.python;
  if (python.error.empty()) return {};
  Finding finding;
  finding.fault = true;
  finding.id = "exception";
  finding.title = text("the program ended by {}", python.error);
  std::string words = python.error_text.substr(0, python.error_text.find('\n'));
  finding.facts = {words};
  for (const Known& known : kKnown)
    if (python.error_text.find(known.text) != std::string::npos) {
      finding.id = known.id, finding.title = known.title;
      finding.remedy = known.remedy, finding.change = known.change;
      break;
    }
  return finding;
}

}  // namespace vivace::doctor
