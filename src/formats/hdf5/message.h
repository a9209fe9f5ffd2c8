// Object headers: the list of messages that describes one group or dataset.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vivace/result.h"

namespace vivace::hdf5 {

struct Source;

struct Message {
  std::uint16_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;

  /// The body stands elsewhere (a committed datatype, a shared-message table).
  bool shared() const { return (flags & 2) != 0; }
};

inline constexpr std::uint16_t kDataspace = 1, kLinkInfo = 2, kDatatype = 3, kOldFill = 4, kFill = 5,
                               kLink = 6, kExternalFiles = 7, kLayout = 8, kGroupInfo = 10, kFilters = 11,
                               kAttribute = 12, kContinuation = 16, kSymbolTable = 17, kAttributeInfo = 21;

/// All messages of the header (version 1 or 2) at `address`, through its continuations.
Result<std::vector<Message>> read_messages(const Source& source, std::string_view path,
                                           std::uint64_t address);

}  // namespace vivace::hdf5
