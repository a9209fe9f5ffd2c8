// Convolution by tiles against plain loops, where the processor has them. q_conv itself is tested with its
// operators (cpu/quantised).
#include "kernels/quantised/q_conv_tiles.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <algorithm>
#include <random>
#include <span>
#include <vector>

#include "kernels/matrix/tile.h"
#include "machine/cpu_features.h"

using namespace vivace;
using kernels::kPanel;
using kernels::QConv;

namespace {

struct Case {
  std::int64_t images, height, width;
  std::size_t inputs, outputs;
  std::int64_t kernel, stride, dilation, pad;
};

kernels::WindowAxis axis(std::int64_t input, const Case& c) {
  const std::int64_t output = (input + 2 * c.pad - (c.kernel - 1) * c.dilation - 1) / c.stride + 1;
  return {input, output, c.kernel, c.stride, c.dilation, c.pad};
}

// A copy of bytes between two pages that must not be touched, hard by the first or the last of them: tiles
// are loaded behind the back of a sanitizer.
class Walled {
 public:
  Walled(std::span<const std::int8_t> bytes, bool at_end) : size_((bytes.size() / kPage + 3) * kPage) {
    void* const all = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(all != MAP_FAILED);
    all_ = static_cast<std::uint8_t*>(all);
    REQUIRE(mprotect(all_ + kPage, size_ - 2 * kPage, PROT_READ | PROT_WRITE) == 0);
    data_ = at_end ? all_ + size_ - kPage - bytes.size() : all_ + kPage;
    std::ranges::copy(bytes, reinterpret_cast<std::int8_t*>(data_));
  }
  ~Walled() { munmap(all_, size_); }
  Walled(const Walled&) = delete;
  Walled& operator=(const Walled&) = delete;

  const std::uint8_t* data() const { return data_; }

 private:
  static constexpr std::size_t kPage = 4096;
  std::size_t size_;
  std::uint8_t *all_ = nullptr, *data_ = nullptr;
};

struct Problem {
  Case shape;
  QConv conv{};
  std::vector<std::int8_t> x, weights;  // weights: [taps, inputs, outputs]
  std::vector<std::byte> packed, workspace;
  std::vector<std::int32_t> bias, mantissas, odd_mantissas, halves, lefts, rights;
  std::vector<float> scales, steps;

  explicit Problem(const Case& c) : shape(c) {
    conv.window.height = axis(c.height, c);
    conv.window.width = axis(c.width, c);
    std::minstd_rand random(7);
    x.resize(static_cast<std::size_t>(c.images * c.height * c.width) * c.inputs);
    weights.resize(static_cast<std::size_t>(c.kernel * c.kernel) * c.inputs * c.outputs);
    for (auto* const bytes : {&x, &weights})
      for (std::int8_t& byte : *bytes) byte = static_cast<std::int8_t>(random() >> 8);
    conv.inputs = c.inputs;
    conv.outputs = c.outputs;
    conv.zero = -5;
    conv.is_signed = true;
    conv.rows = conv.row_end = static_cast<std::size_t>(c.images) * conv.window.places();
    conv.panel_end = (c.outputs + kPanel - 1) / kPanel;
    pack();
    // 2^-12, about as much as sums need to be bytes, and a zero point of 4.
    const std::size_t padded = conv.panel_end * kPanel;
    mantissas.assign(padded, 1 << 30);
    odd_mantissas.assign(padded, 1 << 30);
    lefts.assign(padded, 0);
    rights.assign(padded, 11);
    halves.assign(padded, (1 << 10) + (4 + 128) * (1 << 11));
    scales.assign(padded, 0x1p4f);
    steps.assign(padded, 0x1p4f);
    conv.end = {bias.data(),
                mantissas.data(),
                lefts.data(),
                rights.data(),
                odd_mantissas.data(),
                halves.data(),
                scales.data(),
                steps.data(),
                nullptr,
                4,
                -128,
                127,
                true,
                false,
                false};
    workspace.resize(kernels::q_conv_tiles_workspace(conv.window, c.inputs));
    conv.weights = packed.data();
    conv.workspace = workspace.data();
  }

  std::int8_t weight(std::size_t tap, std::size_t i, std::size_t j) const {
    return weights[(tap * shape.inputs + i) * shape.outputs + j];
  }

