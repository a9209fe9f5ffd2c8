// Class names, and the largest numbers of a row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/json.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace::cli {

/// One label a line; an empty last line does not count.
Result<std::vector<std::string>> read_labels(const std::string& file);
/// The names of ImageNet's classes: "tench".
std::vector<std::string> imagenet_labels();
/// The label of a class, or "class N" where there is none.
std::string label_of(const std::vector<std::string>& labels, std::int64_t index);
/// The places, from `first` on, of the `top` largest of `count` numbers, largest first; NaN comes last.
std::vector<std::int64_t> largest(const Tensor& tensor, std::int64_t first, std::int64_t count, int top);
/// "values": all numbers, in order.
void json_values(Json& json, const Tensor& tensor);
/// "top": for each row of the last axis a list of {index, label, value}.
void json_top(Json& json, const Tensor& tensor, int top, const std::vector<std::string>& labels);

}  // namespace vivace::cli
