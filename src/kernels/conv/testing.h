// Convolutions to test with, and their definition in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/conv/conv.h"
#include "kernels/matrix/panels.h"
#include "kernels/testing.h"

namespace vivace::testing {

struct ConvProblem {
  const char* name = "";
  std::size_t images = 1;
  kernels::WindowAxis depth = {}, height = {}, width = {};
  std::size_t groups = 1, inputs = 1, outputs = 1;  // channels in all

  kernels::Window window() const { return {depth, height, width}; }
  std::size_t places() const { return images * window().places(); }
  std::size_t lines() const { return images * window().lines(); }
  std::size_t input_places() const {
    return images * static_cast<std::size_t>(depth.input * height.input * width.input);
  }
  std::size_t group_inputs() const { return inputs / groups; }
  std::size_t group_outputs() const { return outputs / groups; }
  std::size_t k() const { return window().taps() * group_inputs(); }
  std::size_t panels() const { return groups * ((group_outputs() + kernels::kPanel - 1) / kernels::kPanel); }
  std::size_t panels_of_channels() const { return (outputs + kernels::kPanel - 1) / kernels::kPanel; }
};

struct ConvData {
  ConvProblem problem;
  std::vector<float> x, weights, bias, packed, zeros;

  explicit ConvData(const ConvProblem& p)
      : problem(p),
        x(noise(p.input_places() * p.inputs, 1)),
        weights(noise(p.k() * p.outputs, 2)),
        bias(noise(p.outputs, 3)),
        zeros(std::max<std::size_t>(p.inputs, 64)) {
    const std::size_t size = kernels::panels16_size(p.k(), p.group_outputs());
    packed.resize(p.groups * size);
    for (std::size_t g = 0; g < p.groups; ++g)
      kernels::pack_panels16({weights.data() + g * p.group_outputs(), p.k(), p.group_outputs(), p.outputs, 1},
                             packed.data() + g * size);
  }

  kernels::Conv params(kernels::Isa isa, float* c) const {
    const ConvProblem& p = problem;
    const std::size_t panels = isa == kernels::Isa::avx512 ? 2 : 1;
    return {x.data(),
            p.inputs,
            packed.data(),
            zeros.data(),
            c,
            p.outputs,
            p.window(),
            p.groups,
            p.group_inputs(),
            p.group_outputs(),
            0,
            p.places(),
            0,
            p.panels(),
            kernels::kTileRows[static_cast<std::size_t>(isa)][panels - 1],
            panels,
            1000,
            {}};
  }
  kernels::Depthwise depthwise(float* c) const {
    const ConvProblem& p = problem;
    return {x.data(),  p.inputs, weights.data(),         c, p.outputs, p.window(), p.outputs, 0,
            p.lines(), 0,        p.panels_of_channels(), {}};
  }

  double definition(std::size_t image, const std::int64_t (&place)[3], std::size_t channel) const {
    const ConvProblem& p = problem;
    const kernels::WindowAxis axes[3] = {p.depth, p.height, p.width};
    const std::size_t group = channel / p.group_outputs();
    double sum = 0;
    for (std::size_t tap = 0; tap < p.window().taps(); ++tap) {
      std::int64_t left = static_cast<std::int64_t>(tap), input = 0, at[3];
      for (int i = 2; i >= 0; left /= axes[i--].kernel)
        at[i] = place[i] * axes[i].stride - axes[i].before + left % axes[i].kernel * axes[i].dilation;
      bool inside = true;
      for (int i = 0; i < 3; ++i) {
        inside = inside && at[i] >= 0 && at[i] < axes[i].input;
        input = input * axes[i].input + at[i];
      }
      if (!inside) continue;
      const std::size_t images_before = image * (p.input_places() / p.images);
      for (std::size_t c = 0; c < p.group_inputs(); ++c)
        sum += static_cast<double>(x[(images_before + static_cast<std::size_t>(input)) * p.inputs +
                                     group * p.group_inputs() + c]) *
               weights[(tap * p.group_inputs() + c) * p.outputs + channel];
    }
    return sum;
  }

  /// The greatest distance of c from definition + bias.
  double worst_error(const std::vector<float>& c) const {
    const ConvProblem& p = problem;
    double worst = 0;
    for (std::size_t i = 0; i < p.places() * p.outputs; ++i) {
      auto place = static_cast<std::int64_t>(i / p.outputs);
      std::int64_t at[3];
      at[2] = place % p.width.output;
      at[1] = (place /= p.width.output) % p.height.output;
      at[0] = (place /= p.height.output) % p.depth.output;
      const auto image = static_cast<std::size_t>(place / p.depth.output);
      const double want = definition(image, at, i % p.outputs) + bias[i % p.outputs];
      const double error = std::abs(c[i] - want);
      if (!(error <= worst)) worst = error;
    }
    return worst;
  }
};

}  // namespace vivace::testing
