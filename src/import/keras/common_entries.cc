// Entries of a config that mean the same in every layer.
#include "import/keras/common_entries.h"

#include <algorithm>

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

// Many of them only matter to training, or to how something is computed, so that no recipe asks for them.
constexpr std::string_view kSwitches[] = {
    "trainable",    "stateful",         "unroll",          "zero_output_for_mask",
    "return_state", "unit_forget_bias", "renorm",          "synchronized",
    "fused",        "sparse",           "ragged",          "optional",
    "sorted",       "assume_unique",    "flash_attention", "pad_to_max_tokens"};

constexpr std::string_view kNumbers[] = {"dropout",   "recurrent_dropout", "rate", "stddev",
                                         "momentum",  "renorm_momentum",   "l1",   "l2",
                                         "lora_alpha"};

// Keras 1's Merge has all of them, whichever its mode reads.
void check_merge(const Config& config) {
  if (const std::size_t axes = config.integers("dot_axes").size();
      config.has("dot_axes") && axes != 1 && axes != 2)
    config.mistake("dot_axes", "one axis, or one for each input");
  if (config.has("concat_axis")) (void)config.integer("concat_axis");
  const std::string_view type = config.text("mode_type", "raw");
  if (type != "raw" && type != "lambda" && type != "function")
    config.mistake("mode_type", "\"raw\", \"lambda\" or \"function\"");
}

}  // namespace

bool is_axis_size(const Setting& setting) {
  return setting.is(Kind::none) ||
         (setting.is(Kind::integer) && setting.integer >= 0 && setting.integer < (std::int64_t{1} << 31));
}

void check_common_entries(const Config& config) {
  for (const std::string_view key : kSwitches) (void)config.flag(key, false);
  for (const std::string_view key : kNumbers) (void)config.number(key, 0);
  if (const Setting* const how = config.find("quantization_config"); how && !how->is(Kind::map))
    config.mistake("quantization_config", "an object or null");
  if (config.has("lora_rank")) (void)config.size("lora_rank");
  const std::string_view format = config.text("data_format", "channels_last");
  if (format != "channels_first" && format != "channels_last")
    config.mistake("data_format", "\"channels_first\" or \"channels_last\"");
  for (const std::string_view key : {"batch_shape", "batch_input_shape"})
    if (const Setting* const shape = config.find(key);
        shape && (!shape->is(Kind::list) || !std::ranges::all_of(shape->items, is_axis_size)))
      config.mistake(key, "sizes of 0 or more, or null");
  check_merge(config);
}

}  // namespace vivace::keras
