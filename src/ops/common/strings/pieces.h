// Texts taken apart into the pieces that are looked up, byte by byte and without any memory: nothing depends
// on how long a text is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/utf8.h"

namespace vivace {

constexpr bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_punctuation(unsigned char c) {
  return (c >= 0x21 && c <= 0x2f) || (c >= 0x3a && c <= 0x40) || (c >= 0x5b && c <= 0x60) ||
         (c >= 0x7b && c <= 0x7e);
}
constexpr unsigned char lowered(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }

/// What is done to every byte before splitting. Only ASCII has cases and punctuation here, as in tf.strings
/// without an encoding.
struct Standard {
  bool lower = false;
  bool strip = false;  // the 32 punctuation characters
};

/// Walks over a text's bytes as the standard leaves them.
class StandardWalk {
 public:
  StandardWalk(std::string_view text, Standard standard)
      : at_(text.data()), end_(text.data() + text.size()), standard_(standard) {
    skip();
  }
  bool done() const { return at_ >= end_; }
  unsigned char byte() const {
    const auto c = static_cast<unsigned char>(*at_);
    return standard_.lower ? lowered(c) : c;
  }
  void next() {
    ++at_;
    skip();
  }
  /// The part of this walk that ends where `end` is now.
  StandardWalk until(const StandardWalk& end) const {
    StandardWalk part = *this;
    part.end_ = end.at_;
    return part;
  }

 private:
  void skip() {
    while (standard_.strip && at_ < end_ && is_punctuation(static_cast<unsigned char>(*at_))) ++at_;
  }
  const char *at_, *end_;
  Standard standard_;
};

enum class SplitText : std::uint32_t { none, whitespace, character };
inline constexpr std::string_view kSplitTexts[] = {"none", "whitespace", "character"};

/// A word, a character, or the whole text.
struct Piece {
  StandardWalk bytes;
  bool replaced = false;  // bytes that are no character: stands for U+FFFD

  template <class Visit>
  void for_each_byte(Visit visit) const {
    if (replaced) return visit(0xef), visit(0xbf), visit(0xbd);
    for (StandardWalk at = bytes; !at.done(); at.next()) visit(at.byte());
  }
};

/// The pieces of one text, one after another.
class Pieces {
 public:
  Pieces(std::string_view text, Standard standard, SplitText split) : at_(text, standard), split_(split) {}

  bool done() {
    if (split_ == SplitText::none) return taken_;
    while (split_ == SplitText::whitespace && !at_.done() && is_space(at_.byte())) at_.next();
    return at_.done();
  }
  /// Requires !done(), asked just before.
  Piece next() {
    const StandardWalk begin = at_;
    bool valid = true;
    if (split_ == SplitText::character)
      (void)decode_utf8(at_, valid);
    else
      while (!at_.done() && (split_ == SplitText::none || !is_space(at_.byte()))) at_.next();
    taken_ = true;
    return {begin.until(at_), !valid};
  }

 private:
  StandardWalk at_;
  SplitText split_;
  bool taken_ = false;
};

/// `width` pieces from the next one of `from` on, joined by single blanks.
class Gram {
 public:
  Gram(const Pieces& from, std::int64_t width) : from_(from), width_(width) {}

  template <class Visit>
  void for_each_byte(Visit visit) const {
    Pieces pieces = from_;
    for (std::int64_t i = 0; i < width_ && !pieces.done(); ++i) {
      if (i > 0) visit(' ');
      pieces.next().for_each_byte(visit);
    }
  }

 private:
  Pieces from_;
  std::int64_t width_;
};

/// Calls visit(gram) for every run of `width` pieces, until it gives false.
template <class Visit>
bool for_each_gram(Pieces pieces, std::int64_t width, Visit visit) {
  Pieces ahead = pieces;  // `width` - 1 pieces further
  for (std::int64_t i = 1; i < width; ++i) {
    if (ahead.done()) return true;
    ahead.next();
  }
  while (!ahead.done()) {
    if (!visit(Gram(pieces, width))) return false;
    ahead.next();
    if (!pieces.done()) pieces.next();
  }
  return true;
}

}  // namespace vivace
