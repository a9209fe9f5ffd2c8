// The cache's rules: what is believed, what is made again, and what never becomes an error.
#include "api/cache.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "support/keras_cases.h"
#include "support/processes.h"
#include "support/skip.h"
#include "support/temp_folder.h"

using namespace vivace;

namespace fs = std::filesystem;

namespace {

const fs::path kResnet = fs::path(VIVACE_TEST_DATA) / "../../examples/cifar10_resnet8.h5";

// Old enough for git's rule: a file that changed a moment ago could change again with the same times.
void age(const fs::path& file) {
  timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

// Git's rule in the tests' terms: ctime cannot be set back, so its seconds must pass.
void let_age(const fs::path& file) {
  age(file);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
}

// A copy of the model that is old enough to be cached; made once, since that takes two seconds.
const fs::path& aged_model() {
  static const test::TempFolder folder;
  static const fs::path file = [] {
    fs::copy_file(kResnet, folder / "model.h5");
    let_age(folder / "model.h5");
    return folder / "model.h5";
  }();
  return file;
}

// A model, and a cache of its own.
struct Place {
  test::TempFolder folder;
  fs::path model = aged_model();
  Options options;

  Place() { options.cache_folder = folder / "cache"; }
  // A model that the test may change.
  void own(const std::string& bytes) {
    model = folder.write("model.h5", bytes);
    let_age(model);
  }
  fs::path cache() const { return options.cache_folder; }
  Model open() const { return Model::open(model, options).value(); }
  bool from_cache() const { return open().open_times().from_cache; }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& item : fs::directory_iterator(cache(), none)) found.push_back(item.path());
    return found;
  }
};

Tensor picture() {
  Tensor tensor(DType::f32, {2, 32, 32, 3});
  for (std::int64_t i = 0; i < tensor.count(); ++i)
    tensor.as<float>()[i] = static_cast<float>(i * 7919 % 256);
  return tensor;
}

std::vector<Tensor> uncached(const fs::path& model) {
  Options options;
  options.cache = false;
  return Model::open(model, options).value().predict(picture().view()).value();
}

}  // namespace

TEST_CASE("the second opening maps what the first one made, in a folder that is ours alone") {
  const Place place;
  const Model first = place.open();
  CHECK_FALSE(first.open_times().from_cache);
  CHECK_FALSE(first.pass_runs().empty());
  REQUIRE(place.entries().size() == 1);
  struct stat s {};
  REQUIRE(::stat(place.cache().c_str(), &s) == 0);
  CHECK((s.st_mode & 0777) == 0700);
  REQUIRE(::stat(place.entries()[0].c_str(), &s) == 0);
  CHECK((s.st_mode & 0777) == 0600);
  const Model second = place.open();
  CHECK(second.open_times().from_cache);
  CHECK(second.pass_runs().empty());
  const std::vector<Tensor> want = uncached(place.model);
  CHECK(test::same_bits(first.predict(picture().view()).value(), want));
  CHECK(test::same_bits(second.predict(picture().view()).value(), want));
}

TEST_CASE("the cache is off by the environment, by an option, and for a file that changed a moment ago") {
  Place place;
  ::setenv("VIVACE_CACHE", "off", 1);
  CHECK_FALSE(place.from_cache());
  ::unsetenv("VIVACE_CACHE");
  CHECK_FALSE(fs::exists(place.cache()));
  place.options.cache = false;
  CHECK_FALSE(place.from_cache());
  CHECK_FALSE(fs::exists(place.cache()));
  place.options.cache = true;
  place.model = place.folder.write("new.h5", test::bytes_of(aged_model()));
  age(place.model);  // but its ctime is now
  CHECK_FALSE(place.from_cache());
  CHECK_FALSE(fs::exists(place.cache()));
}

