#include "base/utf8.h"

#include <doctest/doctest.h>

using namespace vivace;

TEST_CASE("characters of every length come back as they were") {
  for (const char32_t code : {U'a', U'\x7f', U'\x80', U'é', U'\u07ff', U'\u0800', U'€', U'\uffff',
                              U'\U00010000', U'😀', U'\U0010ffff'}) {
    std::string text;
    append_utf8(text, code);
    CHECK(is_utf8(text));
    bool valid = false;
    ByteWalk at(text);
    CHECK(decode_utf8(at, valid) == code);
    CHECK(valid);
    CHECK(at.done());
  }
}

// The numbers of replacements are those of tf.strings.unicode_split.
TEST_CASE("what is no character is replaced, the longest beginning of one at once") {
  const std::string r = "\xef\xbf\xbd";
  CHECK(cleaned_utf8("a\xff"
                     "b") == "a" + r + "b");
  CHECK(cleaned_utf8("\xe2\x82") == r);
  CHECK(cleaned_utf8("\xe2\x82z") == r + "z");
  CHECK(cleaned_utf8("\xed\xa0\x80") == r + r + r);
  CHECK(cleaned_utf8("\xc0\x80") == r + r);
  CHECK(cleaned_utf8("\xf8\x88\x80\x80\x80") == r + r + r + r + r);
  CHECK(cleaned_utf8("\xf4\x90\x80\x80") == r + r + r + r);
  CHECK(cleaned_utf8("\xe0\x80\x80"
                     "A") == r + r + r + "A");
  CHECK(cleaned_utf8(std::string_view("\0a", 2)) == std::string("\0a", 2));
}

TEST_CASE("what a terminal would obey, or turns the direction of writing, is replaced; lines stay lines") {
  CHECK(harmless_utf8("größe 日本\nline") == "größe 日本\nline");
  CHECK(harmless_utf8("\x1b[31m\a\r\t\x7f") == "\ufffd[31m\ufffd\ufffd\ufffd\ufffd");
  CHECK(harmless_utf8("a\u009b31m\u202eb\u2066") == "a\ufffd31m\ufffdb\ufffd");
  CHECK(harmless_utf8("\xff\ufffe") == "\ufffd\ufffd");
  CHECK(harmless_utf8(std::string_view("\0x", 2)) == "\ufffdx");
}
