// SPDX-License-Identifier: Apache-2.0
/// Errors as values: what every fallible call in vivace returns.
///
///     auto model = vivace::Model::open("resnet50.h5");
///     if (!model) { std::fputs(to_text(model.error()).c_str(), stderr); return 1; }
///
/// Nothing in the library throws, aborts or prints. Result::value() is the one thrower, for examples and
/// bindings.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace vivace {

/// One thing that went wrong, told so that its reader can mend it. Ids are stable and documented in
/// docs/errors.md; `what` is one line; `at` is file, path inside the file and byte offset as far as known.
class Error {
 public:
  Error(std::string id, std::string what) : id_(std::move(id)), what_(std::move(what)) {}

  Error&& at(std::string place) && { return at_ = std::move(place), std::move(*this); }
  Error&& why(std::string reason) && { return why_ = std::move(reason), std::move(*this); }
  Error&& fix(std::string remedy) && { return fix_ = std::move(remedy), std::move(*this); }

  /// Puts an outer place before the one known so far: "model.keras" + "config.json" =
  /// "model.keras:config.json".
  Error&& within(const std::string& outer) && {
    at_ = at_.empty() ? outer : outer + ":" + at_;
    return std::move(*this);
  }

  const std::string& id() const { return id_; }
  const std::string& what() const { return what_; }
  const std::string& at() const { return at_; }
  const std::string& why() const { return why_; }
  const std::string& fix() const { return fix_; }

 private:
  std::string id_, what_, at_, why_, fix_;
};

/// The form in which the programs print an error: "error[id]: what", then one line each for at, why and fix.
inline std::string to_text(const Error& error) {
  std::string text = "error[" + error.id() + "]: " + error.what();
  if (!error.at().empty()) text += "\n  at   " + error.at();
  if (!error.why().empty()) text += "\n  why  " + error.why();
  if (!error.fix().empty()) text += "\n  fix  " + error.fix();
  return text;
}

/// What Result::value() throws.
class Exception : public std::runtime_error {
 public:
  explicit Exception(Error error) : std::runtime_error(to_text(error)), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

/// A T, or the Error that explains why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  /// Requires !ok().
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  /// The value; throws Exception where there is none.
  T value() && {
    if (!ok()) throw Exception(std::get<1>(std::move(state_)));
    return std::get<0>(std::move(state_));
  }
  const T& value() const& {
    if (!ok()) throw Exception(std::get<1>(state_));
    return std::get<0>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }
  void value() const {
    if (!ok()) throw Exception(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace vivace
