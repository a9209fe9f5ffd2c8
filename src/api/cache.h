// Prepared models on disk: the second opening maps what the first one made.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/write.h"
#include "vivace/model.h"

namespace vivace {

/// Where a model's prepared form is, and what it must have been made from.
struct CacheEntry {
  std::filesystem::path file;  // FOLDER/HASH.viv
  std::string key;  // device, inode, size, mtime, ctime of every file of the model; engine; boot; options
};

/// Nothing where the cache is off (Options::cache, VIVACE_CACHE=off, no home folder), where its folder is not
/// ours alone, or where a file changed so lately that its times could miss the next change. `files` are all
/// files of the model.
std::optional<CacheEntry> cache_entry(const std::vector<std::filesystem::path>& files,
                                      const Options& options);

/// A path in the cache's folder, which is there, for what is good for this build and until the next boot, its
/// name beginning with `name`; nothing where cache_entry() would give nothing.
std::optional<std::filesystem::path> cache_place(std::string_view name, const Options& options);

/// Whether an entry's file may be believed: a regular file, owned by us, writable by nobody else.
bool trusted(const std::filesystem::path& file);

/// Writes beside and renames, so that nobody ever sees half a file, then drops the oldest entries beyond
/// kCacheBytes or kCacheEntries. A cache that cannot be written (read-only, full) is no error: the model just
/// opens slowly again.
/// Tells whether the entry is there now. `bytes`: how large it will be, about.
bool publish(const CacheEntry& entry, std::size_t bytes, const Producer& produce);

inline constexpr std::uintmax_t kCacheBytes = std::uintmax_t{4} << 30;
inline constexpr std::size_t kCacheEntries = 1000;  // going through 10,000 took longer than preparing a model

}  // namespace vivace
