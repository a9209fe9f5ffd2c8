#include "cli/terminal.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"

namespace vivace::cli {
namespace {

constexpr double kPatience_s = 0.3;  // shorter work needs no bar
constexpr double kRefresh_s = 0.05;

std::string painted(std::string_view text, std::string_view code) {
  return colours(STDERR_FILENO) ? "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m"
                                : std::string(text);
}

// Colours and all.
void write_stderr(std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stderr); }

}  // namespace

void print(std::string_view text) { print_data(harmless_utf8(text)); }
void print_data(std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); }
void say(std::string_view text) { write_stderr(harmless_utf8(text)); }

int fail(const Error& error) {
  std::fflush(stdout);
  const std::string all = harmless_utf8(to_text(error) + "\n");
  const std::size_t head = all.find(':');
  write_stderr(painted(std::string_view(all).substr(0, head), "1;31") + all.substr(head));
  if (error.id().starts_with("usage.")) return kUsage;
  return error.id() == "import.unsupported" || error.id() == "import.lambda" ? kUnsupported : kFailed;
}

bool colours(int descriptor) {
  const char* const no = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && !(no && *no) && !(term && std::string_view(term) == "dumb");
}

Progress::Progress(std::string what)
    : what_(std::move(what)), start_s_(now_s()), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_s_ > 0) write_stderr("\r\033[K");
}

void Progress::update(double share) {
  const double now = now_s();
  if (!terminal_ || now - start_s_ < kPatience_s || now - shown_s_ < kRefresh_s) return;
  shown_s_ = now;
  constexpr int kWidth = 30;
  const int full = static_cast<int>(share * kWidth);
  write_stderr(text("\r{} [{}{}] {:3.0f} %", what_, std::string(static_cast<std::size_t>(full), '#'),
                    std::string(static_cast<std::size_t>(kWidth - full), '.'), share * 100));
}

}  // namespace vivace::cli
