// UTF-8, byte by byte: malformed input is what every text from outside may be.
#pragma once

#include <string>
#include <string_view>

namespace vivace {

inline constexpr char32_t kReplacement = 0xfffd;

/// Walks over the bytes of a text; what decode_utf8() needs of one.
class ByteWalk {
 public:
  explicit ByteWalk(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}
  bool done() const { return at_ == end_; }
  unsigned char byte() const { return static_cast<unsigned char>(*at_); }
  void next() { ++at_; }

 private:
  const char *at_, *end_;
};

/// Takes one character off the front; `valid` is cleared where the bytes are none, and then what they take is
/// the longest beginning of a character, or one byte: as Unicode recommends, and ICU does. Requires
/// !at.done().
template <class Walk>
char32_t decode_utf8(Walk& at, bool& valid) {
  const unsigned first = at.byte();
  at.next();
  valid = true;
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  valid = first >= 0xc2 && first <= 0xf4;
  if (!valid) return kReplacement;
  // The second byte excludes what is overlong, a surrogate, or beyond 10FFFF.
  unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  char32_t code = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    valid = !at.done() && at.byte() >= low && at.byte() <= high;
    if (!valid) return kReplacement;
    code = code << 6 | (at.byte() & 0x3fu);
    at.next();
    low = 0x80, high = 0xbf;
  }
  return code;
}

/// Requires a code point: at most 10FFFF, no surrogate.
void append_utf8(std::string& text, char32_t code);
bool is_utf8(std::string_view text);
/// The text with U+FFFD in place of what is no character.
std::string cleaned_utf8(std::string_view text);

/// Whether a character of somebody else's text may be shown as it is: it is no control, which a terminal
/// would obey, does not turn the direction of writing, and is a character at all.
constexpr bool is_harmless(char32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  if ((code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)) return false;
  if (code >= 0x2066 && code <= 0x2069) return false;
  return (code & 0xfffe) != 0xfffe;
}
/// The text with U+FFFD in place of what is not harmless; lines stay lines.
std::string harmless_utf8(std::string_view text);

}  // namespace vivace
