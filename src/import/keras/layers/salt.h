// The key of a salted hash, as Keras configures it.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// config["salt"]: one whole number, or two. Nothing changes where there is none.
inline void set_salt(Call& call, Buckets& buckets) {
  if (!call.config().has("salt")) return;
  const Sizes salt = call.config().integers("salt");
  if (salt.empty() || salt.size() > 2) return call.config().mistake("salt", "one whole number, or two");
  buckets.hash = Buckets::Hash::siphash;
  buckets.key0 = salt.front();
  buckets.key1 = salt.back();
}

}  // namespace vivace::keras
