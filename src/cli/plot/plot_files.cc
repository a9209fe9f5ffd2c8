#include "cli/plot/plot_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "base/try.h"

namespace vivace::cli {
namespace {

constexpr std::string_view kSvgBegins = "<svg", kHtmlBegins = "<!doctype html>";

// A plot of before may be replaced, and what is no file (a pipe) be written into.
Status check_target(const std::string& path, std::string_view begins) {
  std::error_code ignored;
  if (path.empty() || !std::filesystem::is_regular_file(path, ignored)) return {};
  std::string head(begins.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  if (file.gcount() == 0 || head == begins) return {};
  return Error("usage.output", text("\"{}\" exists and is no plot; it is left as it is", path))
      .fix("give a name that is free, or remove the file first");
}

Status write_file(const std::string& path, const std::string& bytes) {
  if (path.empty()) return {};
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (file) return {};
  return Error("file.unwritable", text("cannot write \"{}\"", path))
      .at(path)
      .why(std::strerror(errno))
      .fix("check the folder's permissions and free space");
}

}  // namespace

void PlotFiles::setup(Arguments& arguments) {
  arguments.take("--svg FILE", svg, "write a plot of it as a picture");
  arguments.take("--html FILE", html, "write a plot of it as a page without scripts");
}

Status PlotFiles::check() const {
  VIVACE_CHECK_OK(check_target(svg, kSvgBegins));
  return check_target(html, kHtmlBegins);
}

Status PlotFiles::write(const Page& page) const {
  VIVACE_CHECK_OK(svg.empty() ? Status() : write_file(svg, svg_text(page)));
  return html.empty() ? Status() : write_file(html, html_text(page));
}

}  // namespace vivace::cli
