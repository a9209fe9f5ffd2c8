#include "ops/common/einsum_equation.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

constexpr std::string_view kOp = "einsum";
using Labels = std::vector<std::int32_t>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Error bad_equation(std::string_view equation, const std::string& why) {
  return attribute_error(kOp, text("equation \"{}\" cannot be read", equation.substr(0, 100))).why(why);
}

// The labels of one term whose ellipsis stands for `wide` axes.
Result<Labels> labels_of(std::string_view equation, std::string_view term, std::size_t wide) {
  Labels labels;
  bool seen = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (is_letter(term[i])) {
      labels.push_back(term[i]);
      continue;
    }
    if (seen || term.substr(i, 3) != "...")
      return bad_equation(equation, text("the term \"{}\" is not letters with at most one \"...\"", term));
    seen = true;
    i += 2;
    for (std::size_t axis = wide; axis > 0; --axis)
      labels.push_back(EinsumEquation::kEllipsis + static_cast<std::int32_t>(axis));
  }
  return labels;
}

// The output that an equation without "->" means.
Labels implied_output(const std::vector<Labels>& inputs, std::size_t wide) {
  Labels all, output;
  for (const Labels& labels : inputs) all.insert(all.end(), labels.begin(), labels.end());
  for (std::size_t axis = wide; axis > 0; --axis)
    output.push_back(EinsumEquation::kEllipsis + static_cast<std::int32_t>(axis));
  for (std::int32_t letter = 'A'; letter <= 'z'; ++letter)
    if (std::count(all.begin(), all.end(), letter) == 1) output.push_back(letter);
  return output;
}

Status check_output(std::string_view equation, const EinsumEquation& parsed) {
  for (const std::int32_t label : parsed.output) {
    if (std::count(parsed.output.begin(), parsed.output.end(), label) > 1)
      return bad_equation(equation, "a letter occurs twice in the output");
    const bool known = std::any_of(parsed.inputs.begin(), parsed.inputs.end(), [&](const Labels& labels) {
      return std::find(labels.begin(), labels.end(), label) != labels.end();
    });
    if (!known) return bad_equation(equation, "a letter of the output is in no input");
  }
  return {};
}

}  // namespace

Result<EinsumEquation> parse_einsum(std::string_view equation, std::span<const std::size_t> ranks) {
  std::string dense(equation.substr(0, 1000));
  dense.erase(std::remove(dense.begin(), dense.end(), ' '), dense.end());
  const std::string_view all = dense;
  const std::size_t arrow = all.find("->");
  const std::vector<std::string_view> terms = split(all.substr(0, arrow), ',');
  if (equation.size() > 1000) return bad_equation(equation, "it is longer than 1000 characters");
  if (terms.size() != ranks.size())
    return inputs_error(
        kOp, text("equation \"{}\" has {} terms for {} inputs", dense, terms.size(), ranks.size()));

  EinsumEquation parsed;
  std::size_t widest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool open = terms[i].find("...") != std::string_view::npos;
    const std::size_t letters =
        static_cast<std::size_t>(std::count_if(terms[i].begin(), terms[i].end(), is_letter));
    if (letters > ranks[i] || (!open && letters != ranks[i]))
      return rank_error(kOp, text("the term \"{}\" of equation \"{}\" does not fit an input of {} axes",
                                  terms[i], dense, ranks[i]));
    const std::size_t wide = open ? ranks[i] - letters : 0;
    VIVACE_TRY(Labels labels, labels_of(equation, terms[i], wide));
    parsed.inputs.push_back(std::move(labels));
    widest = std::max(widest, wide);
  }
  if (arrow == std::string_view::npos) {
    parsed.output = implied_output(parsed.inputs, widest);
  } else {
    VIVACE_TRY(parsed.output, labels_of(equation, all.substr(arrow + 2), widest));
  }
  VIVACE_CHECK_OK(check_output(equation, parsed));
  return parsed;
}

}  // namespace vivace
