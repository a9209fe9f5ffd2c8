// A cache that was cut, changed, swapped or made by others: at worst the model is prepared anew.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "support/keras_cases.h"
#include "support/processes.h"
#include "support/temp_folder.h"
#include "support/viv_damage.h"

using namespace vivace;

namespace fs = std::filesystem;

namespace {

const fs::path kResnet = fs::path(VIVACE_TEST_DATA) / "../../examples/cifar10_resnet8.h5";

Tensor picture() {
  Tensor tensor(DType::f32, {1, 32, 32, 3});
  for (std::int64_t i = 0; i < tensor.count(); ++i)
    tensor.as<float>()[i] = static_cast<float>(i * 7919 % 256);
  return tensor;
}

// Git's rule for racy times: the model's ctime must be two seconds old. Made once.
const fs::path& aged_model() {
  static const test::TempFolder folder;
  static const fs::path file = [] {
    const fs::path copy = folder.write("model.h5", test::bytes_of(kResnet));
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));
    return copy;
  }();
  return file;
}

// A model that is in a cache of its own, and what it answers.
struct Cached {
  test::TempFolder folder;
  Options options;
  fs::path model = aged_model(), entry;
  std::string good;  // the entry's bytes
  std::vector<Tensor> want;

  Cached() {
    options.cache_folder = folder / "cache";
    options.threads = 1;
    want = opened().predict(picture().view()).value();
    for (const auto& item : fs::directory_iterator(options.cache_folder)) entry = item.path();
    good = test::bytes_of(entry);
    REQUIRE(opened().open_times().from_cache);
  }
  Model opened() const { return Model::open(model, options).value(); }
  // Puts bytes in the entry's place, as a rename does: whoever has the old one mapped keeps it.
  void put(const std::string& bytes) const {
    const fs::path beside = folder.write("beside", bytes);
    ::chmod(beside.c_str(), 0600);
    fs::rename(beside, entry);
  }
  bool answers(const Model& opened) const {
    const auto have = opened.predict(picture().view());
    return have.ok() && test::same_bits(*have, want);
  }
  // Whether such an entry is believed; the answer must be right either way.
  bool believed(const std::string& bytes) const {
    put(bytes);
    const Model again = opened();
    CHECK(answers(again));
    return again.open_times().from_cache;
  }
  viv::Header header() const {
    viv::Header header;
    std::memcpy(&header, good.data(), sizeof header);
    return header;
  }
};

}  // namespace

TEST_CASE("an entry that was cut anywhere, or whose metadata has a changed bit, is made again") {
  const Cached cached;
  const viv::Header header = cached.header();
  const std::size_t records_end = sizeof header + header.record_bytes;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof header.magic, sizeof header - 1, sizeof header,
        sizeof header + 1, records_end / 2, records_end - 1, records_end, std::size_t{header.data_offset},
        std::size_t{header.data_offset} + 1, cached.good.size() / 2, cached.good.size() - 64,
        cached.good.size() - 1})
    CHECK_FALSE(cached.believed(cached.good.substr(0, size)));
  CHECK_FALSE(cached.believed(cached.good + "x"));
  const std::size_t hash = offsetof(viv::Header, data_hash);
  for (std::size_t at = 0; at < records_end; at += at < sizeof header ? 1 : 61) {
    if (at >= hash && at < hash + sizeof header.data_hash) continue;  // read by verify_file() only
    std::string flipped = cached.good;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    CHECK_FALSE(cached.believed(flipped));
  }
  CHECK(cached.believed(cached.good));
}

TEST_CASE("changed weights are found by verifying the file") {
  const Cached cached;
  CHECK(verify_file(cached.entry).ok());
  const std::size_t data = cached.header().data_offset;
  for (std::size_t at = data; at < cached.good.size(); at += 4099) {
    std::string flipped = cached.good;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    cached.put(flipped);
    const Status found = verify_file(cached.entry);
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().id() == "viv.damaged");
  }
}

TEST_CASE("an entry of another build, another boot or another file is made again, though it is sound") {
  const Cached cached;
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string bytes = cached.good;
    const std::size_t at = bytes.find(from);
    REQUIRE(at < cached.header().data_offset);
    bytes.replace(at, to.size(), to);
    test::fix_header(bytes);
    return bytes;
  };
  const std::string boot = test::bytes_of("/proc/sys/kernel/random/boot_id").substr(0, 8);
  CHECK_FALSE(cached.believed(with("vivace 0", "vivace 9")));
  CHECK_FALSE(cached.believed(with(boot, "00000000")));
  CHECK_FALSE(cached.believed(with(":" + std::to_string(fs::file_size(cached.model)) + ":", ":1")));
  cached.put(with("vivace 0", "vivace 9"));
  CHECK(verify_file(cached.entry).ok());
}

TEST_CASE("a prepared form that is replaced or removed while models use it changes none of them") {
  const Cached cached;
  const Model first = cached.opened();
  cached.put(cached.good.substr(0, 100));
  CHECK(cached.answers(first));
  fs::remove(cached.entry);
  CHECK(cached.answers(first));
  const fs::path compiled = cached.folder / "m.viv";
  REQUIRE(first.save(compiled).ok());
  const Model mapped = Model::open(compiled, cached.options).value();
  REQUIRE(first.save(compiled).ok());
  fs::rename(cached.folder.write("other", "no model at all"), compiled);
  CHECK(cached.answers(mapped));
}

TEST_CASE("openings amid replacements of the entry, good ones and bad, always answer right") {
  const Cached cached;
  std::atomic<bool> stop{false};
  std::thread other([&] {
    for (int i = 0; !stop.load(); ++i) cached.put(i % 2 ? cached.good : cached.good.substr(0, 5000));
  });
  int believed = 0;
  for (int i = 0; i < 100; ++i) {
    const Model model = cached.opened();
    CHECK(cached.answers(model));
    believed += model.open_times().from_cache;
  }
  stop.store(true);
  other.join();
  MESSAGE(believed << " of 100 from the cache");
}

TEST_CASE("a process killed at any moment of writing leaves a cache that is right") {
  const Cached cached;
  unsigned random = 1;
  for (int i = 0; i < 30; ++i) {
    fs::remove(cached.entry);
    const pid_t child = ::fork();
    if (child == 0) {
      (void)Model::open(cached.model, cached.options);
      ::_exit(0);
    }
    random = random * 1664525u + 1013904223u;
    std::this_thread::sleep_for(std::chrono::microseconds(random >> 8 & 0x1fff));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    if (fs::exists(cached.entry)) CHECK(verify_file(cached.entry).ok());
    CHECK(cached.answers(cached.opened()));
  }
}
