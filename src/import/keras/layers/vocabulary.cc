#include "import/keras/layers/vocabulary.h"

#include <charconv>
#include <cstring>
#include <numeric>
#include <unordered_set>

#include "base/text.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// How many bytes the line break at the front of `text` has; 0 where there is none. Python's splitlines()
// breaks at all of these, so a token that holds one comes back in two.
std::size_t line_break(std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c == '\r') return text.starts_with("\r\n") ? 2 : 1;
  if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e)) return 1;
  if (text.starts_with("\xc2\x85")) return 2;
  return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9") ? 3 : 0;
}

// The lines of vocabulary.txt; empty ones at its end do not count.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = line_break(text.substr(at));
    if (size == 0) {
      ++at;
      continue;
    }
    lines.emplace_back(text.substr(begin, at - begin));
    begin = at += size;
  }
  if (begin < text.size()) lines.emplace_back(text.substr(begin));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool take_token(const Setting& setting, std::vector<std::string>& tokens) {
  if (setting.is(Kind::text)) return tokens.push_back(setting.text), true;
  if (setting.is(Kind::integer)) return tokens.push_back(text("{}", setting.integer)), true;
  return false;
}

// What the file lists, wherever it does.
std::vector<std::string> listed_tokens(Call& call) {
  std::vector<std::string> tokens;
  if (const Setting* const list = call.config().find("vocabulary")) {
    bool good = list->is(Kind::list);
    for (const Setting& token : list->items) good = good && take_token(token, tokens);
    if (!good) call.config().mistake("vocabulary", "a list of tokens");
    return tokens;
  }
  auto asset = call.builder().weights().asset(call.layer().group, "vocabulary.txt");
  if (!asset.ok()) {
    call.fail(std::move(asset).error());
    return tokens;
  }
  if (!*asset) {
    call.refuse("the file does not hold its vocabulary",
                "save it as model.keras, or give it vocabulary=layer.get_vocabulary(): an .h5 file keeps no "
                "vocabulary that was adapted to data");
    return tokens;
  }
  return lines_of(**asset);
}

// The whole list begins with the special tokens, in their order.
bool begins_with(const std::vector<std::string>& listed, const SpecialTokens& special) {
  if (static_cast<std::int64_t>(listed.size()) < special.count()) return false;
  for (std::int64_t i = 0; i < special.count(); ++i)
    if (listed[static_cast<std::size_t>(i)] != (i < special.masks ? special.mask : special.unknown))
      return false;
  return true;
}

void check_tokens(Call& call, const SpecialTokens& special, const Tokens& tokens, bool integers) {
  const auto wrong = [&](std::string_view token, std::string_view why) {
    call.fail(Error("import.vocabulary", text("the vocabulary of \"{}\" holds \"{}\", {}", call.layer().path,
                                              token.substr(0, 60), why))
                  .why("Keras refuses it too")
                  .fix("save the layer again with a vocabulary of different tokens"));
  };
  std::unordered_set<std::string_view> seen;
  std::int64_t number = 0;
  for (const std::string& token : tokens.list) {
    if (integers && !parse_integer(token, number)) return wrong(token, "which is no whole number");
    if (!seen.insert(token).second) return wrong(token, "which is there twice");
    if (special.masked && token == special.mask) return wrong(token, "which is its mask");
  }
  const std::int64_t all = special.count() + static_cast<std::int64_t>(tokens.list.size());
  if (tokens.listed == 0) return call.config().mistake("vocabulary", "a list of at least one token");
  if (call.config().has("max_tokens") && all > call.config().size("max_tokens"))
    call.config().mistake("max_tokens", counted(special, tokens) + ", or more");
}

std::vector<float> listed_idf(Call& call) {
  std::vector<float> weights;
  for (const double weight : call.config().numbers("idf_weights"))
    weights.push_back(static_cast<float>(weight));
  return weights;
}

