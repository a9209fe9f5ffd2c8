#include "machine/caches.h"

#include <doctest/doctest.h>

#include "support/temp_folder.h"

using namespace vivace;

namespace {

struct Machine {
  test::TempFolder root;
  void cache(int index, const char* level, const char* type, const char* size) const {
    const std::string folder = "sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index);
    std::filesystem::create_directories(root / folder);
    root.write(folder + "/level", level);
    root.write(folder + "/type", type);
    root.write(folder + "/size", size);
  }
  std::vector<machine::Cache> caches() const { return machine::read_caches(root.path()); }
};

}  // namespace

TEST_CASE("caches of data come nearest first, those of instructions not at all") {
  const Machine machine;
  machine.cache(0, "1\n", "Data\n", "48K\n");
  machine.cache(1, "1\n", "Instruction\n", "32K\n");
  machine.cache(2, "3\n", "Unified\n", "105M\n");
  machine.cache(3, "2\n", "Unified\n", "2048K\n");
  const auto caches = machine.caches();
  REQUIRE(caches.size() == 3);
  CHECK(caches[0].level == 1);
  CHECK(caches[0].bytes == 48u << 10);
  CHECK(caches[1].bytes == 2u << 20);
  CHECK(caches[2].bytes == 105u << 20);
}

TEST_CASE("a machine that tells nothing, or nonsense, has no known caches") {
  const Machine machine;
  CHECK(machine.caches().empty());
  machine.cache(0, "1\n", "Data\n", "much\n");
  machine.cache(1, "none\n", "Data\n", "48K\n");
  machine.cache(2, "2\n", "Unified\n", "99999999999999999999999K\n");
  CHECK(machine.caches().empty());
}
