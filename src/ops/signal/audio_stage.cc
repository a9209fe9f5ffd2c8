#include "ops/signal/audio_stage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/text.h"
#include "base/try.h"
#include "ops/common/reference.h"
#include "ops/common/shape_rules.h"

namespace vivace {
namespace {

using Kind = AudioStage::Kind;
using Inputs = std::span<const TensorView>;
using Outputs = std::span<const MutableTensorView>;
using Numbers = std::span<const std::int64_t>;

std::uint32_t bits_of(std::uint64_t x) {
  return x == 0 ? 0 : 64 - static_cast<std::uint32_t>(std::countl_zero(x));
}

Status window(Numbers numbers, Inputs inputs, Outputs outputs) {
  const auto size = inputs[1].count();
  for (std::int64_t i = 0; i < inputs[0].count(); ++i) {
    const std::int64_t product = load_integer(inputs[0], i) * load_integer(inputs[1], i % size);
    store_integer(outputs[0], i, std::clamp<std::int64_t>(product >> numbers[0], -32768, 32767));
  }
  return {};
}

// The greatest magnitude, in 16 bits as on a microcontroller: of -32768 it is itself, and all that follows is
// more.
std::int16_t greatest_of(const TensorView& x) {
  std::int16_t greatest = 0;
  for (std::int64_t i = 0; i < x.count(); ++i) {
    const std::int16_t value = x.as<std::int16_t>()[i];
    if (value > greatest)
      greatest = value;
    else if (-value > greatest)
      greatest = static_cast<std::int16_t>(-value);
  }
  return greatest;
}

Status scale(Numbers, Inputs inputs, Outputs outputs) {
  const std::int16_t greatest = greatest_of(inputs[0]);
  const std::int64_t shift =
      greatest > 0 ? 15 - std::int64_t{bits_of(static_cast<std::uint64_t>(greatest))} : 0;
  for (std::int64_t i = 0; i < inputs[0].count(); ++i)
    store_integer(outputs[0], i, load_integer(inputs[0], i) * (std::int64_t{1} << shift));
  store_integer(outputs[1], 0, shift);
  return {};
}

Status energy(Numbers numbers, Inputs inputs, Outputs outputs) {
  for (std::int64_t i = 0; i < outputs[0].count(); ++i) {
    const std::int64_t real = load_integer(inputs[0], 2 * i), imaginary = load_integer(inputs[0], 2 * i + 1);
    const bool inside = i >= numbers[0] && i < numbers[1];
    store_integer(outputs[0], i, inside ? real * real + imaginary * imaginary : 0);
  }
  return {};
}

Status filter_bank(Numbers, Inputs inputs, Outputs outputs) {
  const TensorView &x = inputs[0], &weights = inputs[1], &unweights = inputs[2];
  auto* y = outputs[0].as<std::uint64_t>();
  std::uint64_t weighed = 0, left = 0;
  for (std::int64_t channel = 0; channel <= outputs[0].count(); ++channel) {
    const std::int64_t from = load_integer(inputs[3], channel), weight = load_integer(inputs[4], channel),
                       width = load_integer(inputs[5], channel);
    if (width > 0 && (from < 0 || weight < 0 || from + width > x.count() || weight + width > weights.count()))
      return Error("op.index", text("{}: channel {} reads beyond its frequencies or weights",
                                    AudioStage::kName, channel));
    for (std::int64_t j = 0; j < width; ++j) {
      const std::uint64_t value = x.as<std::uint32_t>()[from + j];
      weighed += static_cast<std::uint64_t>(load_integer(weights, weight + j)) * value;
      left += static_cast<std::uint64_t>(load_integer(unweights, weight + j)) * value;
    }
    if (channel > 0) y[channel - 1] = weighed;
    weighed = left;
    left = 0;
  }
  return {};
}

// Rounded to the nearest, and at most 16 or 32 ones.
template <class T>
std::uint32_t root_of(T x) {
  if (x == 0) return 0;
  T root = 0, bit = T{1} << ((bits_of(x) - 1) & ~1u);
  for (; bit != 0; bit >>= 2) {
    if (x >= root + bit) {
      x -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  const T most = (T{1} << (sizeof(T) * 4)) - 1;
  return static_cast<std::uint32_t>(x > root && root != most ? root + 1 : root);
}

Status root(Numbers, Inputs inputs, Outputs outputs) {
  const std::int64_t shift = load_integer(inputs[1], 0);
  if (shift < 0 || shift > 31) return Error("op.index", text("{}: a shift of {}", AudioStage::kName, shift));
  for (std::int64_t i = 0; i < outputs[0].count(); ++i) {
    const std::uint64_t x = inputs[0].as<std::uint64_t>()[i];
    const std::uint32_t whole = x >> 32 == 0 ? root_of(static_cast<std::uint32_t>(x)) : root_of(x);
    outputs[0].as<std::uint32_t>()[i] = whole >> shift;
  }
  return {};
}

Status subtract(Numbers numbers, Inputs inputs, Outputs outputs) {
  const auto smoothing_bits = static_cast<int>(numbers[0]), bits = static_cast<int>(numbers[1]);
  const auto least = static_cast<std::uint32_t>(numbers[2]);
  const bool clamping = numbers[3] != 0;
  for (std::int64_t i = 0; i < outputs[0].count(); ++i) {
    const std::size_t odd = i % 2 == 0 ? 4 : 6;
    const auto fresh = static_cast<std::uint32_t>(numbers[odd]),
               past = static_cast<std::uint32_t>(numbers[odd + 1]);
    const std::uint32_t x = inputs[0].as<std::uint32_t>()[i], scaled = x << smoothing_bits;
    auto noise = static_cast<std::uint32_t>(
        (std::uint64_t{scaled} * fresh + std::uint64_t{inputs[1].as<std::uint32_t>()[i]} * past) >> bits);
    const std::uint32_t estimate = std::min(noise, scaled);
    if (clamping) noise = estimate;
    const auto floor = static_cast<std::uint32_t>((std::uint64_t{x} * least) >> bits);
    outputs[0].as<std::uint32_t>()[i] = std::max((scaled - estimate) >> smoothing_bits, floor);
    outputs[1].as<std::uint32_t>()[i] = noise;
  }
  return {};
}

constexpr int kRatioBits = 12, kGainBits = 6;  // behind the point, before and after compression
constexpr std::int64_t kGainTable = 125;       // of polynomials for each power of two

// A polynomial of degree two for each power of two.
std::uint32_t gain_at(std::uint32_t x, const std::int16_t* table) {
  if (x <= 2) return static_cast<std::uint32_t>(std::int32_t{table[x]});
  const auto interval = static_cast<int>(bits_of(x));
  table += 4 * interval - 6;
  const std::uint32_t aligned = interval < 11 ? x << (11 - interval) : x >> (interval - 11);
  const auto fraction = static_cast<std::int32_t>(aligned & 0x3ff);
  std::int64_t result = (std::int64_t{table[2]} * fraction) >> 5;
  result += static_cast<std::int32_t>(static_cast<std::uint32_t>(std::int32_t{table[1]}) << 5);
  result = (static_cast<std::int32_t>(result * fraction) + (1 << 14)) >> 15;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<std::int16_t>(result + table[0])));
}

// x^2 / 4 below 2, x - 1 from there on.
std::uint32_t compressed(std::uint32_t x) {
  if (x < 2u << kRatioBits) return (x * x) >> (2 + 2 * kRatioBits - kGainBits);
  return (x >> (kRatioBits - kGainBits)) - (1u << kGainBits);
}

Status gain(Numbers numbers, Inputs inputs, Outputs outputs) {
  const auto* table = inputs[2].as<std::int16_t>();
  for (std::int64_t i = 0; i < outputs[0].count(); ++i) {
    const std::uint32_t by = gain_at(inputs[1].as<std::uint32_t>()[i], table);
    const std::uint64_t product = std::uint64_t{inputs[0].as<std::uint32_t>()[i]} * by;
    outputs[0].as<std::uint32_t>()[i] = compressed(static_cast<std::uint32_t>(product >> numbers[0]));
  }
  return {};
}

// What log2(1 + x) has above x, in 16 bits behind the point, at every 128th of x.
std::int32_t bend(std::size_t segment) {
  const double x = static_cast<double>(segment) / 128;
  return static_cast<std::int32_t>(std::lround((std::log2(1 + x) - x) * 65536));
}

// log(x) times scale; log2 by lines between the bends.
std::uint32_t log_of(std::uint32_t x, std::uint32_t scale) {
  constexpr std::uint32_t kLogOf2 = 45426, kHalf = 1 << 15;  // 16 bits behind the point
  const std::uint32_t whole = bits_of(x) - 1;
  const std::uint32_t rest = x - (1u << whole);
  const auto fraction = static_cast<std::int32_t>(whole < 16 ? rest << (16 - whole) : rest >> (whole - 16));
  const std::int32_t segment = fraction >> 9;
  const std::int32_t low = bend(static_cast<std::size_t>(segment)),
                     high = bend(static_cast<std::size_t>(segment) + 1);
  const std::int32_t between = ((high - low) * (fraction - (segment << 9))) >> 16;
  const std::uint32_t log2 = (whole << 16) + static_cast<std::uint32_t>(fraction + low + between);
  const auto natural = static_cast<std::uint32_t>((std::uint64_t{kLogOf2} * log2 + kHalf) >> 16);
  return (scale * natural + kHalf) >> 16;
}

Status log(Numbers numbers, Inputs inputs, Outputs outputs) {
  for (std::int64_t i = 0; i < outputs[0].count(); ++i) {
    const std::uint32_t x = inputs[0].as<std::uint32_t>()[i] << numbers[0];
    const std::uint32_t found = x > 1 ? log_of(x, static_cast<std::uint32_t>(numbers[1])) : 0;
    store_integer(outputs[0], i, std::min<std::uint32_t>(found, 32767));
  }
  return {};
}

// What a stage takes and how it runs.
struct Stage {
  Status (*run)(Numbers, Inputs, Outputs);
  std::vector<DType> inputs, outputs;
  std::vector<std::int64_t> least, most;  // of its numbers
};

const Stage& stage_of(Kind kind) {
  using enum DType;
  constexpr std::int64_t kWord = 0xffffffff;
  static const std::array<Stage, std::size(AudioStage::kKinds)> kStages = {{
      {window, {i16, i16}, {i16}, {0}, {31}},
      {scale, {i16}, {i16, i32}, {}, {}},
      {energy, {i16}, {u32}, {0, 0}, {kMaxAttribute, kMaxAttribute}},
      {filter_bank, {u32, i16, i16, i16, i16, i16}, {u64}, {}, {}},
      {root, {u64, i32}, {u32}, {}, {}},
      {subtract,
       {u32, u32},
       {u32, u32},
       {0, 0, 0, 0, 0, 0, 0, 0},
       {31, 63, kWord, 1, kWord, kWord, kWord, kWord}},
      {gain, {u32, u32, i16}, {u32}, {0}, {63}},
      {log, {u32}, {i16}, {0, 0}, {31, kWord}},
  }};
  return kStages[static_cast<std::size_t>(kind)];
}

Status require_sizes(const AudioStage& op, std::span<const Fact> inputs) {
  const std::string_view name = AudioStage::kName;
  const Dims& x = inputs[0].dims;
  switch (op.kind) {
    case Kind::window:
      if (x.empty()) return rank_error(name, "a window needs an axis");
      return require_dims(name, "the weights", inputs[1], {x.back()});
    case Kind::energy:
      if (x.size() == 1 && x[0].known() && x[0].number() % 2 == 0) return {};
      return shape_error(name, text("{} is no row of complex numbers", to_text(x)));
    case Kind::filter_bank:
      VIVACE_CHECK_OK(require_dims(name, "the unweights", inputs[2], inputs[1].dims));
      for (std::size_t i = 3; i < 6; ++i) {
        VIVACE_CHECK_OK(require_rank(name, "the channels", inputs[i], 1, 1));
        VIVACE_CHECK_OK(require_dims(name, "the channels", inputs[i], inputs[3].dims));
      }
      if (inputs[3].dims[0].known() && inputs[3].dims[0].number() >= 1) return {};
      return shape_error(name, "a filter bank needs a channel more than it gives");
    case Kind::root:
      return require_dims(name, "the shift", inputs[1], {});
    case Kind::subtract:
      return require_dims(name, "the noise", inputs[1], x);
    case Kind::gain:
      VIVACE_CHECK_OK(require_dims(name, "the noise", inputs[1], x));
      return require_dims(name, "the table", inputs[2], {kGainTable});
    default:
      return {};
  }
}

Dims result_dims(Kind kind, std::span<const Fact> inputs) {
  if (kind == Kind::energy) return {Dim(inputs[0].dims[0].number() / 2)};
  if (kind == Kind::filter_bank) return {Dim(inputs[3].dims[0].number() - 1)};
  return inputs[0].dims;
}

}  // namespace

Result<std::vector<Fact>> AudioStage::infer(std::span<const Fact> inputs) const {
  const Stage& stage = stage_of(kind);
  VIVACE_CHECK_OK(require_inputs(kName, inputs, stage.inputs.size(), stage.inputs.size()));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    VIVACE_CHECK_OK(require_dtype(kName, text("input {}", i), inputs[i], stage.inputs[i]));
  if (numbers.size() != stage.least.size())
    return attribute_error(kName, text("{} numbers, needs {}", numbers.size(), stage.least.size()));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    VIVACE_CHECK_OK(require_number(kName, "a parameter", numbers[i], stage.least[i], stage.most[i]));
  VIVACE_CHECK_OK(require_sizes(*this, inputs));
  const Dims dims = result_dims(kind, inputs);
  std::vector<Fact> results{Fact::tensor(stage.outputs[0], dims)};
  if (kind == Kind::scale) results.push_back(Fact::tensor(DType::i32, {}));
  if (kind == Kind::subtract) results.push_back(Fact::tensor(DType::u32, dims));
  return inferred(kName, std::move(results));
}

Cost AudioStage::cost(std::span<const Fact> inputs, std::span<const Fact> outputs) const {
  return cost_of(4 * (elements_of(inputs[0]) + elements_of(outputs[0])), inputs, outputs);
}

Status AudioStage::evaluate(std::span<const TensorView> inputs,
                            std::span<const MutableTensorView> outputs) const {
  return stage_of(kind).run(numbers, inputs, outputs);
}

}  // namespace vivace