std::vector<float> stored_idf(Call& call) {
  auto stored = call.builder().weights().read(call.layer().group + "/vars/idf_weights");
  if (!stored.ok()) {
    call.refuse("the file does not hold its idf_weights", "save it as model.keras");
    return {};
  }
  if ((*stored)->dtype() != DType::f32 || (*stored)->dims().size() != 1) {
    call.fail(Error("import.weight-shape", text("layer \"{}\" has idf_weights of shape {}, needs one axis",
                                                call.layer().path, vivace::to_text((*stored)->dims()))));
    return {};
  }
  const auto numbers = (*stored)->as<float>();
  return {numbers.begin(), numbers.end()};
}

// A constant that belongs to the layer, whichever call asks first.
template <class Make>
ValueId once(Call& call, const std::string& name, Make make) {
  if (Weight* const known = call.layer().weight(name)) return known->value;
  const ValueId value = call.constant(make(), name);
  if (value == kNoValue) return value;
  Weight& made = call.layer().weights.emplace_back();
  made.name = name, made.trainable = false, made.value = value;
  return value;
}

}  // namespace

bool parse_integer(std::string_view word, std::int64_t& number) {
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
  return code == std::errc() && end == word.data() + word.size() && !word.empty();
}

std::string counted(const SpecialTokens& special, const Tokens& tokens) {
  const auto own = static_cast<std::int64_t>(tokens.list.size());
  return text(
      "{}: {} for its vocabulary, num_oov_indices={} for its oov_token, {} for the mask in its "
      "output_mode",
      own + special.count(), own, special.unknowns, special.masks);
}

Tokens read_tokens(Call& call, const SpecialTokens& special, bool integers) {
  Tokens tokens;
  tokens.list = listed_tokens(call);
  tokens.listed = static_cast<std::int64_t>(tokens.list.size());
  if (call.failed()) return tokens;
  tokens.had_special = begins_with(tokens.list, special);
  if (tokens.had_special) tokens.list.erase(tokens.list.begin(), tokens.list.begin() + special.count());
  check_tokens(call, special, tokens, integers);
  return tokens;
}

ValueId read_idf_weights(Call& call, const SpecialTokens& special, const Tokens& tokens, std::int64_t depth) {
  if (call.failed()) return kNoValue;
  std::vector<float> weights = call.config().has("idf_weights") ? listed_idf(call) : stored_idf(call);
  if (call.failed()) return kNoValue;
  const auto have = static_cast<std::int64_t>(weights.size());
  if (have != depth) {
    if (have != tokens.listed || have == 0) {
      call.config().mistake(
          "idf_weights", text("a list of {} numbers, one for each token of its vocabulary", tokens.listed));
      return kNoValue;
    }
    // Keras gives the unknown tokens the average, and pads with zeros up to max_tokens.
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!tokens.had_special)
      weights.insert(weights.begin(), static_cast<std::size_t>(special.count()),
                     static_cast<float>(sum / static_cast<double>(have)));
    weights.resize(static_cast<std::size_t>(depth));
  }
  return call.constant(weights, {depth});
}

VocabularyValues vocabulary_constants(Call& call, const std::vector<std::string>& entries) {
  VocabularyValues values;
  values.text = once(call, "vocabulary", [&] {
    std::string all;
    for (const std::string& entry : entries) all += entry;
    Tensor bytes(DType::u8, {static_cast<std::int64_t>(all.size())});
    std::memcpy(bytes.data(), all.data(), all.size());
    return bytes;
  });
  values.offsets = once(call, "vocabulary_offsets", [&] {
    Tensor places(DType::i64, {static_cast<std::int64_t>(entries.size()) + 1});
    for (std::size_t i = 0; i < entries.size(); ++i)
      places.as<std::int64_t>()[i + 1] =
          places.as<std::int64_t>()[i] + static_cast<std::int64_t>(entries[i].size());
    return places;
  });
  return values;
}

ValueId integer_constants(Call& call, const std::vector<std::string>& entries) {
  return once(call, "vocabulary", [&] {
    Tensor keys(DType::i64, {static_cast<std::int64_t>(entries.size())});
    for (std::size_t i = 0; i < entries.size(); ++i)
      (void)parse_integer(entries[i], keys.as<std::int64_t>()[i]);
    return keys;
  });
}

}  // namespace vivace::keras
