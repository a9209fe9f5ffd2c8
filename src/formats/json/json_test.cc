#include "formats/json/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "formats/json/writer.h"
#include "support/damage.h"

using namespace vivace;

namespace {

JsonValue parsed(std::string_view text) { return JsonValue::parse(as_bytes(text), "config.json").value(); }

std::string fault(std::string_view text) {
  const auto value = JsonValue::parse(as_bytes(text), "config.json");
  return value ? "ok" : value.error().id() + " at " + value.error().at();
}

constexpr std::string_view kConfig = R"({"config": {"layers": [{"name": "a"}, {"config":
  {"units": 64, "rate": 0.1, "bias": true, "shape": [3, 3], "odd key": null}}]}})";

}  // namespace

TEST_CASE("values come out as the kind they were written in") {
  const JsonValue root = parsed(kConfig);
  const JsonValue config = root.find("config")->find("layers")->operator[](1).find("config").value();
  CHECK(config.int_at("units").value() == 64);
  CHECK(config.double_at("units").value() == 64.0);
  CHECK(config.double_at("rate").value() == 0.1);
  CHECK(config.bool_at("bias").value());
  CHECK(config.ints_at("shape").value() == std::vector<std::int64_t>{3, 3});
  CHECK(config.int_or("absent", 7).value() == 7);
  CHECK(config.int_or("odd key", 7).value() == 7);
  CHECK(config.size() == 5);
  CHECK(config.path() == "config.layers[1].config");
  CHECK(config.find("odd key")->path() == "config.layers[1].config[\"odd key\"]");
  std::string keys;
  for (const auto& [key, value] : config.members()) keys += std::string(key) + ";";
  CHECK(keys == "units;rate;bias;shape;odd key;");
}

TEST_CASE("an error names the path, what was expected and what was found") {
  const JsonValue config =
      parsed(kConfig).find("config")->find("layers")->operator[](1).find("config").value();
  const auto wrong = config.string_at("units");
  REQUIRE(!wrong);
  CHECK(wrong.error().id() == "json.kind");
  CHECK(wrong.error().what() == "config.layers[1].config.units should be a string, it is 64");
  CHECK(wrong.error().at() == "config.json:config.layers[1].config.units");
  const auto missing = config.int_at("unit");
  REQUIRE(!missing);
  CHECK(missing.error().id() == "json.missing-key");
  CHECK(missing.error().what() == "there is no \"unit\", did you mean \"units\"?");
  CHECK(!parsed("[1.5]")[0].as_int());
  CHECK(!parsed("3").at("key"));
}

TEST_CASE("Python's words for NaN and infinity are numbers") {
  const JsonValue root = parsed("[NaN, Infinity, -Infinity]");
  CHECK(std::isnan(root[0].as_double().value()));
  CHECK(root[1].as_double().value() == std::numeric_limits<double>::infinity());
  CHECK(root[2].as_double().value() == -std::numeric_limits<double>::infinity());
}

TEST_CASE("numbers keep their last bit, and integers past 64 bits become doubles") {
  const JsonValue root = parsed(
      "[9223372036854775807, -9223372036854775808, 18446744073709551615, "
      "0.1, 2.2250738585072011e-308, 123456789012345678901234567890]");
  CHECK(root[0].as_int().value() == std::numeric_limits<std::int64_t>::max());
  CHECK(root[1].as_int().value() == std::numeric_limits<std::int64_t>::min());
  CHECK(root[2].is(JsonKind::number));
  CHECK(root[2].as_double().value() == 18446744073709551615.0);
  CHECK(root[3].as_double().value() == 0.1);
  CHECK(root[4].as_double().value() == 2.2250738585072011e-308);
  CHECK(root[5].as_double().value() == 123456789012345678901234567890.0);
}

TEST_CASE("every way to write a number rounds as Python does") {
  const JsonValue root =
      parsed("[-1.7976931348623157e308,5e-324,0e-30,-0.0,1e-400,[-9007199254740993.0],8.5E+1]");
  CHECK(root[0].as_double().value() == std::numeric_limits<double>::lowest());
  CHECK(root[1].as_double().value() == std::numeric_limits<double>::denorm_min());
  CHECK(root[2].as_double().value() == 0.0);
  CHECK(std::signbit(root[3].as_double().value()));
  CHECK(root[4].as_double().value() == 0.0);
  CHECK(root[5][0].as_double().value() == -9007199254740992.0);
  CHECK(root[6].as_double().value() == 85.0);
}

TEST_CASE("of equal keys the last one wins and keeps the first one's place") {
  const JsonValue root = parsed(R"({"a": 1, "b": 2, "a": 3})");
  REQUIRE(root.size() == 2);
  CHECK(root.key(0) == "a");
  CHECK(root[0].as_int().value() == 3);
  CHECK(root.find("a")->as_int().value() == 3);
}

TEST_CASE("strings are unescaped, and may hold a zero") {
  CHECK(parsed(R"("\u00e9\n\ud83d\ude00")").as_string().value() == "\u00e9\n\U0001F600");
  CHECK(parsed(R"("a\u0000b")").as_string().value() == std::string_view("a\0b", 3));
}

TEST_CASE("broken text is refused with line and column") {
  CHECK(fault("{\n  \"a\": 1,\n}") == "json.syntax at config.json, line 3, column 1");
  CHECK(fault("") == "json.syntax at config.json, line 1, column 1");
  CHECK(fault("[1] 2").starts_with("json.syntax"));
  CHECK(fault(std::string_view("[1]\0x", 5)).starts_with("json.syntax"));
  CHECK(fault("\"\xff\"").starts_with("json.syntax"));
  CHECK(fault("[1e999]").starts_with("json.syntax"));
}

TEST_CASE("depth and number of values are bounded") {
  CHECK(fault(std::string(128, '[') + std::string(128, ']')) == "ok");
  CHECK(fault(std::string(129, '[') + std::string(129, ']')).starts_with("json.depth"));
  CHECK(fault(std::string(1 << 20, '[')).starts_with("json.depth"));
  const auto many = JsonValue::parse(as_bytes("[1,2,3]"), "x", {.values = 3});
  REQUIRE(!many);
  CHECK(many.error().id() == "json.size");
  CHECK(!JsonValue::parse(as_bytes("[1,2,3]"), "x", {.bytes = 3}));
}

TEST_CASE("damaged text gives a document or a typed error") {
  for_each_damaged(as_bytes(kConfig), [](Bytes text) {
    const auto value = JsonValue::parse(text, "config.json");
    if (!value) CHECK(value.error().id().starts_with("json."));
  });
}

TEST_CASE("the writer escapes, keeps doubles exact and writes null for NaN") {
  JsonWriter json;
  json.begin_object().key("a\"\n").value(0.1).key("n").value(std::nan("")).key("l").begin_array();
  json.value(1).value(-2L).value(3u).value(true).value("x\xff").value(1e300).null().end().end();
  CHECK(json.take() == "{\"a\\\"\\n\":0.1,\"n\":null,\"l\":[1,-2,3,true,\"x\xef\xbf\xbd\",1e300,null]}");
  CHECK(parsed(json.value(0.1 + 0.2).take()).as_double().value() == 0.1 + 0.2);
}

TEST_CASE("the indented layout reads back the same") {
  JsonWriter json(JsonWriter::Layout::indented);
  CHECK(json.begin_object().key("a").begin_array().value(1).end().end().take() ==
        "{\n  \"a\": [\n    1\n  ]\n}");
}
