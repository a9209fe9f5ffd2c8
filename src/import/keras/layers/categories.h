// What layers of categories share: how the numbers of categories are encoded, and in what type they come out.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// Categories that an encoded output has at most: more would be a mistake in the file, and not a vocabulary.
inline constexpr std::int64_t kMostCategories = std::int64_t{1} << 24;

enum class Encoding { numbers, one_hot, multi_hot, count, tf_idf };

/// config["output_mode"], with its older names. A mistake where it is none of Keras's, refused where it is
/// sparse.
Encoding encoding_of(Call& call, std::string_view otherwise);

/// The type that config["dtype"] names, where it is int32 or int64; else float32.
DType category_type(const Call& call, std::string_view otherwise);

/// A size from the config, at most kMostCategories.
std::int64_t category_count(Call& call, std::string_view key);

struct Encoded {
  Encoding encoding = Encoding::numbers;
  std::int64_t depth = 1;
  DType result = DType::f32;
  ValueId weights = kNoValue;
  bool strict = false;    // a number outside [0, depth) is an error
  std::string_view step;  // of the last node, where more follows
};

/// Numbers of categories as they are, or encoded as Keras's era does it for inputs of every rank.
ValueId encode(Call& call, ValueId numbers, const Encoded& how);

}  // namespace vivace::keras
