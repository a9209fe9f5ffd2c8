// What a Lambda layer computes, as a person writes it: a small part of Python's expressions, and no Python.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/keras/setting.h"
#include "vivace/result.h"

namespace vivace::keras {

/// One node of an expression.
struct Expression {
  enum class Kind {
    literal,    // value
    name,       // word
    call,       // word(parts), keywords beside parts
    subscript,  // parts[0][parts[1]]
    slice,      // parts: start, stop, step
    list,       // parts
    unary,      // word parts[0]
    binary,     // parts[0] word parts[1]
  };
  Kind kind = Kind::literal;
  std::string word;
  Setting value;
  std::vector<Expression> parts;
  std::vector<std::string> keywords;  // of a call, "" where an argument goes by its place
};

/// "lambda x, size=(66, 200): resize(x, size)", or the body alone, whose input is x.
struct LambdaFunction {
  std::vector<std::string> parameters;  // those that stand for inputs
  std::vector<std::string> constants;   // those with a value of their own, which stands in `values`
  std::vector<Expression> values;
  Expression body;
};

/// Reads numbers, texts, None, lists, names, calls, subscripts with slices, + - * / // % ** @ & |,
/// comparisons and parentheses. Errors: import.lambda-map, with the place in the text.
Result<LambdaFunction> parse_function(std::string_view text);

}  // namespace vivace::keras
