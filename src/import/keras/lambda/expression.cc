// Reading the function of a Lambda layer.
#include "import/keras/lambda/expression.h"

#include <cctype>
#include <charconv>
#include <cstdlib>

#include "base/text.h"
#include "base/try.h"

namespace vivace::keras {
namespace {

using Kind = Expression::Kind;
constexpr std::size_t kLongest = 1024;  // bounds the depth of a chain of operators, too
constexpr int kDeepest = 48;

// From what binds least to what binds most; ** and the signs stand in the grammar itself.
constexpr std::string_view kLevels[][7] = {
    {"==", "!=", "<=", ">=", "<", ">"}, {"|"}, {"&"}, {"+", "-"}, {"//", "*", "/", "%", "@"}};
constexpr std::size_t kLevelCount = std::size(kLevels);

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<LambdaFunction> function() {
    LambdaFunction result;
    if (text_.size() > kLongest) return wrong("a function of at most 1024 characters");
    if (take_word("lambda")) {
      VIVACE_CHECK_OK(parameters(result));
    } else {
      result.parameters = {"x"};
    }
    VIVACE_TRY(result.body, expression());
    skip();
    if (at_ < text_.size()) return wrong("an operator, or the end");
    return result;
  }

 private:
  Error wrong(std::string_view wanted) {
    skip();
    const std::string found = at_ < text_.size() ? text("\"{}\"", text_.substr(at_, 12)) : "its end";
    return Error("import.lambda-map", text("a Lambda's function has {} where {} is wanted: {}", found, wanted,
                                           text_.substr(0, 200)))
        .why(text("character {} of it", at_ + 1))
        .fix("write it like Python, x being the input: x[:, 60:-25] / 127.5 - 1.0");
  }

  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(std::string_view sign) {
    skip();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    skip();
    if (text_.substr(at_, word.size()) != word) return false;
    if (at_ + word.size() < text_.size() && in_word(text_[at_ + word.size()])) return false;
    at_ += word.size();
    return true;
  }
  char next() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::string word() {
    skip();
    const std::size_t from = at_;
    if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) return {};
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  Status parameters(LambdaFunction& function) {
    while (!take(":")) {
      const std::string name = word();
      if (name.empty()) return wrong("a parameter");
      if (take("=")) {
        VIVACE_TRY(function.values.emplace_back(), expression());
        function.constants.push_back(name);
      } else {
        function.parameters.push_back(name);
      }
      if (!take(",") && next() != ':') return wrong("\":\"");
    }
    return {};
  }

  Result<Expression> expression() {
    if (depth_ >= kDeepest) return wrong("fewer brackets within brackets");
    ++depth_;
    auto result = level(0);
    --depth_;
    return result;
  }

  std::string_view take_operator(std::size_t level) {
    skip();
    for (const std::string_view sign : kLevels[level])
      if (!sign.empty() && text_.substr(at_, sign.size()) == sign && text_.substr(at_, 2) != "**") {
        at_ += sign.size();
        return sign;
      }
    return {};
  }

  Result<Expression> level(std::size_t level) {
    if (level == kLevelCount) return sign();
    VIVACE_TRY(Expression left, this->level(level + 1));
    bool compared = false;
    while (true) {
      const std::string_view found = take_operator(level);
      if (found.empty()) return left;
      if (level == 0 && compared) return wrong("one comparison at a time");
      compared = true;
      VIVACE_TRY(Expression right, this->level(level + 1));
      left = binary(std::string(found), std::move(left), std::move(right));
    }
  }

  static Expression binary(std::string word, Expression left, Expression right) {
    Expression result;
    result.kind = Kind::binary;
    result.word = std::move(word);
    result.parts.push_back(std::move(left));
    result.parts.push_back(std::move(right));
    return result;
  }

  // -x ** 2 is -(x ** 2), and 2 ** -1 is allowed.
  Result<Expression> sign() {
    if (depth_ >= kDeepest) return wrong("fewer signs");
    const bool minus = take("-");
    if (!minus && !take("+")) return power();
    ++depth_;
    VIVACE_TRY(Expression operand, sign());
    --depth_;
    if (!minus) return operand;
    Expression result;
    result.kind = Kind::unary;
    result.word = "-";
    result.parts.push_back(std::move(operand));
    return result;
  }

  Result<Expression> power() {
    VIVACE_TRY(Expression base, postfix());
    if (!take("**")) return base;
    VIVACE_TRY(Expression exponent, sign());
    return binary("**", std::move(base), std::move(exponent));
  }

