// What layers and operations of pictures share: batches and single pictures, either layout, resizing.
#pragma once

#include "import/keras/build/call.h"

namespace vivace::keras {

/// A picture, or a batch of them, in the order of its data_format; while it is worked on it is
/// [batch, height, width, channels], and give() brings a result into the order in which it came.
class Pictures {
 public:
  Pictures(Call& call, ValueId x);

  ValueId value() const { return value_; }
  /// "height", "width" or "channels" axes of value().
  static constexpr std::int64_t kHeight = 1, kWidth = 2, kChannels = 3;
  ValueId give(ValueId y) const;

 private:
  Call& call_;
  ValueId value_;
  bool first_, single_;
};

/// The way to resize that config or option `key` names; import.config where there is none such.
Resize::Mode resize_mode(Call& call, std::string_view key, std::string_view name);

/// x [N, height, width, channels] resized. Keras 3 rounds to integers again where x holds some; before, they
/// become floats, as tf.image.resize gives them.
ValueId resized(Call& call, ValueId x, const Resize& op);

/// x[start : start + size] along an axis.
ValueId cut(Call& call, ValueId x, std::int64_t axis, std::int64_t start, std::int64_t size,
            std::string_view step = {});

}  // namespace vivace::keras
