// Texts as the numbers of their words.
#pragma once

#include "ops/common/op_base.h"
#include "ops/common/strings/numbering.h"
#include "ops/common/strings/pieces.h"
#include "ops/common/strings/vocabulary.h"

namespace vivace {

/// Standardises each text, splits it, joins neighbours where `grams` lists widths (all of the first width
/// first), and numbers what comes out by a vocabulary. `ids`: y[..., size] int64, the first `size` numbers
/// and zeros behind them. `counts` and `presence`: y[..., size] of type `result`, how often, or whether, each
/// number below `size` occurs. inputs: strings [...]; a vocabulary's bytes and offsets; of `ids`, where
/// `size` is 0, a boolean tensor that has as many elements as a row has places, and is not read.
struct VectorizeText : OpBase<VectorizeText> {
  static constexpr std::string_view kName = "vectorize_text";
  enum class Mode : std::uint32_t { ids, counts, presence };
  static constexpr std::string_view kModes[] = {"ids", "counts", "presence"};
  /// A text of n words has up to n * width bytes of words in its grams, so the width stays small.
  static constexpr std::int64_t kWidestGram = 64;

  Standard standard;
  SplitText split = SplitText::whitespace;
  std::vector<std::int64_t> grams;  // none: the pieces as they are
  Mode mode = Mode::ids;
  std::int64_t size = 1;
  DType result = DType::f32;
  Numbering numbering;

  void attributes(AttributeVisitor& v) {
    v("lower", standard.lower);
    v("strip", standard.strip);
    visit_enum(v, "split", split, kSplitTexts);
    v("grams", grams);
    visit_enum(v, "mode", mode, kModes);
    v("size", size);
    v("result", result);
    numbering.attributes(v);
  }
  VIVACE_OP_RULES;

  /// Writes the row of one text, of y's last size. `find(gram, number)` numbers a gram; false where one has
  /// no number.
  template <class Find>
  bool write_row(std::string_view text, Find find, const MutableTensorView& y, std::int64_t row,
                 std::int64_t places) const;
  /// How many numbers a text has.
  std::int64_t length(std::string_view text) const;

 private:
  /// Calls visit(gram) in the order of the numbers, until it gives false.
  template <class Visit>
  void for_each(std::string_view text, Visit visit) const;
};

/// Takes numbers for a row of the output.
class TextRow {
 public:
  TextRow(const VectorizeText& op, const MutableTensorView& y, std::int64_t row, std::int64_t places);
  /// False once the row is full.
  bool put(std::int64_t number);

 private:
  const VectorizeText& op_;
  MutableTensorView y_;
  std::int64_t places_, first_, taken_ = 0;
};

template <class Visit>
void VectorizeText::for_each(std::string_view text, Visit visit) const {
  static constexpr std::int64_t kSingle[] = {1};
  for (const std::int64_t width : grams.empty() ? std::span<const std::int64_t>(kSingle) : std::span(grams))
    if (!for_each_gram(Pieces(text, standard, split), width, visit)) return;
}

template <class Find>
bool VectorizeText::write_row(std::string_view text, Find find, const MutableTensorView& y, std::int64_t row,
                              std::int64_t places) const {
  TextRow numbers(*this, y, row, places);
  bool known = true;
  for_each(text, [&](const Gram& gram) {
    std::int64_t number = 0;
    known = known && find(gram, number);
    return known && numbers.put(number);
  });
  return known;
}

}  // namespace vivace
