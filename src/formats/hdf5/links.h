// The names in a group: from symbol tables (old groups) or link messages (new ones).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "formats/hdf5/message.h"

namespace vivace::hdf5 {

struct Link {
  enum class Kind : std::uint8_t { hard, soft, external };
  std::string_view name;  // a view into the file
  Kind kind = Kind::hard;
  std::uint64_t address = 0;  // of the object header, for hard links
};

/// The links of the group with these messages, sorted by name. With `only`, at most the link of that name,
/// found without reading the others. Dense groups (fractal heaps) are hdf5.unsupported.
Result<std::vector<Link>> read_links(const Source& source, std::string_view path,
                                     std::span<const Message> messages,
                                     std::optional<std::string_view> only = std::nullopt);

}  // namespace vivace::hdf5
