// Files that are there whole or not at all.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>

#include "base/bytes.h"
#include "vivace/result.h"

namespace vivace {

/// Gives a file's bytes, piece by piece, to the sink that it is called with.
using Sink = std::function<Status(Bytes)>;
using Producer = std::function<Status(const Sink&)>;

/// Writes a file beside `path` and renames it into place, so that nobody ever sees half of it; what is no
/// regular file (a pipe, a device) is written into. `mode` is what the caller's umask takes away from. Unless
/// `durable`, a power failure soon afterwards may leave a file of the right size with other bytes.
/// Errors: file.unwritable.
Status write_whole(const std::filesystem::path& path, const Producer& produce, mode_t mode = 0666,
                   bool durable = true);
Status write_whole(const std::filesystem::path& path, Bytes bytes, mode_t mode = 0666);

}  // namespace vivace
