// How an operator tells its attributes: once, to a visitor. Printing, hashing, comparing, writing to and
// reading from a .viv file are five visitors; an operator knows none of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vivace/tensor.h"

namespace vivace {

class Graph;
using GraphPtr = std::shared_ptr<const Graph>;

class AttributeVisitor {
 public:
  virtual ~AttributeVisitor() = default;
  virtual void operator()(std::string_view name, bool& value) = 0;
  virtual void operator()(std::string_view name, std::int64_t& value) = 0;
  virtual void operator()(std::string_view name, double& value) = 0;
  virtual void operator()(std::string_view name, std::string& value) = 0;
  virtual void operator()(std::string_view name, DType& value) = 0;
  virtual void operator()(std::string_view name, std::vector<std::int64_t>& value) = 0;
  virtual void operator()(std::string_view name, std::vector<double>& value) = 0;
  /// A graph that the operator runs.
  virtual void operator()(std::string_view name, GraphPtr& value) = 0;
  /// An enumerator: `index` selects one of `names`. A reader must leave index below names.size().
  virtual void choice(std::string_view name, std::uint32_t& index,
                      std::span<const std::string_view> names) = 0;
};

/// Visits an enum class whose enumerators count up from 0 in the order of `names`.
template <class Enum>
void visit_enum(AttributeVisitor& visitor, std::string_view name, Enum& value,
                std::span<const std::string_view> names) {
  auto index = static_cast<std::uint32_t>(value);
  visitor.choice(name, index, names);
  value = static_cast<Enum>(index);
}

}  // namespace vivace
