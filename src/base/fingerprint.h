// The published hashes by which TensorFlow puts strings into buckets: the numbers are part of a model's
// meaning, so they are the same for ever.
#pragma once

#include <cstdint>
#include <string_view>

namespace vivace {

/// FarmHash's Fingerprint64: tf.strings.to_hash_bucket_fast.
std::uint64_t fingerprint64(std::string_view text);
/// One fingerprint of two, the order of which matters: tf.sparse.cross_hashed.
std::uint64_t fingerprint_cat64(std::uint64_t first, std::uint64_t second);
/// SipHash-2-4 under a key of two words: tf.strings.to_hash_bucket_strong.
std::uint64_t siphash64(std::uint64_t key0, std::uint64_t key1, std::string_view text);

}  // namespace vivace
