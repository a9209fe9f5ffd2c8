// --svg FILE and --html FILE: where a command's page goes.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "cli/plot/plot.h"
#include "vivace/result.h"

namespace vivace::cli {

struct PlotFiles {
  std::string svg, html;

  void setup(Arguments& arguments);
  bool wanted() const { return !svg.empty() || !html.empty(); }
  /// Before anything is measured. Errors: usage.output (a file of another kind stands there: more likely a
  /// slip, or the model itself).
  Status check() const;
  /// Errors: file.unwritable.
  Status write(const Page& page) const;
};

}  // namespace vivace::cli
