// Which number a key gets: its place in a vocabulary, the mask's number, or that of a bucket for the unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ops/common/strings/buckets.h"

namespace vivace {

/// A key that is in the vocabulary gets first + its place. One that is not gets unknown_first + its bucket;
/// of no buckets, it is an error. The mask, where there is one, gets a number of its own before all else.
struct Numbering {
  std::int64_t first = 0;
  std::int64_t unknown_first = 0;
  Buckets unknown;
  bool masked = false;
  std::string mask;               // among strings
  std::int64_t integer_mask = 0;  // among integers
  std::int64_t mask_number = 0;

  void attributes(AttributeVisitor& v) {
    v("first", first);
    v("unknown_first", unknown_first);
    unknown.attributes(v);
    v("masked", masked);
    v("mask", mask);
    v("integer_mask", integer_mask);
    v("mask_number", mask_number);
  }

  bool is_mask(std::string_view key) const { return masked && key == mask; }
  bool is_mask(std::int64_t key) const { return masked && key == integer_mask; }

  /// `place` is the key's in the vocabulary, or negative. False where there is no number for the key.
  template <class Key>
  bool number(const Key& key, std::int64_t place, std::int64_t& result) const {
    if (is_mask(key))
      result = mask_number;
    else if (place >= 0)
      result = first + place;
    else if (unknown.count > 0)
      result = unknown_first + (unknown.count == 1 ? 0 : unknown.of(key));
    else
      return false;
    return true;
  }
};

/// infer()'s check; no sum of a number and a place can overflow after it. op.attribute
Status require_numbering(std::string_view op, const Numbering& numbering, bool strings);

/// op.vocabulary: a key that has no number.
Error unknown_key(std::string_view op, std::string_view key);

}  // namespace vivace
