// Opening a model: from its prepared form where there is one, else from its source.
#include "api/cache.h"
#include "api/impl.h"
#include "api/import.h"
#include "api/write.h"
#include "base/clock.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/try.h"
#include "cpu/cpu_target.h"
#include "import/tflite/tflite.h"
#include "passes/pass.h"
#include "plan/viv.h"

namespace vivace {
namespace {

using ImplPtr = std::shared_ptr<Model::Impl>;

Result<ImplPtr> start_model(const Options& options) {
  auto model = std::make_shared<Model::Impl>();
  model->options = options;
  model->numerics.strict = options.strict;
  model->numerics.small = options.small;
  VIVACE_TRY(const cpu::InstructionSet set, choose_isa(options.isa));
  model->target = cpu::make_cpu_target(set);
  const int most = Context::of_process().team().threads();
  model->threads = options.threads > 0 ? std::min(options.threads, most) : most;
  return model;
}

void set_ports(Model::Impl& model) {
  model.measured = std::make_unique<MeasuredInputs>(model.graph);
  model.inputs = input_ports(model.graph, *model.measured, model.card);
  model.outputs = output_ports(model.graph, model.card);
  if (model.graph.state_count() != 0) model.states = std::make_unique<States>(model.graph);
}

void make_sessions(Model::Impl& model) {
  model.sessions =
      std::make_unique<SessionPool>(model.graph, *model.target, model.numerics, model.weights, model.threads);
}

// The smallest shapes: unknown sizes as 1. Planning for them packs every weight, so that the prepared form
// and the first call find them ready. A model that cannot run at size 1 packs on its first call instead.
void pack_weights(Model::Impl& model) {
  std::vector<Shape> shapes;
  for (const Port& port : model.inputs) {
    shapes.push_back(port.dims);
    for (std::int64_t& dim : shapes.back()) dim = dim < 0 ? 1 : dim;
  }
  (void)model.plan_for(shapes);
}

Status load_prepared(Model::Impl& model, const std::shared_ptr<const File>& file, const std::string* key) {
  VIVACE_TRY(Viv viv, read_viv(file, model.weights));
  if (key && viv.key != *key) return Error("viv.stale", "the prepared form was made from another file");
  model.graph = std::move(viv.graph);
  model.notes = std::move(viv.notes);
  model.card = std::move(viv.card);
  set_ports(model);
  make_sessions(model);
  return {};
}

// The graph from its source, after passes. Its constants may be views into the source's files still.
Status load_source(Model::Impl& model, const std::filesystem::path& path, const Options& options) {
  const double start = now_s();
  VIVACE_TRY(Imported imported, import_model(path, options));
  model.graph = std::move(imported.graph);
  model.notes = imported.format + "\n" + imported.producer;
  model.card = std::move(imported.card);
  VIVACE_CHECK_OK(verify(model.graph));
  const double read = now_s();
  VIVACE_TRY(const auto reports, run_passes(model.graph, options.without_passes));
  for (const PassReport& report : reports)
    model.pass_runs.push_back({std::string(report.name), report.patches, report.seconds});
  model.times.read_s = read - start;
  model.times.passes_s = now_s() - read;
  return {};
}

std::size_t weight_bytes(const Model::Impl& model) {
  std::size_t bytes = constant_bytes(model.graph);
  const auto packed = model.weights.entries();
  for (const auto& [key, entry] : packed) bytes += entry.bytes.size();
  return bytes;
}

// From here on the source's files may be overwritten: nothing in the model refers to them any more.
Status detach(Model::Impl& model) {
  const double start = now_s();
  Status status = guard_memory([&]() -> Status {
    model.graph.own_constants(model.threads);
    model.weights.expect(constant_bytes(model.graph));
    make_sessions(model);
    pack_weights(model);
    return {};
  });
  model.times.pack_s = now_s() - start;
  return status;
}

// Writes the prepared form for the next time; no harm where that cannot be.
void keep(const Model::Impl& model, const CacheEntry& entry) {
  (void)guard_memory([&]() -> Status {
    const Viv viv{model.graph, entry.key, model.notes, model.card};
    publish(entry, weight_bytes(model),
            [&](const Sink& sink) { return write_viv(viv, model.weights, sink); });
    return {};
  });
}

Result<ImplPtr> open_compiled(const std::shared_ptr<const File>& file, const Options& options) {
  VIVACE_TRY(ImplPtr model, start_model(options));
  VIVACE_CHECK_OK(load_prepared(*model, file, nullptr));
  return model;
}

// The cached form, where there is one that may be believed and was made from these very files.
Result<ImplPtr> open_cached(const CacheEntry& entry, const Options& options) {
  if (!trusted(entry.file)) return Error("viv.foreign", "no cached form that can be trusted");
  VIVACE_TRY(const auto file, File::open(entry.file));
  VIVACE_TRY(ImplPtr model, start_model(options));
  VIVACE_CHECK_OK(load_prepared(*model, file, &entry.key));
  model->times.from_cache = true;
  return model;
}

Result<ImplPtr> open_source(const std::filesystem::path& path, const std::optional<CacheEntry>& entry,
                            const Options& options) {
  VIVACE_TRY(ImplPtr model, start_model(options));
  VIVACE_CHECK_OK(load_source(*model, path, options));
  set_ports(*model);
  Model::Impl& impl = *model;  // outlives its preparation
  impl.preparation.run(
      weight_bytes(impl) > kWorthAThread, [&impl] { return detach(impl); },
      [&impl, entry] {
        if (entry) keep(impl, *entry);
      });
  return model;
}

ImplPtr of_file(ImplPtr model) {
  model->resizable = model->notes.starts_with(kTfliteFormat);
  return model;
}

Result<ImplPtr> open_any(const std::filesystem::path& path, const Options& options) {
  if (auto file = File::open(path); file.ok() && is_viv((*file)->bytes()))
    return open_compiled(*file, options);
  const auto entry = cache_entry(files_of_model(path, options), options);
  if (entry) {
    auto cached = open_cached(*entry, options);
    if (cached.ok()) return of_file(*cached);
  }
  VIVACE_TRY(ImplPtr model, open_source(path, entry, options));
  return of_file(std::move(model));
}

}  // namespace

Forks::Held Model::Impl::at_rest() const {
  preparation.finish();
  Forks::Held held;  // in the order in which a call takes them
  if (states) held.push_back(states->hold());
  if (sessions) held.push_back(sessions->hold());
  held.push_back(weights.hold());
  return held;
}

Result<Model> Model::open(const std::filesystem::path& path, const Options& options) {
  return guard_memory([&]() -> Result<Model> {
    const double start = now_s();
    VIVACE_TRY(ImplPtr model, open_any(path, options));
    Forks::of_process().add(model.get(), {.rest = [&impl = *model] { return impl.at_rest(); }});
    model->times.total_s = now_s() - start;
    return Model(std::move(model));
  });
}

Status Model::save(const std::filesystem::path& path) const {
  return guard_memory([&]() -> Status {
    VIVACE_CHECK_OK(impl_->preparation.packed());
    const Viv viv{impl_->graph, std::string(), impl_->notes, impl_->card};
    return write_whole(path, [&](const Sink& sink) { return write_viv(viv, impl_->weights, sink); });
  });
}

std::span<const Port> Model::inputs() const { return impl_->inputs; }
std::span<const Port> Model::outputs() const { return impl_->outputs; }
bool Model::resizable() const { return impl_->resizable; }
const ModelCard& Model::card() const { return impl_->card; }
const OpenTimes& Model::open_times() const {
  (void)impl_->preparation.packed();
  return impl_->times;
}
std::span<const PassRun> Model::pass_runs() const { return impl_->pass_runs; }
int Model::threads() const { return impl_->threads; }
std::string_view Model::isa() const { return impl_->target->name(); }

}  // namespace vivace
