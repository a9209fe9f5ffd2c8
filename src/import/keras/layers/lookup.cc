// Layers that know a vocabulary: strings and integers to numbers and back, and texts to the numbers of their
// words.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "import/keras/build/rule.h"
#include "import/keras/layers/categories.h"
#include "import/keras/layers/salt.h"
#include "import/keras/layers/vocabulary.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// Where the mask has no number, it counts as none of the categories.
constexpr std::int64_t kNoCategory = std::numeric_limits<std::int64_t>::max();

// A special token as text; nothing where it is null.
std::optional<std::string> token_of(Call& call, std::string_view key, bool integers,
                                    std::string_view otherwise) {
  const Setting* const raw = call.config().raw(key);
  if (!raw) return std::string(otherwise);
  if (raw->is(Kind::none)) return std::nullopt;
  if (!integers && raw->is(Kind::text)) return raw->text;
  if (integers && raw->is(Kind::integer)) return text("{}", raw->integer);
  call.config().mistake(key, integers ? "a whole number or null" : "text or null");
  return std::nullopt;
}

SpecialTokens special_tokens(Call& call, bool integers, Encoding encoding) {
  SpecialTokens special;
  if (call.config().has("mask_token")) {
    special.mask = token_of(call, "mask_token", integers, "").value_or("");
    special.masked = true;
  }
  special.unknown = token_of(call, "oov_token", integers, integers ? "-1" : "[UNK]").value_or("");
  special.masks = special.masked && encoding == Encoding::numbers ? 1 : 0;
  special.unknowns = call.config().integer("num_oov_indices", 1);
  if (special.unknowns < 0 || special.unknowns > kMostCategories)
    call.config().mistake("num_oov_indices", "a number of 0 or more");
  return special;
}

std::int64_t depth_of(Call& call, const SpecialTokens& special, const Tokens& tokens) {
  if (call.config().flag("pad_to_max_tokens", false)) return category_count(call, "max_tokens");
  const std::int64_t depth = special.count() + static_cast<std::int64_t>(tokens.list.size());
  if (call.config().has("vocabulary_size") && call.config().size("vocabulary_size") != depth)
    call.config().mistake("vocabulary_size", counted(special, tokens));
  if (depth <= kMostCategories) return depth;
  call.config().mistake("vocabulary", "a list of a usable length");
  return 1;
}

// What only some modes read is checked in all of them.
void check_entries(Call& call, Encoding encoding) {
  const Config& config = call.config();
  const std::string_view method = config.text("oov_method", "floormod");
  if (method != "floormod" && method != "farmhash")
    config.mistake("oov_method", "\"floormod\" or \"farmhash\"");
  Buckets buckets;
  set_salt(call, buckets);
  if (config.has("vocabulary_size")) (void)config.size("vocabulary_size");
  (void)config.numbers("idf_weights");
  if (config.has("idf_weights") && encoding != Encoding::tf_idf)
    config.mistake("idf_weights", "null, as it is without output_mode=\"tf_idf\"");
}

Numbering numbering_of(const SpecialTokens& special, bool integers) {
  Numbering numbering;
  numbering.first = special.count();
  numbering.unknown_first = special.masks;
  numbering.unknown.count = special.unknowns;
  numbering.masked = special.masked;
  if (integers)
    (void)parse_integer(special.mask, numbering.integer_mask);
  else
    numbering.mask = special.mask;
  numbering.mask_number = special.masks > 0 ? 0 : kNoCategory;
  return numbering;
}

// Encodes the numbers of a lookup. Keras 3 counts in int64, Keras 2 in the layer's own type.
ValueId encoded(Call& call, ValueId numbers, Encoding encoding, const SpecialTokens& special,
                const Tokens& tokens) {
  if (encoding == Encoding::numbers) return numbers;
  Encoded how;
  how.encoding = encoding == Encoding::tf_idf ? Encoding::count : encoding;
  how.depth = depth_of(call, special, tokens);
  how.result = encoding == Encoding::tf_idf ? DType::f32
               : call.era() >= 3            ? DType::i64
                                            : category_type(call, "float32");
  if (encoding == Encoding::tf_idf) how.step = "counts";
  const ValueId counts = encode(call, numbers, how);
  if (encoding != Encoding::tf_idf) return counts;
  return call.binary(Binary::Kind::multiply, counts, read_idf_weights(call, special, tokens, how.depth));
}

// Numbers back to tokens: every place has its entry, and all other numbers the last one.
ValueId inverted(Call& call, const SpecialTokens& special, const Tokens& tokens, bool integers) {
  constexpr std::int64_t kMostUnknowns = 1 << 16;  // each has an entry
  if (special.unknowns > kMostUnknowns) {
    call.config().mistake("num_oov_indices", text("a number up to {}", kMostUnknowns));
    return kNoValue;
  }
  std::vector<std::string> entries(static_cast<std::size_t>(special.masks), special.mask);
  entries.insert(entries.end(), static_cast<std::size_t>(special.unknowns), special.unknown);
  entries.insert(entries.end(), tokens.list.begin(), tokens.list.end());
  entries.push_back(special.unknown);
  const ValueId numbers = call.cast(call.input(), DType::i64);
  const Pick pick = with(Pick{}, &Pick::otherwise, static_cast<std::int64_t>(entries.size()) - 1);
  if (integers) return call.add(pick, {numbers, integer_constants(call, entries)});
  const VocabularyValues vocabulary = vocabulary_constants(call, entries);
  return call.add(pick, {numbers, vocabulary.text, vocabulary.offsets});
}

