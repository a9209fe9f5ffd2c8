// What the operators on strings refuse: a file may hold any attributes and any constants.
#include <doctest/doctest.h>

#include <limits>

#include "ops/elementwise/bucketize.h"
#include "ops/indexing/count_ids.h"
#include "ops/strings/cross_hash.h"
#include "ops/strings/hash_bucket.h"
#include "ops/strings/lookup.h"
#include "ops/strings/pick.h"
#include "ops/strings/vectorize_text.h"

namespace vivace {
namespace {

// A vocabulary "ab", "c" whose offsets may be anything, and the error of an operator that is given it.
struct Words {
  explicit Words(std::vector<std::int64_t> places)
      : bytes(DType::u8, {3}), offsets(DType::i64, {static_cast<std::int64_t>(places.size())}) {
    std::copy(places.begin(), places.end(), offsets.as<std::int64_t>());
    bytes_view = bytes.view();
    offsets_view = offsets.view();
  }
  Tensor bytes, offsets;
  TensorView bytes_view, offsets_view;

  std::string fault(const Op& op, DType dtype = DType::string, std::vector<Fact> more = {}) const {
    std::vector<Fact> facts = {Fact::tensor(dtype, {2}), Fact::tensor(DType::u8, {3}),
                               Fact::tensor(DType::i64, known_dims(offsets.dims()))};
    facts[1].constant = &bytes_view;
    facts[2].constant = &offsets_view;
    facts.insert(facts.end(), more.begin(), more.end());
    const auto outputs = op.infer(facts);
    return outputs.ok() ? "" : outputs.error().id();
  }
};

Lookup one_bucket() {
  Lookup op;
  op.numbering.unknown.count = 1;
  return op;
}

template <class T>
std::string fault_of_one(const T& op, DType dtype) {
  const std::vector<Fact> facts = {Fact::tensor(dtype, {2, 3})};
  const auto outputs = op.infer(facts);
  return outputs.ok() ? "" : outputs.error().id();
}

}  // namespace

TEST_CASE("a vocabulary's offsets ascend and lie inside its text") {
  CHECK(Words({0, 2, 3}).fault(one_bucket()).empty());
  CHECK(Words({0, 0, 0}).fault(one_bucket()).empty());
  CHECK(Words({0}).fault(one_bucket()).empty());
  CHECK(Words({}).fault(one_bucket()) == "op.shape");
  CHECK(Words({0, 3, 2}).fault(one_bucket()) == "op.shape");
  CHECK(Words({0, 4}).fault(one_bucket()) == "op.shape");
  CHECK(Words({-1, 2}).fault(one_bucket()) == "op.shape");
  CHECK(Words({0, std::numeric_limits<std::int64_t>::max()}).fault(one_bucket()) == "op.shape");
  CHECK(Words({0, 2, 3}).fault(one_bucket(), DType::f32) == "op.inputs");
}

TEST_CASE("an entry whose offsets are no places is empty, whoever asks") {
  const Words words({2, 1, -5, 9, 3});
  const Vocabulary vocabulary(words.bytes_view, words.offsets_view);
  for (std::int64_t i = 0; i < vocabulary.count(); ++i) CHECK(vocabulary[i].empty());
}

TEST_CASE("numbers that would overflow, and hashes that strings have not, are refused") {
  Lookup op = one_bucket();
  op.numbering.first = -1;
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
  op = one_bucket();
  op.numbering.unknown.count = std::int64_t{1} << 40;
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
  op = one_bucket();
  op.numbering.unknown.count = 2;
  op.numbering.unknown.hash = Buckets::Hash::modulo;
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
}

TEST_CASE("texts have rows of a size, and neighbours within reach") {
  VectorizeText op;
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");  // nowhere for unknown words
  op.numbering.unknown.count = 1;
  CHECK(Words({0, 2, 3}).fault(op).empty());
  op.size = -1;
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
  op.size = 4;
  op.grams = {1, 0};
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
  op.grams = {VectorizeText::kWidestGram + 1};
  CHECK(Words({0, 2, 3}).fault(op) == "op.attribute");
}

TEST_CASE("places that an input tells are told by nothing else") {
  VectorizeText op;
  op.numbering.unknown.count = 1;
  op.size = 0;
  const Words words({0, 2, 3});
  CHECK(words.fault(op, DType::string, {Fact::tensor(DType::boolean, {5})}).empty());
  CHECK(words.fault(op, DType::string, {Fact::tensor(DType::i64, {5})}) == "op.dtype");
  CHECK(words.fault(op, DType::string, {Fact::tensor(DType::boolean, {5, 1})}) == "op.rank");
  op.size = 4;
  CHECK(words.fault(op, DType::string, {Fact::tensor(DType::boolean, {5})}) == "op.attribute");
  op.size = 0;
  op.mode = VectorizeText::Mode::counts;
  CHECK(words.fault(op, DType::string, {Fact::tensor(DType::boolean, {5})}) == "op.attribute");
}

TEST_CASE("the numbers of a text are counted as they are written") {
  VectorizeText op;
  CHECK(op.length("") == 0);
  CHECK(op.length(" a bb  c ") == 3);
  op.grams = {1, 2};
  CHECK(op.length("a bb c") == 5);
  op.split = SplitText::character;
  op.grams = {2};
  CHECK(op.length("abc") == 2);
}

TEST_CASE("buckets, bins and counts need a number of their own") {
  HashBucket hash;
  CHECK(fault_of_one(hash, DType::string) == "op.attribute");
  hash.buckets.count = 3;
  CHECK(fault_of_one(hash, DType::string).empty());
  CHECK(fault_of_one(hash, DType::f32) == "op.dtype");
  hash.buckets.count = std::numeric_limits<std::int64_t>::max();
  hash.first = 1;
  CHECK(fault_of_one(hash, DType::i32) == "op.attribute");
  CountIds count;
  count.size = 0;
  CHECK(fault_of_one(count, DType::i32) == "op.attribute");
  CHECK(fault_of_one(CountIds(), DType::string) == "op.dtype");
  Bucketize bins;
  bins.boundaries = {1, 0};
  CHECK(fault_of_one(bins, DType::f32) == "op.attribute");
  bins.boundaries = {0, std::numeric_limits<double>::quiet_NaN()};
  CHECK(fault_of_one(bins, DType::f32) == "op.attribute");
  CHECK(fault_of_one(CrossHash(), DType::i32) == "op.inputs");
}

}  // namespace vivace
