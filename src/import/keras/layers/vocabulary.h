// The vocabulary of a lookup layer, from wherever the file keeps it.
#pragma once

#include <string>
#include <vector>

#include "import/keras/build/call.h"
#include "import/keras/layers/categories.h"

namespace vivace::keras {

/// What stands in front of the tokens: the mask's place, then those for unknown tokens.
struct SpecialTokens {
  bool masked = false;     // the layer knows a mask
  std::string mask;        // as text, of integers too
  std::string unknown;     // null in the config: empty
  std::int64_t masks = 0;  // 1 where the mask has a number of its own
  std::int64_t unknowns = 0;
  std::int64_t count() const { return masks + unknowns; }
};

/// A layer's tokens, without the special ones.
struct Tokens {
  std::vector<std::string> list;
  bool had_special = false;  // the file lists the special ones too
  std::int64_t listed = 0;   // how many entries the file has
};

/// From config["vocabulary"] or the archive's assets; refused where the file holds none. Checked as Keras
/// does: no token twice, none of them the mask, no more than max_tokens. `integers`: they must be numbers.
Tokens read_tokens(Call& call, const SpecialTokens& special, bool integers);

/// How many numbers they have together, and what they are made of: for messages.
std::string counted(const SpecialTokens& special, const Tokens& tokens);

/// The weights of TF-IDF, one for each of `depth` numbers.
ValueId read_idf_weights(Call& call, const SpecialTokens& special, const Tokens& tokens, std::int64_t depth);

/// The two constants of a vocabulary: text and offsets. Made once for a layer however often it is called.
struct VocabularyValues {
  ValueId text = kNoValue, offsets = kNoValue;
};
VocabularyValues vocabulary_constants(Call& call, const std::vector<std::string>& entries);
/// The same for integers: one constant.
ValueId integer_constants(Call& call, const std::vector<std::string>& entries);

/// Reads a whole number as Python's int() does, within 64 bits.
bool parse_integer(std::string_view word, std::int64_t& number);

}  // namespace vivace::keras
