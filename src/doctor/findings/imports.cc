// What importing costs, and byte code that is compiled anew at every start.
#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/findings/rules.h"

namespace vivace::doctor {
namespace {

constexpr std::int64_t kManyUncached = 100;

}  // namespace

std::optional<Finding> no_bytecode(Seen evidence, const Ledger& ledger) {
  const Python& python = evidence.python;
  // What reading byte code takes instead is about what reading the sources took: by measurement the imports
  // of TensorFlow became faster by 1.01 and 1.10 times as much as compiling took.
  if (python.uncached < kManyUncached || !at_least(python.compiling, 0.02, ledger)) return {};
  Finding finding;
  finding.id = "no-bytecode";
  finding.title = text("{} of {} modules are compiled anew at every start", python.uncached, python.modules);
  finding.facts = {text("no byte code (.pyc) was found for them; compiling took {}",
                        seconds_text(seconds(python.compiling)))};
  for (const Variable& variable : evidence.environment)
    if (variable.name == "PYTHONDONTWRITEBYTECODE") finding.facts.push_back("PYTHONDONTWRITEBYTECODE is set");
  finding.gain = identity(python.compiling, 0.1);
  finding.gain.most = part_of(python.compiling, 1.1);
  claim(finding, ledger, {Phase::imports}, {Column::python, Column::native, Column::system, Column::faults});
  finding.effort = Effort::setting;
  finding.remedy = "compile once";
  finding.change = text("{} -m compileall -q SITE-PACKAGES; unset PYTHONDONTWRITEBYTECODE",
                        python.executable.empty() ? "python3" : python.executable);
  finding.startup = true;
  finding.confidence = 0.9;
  return finding;
}

std::optional<Finding> import_time(Seen evidence, const Ledger& ledger) {
  const Python& python = evidence.python;
  const Ns spent = ledger.of(Phase::imports) + ledger.of(Phase::libraries);
  if (!at_least(spent, 0.05, ledger) || python.packages.empty()) return {};
  const Package* heaviest = &python.packages.front();
  for (const Package& package : python.packages)
    if (package.self > heaviest->self) heaviest = &package;
  Finding finding;
  finding.id = "import-time";
  finding.title = text("importing takes {}: {} most of it", seconds_text(seconds(spent)), heaviest->name);
  finding.facts = {text("{} modules", python.modules)};
  std::string names;
  for (std::size_t i = 0; i < python.packages.size() && i < 4; ++i) {
    const Package& package = python.packages[i];
    names += text("{}{} {}", i == 0 ? "" : ", ", package.name, seconds_text(seconds(package.self)));
  }
  finding.facts.push_back(names + " by themselves");
  const bool tensorflow =
      heaviest->name == "tensorflow" || heaviest->name == "keras" || heaviest->name == "tf_keras";
  finding.gain = identity(part_of(spent, tensorflow ? 0.95 : 0.5), tensorflow ? 0.15 : 0.8);
  claim_wall(finding, ledger, kImporting,
             {Column::python, Column::native, Column::linker, Column::system, Column::faults});
  finding.effort = Effort::redesign;
  finding.remedy = tensorflow ? "keep the process alive, or predict without TensorFlow"
                              : "import what is needed late, and where it is needed";
  finding.change = tensorflow
                       ? "vivace predict MODEL INPUT, or vivace::Model::open(MODEL)"
                       : text("python3 -X importtime ... shows the tree; move `import {}`", heaviest->name);
  finding.startup = true;
  finding.confidence = 0.95;
  return finding;
}

}  // namespace vivace::doctor
