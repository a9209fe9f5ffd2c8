// The doctor behind include/vivace/doctor.h.
#include <span>

#include "api/cache.h"
#include "api/doctor/study.h"
#include "api/impl.h"
#include "api/write.h"
#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "doctor/arbiter/diagnosis.h"
#include "doctor/collect/collect.h"
#include "doctor/collect/python_part.h"
#include "doctor/report/report.h"
#include "vivace/doctor.h"

namespace vivace {
namespace {

// Names of folders and values of variables say things about a user that a report need not.
void redact(doctor::Evidence& evidence) {
  const auto base = [](std::string& path) { path.erase(0, path.rfind('/') + 1); };
  for (std::string& word : evidence.program.command)
    if (word.find('/') != std::string::npos) base(word);
  for (doctor::Variable& variable : evidence.environment) variable.value = "...";
  base(evidence.python.executable);
  for (doctor::Calls& calls : evidence.python.calls) base(calls.file), base(calls.object);
  for (doctor::Function& function : evidence.python.functions) base(function.file);
  for (doctor::Line& line : evidence.python.lines) base(line.file);
  for (doctor::ModelFile& file : evidence.python.files) base(file.path);
  for (doctor::Pipeline& pipeline : evidence.python.pipelines) base(pipeline.file);
  for (doctor::Worker& worker : evidence.python.workers)
    for (doctor::Line& line : worker.lines) base(line.file);
  for (doctor::ModelStudy& study : evidence.models) base(study.path);
  for (doctor::Cgroup& group : evidence.cgroups) group.path = "...";
  for (doctor::Rival& rival : evidence.host.rivals) rival.name = "another program";
  evidence.python.error_text.clear();
}

doctor::CollectOptions told(const DoctorOptions& options) {
  doctor::CollectOptions how;
  how.python = options.python, how.code = options.code, how.seconds = options.seconds;
  how.recorded_by = text("vivace {}", version());
  if (options.python) how.kept = cache_place("doctor-", {}).value_or("");
  return how;
}

}  // namespace

struct Examination::Impl {
  doctor::Evidence evidence;
  doctor::Diagnosis diagnosis;

  Impl(doctor::Evidence seen, const DoctorOptions& options) : evidence(std::move(seen)) {
    if (options.redact) redact(evidence);
    diagnosis = doctor::diagnose(evidence);
  }
};

Result<Examination> Examination::run(const std::vector<std::string>& command, const DoctorOptions& options) {
  return guard_memory([&]() -> Result<Examination> {
    if (command.empty()) return Error("doctor.command", "there is no command to examine");
    VIVACE_TRY(doctor::Evidence evidence, doctor::collect(command, told(options)));
    if (options.models) study_models(evidence);
    return Examination(std::make_shared<const Impl>(std::move(evidence), options));
  });
}

Result<Examination> Examination::attach(std::int64_t pid, const DoctorOptions& options) {
  return guard_memory([&]() -> Result<Examination> {
    VIVACE_TRY(doctor::Evidence evidence, doctor::attach(pid, told(options)));
    if (options.models) study_models(evidence);
    return Examination(std::make_shared<const Impl>(std::move(evidence), options));
  });
}

Status write_python_part(const std::filesystem::path& folder, const std::filesystem::path& program) {
  return doctor::write_python_files(folder, program.string());
}

Result<Examination> Examination::read(const std::filesystem::path& path, const DoctorOptions& options) {
  return guard_memory([&]() -> Result<Examination> {
    VIVACE_TRY(const auto file, File::open(path));
    VIVACE_TRY(doctor::Evidence evidence, doctor::evidence_from_json(file->bytes(), path.string()));
    return Examination(std::make_shared<const Impl>(std::move(evidence), options));
  });
}

Status Examination::save(const std::filesystem::path& path) const {
  const std::string all = doctor::to_json(impl_->evidence);
  return write_whole(path, std::as_bytes(std::span(all)));
}

Status Examination::write(ReportFormat format, const std::filesystem::path& path) const {
  const std::string all = report(format);
  return write_whole(path, std::as_bytes(std::span(all)));
}

std::string Examination::report(ReportFormat format) const {
  switch (format) {
    case ReportFormat::text:
      return doctor::as_text(impl_->evidence, impl_->diagnosis);
    case ReportFormat::json:
      return doctor::as_json(impl_->evidence, impl_->diagnosis);
    case ReportFormat::html:
      return doctor::as_html(impl_->evidence, impl_->diagnosis);
    case ReportFormat::markdown:
      return doctor::as_markdown(impl_->evidence, impl_->diagnosis);
    case ReportFormat::trace:
      return doctor::as_trace(impl_->evidence);
  }
  return {};
}

int Examination::exit_code() const {
  const doctor::Program& program = impl_->evidence.program;
  return static_cast<int>(program.signal != 0 ? 128 + program.signal : program.exit_code);
}

}  // namespace vivace