  void pack() {
    const auto kernel = static_cast<std::size_t>(shape.kernel);
    const std::size_t row = kernels::lies_in_rows(conv.window) ? kernel : 1;  // taps that are one
    const std::size_t depth = kernels::q_tile_depth(row * shape.inputs);
    packed.resize(kernel * kernel / row * depth * conv.panel_end * kPanel);
    bias.resize(conv.panel_end * kPanel);
    for (std::size_t j = 0; j < shape.outputs; ++j) {
      std::int32_t sum = 0;
      for (std::size_t tap = 0; tap < kernel * kernel; ++tap)
        for (std::size_t i = 0; i < shape.inputs; ++i) {
          const std::size_t k = tap / row * depth + tap % row * shape.inputs + i;
          const std::size_t panel = j / kPanel * (kernel * kernel / row * depth) * kPanel;
          packed[panel + k / 4 * 4 * kPanel + j % kPanel * 4 + k % 4] =
              static_cast<std::byte>(weight(tap, i, j));
          sum += weight(tap, i, j);
        }
      bias[j] = 1000 - static_cast<std::int32_t>(j) * 37 - conv.zero * sum;
    }
  }

  std::int8_t definition(std::size_t row, std::size_t j) const {
    const auto& [h, w] = std::pair(conv.window.height, conv.window.width);
    const auto at = static_cast<std::int64_t>(row);
    const std::int64_t column = at % w.output, line = at / w.output % h.output,
                       image = at / w.output / h.output;
    std::int64_t sum = 1000 - static_cast<std::int64_t>(j) * 37;
    for (std::int64_t a = 0; a < h.kernel; ++a)
      for (std::int64_t b = 0; b < w.kernel; ++b) {
        const std::int64_t y = line * h.stride - h.before + a * h.dilation,
                           v = column * w.stride - w.before + b * w.dilation;
        if (y < 0 || y >= h.input || v < 0 || v >= w.input) continue;
        for (std::size_t i = 0; i < shape.inputs; ++i)
          sum += (x[static_cast<std::size_t>((image * h.input + y) * w.input + v) * shape.inputs + i] -
                  conv.zero) *
                 weight(static_cast<std::size_t>(a * w.kernel + b), i, j);
      }
    const std::int64_t once = (sum + 1) >> 1;  // 2^-1, ties up; then 2^-11, ties away from zero
    const std::int64_t rounded = (once + (1 << 10) - (once < 0 ? 1 : 0)) >> 11;
    return static_cast<std::int8_t>(std::clamp<std::int64_t>(rounded + 4, -128, 127));
  }
};

constexpr Case kCases[] = {
    {1, 7, 7, 64, 32, 1, 1, 1, 0},   {2, 5, 9, 70, 33, 1, 1, 1, 0},  {1, 14, 14, 16, 48, 3, 1, 1, 1},
    {2, 9, 11, 3, 20, 3, 2, 1, 1},   {1, 12, 12, 5, 17, 3, 1, 2, 2}, {1, 8, 40, 130, 16, 1, 2, 1, 0},
    {1, 20, 20, 1, 100, 5, 1, 1, 0}, {1, 3, 1, 64, 5, 1, 1, 1, 0},   {1, 9, 40, 128, 40, 1, 2, 1, 0},
    {3, 5, 7, 192, 24, 1, 1, 1, 0},  {1, 9, 9, 24, 96, 1, 1, 1, 0},  {2, 5, 4, 7, 16, 1, 1, 1, 0},
    {1, 4, 4, 100, 40, 1, 1, 1, 0}};

}  // namespace

TEST_CASE("q_conv_tiles: every shape, and every cut of it") {
  if (!machine::read_cpu_features().amx || !machine::allow_tiles()) return;
  for (const Case& shape : kCases) {
    Problem problem(shape);
    const std::size_t rows = problem.conv.row_end, outputs = shape.outputs;
    for (const std::size_t cuts : {1, 2, 5}) {
      const Walled x(problem.x, cuts % 2 == 1);
      std::vector<std::uint8_t> c(rows * outputs + 64, 0xab);
      for (std::size_t cut = 0; cut < cuts; ++cut) {
        QConv p = problem.conv;
        p.x = x.data();
        p.c = c.data();
        p.row_begin = rows * cut / cuts;
        p.row_end = rows * (cut + 1) / cuts;
        kernels::q_conv_tiles(p);
      }
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < outputs; ++j)
          wrong += static_cast<std::int8_t>(c[i * outputs + j]) != problem.definition(i, j);
      CAPTURE(shape.inputs);
      CAPTURE(cuts);
      CHECK(wrong == 0);
      for (std::size_t i = 0; i < 64; ++i) CHECK(c[rows * outputs + i] == 0xab);
    }
  }
}
