// What spectrogram layers and keras.ops of signals share: windows, frames, Fourier transforms.
#pragma once

#include <array>

#include "import/keras/build/call.h"

namespace vivace::keras {

/// Real and imaginary part.
using Spectrum = std::array<ValueId, 2>;

/// The transform of the last axis; import.config where the length cannot be transformed.
Spectrum transformed(Call& call, Dft::Kind kind, ValueId real, ValueId imaginary, std::int64_t length,
                     std::string_view step = {});

/// keras.ops.stft: sequences of `length` places every `stride`, times a window, filled to `fft` places.
struct Stft {
  std::int64_t length = 0, stride = 0, fft = 0;
  bool center = true;
  std::vector<float> window;  // `length` numbers; empty for ones
};

/// A periodic "hann" or "hamming" window of `length`; import.config for another name.
std::vector<float> named_window(Call& call, std::string_view key, std::string_view name, std::int64_t length);
/// Checks the three sizes and fills the window up to `fft` numbers, in the middle; false where something is
/// wrong.
bool complete(Call& call, Stft& stft);
/// Requires complete().
Spectrum stft_of(Call& call, ValueId x, const Stft& stft);

}  // namespace vivace::keras
