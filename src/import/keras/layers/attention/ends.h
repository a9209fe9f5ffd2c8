// What attention layers are called with: query, value and key, each with its mask.
#pragma once

#include <string_view>

#include "import/keras/build/call.h"

namespace vivace::keras {

struct Ends {
  Flow query, value, key;
};

/// Of a call layer(query, value, key, query_mask=..., ...); the key is the value where none is given.
Ends named_ends(Call& call);
/// Of a call layer([query, value, key], mask=[...]).
Ends listed_ends(Call& call);

/// Both, where both are there.
ValueId both(Call& call, ValueId a, ValueId b, std::string_view step);
/// A constant [1, queries, keys]: whether keep(query, key) lets a query see a key.
ValueId seen_keys(Call& call, std::int64_t queries, std::int64_t keys,
                  bool (*keep)(std::int64_t, std::int64_t, std::int64_t), std::int64_t reach,
                  std::string_view step);
bool not_later(std::int64_t query, std::int64_t key, std::int64_t reach);
bool within_reach(std::int64_t query, std::int64_t key, std::int64_t reach);

}  // namespace vivace::keras
