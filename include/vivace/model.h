// SPDX-License-Identifier: Apache-2.0
/// Opening a model and running it.
///
///     auto model = vivace::Model::open("resnet50.h5").value();     // milliseconds
///     auto probabilities = model.predict(image.view()).value();    // a vector of tensors
///
/// A Model is cheap to copy and may be used by any number of threads at once, and after a fork by parent and
/// child; a fork waits for weights that are being packed and kept. Nothing here prints, aborts, or throws,
/// except Result::value().
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vivace/card.h"
#include "vivace/ceilings.h"
#include "vivace/result.h"
#include "vivace/tensor.h"

#define VIVACE_API __attribute__((visibility("default")))

namespace vivace {

/// How a model is opened and run. Every field has a sensible default.
struct Options {
  /// Where prepared models are kept: empty means $XDG_CACHE_HOME/vivace or ~/.cache/vivace; the environment's
  /// VIVACE_CACHE=off, or cache = false, keeps nothing.
  std::filesystem::path cache_folder;
  bool cache = true;
  /// 0: the least of affinity, the cgroup's CPU quota and the physical cores.
  int threads = 0;
  /// Only exact rewrites: no Winograd, no reassociation.
  bool strict = false;
  /// Less memory for less speed: no Winograd, whose transformed weights take four times the room.
  bool small = false;
  /// Bytes a prediction may use for activations; a batch that would need more is run in parts. 0: no limit.
  std::size_t memory = 0;
  /// "baseline", "avx2" or "avx512"; empty: the best this machine has, or the environment's VIVACE_ISA.
  std::string isa;
  /// Passes to leave out, by name; {"all"} runs the graph as it was written.
  std::vector<std::string> without_passes;
  /// Keras weights-only files: the architecture (model.json, config.json), if it is not beside the weights.
  std::filesystem::path architecture;
  /// What Lambda layers of Keras files compute, whose Python code is never run: pairs of a layer's name and a
  /// function of x, like {"normalise", "x / 127.5 - 1.0"} (docs/cli.md).
  std::vector<std::pair<std::string, std::string>> lambdas;
  /// TensorFlow Lite files: the signature that is wanted, whose names inputs and outputs have then. Left out:
  /// the first subgraph, with the names of its tensors.
  std::string signature;
  /// TensorFlow Lite files of dynamic range (8-bit weights, float activations): compute in float throughout,
  /// which is more exact, instead of with activations of 8 bits as TensorFlow Lite does.
  bool dynamic_range_float = false;
  /// TensorFlow Lite files of integers: round as XNNPACK, LiteRT's usual delegate, instead of as TensorFlow
  /// Lite's reference kernels. Results differ by one now and then (docs/accuracy.md).
  bool xnnpack_rounding = false;
  /// TensorFlow Lite files: sizes of inputs, by name, in place of those that the file has. What follows from
  /// them is worked out anew; an operator that cannot take them refuses on opening.
  std::vector<std::pair<std::string, Shape>> input_sizes;
};

/// An input or output of a model.
struct Port {
  std::string name;
  DType dtype = DType::f32;
  Shape dims;                          // -1 where the size is up to the caller
  std::vector<std::string> dim_names;  // "batch" and the like where dims has -1, "" elsewhere
  TensorCard card{};                   // what the file says of its numbers
};

/// How long the stages of opening took, in seconds, and whether the prepared form was at hand. Weights are
/// packed beside the caller once open() has returned, and the first call waits for them; so pack_s is no part
/// of total_s, but for a small model.
struct OpenTimes {
  double total_s = 0;
  double read_s = 0;  // bytes to graph
  double passes_s = 0;
  double pack_s = 0;  // packing weights and planning for the smallest shape
  bool from_cache = false;
};

/// What one pass did when the model was opened from its source.
struct PassRun {
  std::string name;
  std::size_t changes = 0;
  double seconds = 0;
};

/// Where a prediction's time went, an entry a step in running order.
struct StepTime {
  std::string node;    // the layer's name; of a step made of several, the last one's
  std::string op;      // "conv strides=[2,2] ..."
  std::string kernel;  // "conv_direct avx512", "strips: gemm, depthwise, gemm"
  double seconds = 0;
  double flops = 0;
  double bytes = 0;                // read and written, weights included
  double weight_bytes = 0;         // of constants, each element once
  std::vector<std::string> nodes;  // of a step made of several, all of them in order; else just `node`
  Arithmetic arithmetic = Arithmetic::float32;
};

/// One operator as the debug mode saw it.
struct DebugRecord {
  std::string node, op, origin;
  DType dtype = DType::f32;
  Shape dims;
  double min = 0, max = 0;
  std::int64_t nans = 0, infinities = 0;
  double seconds = 0;
};

/// What a model is made of.
struct Summary {
  struct Layer {
    std::string name, kind, output;  // kind: "Conv2D" as the file says; output: "[batch,112,112,32]"
    std::int64_t parameters = 0;
    double flops = 0;            // for one sample where sizes are known
    DType numbers = DType::f32;  // of its output
    std::vector<DType> weights;  // of its parameters, each once: int8 weights have a bias of int32
  };
  std::string format;    // "Keras HDF5", "Keras v3 archive", "vivace"
  std::string producer;  // "keras 2.4.0 (tensorflow)"
  std::vector<Layer> layers;
  std::int64_t parameters = 0;
  double flops = 0;
  std::vector<Port> inputs, outputs;
  ModelCard card;
  std::vector<std::string> warnings;
  std::vector<Error> unsupported;  // everything that keeps it from running, at once
};

class VIVACE_API Model {
 public:
  /// Opens a Keras .h5 or .keras file, an unzipped .keras folder, a .tflite, or a compiled .viv; the content
  /// decides, not the name. A source's files may be overwritten once open_times() or a first prediction has
  /// returned: nothing refers to them any more then. The last copy of a model may wait, when it goes, until
  /// its prepared form is in the cache. A .viv stays mapped; replace it by renaming, as save() does, and
  /// never write into it. Errors: file.*, import.*, hdf5.*, zip.*, json.*, tflite.*, viv.*.
  static Result<Model> open(const std::filesystem::path& path, const Options& options = {});

