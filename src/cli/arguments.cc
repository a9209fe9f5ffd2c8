#include "cli/arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace vivace::cli {

struct Arguments::Parser {
  CLI::App app;
};

namespace {

auto within(Range range) {
  return [range](const std::string& word) -> std::string {
    double number = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole = code == std::errc() && end == word.data() + word.size();
    if (whole && number >= range.least && number <= range.most) return {};
    return text("\"{}\" is no number from {} to {}", word, range.least, range.most);
  };
}

}  // namespace

Arguments::Arguments(const Command& command) : command_(command), parser_(std::make_unique<Parser>()) {}
Arguments::~Arguments() = default;

// Notes the words for the help; gives the names alone.
std::string_view Arguments::declare(std::string_view names, std::string_view help, bool list) {
  const std::size_t blank = names.find(' ');
  const std::string_view alone = names.substr(0, blank);
  std::string value(blank == std::string_view::npos ? std::string_view() : names.substr(blank + 1));
  if (names.starts_with('-')) {
    std::string shown(alone);
    if (const std::size_t comma = shown.find(','); comma != std::string::npos) shown.insert(comma + 1, " ");
    options_.push_back({shown, value, std::string(help)});
  } else {
    positionals_.push_back({list ? text("[{}...]", alone) : std::string(alone), value, std::string(help)});
  }
  return alone;
}

void Arguments::take(std::string_view names, std::string& value, std::string_view help, bool required) {
  parser_->app.add_option(std::string(declare(names, help)), value)->required(required);
}
void Arguments::take(std::string_view names, std::filesystem::path& value, std::string_view help) {
  parser_->app.add_option(std::string(declare(names, help)), value);
}
void Arguments::take(std::string_view names, int& value, std::string_view help, Range range) {
  parser_->app.add_option(std::string(declare(names, help)), value)->check(within(range));
}
void Arguments::take(std::string_view names, std::int64_t& value, std::string_view help, Range range) {
  parser_->app.add_option(std::string(declare(names, help)), value)->check(within(range));
}
void Arguments::take(std::string_view names, double& value, std::string_view help, Range range) {
  parser_->app.add_option(std::string(declare(names, help)), value)->check(within(range));
}
void Arguments::take(std::string_view names, std::vector<std::string>& values, std::string_view help) {
  const bool positional = !names.starts_with('-');
  parser_->app.add_option(std::string(declare(names, help, positional)), values)
      ->allow_extra_args(positional);
}
void Arguments::take(std::string_view names, std::vector<std::int64_t>& values, std::string_view help,
                     Range range) {
  parser_->app.add_option(std::string(declare(names, help)), values)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(within(range));
}
void Arguments::flag(std::string_view names, bool& value, std::string_view help) {
  parser_->app.add_flag(std::string(declare(names, help)), value);
}

Error Arguments::unknown_option(std::string_view word) const {
  std::vector<std::string_view> known{"--help"};
  for (const Word& option : options_)
    for (std::string_view name : split(option.names, ',')) {
      while (name.starts_with(' ')) name.remove_prefix(1);
      known.push_back(name);
    }
  word = word.substr(0, word.find('='));
  return Error("usage.option",
               text("{} has no option \"{}\"{}", command_.name, word, did_you_mean(word, known)))
      .fix(text("vivace {} --help lists them", command_.name));
}

Status Arguments::parse(int argc, char** argv) {
  const std::string fix = text("vivace {} --help shows how it is used", command_.name);
  // A mistyped option is told before what it made wrong further on.
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) continue;
    const std::string name(word.substr(0, word.find('=')));
    if (!parser_->app.get_option_no_throw(name)) return unknown_option(word);
  }
  try {
    parser_->app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    wants_help_ = true;
  } catch (const CLI::ExtrasError&) {
    const std::string word = parser_->app.remaining().front();
    if (word.starts_with('-')) return unknown_option(word);
    return Error("usage.missing", text("{} takes no further word, and there is \"{}\"", command_.name, word))
        .fix(fix);
  } catch (const CLI::RequiredError& error) {
    return Error("usage.missing", error.what()).fix(fix);
  } catch (const CLI::ParseError& error) {
    return Error("usage.value", error.what()).fix(fix);
  }
  return {};
}

std::string Arguments::help() const {
  std::string all = text("vivace {}: {}\n\nexamples:\n{}\nusage: vivace {}", command_.name, command_.summary,
                         command_.examples, command_.name);
  for (const Word& word : positionals_) all += " " + word.names;
  all += " [OPTIONS]\n\n";
  std::vector<Word> options = options_;
  options.push_back({"-h, --help", "", "this page"});
  std::size_t width = 0;
  for (Word& word : options) {
    if (!word.value.empty()) word.names += " " + word.value;
    width = std::max(width, word.names.size());
  }
  for (const Word& word : positionals_) all += text("  {:<{}}  {}\n", word.names, width, word.help);
  all += "\noptions:\n";
  for (const Word& word : options) all += text("  {:<{}}  {}\n", word.names, width, word.help);
  return all;
}

}  // namespace vivace::cli
