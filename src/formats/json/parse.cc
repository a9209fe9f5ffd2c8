// Fills a JsonDocument from RapidJSON's events. Importers never see RapidJSON.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "formats/json/document.h"
#include "formats/json/rapidjson.h"

namespace vivace {
namespace {

/// Collects the values. Returning false stops the parser; `fault` then says why.
class Builder {
 public:
  Builder(JsonDocument& document, const JsonLimits& limits, std::string_view text,
          const rapidjson::MemoryStream& stream)
      : document_(document), limits_(limits), text_(text), stream_(stream) {}

  bool Null() { return add(JsonKind::null); }
  bool Bool(bool value) { return add(JsonKind::boolean) && (last().boolean = value, true); }
  bool Int(int value) { return Int64(value); }
  bool Uint(unsigned value) { return Int64(value); }
  bool Int64(std::int64_t value) { return add(JsonKind::integer) && (last().integer = value, true); }
  bool Uint64(std::uint64_t value) {
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
      return Int64(static_cast<std::int64_t>(value));
    return Double(static_cast<double>(value));
  }
  bool Double(double value) { return add(JsonKind::number) && (last().number = exact(value), true); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return add(JsonKind::string) && (last().text = keep({text, size}), true);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) { return key_ = keep({text, size}), true; }
  bool StartObject() { return open(JsonKind::object); }
  bool StartArray() { return open(JsonKind::array); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  const char* fault() const { return fault_; }

 private:
  struct Open {
    std::uint32_t node;
    std::size_t first_pending;
  };

  /// The number that ends where the stream is, correctly rounded. RapidJSON's own full precision counts the
  /// leading zeros of zero on "0e-30", which is undefined; its plain parse only serves for NaN, infinity and
  /// underflow.
  double exact(double rough) const {
    if (!std::isfinite(rough)) return rough;
    const std::size_t end = stream_.Tell();
    const std::size_t before = text_.find_last_not_of("0123456789+-.eE", end - 1);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    std::from_chars(text_.data() + start, text_.data() + end, rough);  // leaves it alone where out of range
    return rough;
  }

  JsonNode& last() { return document_.nodes.back(); }

  JsonText keep(std::string_view text) {
    const JsonText piece{static_cast<std::uint32_t>(document_.text.size()),
                         static_cast<std::uint32_t>(text.size())};
    document_.text += text;
    return piece;
  }

  bool add(JsonKind kind) {
    if (document_.nodes.size() >= limits_.values) return fault_ = "size", false;
    JsonNode node;
    node.kind = kind;
    const auto index = static_cast<std::uint32_t>(document_.nodes.size());
    if (!open_.empty()) {
      node.parent = open_.back().node;
      const bool member = document_.nodes[node.parent].kind == JsonKind::object;
      node.key = member
                     ? key_
                     : JsonText{static_cast<std::uint32_t>(pending_.size() - open_.back().first_pending), 0};
      pending_.push_back(index);
    }
    document_.nodes.push_back(node);
    return true;
  }

  bool open(JsonKind kind) {
    if (open_.size() >= limits_.depth) return fault_ = "depth", false;
    if (!add(kind)) return false;
    open_.push_back({static_cast<std::uint32_t>(document_.nodes.size() - 1), pending_.size()});
    return true;
  }

  bool close() {
    const auto [index, first] = open_.back();
    open_.pop_back();
    JsonNode& node = document_.nodes[index];
    const auto begin = pending_.begin() + static_cast<std::ptrdiff_t>(first);
    auto& children = document_.children;
    const auto offset = static_cast<std::uint32_t>(children.size());
    if (node.kind == JsonKind::object) {
      keep_members({begin, pending_.end()});
      node.text = {offset, static_cast<std::uint32_t>((children.size() - offset) / 2)};
    } else {
      children.insert(children.end(), begin, pending_.end());
      node.text = {offset, static_cast<std::uint32_t>(children.size() - offset)};
    }
    pending_.erase(begin, pending_.end());
    return true;
  }

  /// Appends an object's members twice, in order and sorted. Of equal keys the last one takes the first one's
  /// place.
  void keep_members(std::span<const std::uint32_t> members) {
    std::vector<std::uint32_t> sorted(members.begin(), members.end());
    const auto key = [&](std::uint32_t node) { return document_.view(document_.nodes[node].key); };
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return key(a) < key(b); });

    struct Placed {
      std::uint32_t place, value;
    };
    std::vector<Placed> unique;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i > 0 && key(sorted[i]) == key(sorted[i - 1]))
        unique.back().value = sorted[i];
      else
        unique.push_back({sorted[i], sorted[i]});
    }
    auto& children = document_.children;
    const std::size_t first = children.size();
    for (const Placed& member : unique) children.push_back(member.value);
    std::sort(unique.begin(), unique.end(), [](auto a, auto b) { return a.place < b.place; });
    std::vector<std::uint32_t> in_order;
    for (const Placed& member : unique) in_order.push_back(member.value);
    children.insert(children.begin() + static_cast<std::ptrdiff_t>(first), in_order.begin(), in_order.end());
  }

  JsonDocument& document_;
  const JsonLimits& limits_;
  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  std::vector<Open> open_;
  std::vector<std::uint32_t> pending_;  // values whose array or object is still open
  JsonText key_{};
  const char* fault_ = nullptr;
};

/// "name, line 3, column 7"
std::string place(const std::string& name, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t start = before.rfind('\n');
  const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return vivace::text("{}, line {}, column {}", name, line, column);
}

Error limit_error(const char* fault, const JsonLimits& limits) {
  if (std::string_view(fault) == "depth")
    return Error("json.depth", vivace::text("the text nests deeper than {} levels", limits.depth))
        .why("models never do; such a text is damaged or made to exhaust its reader");
  return Error("json.size", vivace::text("the text holds more than {} values", limits.values))
      .why("models never do; such a text is damaged or made to exhaust its reader");
}

}  // namespace

Result<JsonValue> JsonValue::parse(Bytes bytes, std::string name, const JsonLimits& limits) {
  using namespace rapidjson;
  constexpr unsigned kFlags = kParseIterativeFlag | kParseNanAndInfFlag | kParseValidateEncodingFlag;
  if (bytes.size() > limits.bytes)
    return Error("json.size",
                 vivace::text("{} of text, at most {} are read", bytes_text(double(bytes.size())),
                              bytes_text(double(limits.bytes))))
        .at(name);
  const auto document = std::make_shared<JsonDocument>();
  document->name = std::move(name);
  const std::string_view text = as_text(bytes);
  MemoryStream stream(text.data(), text.size());
  Builder builder(*document, limits, text, stream);
  Reader reader;
  const ParseResult parsed = reader.Parse<kFlags>(stream, builder);
  if (builder.fault() != nullptr)
    return limit_error(builder.fault(), limits).at(place(document->name, text, parsed.Offset()));
  if (parsed.IsError())
    return Error("json.syntax", "this is not valid JSON")
        .at(place(document->name, text, parsed.Offset()))
        .why(GetParseError_En(parsed.Code()))
        .fix("save or download the file again");
  if (stream.Tell() != text.size())  // the parser takes a zero byte for the end
    return Error("json.syntax", "a zero byte stands in the text")
        .at(place(document->name, text, stream.Tell()));
  return JsonValue(document, 0);
}

}  // namespace vivace
