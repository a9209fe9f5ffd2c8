// Operators on strings against their references, and what a damaged table does.
#include <doctest/doctest.h>

#include "cpu/common/testing.h"
#include "cpu/strings/key_table.h"
#include "ops/elementwise/bucketize.h"
#include "ops/indexing/count_ids.h"
#include "ops/strings/cross_hash.h"
#include "ops/strings/hash_bucket.h"
#include "ops/strings/lookup.h"
#include "ops/strings/pick.h"
#include "ops/strings/vectorize_text.h"

namespace vivace::cpu {
namespace {

using testing::check_emitter;
using testing::constant;
using testing::Input;
using testing::random_tensor;

std::vector<Input> with_vocabulary(Tensor x, const std::vector<std::string>& entries) {
  std::string all;
  Tensor offsets(DType::i64, {static_cast<std::int64_t>(entries.size()) + 1});
  for (std::size_t i = 0; i < entries.size(); ++i) {
    all += entries[i];
    offsets.as<std::int64_t>()[i + 1] = static_cast<std::int64_t>(all.size());
  }
  Tensor bytes(DType::u8, {static_cast<std::int64_t>(all.size())});
  std::memcpy(bytes.data(), all.data(), all.size());
  std::vector<Input> inputs(1);
  inputs[0].tensor = std::move(x);
  inputs.push_back(constant(std::move(bytes)));
  inputs.push_back(constant(std::move(offsets)));
  return inputs;
}

Tensor strings(Shape dims, std::vector<std::string_view> texts) {
  return Tensor::of_strings(std::move(dims), texts);
}

// "a", "ab", ..., and many words besides.
std::vector<std::string> prefixes() {
  std::vector<std::string> entries;
  for (std::size_t size = 1; size < 16; size += 2)
    entries.push_back(std::string("abcdefghijklmnop").substr(0, size));
  for (int i = 0; i < 300; ++i) entries.push_back("word" + std::to_string(i * 7919));
  return entries;
}

}  // namespace

TEST_CASE("lookup: strings and integers, known, masked and not") {
  Lookup op;
  op.numbering.first = 3;
  op.numbering.unknown_first = 1;
  op.numbering.unknown.count = 2;
  check_emitter(make_op(Lookup(op)), with_vocabulary(random_tensor(DType::string, {7, 90}, 1), prefixes()),
                0);
  check_emitter(make_op(Lookup(op)), with_vocabulary(random_tensor(DType::string, {3}, 2), {"abc"}), 0);
  check_emitter(make_op(Lookup(op)), with_vocabulary(random_tensor(DType::string, {0, 4}, 2), {}), 0);
  op.numbering.masked = true;
  op.numbering.mask = "abcd";
  op.numbering.integer_mask = 5;
  check_emitter(make_op(Lookup(op)), with_vocabulary(random_tensor(DType::string, {7, 90}, 1), prefixes()),
                0);
  for (const auto hash : {Buckets::Hash::modulo, Buckets::Hash::farmhash, Buckets::Hash::siphash}) {
    op.numbering.unknown.hash = hash;
    std::vector<Input> inputs(1);
    inputs[0].tensor = random_tensor(DType::i32, {5, 77}, 3, -20, 20);
    inputs.push_back(constant(random_tensor(DType::i64, {12}, 4, -20, 20)));
    check_emitter(make_op(Lookup(op)), inputs, 0);
  }
}

TEST_CASE("vectorize_text: every split, with and without neighbours") {
  const Tensor texts = strings({3, 2}, {"a ab  abc\tABC. x", "", "  abc!abc\n", "\xff\xe2\x82 \xe2\x82\xac",
                                        "a a a a a a", "word0 word7919 ab abc"});
  for (const SplitText split : {SplitText::none, SplitText::whitespace, SplitText::character})
    for (const bool cleans : {false, true})
      for (const std::vector<std::int64_t>& grams : std::vector<std::vector<std::int64_t>>{{}, {1, 2}, {3}})
        for (const auto mode :
             {VectorizeText::Mode::ids, VectorizeText::Mode::counts, VectorizeText::Mode::presence}) {
          VectorizeText op;
          op.standard = {cleans, cleans};
          op.split = split;
          op.grams = grams;
          op.mode = mode;
          op.size = 9;
          op.numbering.first = 2;
          op.numbering.unknown_first = 1;
          op.numbering.unknown.count = 1;
          op.numbering.masked = true;
          check_emitter(make_op(std::move(op)),
                        with_vocabulary(texts, {"abc", "a", "a ab", "\xe2\x82\xac", "\xef\xbf\xbd", "a a"}),
                        0);
        }
}

TEST_CASE("pick, hash_bucket, cross_hash, count_ids and bucketize: element by element") {
  std::vector<Input> places = with_vocabulary(random_tensor(DType::i32, {9, 600}, 1, -3, 12), prefixes());
  Pick pick;
  pick.otherwise = 4;
  check_emitter(make_op(Pick(pick)), places, 0);
  places.pop_back();
  places[1] = constant(random_tensor(DType::i64, {8}, 2, 0, 1000));
  check_emitter(make_op(Pick(pick)), places, 0);
  HashBucket hash;
  hash.buckets.count = 17;
  hash.first = 1;
  hash.masked = true;
  for (const DType dtype : {DType::string, DType::i64}) {
    std::vector<Input> inputs(2);
    inputs[0].tensor = random_tensor(dtype, {70, 90}, 3, -50, 50);
    inputs[1].tensor = random_tensor(DType::i32, {70, 90}, 4, -50, 50);
    CrossHash cross;
    cross.buckets = 1000;
    check_emitter(make_op(std::move(cross)), inputs, 0);
    inputs.pop_back();
    check_emitter(make_op(HashBucket(hash)), inputs, 0);
  }
  for (const bool presence : {false, true}) {
    CountIds count;
    count.size = 6;
    count.presence = presence;
    std::vector<Input> inputs(1);
    inputs[0].tensor = random_tensor(DType::i64, {900, 2, 5}, 5, 0, 8);
    check_emitter(make_op(CountIds(count)), inputs, 0);
    inputs.push_back({random_tensor(DType::f32, {900, 2, 5}, 6)});
    if (!presence) check_emitter(make_op(CountIds(count)), inputs, 0);
  }
  Bucketize bins;
  bins.boundaries = {-1, 0, 0.1, 1.5};
  std::vector<Input> inputs(1);
  inputs[0].tensor = random_tensor(DType::f32, {9, 900}, 7);
  check_emitter(make_op(std::move(bins)), inputs, 0);
}

TEST_CASE("a value of no vocabulary is a fault where there is no bucket for it") {
  std::vector<Input> inputs = with_vocabulary(strings({2}, {"abc", "no"}), {"abc"});
  testing::NodeRun node(make_op(Lookup()), inputs, kernels::Isa::baseline);
  (void)node.run(inputs, 1);
  CHECK(node.fault() == Fault::index_out_of_range);
}

TEST_CASE("a table of any bytes finds nothing, or an entry that is the key") {
  const std::vector<std::string> entries = prefixes();
  const std::vector<Input> inputs = with_vocabulary(Tensor(DType::string, {0}), entries);
  const Vocabulary vocabulary(inputs[1].tensor.view(), inputs[2].tensor.view());
  std::vector<std::byte> bytes(KeyTable::bytes_for(vocabulary.count()));
  std::minstd_rand random(3);
  for (int round = 0; round < 50; ++round) {
    for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    for (const std::string& entry : entries) {
      const std::int64_t place = KeyTable(bytes.data(), vocabulary.count()).find(TextKey{entry}, vocabulary);
      CHECK((place == -1 || vocabulary[place] == entry));
    }
  }
}

}  // namespace vivace::cpu