  // However long the chain x[0][1][2] is, it must not nest deeper than what walks it can bear.
  Result<Expression> postfix() {
    VIVACE_TRY(Expression result, atom());
    for (int links = 0; take("["); ++links) {
      if (links >= kDeepest) return wrong("fewer subscripts");
      Expression whole;
      whole.kind = Kind::subscript;
      whole.parts.push_back(std::move(result));
      VIVACE_TRY(Expression key, subscripts());
      whole.parts.push_back(std::move(key));
      result = std::move(whole);
    }
    return result;
  }

  Result<Expression> subscripts() {
    Expression list;
    list.kind = Kind::list;
    while (true) {
      VIVACE_TRY(list.parts.emplace_back(), subscript());
      if (take("]")) return list;
      if (!take(",")) return wrong("\",\" or \"]\"");
    }
  }

  Result<Expression> subscript() {
    if (take("...")) return literal(Setting(Setting::Kind::ellipsis));
    Expression slice;
    slice.kind = Kind::slice;
    for (int part = 0; part < 3; ++part) {
      const char mark = next();
      if (mark == ':' || mark == ']' || mark == ',') {
        slice.parts.push_back(literal({}));
      } else {
        VIVACE_TRY(slice.parts.emplace_back(), expression());
      }
      if (part == 2) break;
      if (!take(":")) {
        if (part == 0 && mark != ']' && mark != ',') return std::move(slice.parts.front());
        if (part == 0) return wrong("a subscript");
        slice.parts.resize(3);
        break;
      }
    }
    return slice;
  }

  static Expression literal(Setting value) {
    Expression result;
    result.value = std::move(value);
    return result;
  }

  Result<Expression> atom() {
    const char first = next();
    if (first == '(' || first == '[') return brackets();
    if (first == '"' || first == '\'') return quoted();
    if (std::isdigit(static_cast<unsigned char>(first)) || first == '.') return number();
    if (!in_word(first)) return wrong("a value");
    std::string name = word();
    while (next() == '.') {
      ++at_;
      name += "." + word();
    }
    if (name == "None" || name.ends_with("newaxis")) return literal({});
    if (name == "True" || name == "False") return literal(Setting::of(name == "True"));
    if (take("(")) return call(std::move(name));
    Expression result;
    result.kind = Kind::name;
    result.word = std::move(name);
    return result;
  }

  Result<Expression> brackets() {
    const bool round = take("(");
    if (!round) (void)take("[");
    const std::string_view end = round ? ")" : "]";
    Expression list;
    list.kind = Kind::list;
    bool comma = false;
    while (!take(end)) {
      VIVACE_TRY(list.parts.emplace_back(), expression());
      const bool more = take(",");
      comma = comma || more;
      if (!more && !text_.substr(at_).starts_with(end)) return wrong(text("\",\" or \"{}\"", end));
    }
    if (round && !comma && list.parts.size() == 1) return std::move(list.parts.front());
    return list;
  }

  Result<Expression> quoted() {
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return wrong("a closing quote");
    Expression result = literal(Setting::of(std::string(text_.substr(at_, end - at_))));
    at_ = end + 1;
    return result;
  }

  Result<Expression> number() {
    const char *from = text_.data() + at_, *end = text_.data() + text_.size();
    Setting value(Setting::Kind::integer);
    const auto [last, failed] = std::from_chars(from, end, value.integer);
    const bool whole =
        failed == std::errc() && (last == end || (*last != '.' && *last != 'e' && *last != 'E'));
    value.number = static_cast<double>(value.integer);
    const char* stop = last;
    if (!whole) {
      value.kind = Setting::Kind::number;
      const auto [past, bad] = std::from_chars(from, end, value.number);
      if (bad != std::errc()) return wrong("a number");
      value.integer =
          value.number > -9e15 && value.number < 9e15 ? static_cast<std::int64_t>(value.number) : 0;
      stop = past;
    }
    at_ += static_cast<std::size_t>(stop - from);
    if (at_ < text_.size() && in_word(text_[at_])) return wrong("an operator after a number");
    return literal(std::move(value));
  }

  Result<Expression> call(std::string name) {
    Expression result;
    result.kind = Kind::call;
    result.word = std::move(name);
    while (!take(")")) {
      const std::size_t start = at_;
      std::string keyword = word();
      const bool named = !keyword.empty() && next() == '=' && text_.substr(at_, 2) != "==";
      if (named) {
        ++at_;
      } else {
        at_ = start;
        keyword.clear();
      }
      result.keywords.push_back(std::move(keyword));
      VIVACE_TRY(result.parts.emplace_back(), expression());
      if (!take(",") && next() != ')') return wrong("\",\" or \")\"");
    }
    return result;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<LambdaFunction> parse_function(std::string_view text) { return Parser(text).function(); }

}  // namespace vivace::keras