  std::span<const Port> inputs() const;
  std::span<const Port> outputs() const;
  /// Whether it came from a file whose inputs Options::input_sizes can give other sizes.
  bool resizable() const;
  /// What its file says about itself.
  const ModelCard& card() const;

  /// Runs once and returns fresh tensors: the easy way. Inputs are in the order of inputs().
  /// Errors: predict.inputs (a wrong number), predict.shape, predict.dtype, predict.memory, op.*.
  Result<std::vector<Tensor>> predict(std::span<const TensorView> inputs) const;
  Result<std::vector<Tensor>> predict(std::initializer_list<TensorView> inputs) const {
    return predict(std::span<const TensorView>(inputs.begin(), inputs.size()));
  }
  Result<std::vector<Tensor>> predict(const TensorView& input) const { return predict({input}); }

  /// Whether it keeps state from one call to the next (Keras: stateful=True). Then all copies of this Model
  /// share one state, calls from several threads run one after another, and a call that fails changes
  /// nothing. For independent states open the model again.
  bool stateful() const;
  /// Back to zeros, as after opening.
  void reset_states() const;

  /// Runs once into memory the caller owns; allocates nothing after the first call with the same shapes.
  Status predict_into(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs) const;

  /// The sizes the outputs will have for inputs of these sizes. Plans for them, so a following call is quick.
  Result<std::vector<Shape>> output_shapes(std::span<const Shape> inputs) const;

  /// Runs op by op with the scalar reference: slow, exact, and every value seen.
  Result<std::vector<Tensor>> debug(std::span<const TensorView> inputs,
                                    std::vector<DebugRecord>& records) const;
  /// Runs `repeats` times from one and the same state and returns the median time of every step.
  Result<std::vector<StepTime>> profile(std::span<const TensorView> inputs, int repeats) const;

  /// Writes the prepared form: one file that opens in well under a millisecond on any machine.
  Status save(const std::filesystem::path& path) const;

  /// Waits until the weights are packed.
  const OpenTimes& open_times() const;
  /// Empty where the model came from its prepared form.
  std::span<const PassRun> pass_runs() const;
  int threads() const;
  std::string_view isa() const;
  /// Bytes of activations and scratch for inputs of these sizes, and the least any placement could use.
  struct Memory {
    std::size_t arena = 0, arena_lower_bound = 0;
    std::size_t workspace = 0;  // of all threads together
    std::size_t weights = 0;    // constants as the graph has them
    std::size_t packed = 0;     // the copies of them that kernels read
  };
  Result<Memory> memory(std::span<const Shape> inputs) const;

  struct Impl;

 private:
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

/// What a file holds, without running it: works for files that open() refuses, too, as far as they can be
/// read.
VIVACE_API Result<Summary> inspect(const std::filesystem::path& path, const Options& options = {});

/// Reads every byte of a file that open() would map: a .viv's hash, a zip's checksums. Errors: viv.damaged,
/// zip.*.
VIVACE_API Status verify_file(const std::filesystem::path& path, const Options& options = {});

/// What one core can do at most with the instruction set that these options choose: measured, which takes up
/// to a quarter of a second and 256 MB of memory. Errors: options.isa.
VIVACE_API Result<Ceilings> measure_ceilings(const Options& options = {});

/// "0.1.0"
VIVACE_API std::string_view version();

}  // namespace vivace
