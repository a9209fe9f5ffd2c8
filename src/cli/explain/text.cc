// What explain prints for people.
#include "base/text.h"

#include <algorithm>

#include "cli/explain/explained.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace vivace::cli {
namespace {

constexpr std::size_t kMostNamed = 3;  // steps named for each kernel that would gain

void print_passes(const Explained& all) {
  Table table("lrr");
  table.row({"pass", "changes", "time"});
  for (const PassRun& pass : all.passes)
    if (pass.changes != 0) table.row({pass.name, text("{}", pass.changes), seconds_text(pass.seconds)});
  print(table.text() + "\n");
}

bool multiplies(const Explained& all, Arithmetic arithmetic) {
  return std::ranges::any_of(all.steps,
                             [&](const ExplainedStep& s) { return s.time.arithmetic == arithmetic; });
}

void print_ceilings(const Explained& all) {
  std::string line = text("one core, {}: {:.1f} GFLOP/s", all.isa, all.ceilings.flops_per_s * 1e-9);
  if (multiplies(all, Arithmetic::bytes))
    line += text(", {:.0f} GOP/s of bytes", all.ceilings.byte_ops_per_s * 1e-9);
  if (multiplies(all, Arithmetic::tiles))
    line += text(", {:.0f} by tiles", all.ceilings.tile_ops_per_s * 1e-9);
  line += "; reads";
  for (const Ceilings::Memory& memory : all.ceilings.memories)
    line += text("{} {} {:.1f} GB/s", &memory == &all.ceilings.memories.front() ? "" : ",", memory.name,
                 memory.bytes_per_s * 1e-9);
  print(line + "\n\n");
}

void print_steps(const Explained& all) {
  Table table("llrrrrrrll");
  table.row({"step", "kernel", "time", "% of all", "GFLOP/s", "GB/s", "roofline", "% of it", "bound by",
             "operator"});
  for (const ExplainedStep& explained : all.steps) {
    const auto& [step, roof] = explained;
    table.row({short_name(explained.name()), step.kernel, seconds_text(step.seconds),
               text("{:.1f}", share(step.seconds, all.seconds)),
               text("{:.1f}", share(step.flops, step.seconds) / 1e11),
               text("{:.1f}", share(step.bytes, step.seconds) / 1e11), seconds_text(roof.seconds()),
               text("{:.0f}", share(roof.seconds(), step.seconds)),
               roof.memory_bound() ? "memory" : "computing", short_operator(step.op)});
  }
  print(table.text());
  print(text("\n{} steps, {} on one thread; the roofline is {}, of which {:.0f} % is reached\n\n",
             all.steps.size(), seconds_text(all.seconds), seconds_text(all.least_s),
             share(all.least_s, all.seconds)));
}

void print_gains(const Explained& all) {
  Table table("lrrrl");
  table.row({"what would gain", "steps", "to gain", "% of all", "most of it"});
  for (const Gain& gain : gains_of(all)) {
    std::string named;
    for (std::size_t i = 0; i < std::min(gain.steps.size(), kMostNamed) && gain.steps[i]->excess() > 0; ++i)
      named += text("{}{} ({})", i == 0 ? "" : ", ", short_name(gain.steps[i]->name()),
                    seconds_text(gain.steps[i]->excess()));
    table.row({gain.kernel, text("{}", gain.steps.size()), seconds_text(gain.excess_s),
               text("{:.1f}", share(gain.excess_s, all.seconds)), named});
  }
  print(table.text() + "\n");
}

void print_memory(const Explained& all) {
  const auto bytes = [](std::size_t number) { return bytes_text(static_cast<double>(number)); };
  const Model::Memory& memory = all.memory;
  const double above =
      share(static_cast<double>(memory.arena), static_cast<double>(memory.arena_lower_bound));
  print(text("memory: arena {}, its lower bound {}{}; workspace {}; weights {}, packed {}\n",
             bytes(memory.arena), bytes(memory.arena_lower_bound),
             above > 0 ? text(" ({:+.1f} %)", above - 100) : "", bytes(memory.workspace),
             bytes(memory.weights), bytes(memory.packed)));
}

}  // namespace

void print_explained(const Explained& all) {
  print_passes(all);
  print_ceilings(all);
  print_steps(all);
  print_gains(all);
  print_memory(all);
}

}  // namespace vivace::cli
