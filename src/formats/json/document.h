// A parsed JSON document: one flat table of values, so nothing recurses and freeing it is three
// deallocations.
#pragma once

#include <string>
#include <vector>

#include "formats/json/json.h"

namespace vivace {

/// A piece of JsonDocument::text.
struct JsonText {
  std::uint32_t offset, size;
};

struct JsonNode {
  JsonKind kind = JsonKind::null;
  std::uint32_t parent = 0;  // the root is its own
  JsonText key{};            // of an object's member; for an array's element, offset is its index
  union {
    bool boolean;
    std::int64_t integer = 0;
    double number;
    JsonText text;  // string; for array and object: a piece of JsonDocument::children
  };
};

struct JsonDocument {
  std::string name;
  std::string text;  // keys and strings, unescaped, one after the other
  std::vector<JsonNode> nodes;
  /// Of each array its elements. Of each object its members in order, then once more sorted by key.
  std::vector<std::uint32_t> children;

  std::string_view view(JsonText piece) const {
    return std::string_view(text).substr(piece.offset, piece.size);
  }
};

}  // namespace vivace
