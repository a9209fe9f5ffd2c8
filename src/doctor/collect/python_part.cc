#include "doctor/collect/python_part.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
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

bool write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  return static_cast<bool>(out.flush());
}

// Those whose name begins so.
bool write_files(const std::filesystem::path& folder, std::string_view prefix) {
  std::error_code error;
  std::filesystem::create_directories(folder / "vivace_doctor", error);
  return std::ranges::all_of(kFiles, [&](const Embedded& file) {
    return !file.name.starts_with(prefix) || write_file(folder / file.name, file.content);
  });
}

bool only_for_us(const std::filesystem::path& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 077) == 0;
}

// What other builds and earlier boots left, and nobody used for a day.
void drop_abandoned(const std::filesystem::path& kept) {
  const std::string name = kept.filename().string();
  const std::string_view prefix = std::string_view(name).substr(0, name.rfind('-') + 1);
  const auto now = std::filesystem::file_time_type::clock::now();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kept.parent_path(), error)) {
    const auto used = std::filesystem::last_write_time(entry.path(), error);
    if (!error && entry.path().filename().string().starts_with(prefix) && now - used > std::chrono::hours(24))
      std::filesystem::remove_all(entry.path(), error);
  }
}

// Complete, or not there: it is written beside and renamed.
bool keep_files(const std::filesystem::path& kept) {
  std::error_code error;
  if (only_for_us(kept)) {
    std::filesystem::last_write_time(kept, std::filesystem::file_time_type::clock::now(), error);
    return true;
  }
  const std::filesystem::path unfinished = text("{}.{}", kept.string(), ::getpid());
  if (::mkdir(unfinished.c_str(), 0700) != 0) return false;
  const bool done = write_files(unfinished, "") && ::rename(unfinished.c_str(), kept.c_str()) == 0;
  if (!done) std::filesystem::remove_all(unfinished, error);  // another was first, or there is no room
  drop_abandoned(kept);
  return only_for_us(kept);
}

}  // namespace

PythonPart::~PythonPart() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string PythonPart::prepare(Ns origin, const std::filesystem::path& kept) {
  origin_ = origin;
  const char* const chosen = std::getenv("TMPDIR");
  std::string name = text("{}/vivace-doctor-XXXXXX", chosen && *chosen == '/' ? chosen : "/tmp");
  if (!::mkdtemp(name.data())) return text("no folder for it can be made: {}", std::strerror(errno));
  folder_ = name;  // 0700, as mkdtemp makes it
  std::error_code error;
  if (!kept.empty() && keep_files(kept))
    std::filesystem::create_directory_symlink(kept, folder_ / "python", error);
  else if (!write_files(folder_ / "python", ""))
    return text("{} cannot be written", (folder_ / "python").string());
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
  const bool written =
      write_file(folder / "vivace_doctor/program.txt", program) && write_files(folder, "vivace_doctor/");
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