ValueId looked_up(Call& call, const SpecialTokens& special, const Tokens& tokens, bool integers,
                  std::string_view step) {
  Lookup op;
  op.numbering = numbering_of(special, integers);
  if (integers && call.config().text("oov_method", "floormod") == "floormod")
    op.numbering.unknown.hash = Buckets::Hash::modulo;
  else
    set_salt(call, op.numbering.unknown);
  if (integers)
    return call.add(op, {call.cast(call.input(), DType::i64), integer_constants(call, tokens.list)}, step);
  const VocabularyValues vocabulary = vocabulary_constants(call, tokens.list);
  return call.add(op, {call.input(), vocabulary.text, vocabulary.offsets}, step);
}

void index_lookup(Call& call, bool integers) {
  const Encoding encoding = encoding_of(call, "int");
  check_entries(call, encoding);
  const bool invert = call.config().flag("invert", false);
  if (invert && encoding != Encoding::numbers)
    call.config().mistake("output_mode", "\"int\", as invert=True needs");
  const SpecialTokens special = special_tokens(call, integers, encoding);
  if (call.failed()) return;
  const Tokens tokens = read_tokens(call, special, integers);
  if (call.failed()) return;
  const bool wants_strings = !integers && !invert, has_strings = call.dtype(call.input()) == DType::string;
  if (wants_strings != has_strings)
    return call.refuse(text("it looks up {} and is given {}", wants_strings ? "strings" : "numbers",
                            name_of(call.dtype(call.input()))),
                       "connect it to an input of that type");
  if (invert) return call.output(inverted(call, special, tokens, integers));
  call.output(encoded(
      call, looked_up(call, special, tokens, integers, encoding == Encoding::numbers ? "" : "numbers"),
      encoding, special, tokens));
}

void string_lookup(Call& call) { index_lookup(call, false); }
void integer_lookup(Call& call) { index_lookup(call, true); }

// "lower_and_strip_punctuation" and its parts. A function of the user's is code, which is never run.
Standard standard_of(Call& call) {
  const Setting* const found = call.config().find("standardize");
  if (!found) return {};
  const std::string_view name = found->text;
  if (!found->is(Kind::text) ||
      (name != "lower" && name != "strip_punctuation" && name != "lower_and_strip_punctuation")) {
    call.refuse("its standardize is a function of your own, and code in a model is never run",
                "standardise the text before the model, and save the layer with standardize=None");
    return {};
  }
  return {name != "strip_punctuation", name != "lower"};
}

SplitText split_of(Call& call) {
  const Setting* const found = call.config().find("split");
  if (!found) return SplitText::none;
  if (found->is(Kind::text) && found->text == "whitespace") return SplitText::whitespace;
  if (found->is(Kind::text) && found->text == "character") return SplitText::character;
  call.refuse("its split is a function of your own, and code in a model is never run",
              "split the text before the model, and save the layer with split=None");
  return SplitText::none;
}

Sizes grams_of(Call& call) {
  Sizes widths = call.config().integers("ngrams");
  const bool list = call.config().has("ngrams") && call.config().find("ngrams")->is(Kind::list);
  if (list && widths.empty()) call.config().mistake("ngrams", "null, a width or several");
  for (const std::int64_t width : widths)
    if (width < 1 || width > VectorizeText::kWidestGram) {
      call.config().mistake("ngrams", text("widths from 1 to {}", VectorizeText::kWidestGram));
      return {};
    }
  if (list || widths.empty()) return widths;
  const std::int64_t widest = widths.front();
  widths.clear();
  for (std::int64_t width = 1; width <= widest; ++width) widths.push_back(width);
  return widths;
}

// The texts without a last axis of one place, which splitting takes for its own.
ValueId texts_of(Call& call, SplitText split) {
  const ValueId x = call.input();
  if (call.failed() || split == SplitText::none || call.rank(x) < 2) return x;
  if (!call.dim(x, -1).known() || call.dim(x, -1).number() != 1) {
    call.refuse(
        text("it splits texts, and its input has {} in a row", vivace::to_text(Dims{call.dim(x, -1)})),
        "give it texts of shape (batch,) or (batch, 1)");
    return x;
  }
  Sizes target;
  for (std::int64_t axis = 0; axis + 1 < call.rank(x); ++axis) target.push_back(Reshape::keep(axis));
  return call.reshape(x, std::move(target), "texts");
}

