#include "doctor/collect/python_part.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "doctor/evidence/read_fields.h"

extern char** environ;

namespace vivace::doctor {
namespace {

struct Embedded {
  std::string_view name, content;
};
constexpr Embedded kFiles[] = {
#include "doctor/python_files.inc"
};

constexpr std::string_view kSearched = "PYTHONPATH=";

// What one process told; worker.pid is 0 where it was started, and not forked.
struct Record : Python {
  Worker worker;
};

// Times that the interpreter tells cannot be later than the program's end, nor its numbers negative.
Result<Record> read_record(const std::filesystem::path& path) {
  VIVACE_TRY(const auto file, File::open(path));
  VIVACE_TRY(const JsonValue root, JsonValue::parse(file->bytes(), path.string()));
  Record record;
  VIVACE_CHECK_OK(ReadFields::read(root, static_cast<Python&>(record)));
  if (const auto worker = root.find("worker")) VIVACE_CHECK_OK(ReadFields::read(*worker, record.worker));
  return record;
}

}  // namespace

PythonPart::~PythonPart() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string PythonPart::prepare(Ns origin) {
  origin_ = origin;
  const char* const chosen = std::getenv("TMPDIR");
  std::string name = text("{}/vivace-doctor-XXXXXX", chosen && *chosen == '/' ? chosen : "/tmp");
  if (!::mkdtemp(name.data())) return text("no folder for it can be made: {}", std::strerror(errno));
  folder_ = name;  // 0700, as mkdtemp makes it
  std::error_code error;
  std::filesystem::create_directories(folder_ / "python/vivace_doctor", error);
  for (const Embedded& file : kFiles) {
    std::ofstream out(folder_ / "python" / file.name, std::ios::binary);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (!out.flush()) return text("{} cannot be written", (folder_ / file.name).string());
  }
  return ring_.create(folder_ / "ring", origin) ? "" : "memory cannot be shared with it";
}

std::vector<std::string> PythonPart::environment() const {
  std::vector<std::string> words;
  std::string searched = (folder_ / "python").string();
  for (char** entry = environ; entry && *entry; ++entry) {
    if (std::strncmp(*entry, kSearched.data(), kSearched.size()) != 0) {
      words.emplace_back(*entry);
      continue;
    }
    const std::string before = *entry + kSearched.size();
    words.push_back("VIVACE_DOCTOR_PYTHONPATH=" + before);
    if (!before.empty()) searched += ":" + before;
  }
  words.push_back(std::string(kSearched) + searched);
  words.push_back(text("VIVACE_DOCTOR={}:{}", origin_, ::getpid()));
  return words;
}

void PythonPart::meet() const {
  const char* const place = std::getenv("VIVACE_DOCTOR_MEET");
  if (!place || folder_.empty()) return;
  const std::string unfinished = text("{}.new", place);
  std::ofstream out(unfinished, std::ios::binary);
  out << folder_.string() << "\n" << origin_ << "\n";
  out.close();
  ::rename(unfinished.c_str(), place);
}

Status write_python_files(const std::filesystem::path& folder, std::string_view program) {
  std::error_code error;
  std::filesystem::create_directories(folder / "vivace_doctor", error);
  const auto write = [&](std::string_view name, std::string_view content) {
    std::ofstream out(folder / name, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    return static_cast<bool>(out.flush());
  };
  bool written = write("vivace_doctor/program.txt", program);
  for (const Embedded& file : kFiles)
    if (file.name.starts_with("vivace_doctor/")) written = written && write(file.name, file.content);
  if (!written) return Error("file.unwritable", "the Python part cannot be written").at(folder.string());
  return {};
}

Python PythonPart::collect(std::int64_t pid, std::vector<Gap>& gaps) const {
  Python best;
  int records = 0;
  std::int64_t forked = 0, spawned = 0;
  std::vector<Worker> workers;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("python-") || !name.ends_with(".json")) continue;
    auto record = read_record(entry.path());
    if (!record.ok()) {
      gaps.push_back({"Python", "its record is damaged: " + record.error().what()});
      continue;
    }
    if (record->worker.pid > 0) {
      ++(record->worker.spawned ? spawned : forked);
      workers.push_back(std::move(record->worker));
      continue;
    }
    ++records;
    const bool asked = record->pid == pid, have = best.seen && best.pid == pid;
    const bool longer = record->left - record->ready > best.left - best.ready;
    if (!best.seen || (asked && !have) || (asked == have && longer)) best = *std::move(record);
  }
  if (records > 1)
    gaps.push_back({"other Python processes", text("{} were begun; one of them is told", records)});
  constexpr std::size_t kMostWorkers = 16;
  std::ranges::sort(workers, std::ranges::greater(), &Worker::sampled);
  if (workers.size() > kMostWorkers) workers.resize(kMostWorkers);
  best.forked = forked, best.spawned = spawned, best.workers = std::move(workers);
  for (ModelFile& file : best.files) file.cached_after = cached_share(file.path);
  return best;
}

double cached_share(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return -1;
  struct stat status {};
  double share = -1;
  constexpr off_t kMost = off_t{4} << 30;
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      status.st_size <= kMost) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) {
      std::vector<unsigned char> pages((size + 4095) / 4096);
      std::size_t held = 0;
      if (::mincore(memory, size, pages.data()) == 0) {
        for (const unsigned char page : pages) held += page & 1u;
        share = static_cast<double>(held) / static_cast<double>(pages.size());
      }
      ::munmap(memory, size);
    }
  }
  ::close(file);
  return share;
}

}  // namespace vivace::doctor
