// Convolution against plain loops in double, on every instruction set this machine runs.
#include "kernels/conv/conv.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels/conv/testing.h"

using namespace vivace;
using kernels::Conv;
using kernels::Depthwise;
using kernels::Isa;
using kernels::kPanel;
using testing::ConvProblem;

namespace {

constexpr float kCanary = 12345.0f;

// Everything a convolution can be: kernel, stride, dilation, padding before, channels, groups, size.
const ConvProblem kProblems[] = {
    {.name = "1x1", .height = {5, 5}, .width = {7, 7}, .inputs = 20, .outputs = 33},
    {.name = "3x3 same",
     .height = {9, 9, 3, 1, 1, 1},
     .width = {11, 11, 3, 1, 1, 1},
     .inputs = 17,
     .outputs = 40},
    {.name = "3x3 stride 2",
     .height = {9, 5, 3, 2, 1, 1},
     .width = {12, 6, 3, 2, 1, 0},
     .inputs = 33,
     .outputs = 16},
    {.name = "5x3 dilated",
     .height = {14, 6, 5, 1, 2, 0},
     .width = {9, 9, 3, 1, 3, 3},
     .inputs = 8,
     .outputs = 5},
    {.name = "stem 3x3x3",
     .height = {17, 9, 3, 2, 1, 0},
     .width = {19, 10, 3, 2, 1, 1},
     .inputs = 3,
     .outputs = 24},
    {.name = "stem 7x7x3",
     .height = {20, 10, 7, 2, 1, 3},
     .width = {23, 12, 7, 2, 1, 3},
     .inputs = 3,
     .outputs = 64},
    {.name = "kernel wider than input",
     .height = {2, 2, 5, 1, 1, 2},
     .width = {1, 1, 7, 1, 1, 3},
     .inputs = 4,
     .outputs = 9},
    {.name = "1D", .width = {31, 16, 5, 2, 1, 2}, .inputs = 12, .outputs = 20},
    {.name = "1D long kernel", .width = {300, 300, 127, 1, 1, 63}, .inputs = 1, .outputs = 4},
    {.name = "3D",
     .depth = {5, 5, 3, 1, 1, 1},
     .height = {6, 3, 3, 2, 1, 1},
     .width = {5, 5, 3, 1, 1, 1},
     .inputs = 6,
     .outputs = 18},
    {.name = "grouped",
     .height = {6, 6, 3, 1, 1, 1},
     .width = {6, 6, 3, 1, 1, 1},
     .groups = 3,
     .inputs = 18,
     .outputs = 54},
    {.name = "grouped, narrow",
     .height = {4, 4},
     .width = {9, 9, 3, 1, 1, 1},
     .groups = 4,
     .inputs = 8,
     .outputs = 4},
    {.name = "three images",
     .images = 3,
     .height = {5, 5, 3, 1, 1, 1},
     .width = {5, 5, 3, 1, 1, 1},
     .inputs = 4,
     .outputs = 8},
};

const ConvProblem kDepthwise[] = {
    {.name = "dw 3x3", .images = 2, .height = {7, 7, 3, 1, 1, 1}, .width = {21, 21, 3, 1, 1, 1}},
    {.name = "dw 3x3 stride 2", .height = {9, 4, 3, 2, 1, 0}, .width = {23, 12, 3, 2, 1, 1}},
    {.name = "dw 5x5", .height = {6, 6, 5, 1, 1, 2}, .width = {7, 7, 5, 1, 1, 2}},
    {.name = "dw 5x5 stride 2", .height = {11, 6, 5, 2, 1, 2}, .width = {29, 15, 5, 2, 1, 2}},
    {.name = "dw dilated", .height = {12, 12, 3, 1, 4, 4}, .width = {12, 12, 3, 1, 4, 4}},
    {.name = "dw 3D", .depth = {4, 4, 3, 1, 1, 1}, .height = {3, 3, 3, 1, 1, 1}, .width = {9, 9, 3, 1, 1, 1}},
    {.name = "dw nothing inside", .height = {1, 1, 3, 1, 1, 1}, .width = {2, 2, 7, 1, 1, 3}},
};

}  // namespace

TEST_CASE("conv gives what the definition says, for every shape of window, group and border") {
  testing::for_each_variant(kernels::conv, [](Isa isa, auto run) {
    for (const ConvProblem& problem : kProblems) {
      CAPTURE(std::string(kernels::kIsaNames[static_cast<int>(isa)]) + " " + problem.name);
      const testing::ConvData data(problem);
      std::vector<float> c(problem.places() * problem.outputs + 16, kCanary);
      Conv p = data.params(isa, c.data());
      p.end.bias = data.bias.data();
      run(p);
      CHECK(data.worst_error(c) < 2e-5);
      for (std::size_t i = c.size() - 16; i < c.size(); ++i) CHECK(c[i] == kCanary);
    }
  });
}

TEST_CASE("conv gives the same bits for every split, tile and block") {
  testing::for_each_variant(kernels::conv, [](Isa isa, auto run) {
    for (const ConvProblem& problem : kProblems) {
      CAPTURE(std::string(kernels::kIsaNames[static_cast<int>(isa)]) + " " + problem.name);
      const testing::ConvData data(problem);
      std::vector<float> whole(problem.places() * problem.outputs), split(whole.size());
      run(data.params(isa, whole.data()));
      for (std::size_t row = 0; row < problem.places(); row += 5)
        for (std::size_t panel = 0; panel < problem.panels(); ++panel) {
          Conv p = data.params(isa, split.data());
          p.row_begin = row;
          p.row_end = std::min(row + 5, problem.places());
          p.panel_begin = panel;
          p.panel_end = panel + 1;
          p.tile_rows = 1 + row % p.tile_rows;
          run(p);
        }
      CHECK(std::memcmp(whole.data(), split.data(), whole.size() * sizeof(float)) == 0);
    }
  });
}

