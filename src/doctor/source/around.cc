#include "doctor/source/around.h"

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"

namespace vivace::doctor {
namespace {

constexpr std::int64_t kNear = 8;           // lines before the call, and after it
constexpr std::size_t kMostText = 4 << 20;  // bytes
constexpr std::string_view kClocks[] = {"time.time(",    "time(",         "perf_counter",
                                        "monotonic(",    "process_time(", "timeit",
                                        "default_timer", "datetime.now(", "tf.timestamp("};
constexpr std::string_view kFetches[] = {".numpy()", "np.array(",    "np.asarray(", "block_until_ready",
                                         "float(",   "sync_devices", ".item()"};

std::vector<std::string_view> lines_of(std::string_view program) {
  std::vector<std::string_view> lines;
  while (!program.empty()) {
    const std::size_t end = std::min(program.find('\n'), program.size());
    lines.push_back(program.substr(0, end));
    program.remove_prefix(std::min(end + 1, program.size()));
  }
  return lines;
}

// A comment reads no clock; nor does the name of a function that only ends like one.
bool holds(std::string_view line, std::span<const std::string_view> words) {
  line = line.substr(0, line.find('#'));
  const auto part_of_name = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (const std::string_view word : words)
    for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
      const bool begins = at == 0 || word[0] == '.' || !part_of_name(line[at - 1]);
      if (begins && !line.starts_with("import") && !line.starts_with("from")) return true;
    }
  return false;
}

// As a device to compute on: "/GPU:0", list_physical_devices("GPU").
bool names_gpu(std::string_view program) {
  constexpr std::string_view kNames[] = {"/GPU:", "/gpu:", "\"GPU\"", "'GPU'", "\"GPU:", "'GPU:"};
  for (const std::string_view line : lines_of(program))
    for (const std::string_view name : kNames)
      if (line.substr(0, line.find('#')).find(name) != line.npos) return true;
  return false;
}

}  // namespace

Around look_around(std::string_view program, std::int64_t line) {
  const auto lines = lines_of(program);
  const auto count = static_cast<std::int64_t>(lines.size());
  if (line < 1 || line > count) return {};
  const auto at = [&](std::int64_t number) { return lines[static_cast<std::size_t>(number - 1)]; };
  const auto is_clock = [&](std::int64_t number) { return holds(at(number), kClocks); };
  std::int64_t before = 0, after = 0;
  for (std::int64_t i = line - 1; i >= std::max<std::int64_t>(1, line - kNear) && before == 0; --i)
    if (is_clock(i)) before = i;
  for (std::int64_t i = line; i <= std::min(count, line + kNear) && after == 0; ++i)
    if (is_clock(i)) after = i;
  Around around;
  around.clocked = (before != 0 && after != 0) || (after == line && at(line).find("timeit") != at(line).npos);
  for (std::int64_t i = line; around.clocked && i <= after; ++i) around.fetched |= holds(at(i), kFetches);
  return around;
}

void note_surroundings_of_calls(Python& python) {
  std::map<std::string, std::shared_ptr<const File>> files;
  // Nothing of a file that is not there any more, or is large.
  const auto text_of = [&](const std::string& name) -> std::string_view {
    if (name.empty() || name.front() == '<') return {};
    const auto [place, fresh] = files.try_emplace(name);
    if (fresh)
      if (auto file = File::open(name); file.ok() && (*file)->bytes().size() <= kMostText)
        place->second = *std::move(file);
    return place->second ? as_text(place->second->bytes()) : std::string_view();
  };
  for (Calls& calls : python.calls) {
    const Around around = look_around(text_of(calls.file), calls.line);
    calls.clocked = around.clocked, calls.fetched = around.fetched;
  }
  for (const Line& line : python.lines) text_of(line.file);
  for (const auto& [name, file] : files) python.gpu_named |= file && names_gpu(as_text(file->bytes()));
}

}  // namespace vivace::doctor
