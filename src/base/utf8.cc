#include "base/utf8.h"

namespace vivace {

void append_utf8(std::string& text, char32_t code) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

bool is_utf8(std::string_view text) {
  bool valid = true;
  for (ByteWalk at(text); valid && !at.done();) (void)decode_utf8(at, valid);
  return valid;
}

std::string cleaned_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string clean;
  bool valid = true;
  for (ByteWalk at(text); !at.done();) append_utf8(clean, decode_utf8(at, valid));
  return clean;
}

std::string harmless_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  bool valid = true;
  for (ByteWalk at(text); !at.done();) {
    const char32_t code = decode_utf8(at, valid);
    append_utf8(clean, code == '\n' || (valid && is_harmless(code)) ? code : kReplacement);
  }
  return clean;
}

}  // namespace vivace