TEST_CASE("conv writes into a slice of wider rows and adds a residual") {
  const ConvProblem& problem = kProblems[1];
  const testing::ConvData data(problem);
  const std::size_t stride = problem.outputs + 7;
  testing::for_each_variant(kernels::conv, [&](Isa isa, auto run) {
    std::vector<float> plain(problem.places() * problem.outputs), slice(problem.places() * stride, kCanary);
    const auto residual = testing::noise(plain.size(), 9);
    run(data.params(isa, plain.data()));
    Conv p = data.params(isa, slice.data() + 3);
    p.c_stride = stride;
    p.end.residual = residual.data();
    p.end.residual_stride = problem.outputs;
    run(p);
    for (std::size_t i = 0; i < slice.size(); ++i) {
      const std::size_t row = i / stride, column = i % stride;
      if (column < 3 || column >= 3 + problem.outputs)
        CHECK(slice[i] == kCanary);
      else
        CHECK(slice[i] ==
              plain[row * problem.outputs + column - 3] + residual[row * problem.outputs + column - 3]);
    }
  });
}

TEST_CASE("depthwise gives what the definition says at every number of channels") {
  testing::for_each_variant(kernels::depthwise, [](Isa isa, auto run) {
    for (ConvProblem problem : kDepthwise)
      for (const std::size_t channels : {1, 3, 4, 7, 8, 15, 16, 17, 40}) {
        problem.groups = problem.inputs = problem.outputs = channels;
        CAPTURE(std::string(kernels::kIsaNames[static_cast<int>(isa)]) + " " + problem.name);
        CAPTURE(channels);
        const testing::ConvData data(problem);
        std::vector<float> c(problem.places() * channels + 16, kCanary), split(c);
        Depthwise p = data.depthwise(c.data());
        p.end.bias = data.bias.data();
        run(p);
        CHECK(data.worst_error(c) < 2e-5);
        for (std::size_t i = c.size() - 16; i < c.size(); ++i) CHECK(c[i] == kCanary);

        p.c = split.data();
        for (p.line_begin = 0; p.line_begin < problem.lines(); ++p.line_begin)
          for (p.panel_begin = 0; p.panel_begin < problem.panels_of_channels(); ++p.panel_begin) {
            p.line_end = p.line_begin + 1;
            p.panel_end = p.panel_begin + 1;
            run(p);
          }
        CHECK(c == split);
      }
  });
}

TEST_CASE("depthwise ends with residual and activation, and padding leaves infinities alone") {
  ConvProblem problem = kDepthwise[0];
  problem.groups = problem.inputs = problem.outputs = 19;
  testing::ConvData data(problem);
  testing::for_each_variant(kernels::depthwise, [&](Isa, auto run) {
    std::vector<float> plain(problem.places() * 19), ended(plain.size());
    const auto residual = testing::noise(plain.size(), 11);
    run(data.depthwise(plain.data()));
    Depthwise p = data.depthwise(ended.data());
    p.end = {data.bias.data(), residual.data(), 19, kernels::Function::leaky_relu, 0.1f, 0, true};
    run(p);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const float x = plain[i] + data.bias[i % 19];
      CHECK(ended[i] == (x > 0 ? x : 0.1f * x) + residual[i]);
    }
  });
  data.weights[0] =
      std::numeric_limits<float>::infinity();  // tap (0, 0) of channel 0 meets padding at place 0
  testing::for_each_variant(kernels::depthwise, [&](Isa, auto run) {
    std::vector<float> c(problem.places() * 19);
    run(data.depthwise(c.data()));
    CHECK(std::isfinite(c[0]));
  });
}

TEST_CASE("conv_narrow: few outputs, every window, tail and split, within rounding of the definition") {
  testing::for_each_variant(kernels::conv_narrow, [](Isa isa, auto run) {
    CAPTURE(kernels::kIsaNames[static_cast<int>(isa)]);
    for (const ConvProblem& problem : kProblems) {
      if (problem.groups != 1) continue;
      for (const std::size_t outputs : {1, 2, 3, 4})
        for (const std::size_t inputs : {problem.inputs, std::size_t{16}, std::size_t{21}}) {
          CAPTURE(std::string(problem.name));
          ConvProblem p = problem;
          p.outputs = outputs;
          p.inputs = inputs;
          if (p.k() > 2048) continue;
          testing::ConvData data(p);
          std::vector<float> rows(data.weights.size());
          for (std::size_t k = 0; k < p.k(); ++k)
            for (std::size_t o = 0; o < outputs; ++o) rows[o * p.k() + k] = data.weights[k * outputs + o];
          std::vector<float> c(p.places() * outputs + 1, kCanary), pieces = c;
          Conv params = data.params(isa, c.data());
          params.weights = rows.data();
          params.end.bias = data.bias.data();
          run(params);
          CHECK(data.worst_error(c) < 2e-5 * std::sqrt(static_cast<double>(p.k())));
          CHECK(c.back() == kCanary);
          params.c = pieces.data();
          for (std::size_t row = 0; row < p.places(); row += 5) {
            params.row_begin = row;
            params.row_end = std::min(p.places(), row + 5);
            run(params);
          }
          CHECK(std::memcmp(c.data(), pieces.data(), c.size() * sizeof(float)) == 0);
        }
    }
  });
}