// Numbers of whole texts as rows of a wanted length.
ValueId of_length(Call& call, ValueId numbers) {
  if (!call.config().has("output_sequence_length")) return numbers;
  const std::int64_t length = call.config().size("output_sequence_length");
  const std::int64_t axis = call.rank(numbers) - 1, have = call.size(numbers, axis);
  if (call.failed()) return numbers;
  if (have >= length)
    return call.add(with(Slice{}, &Slice::axes, Sizes{axis}, &Slice::starts, Sizes{0}, &Slice::stops,
                         Sizes{length}, &Slice::steps, Sizes{1}),
                    {numbers}, "cut");
  Sizes none(static_cast<std::size_t>(axis) + 1, 0), behind = none;
  behind.back() = length - have;
  return call.add(with(Pad{}, &Pad::before, none, &Pad::after, behind), {numbers}, "padded");
}

// Whether a run can count the texts before it is planned: they are given, as they are or reshaped.
bool are_given(const Graph& graph, ValueId texts) {
  while (graph.producer(texts) != kNoNode && graph.as<Reshape>(graph.producer(texts)))
    texts = graph.node(graph.producer(texts)).inputs[0];
  const auto inputs = graph.inputs();
  return std::find(inputs.begin(), inputs.end(), texts) != inputs.end();
}

// "words", "words_2", ...: a size that no other is equal to.
Dim new_symbol(Graph& graph, const std::string& base) {
  std::string name = base;
  for (int i = 2; std::ranges::count(graph.symbols(), name) != 0; ++i) name = text("{}_{}", base, i);
  return graph.symbol(name);
}

// Rows of numbers, as long as the config says or as the longest text of a run needs.
void numbers_of_texts(Call& call, VectorizeText op, std::vector<ValueId> inputs) {
  if (call.config().has("output_sequence_length")) {
    op.size = category_count(call, "output_sequence_length");
    return call.output(call.add(op, std::move(inputs)));
  }
  Graph& graph = call.builder().graph();
  if (!are_given(graph, inputs[0]))
    return call.refuse(
        "how long its output is depends on the longest text, and the texts are made by the model",
        "save it with an output_sequence_length");
  op.size = 0;
  const Dim words = new_symbol(graph, "words");
  inputs.push_back(graph.add_input(text("{} words", call.layer().path), DType::boolean, {words}));
  call.output(call.add(op, std::move(inputs)));
}

void text_vectorization(Call& call) {
  const Encoding encoding = encoding_of(call, "int");
  check_entries(call, encoding);
  if (encoding != Encoding::numbers && call.config().has("output_sequence_length"))
    call.config().mistake("output_sequence_length", "null, as it is without output_mode=\"int\"");
  if (call.config().flag("ragged", false))
    call.refuse("its output is ragged", "save it with ragged=False and an output_sequence_length");
  VectorizeText op;
  op.standard = standard_of(call);
  op.split = split_of(call);
  op.grams = grams_of(call);
  SpecialTokens special{true, "", "[UNK]", encoding == Encoding::numbers ? 1 : 0, 1};
  if (call.failed()) return;
  const Tokens tokens = read_tokens(call, special, false);
  const ValueId texts = texts_of(call, op.split);
  if (call.failed()) return;
  const VocabularyValues vocabulary = vocabulary_constants(call, tokens.list);
  op.numbering = numbering_of(special, false);
  const std::vector<ValueId> inputs = {texts, vocabulary.text, vocabulary.offsets};
  if (op.split == SplitText::none) {
    if (!op.grams.empty())
      return call.refuse("it joins neighbours without splitting", "save it with split=\"whitespace\"");
    Sizes same;
    for (std::int64_t axis = 0; axis < call.rank(texts); ++axis) same.push_back(Reshape::keep(axis));
    const ValueId numbers = call.reshape(call.add(op, inputs, "numbers"), std::move(same), "each");
    return call.output(encoding == Encoding::numbers ? of_length(call, numbers)
                                                     : encoded(call, numbers, encoding, special, tokens));
  }
  if (encoding == Encoding::one_hot || (encoding != Encoding::numbers && call.rank(texts) > 1))
    return call.refuse("its output is ragged", "use output_mode=\"multi_hot\" on texts of shape (batch, 1)");
  if (encoding == Encoding::numbers) return numbers_of_texts(call, op, inputs);
  op.mode = encoding == Encoding::multi_hot ? VectorizeText::Mode::presence : VectorizeText::Mode::counts;
  op.size = depth_of(call, special, tokens);
  op.result = encoding == Encoding::tf_idf || call.era() < 3 ? DType::f32 : DType::i64;
  if (encoding != Encoding::tf_idf) return call.output(call.add(op, inputs));
  const ValueId counts = call.add(op, inputs, "counts");
  call.output(call.binary(Binary::Kind::multiply, counts, read_idf_weights(call, special, tokens, op.size)));
}

constexpr Rule kRules[] = {
    {"StringLookup", string_lookup},
    {"IntegerLookup", integer_lookup},
    {"TextVectorization", text_vectorization},
};

}  // namespace

std::span<const Rule> lookup_rules() { return kRules; }

}  // namespace vivace::keras
