// The TensorFlow Lite models below a folder that are small enough to be taken apart many times.
#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "support/tflite_damage.h"

namespace vivace::test {

inline std::vector<std::filesystem::path> small_tflite_models(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".tflite" && std::filesystem::file_size(entry.path()) < 16'384)
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

/// Wrong copies of all of them.
inline TfliteDamage damage_of_small_models(const std::filesystem::path& folder, unsigned seed) {
  TfliteDamage damage(seed);
  for (const std::filesystem::path& path : small_tflite_models(folder)) {
    const auto file = File::open(path).value();
    const auto* const data = reinterpret_cast<const std::uint8_t*>(file->bytes().data());
    damage.add_source({data, data + file->bytes().size()});
  }
  return damage;
}

}  // namespace vivace::test
