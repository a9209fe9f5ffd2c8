// SPDX-License-Identifier: Apache-2.0
/// Tensors from files and into files: what the program reads and writes, for programs of your own.
///
///     auto photo = vivace::read_tensor("cat.png").value();            // uint8 [height,width,3]
///     vivace::write_npy("probabilities.npy", output.view());
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vivace/model.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

namespace vivace {

/// What a tensor was read from, where that matters for what it means.
enum class TensorSource { array, picture, table };

struct ReadTensor {
  Tensor tensor;
  TensorSource source = TensorSource::array;
};

/// Reads .npy (any type), .png, .jpg, .ppm, .bmp (uint8 [height,width,channels]) or .csv (float32
/// [rows,columns]); the content decides, except for .csv. "-" is the standard input. Errors: file.*, npy.*,
/// image.*, csv.*.
VIVACE_API Result<ReadTensor> read_tensor(const std::filesystem::path& file);

/// Reads strings: .npy of strings, the lines of a text file [lines], or the fields of a .csv [rows,columns],
/// of which none is a header. "-" is the standard input: lines, unless it is an array. Errors: file.*, npy.*,
/// csv.*.
VIVACE_API Result<Tensor> read_strings(const std::filesystem::path& file);

/// Strings as numbers of type int64, float64 or string, whichever `like` needs. Errors: csv.number, with the
/// string's place.
VIVACE_API Result<Tensor> parse_strings(const TensorView& strings, DType like);

using NamedTensor = std::pair<std::string, Tensor>;

/// Every array of an .npz, in its order. Errors: file.*, zip.*, npy.*.
VIVACE_API Result<std::vector<NamedTensor>> read_npz(const std::filesystem::path& file);

VIVACE_API Status write_npy(const std::filesystem::path& file, const TensorView& tensor);
/// Names and tensors in order; equal length.
VIVACE_API Status write_npz(const std::filesystem::path& file, std::span<const std::string> names,
                            std::span<const TensorView> tensors);

/// What was done to make a tensor fit an input, in words for people; empty if nothing.
struct Fitted {
  Tensor tensor;
  std::string note;
};

/// Fits a tensor to an input without ever guessing at scale: converts numbers to the input's type, adds the
/// batch axis, resizes a picture (bilinear, as tf.image.resize) and turns grey into colour or back. `shape`
/// overrides the input's unknown sizes (-1: unknown). Errors: predict.shape, predict.dtype (a conversion that
/// would lose digits).
VIVACE_API Result<Fitted> fit_to_input(const ReadTensor& read, const Port& port, const Shape& shape = {});

/// Whether the numbers of an input or output stand for real ones: port.card.scale * (number -
/// port.card.zero_point).
VIVACE_API bool is_quantised(const Port& port);

/// Real numbers (float32) as an input's integers: the nearest, held in the range of its type; NaN as the zero
/// point. Requires is_quantised(port).
VIVACE_API Tensor quantised(const TensorView& reals, const Port& port);

/// The real numbers, as float32, that an output's integers stand for. Requires is_quantised(port), and
/// numbers of the port's type.
VIVACE_API Tensor dequantised(const TensorView& numbers, const Port& port);

}  // namespace vivace
