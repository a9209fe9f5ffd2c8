#include "cli/labels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "cli/numbers.h"
#include "vivace/preprocess.h"

namespace vivace::cli {

Result<std::vector<std::string>> read_labels(const std::string& file) {
  VIVACE_TRY(const auto opened, File::open(file));
  std::vector<std::string> labels;
  for (std::string_view line : split(as_text(opened->bytes()), '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    labels.emplace_back(line);
  }
  if (labels.back().empty()) labels.pop_back();
  return labels;
}

std::vector<std::string> imagenet_labels() {
  std::vector<std::string> labels;
  for (int i = 0; i < kImageNetClasses; ++i) labels.emplace_back(imagenet_class(i).name);
  return labels;
}

std::string label_of(const std::vector<std::string>& labels, std::int64_t index) {
  const auto i = static_cast<std::size_t>(index);
  return i < labels.size() ? labels[i] : text("class {}", index);
}

std::vector<std::int64_t> largest(const Tensor& tensor, std::int64_t first, std::int64_t count, int top) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  const auto shown = std::min<std::ptrdiff_t>(top, count);
  std::partial_sort(order.begin(), order.begin() + shown, order.end(), [&](std::int64_t a, std::int64_t b) {
    const double x = value_at(tensor, first + a), y = value_at(tensor, first + b);
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return x != y ? x > y : a < b;
  });
  order.resize(static_cast<std::size_t>(shown));
  return order;
}

void json_values(Json& json, const Tensor& tensor) {
  json.open_list("values");
  for (std::int64_t i = 0; i < tensor.count(); ++i)
    if (tensor.dtype() == DType::string)
      json.put({}, std::string_view(tensor.as<StringView>()[i]));
    else
      json.put({}, value_at(tensor, i));
  json.close_list();
}

void json_top(Json& json, const Tensor& tensor, int top, const std::vector<std::string>& labels) {
  const std::int64_t classes = tensor.dims().empty() ? 1 : tensor.dims().back();
  const std::int64_t rows = classes == 0 ? 0 : tensor.count() / classes;
  json.open_list("top");
  for (std::int64_t row = 0; row < rows; ++row) {
    json.open_list();
    for (const std::int64_t c : largest(tensor, row * classes, classes, top)) {
      json.open();
      json.put("index", c);
      json.put("label", label_of(labels, c));
      json.put("value", value_at(tensor, row * classes + c));
      json.close();
    }
    json.close_list();
  }
  json.close_list();
}

}  // namespace vivace::cli