TEST_CASE("a model that was touched, replaced or overwritten is prepared again") {
  Place place;
  const std::string bytes = test::bytes_of(aged_model());
  place.own(bytes);
  place.open();
  REQUIRE(place.from_cache());
  SUBCASE("touched") { ::utimensat(AT_FDCWD, place.model.c_str(), nullptr, 0); }
  SUBCASE("replaced by another of the same size and times") {
    fs::rename(place.folder.write("other.h5", bytes), place.model);
    age(place.model);
  }
  SUBCASE("overwritten in place, its times set back") {
    place.folder.write("model.h5", bytes);
    age(place.model);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  CHECK_FALSE(place.from_cache());
  CHECK(place.from_cache());
  CHECK(place.entries().size() == 1);
}

TEST_CASE("options that change the prepared form have entries of their own") {
  Place place;
  place.open();
  place.options.strict = true;
  CHECK_FALSE(place.from_cache());
  place.options.small = true;
  CHECK_FALSE(place.from_cache());
  place.options.without_passes = {"all"};
  CHECK_FALSE(place.from_cache());
  CHECK(place.from_cache());
  CHECK(place.entries().size() == 4);
}

TEST_CASE("an entry or a folder that others may write to is not believed") {
  const Place place;
  place.open();
  REQUIRE(place.from_cache());
  const fs::path entry = place.entries()[0];
  SUBCASE("the entry is writable by the group") { REQUIRE(::chmod(entry.c_str(), 0660) == 0); }
  SUBCASE("the entry is a link") {
    fs::rename(entry, place.folder / "elsewhere.viv");
    fs::create_symlink(place.folder / "elsewhere.viv", entry);
  }
  SUBCASE("the folder is writable by all") { REQUIRE(::chmod(place.cache().c_str(), 0777) == 0); }
  SUBCASE("the folder is a link") {
    fs::rename(place.cache(), place.folder / "elsewhere");
    fs::create_symlink(place.folder / "elsewhere", place.cache());
  }
  SUBCASE("the entry belongs to another") {
    if (::geteuid() != 0) VIVACE_SKIP("only root can give a file away");
    REQUIRE(::chown(entry.c_str(), 12345, 12345) == 0);
  }
  SUBCASE("the folder belongs to another") {
    if (::geteuid() != 0) VIVACE_SKIP("only root can give a folder away");
    REQUIRE(::chown(place.cache().c_str(), 12345, 12345) == 0);
  }
  CHECK_FALSE(place.from_cache());
}

TEST_CASE("a damaged entry is no error: it is ignored and written anew") {
  const Place place;
  place.open();
  const fs::path entry = place.entries()[0];
  const std::string good = test::bytes_of(entry);
  const auto damage = [&](const std::string& bytes) {
    place.folder.write("damaged", bytes);
    fs::rename(place.folder / "damaged", entry);
    ::chmod(entry.c_str(), 0600);
    CHECK_FALSE(place.from_cache());
    CHECK(place.from_cache());
    CHECK(test::bytes_of(entry) == good);
  };
  damage("");
  damage("no model at all");
  damage(good.substr(0, good.size() / 2));
  std::string flipped = good;
  flipped[200] = static_cast<char>(flipped[200] ^ 4);
  damage(flipped);
}

TEST_CASE("a cache that cannot be written is no error") {
  Place place;
  SUBCASE("a file stands where the folder should be") { place.options.cache_folder = place.model; }
  SUBCASE("the folder's parent is a file") { place.options.cache_folder = place.model / "cache"; }
  SUBCASE("a file system without room") { place.options.cache_folder = "/proc/vivace"; }
  SUBCASE("a folder without write permission") {
    if (::geteuid() == 0) VIVACE_SKIP("root writes everywhere");
    fs::create_directory(place.cache());
    ::chmod(place.cache().c_str(), 0500);
  }
  CHECK_FALSE(place.from_cache());
  CHECK_FALSE(place.from_cache());
  CHECK(test::same_bits(place.open().predict(picture().view()).value(), uncached(kResnet)));
}

TEST_CASE("without a home, or with one that is no whole path, there is no cache") {
  Place place;
  place.options.cache_folder.clear();
  // In a child, whose environment nobody else needs.
  const auto opens_uncached = [&](const char* home, const char* xdg) {
    return test::in_child([&] {
      home ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
      xdg ? ::setenv("XDG_CACHE_HOME", xdg, 1) : ::unsetenv("XDG_CACHE_HOME");
      fs::current_path(place.folder.path());
      return !place.from_cache() && !place.from_cache() && fs::is_empty(place.folder.path()) ? 0 : 1;
    });
  };
  CHECK(opens_uncached(nullptr, nullptr) == 0);
  CHECK(opens_uncached("", "") == 0);
  CHECK(opens_uncached("home", "cache") == 0);
  CHECK(opens_uncached("/proc/nowhere", nullptr) == 0);
}

TEST_CASE("a full disk leaves no half an entry behind") {
  const Place place;
  CHECK(test::in_child([&] {
          const rlimit limit{10'000, 10'000};  // so much into any file
          ::setrlimit(RLIMIT_FSIZE, &limit);
          const auto model = Model::open(place.model, place.options);
          return model.ok() && !model->open_times().from_cache ? 0 : 1;
        }) == 0);
  CHECK(place.entries().empty());
}

TEST_CASE("what a killed writer left is cleared away after an hour, what another is writing stays") {
  const Place place;
  fs::create_directory(place.cache());
  ::chmod(place.cache().c_str(), 0700);
  place.folder.write("cache/0123.viv.AbCdEf", "half");
  place.folder.write("cache/4567.viv.GhIjKl", "half");
  age(place.cache() / "0123.viv.AbCdEf");
  place.open();
  CHECK_FALSE(fs::exists(place.cache() / "0123.viv.AbCdEf"));
  CHECK(fs::exists(place.cache() / "4567.viv.GhIjKl"));
}

TEST_CASE("of more entries than are kept the oldest go") {
  const Place place;
  fs::create_directory(place.cache());
  ::chmod(place.cache().c_str(), 0700);
  for (std::size_t i = 0; i < kCacheEntries + 20; ++i) {
    const fs::path entry = place.folder.write("cache/" + std::to_string(i) + ".viv", "old");
    timespec times[2] = {{static_cast<time_t>(1'000'000 + i), 0}, {static_cast<time_t>(1'000'000 + i), 0}};
    ::utimensat(AT_FDCWD, entry.c_str(), times, 0);
  }
  place.open();
  CHECK(place.entries().size() == kCacheEntries);
  CHECK_FALSE(fs::exists(place.cache() / "20.viv"));
  CHECK(fs::exists(place.cache() / "21.viv"));
  CHECK(place.from_cache());
}

TEST_CASE("a path through .. finds the same model") {
  Place place;
  fs::create_directory(place.folder / "below");
  place.own(test::bytes_of(aged_model()));
  place.open();
  place.model = place.folder / "below/../model.h5";
  const Model first = place.open();
  CHECK(place.from_cache());
  CHECK(test::same_bits(first.predict(picture().view()).value(), uncached(kResnet)));
}

TEST_CASE("several processes that open a model at once all get it, and leave one entry") {
  const Place place;
  const std::vector<Tensor> want = uncached(place.model);
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      Options options = place.options;
      options.threads = 1;  // a forked child has none of its parent's threads
      const auto model = Model::open(place.model, options);
      const auto have = model.ok() ? model->predict(picture().view()) : model.error();
      ::_exit(have.ok() && test::same_bits(*have, want) ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(place.entries().size() == 1);
  CHECK(place.from_cache());
}

TEST_CASE("a model that is open goes on giving its numbers when its file is overwritten, cut or removed") {
  // Larger than what is copied on opening, so that a mapping is at stake.
  const std::string large = test::bytes_of(kResnet) + std::string(File::kCopiedBelow, '\0');
  for (const bool cached : {true, false}) {
    Place place;
    place.own(large);
    place.options.cache = cached;
    const Model model = place.open();
    const auto want = model.predict(picture().view()).value();
    const auto size = fs::file_size(place.model);
    place.folder.write("model.h5", std::string(size, '\xff'));
    CHECK(test::same_bits(model.predict(picture().view()).value(), want));
    fs::resize_file(place.model, 0);
    CHECK(test::same_bits(model.predict(picture().view()).value(), want));
    fs::remove(place.model);
    Tensor larger(DType::f32, {5, 32, 32, 3});  // other sizes: a new plan, from the constants
    CHECK(model.predict(larger.view()).ok());
    for (const fs::path& entry : place.entries()) fs::remove(entry);
    CHECK(test::same_bits(model.predict(picture().view()).value(), want));
    std::vector<DebugRecord> records;
    CHECK(model.debug(std::vector<TensorView>{picture().view()}, records).ok());
    CHECK(model.save(place.folder / "saved.viv").ok());
    CHECK(verify_file(place.folder / "saved.viv").ok());
  }
}
