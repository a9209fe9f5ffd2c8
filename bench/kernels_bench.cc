// How near to the machine's ceiling the matrix-like operators run: the layers of well-known networks, one
// thread, on every instruction set this machine has. Prints GF/s and the share of the multiply-add peak.
//
//   kernels_bench --benchmark_filter=avx2/resnet50
#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>

#include "cpu/testing.h"
#include "kernels/probe/fma_peak.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"

namespace {

using namespace vivace;
using testing::Given;

// GF/s of one core, the best of several short runs.
double peak_of(kernels::Isa isa) {
  double best = 0, flops = 0;
  float sink = 1;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    kernels::pick(kernels::fma_peak, isa)({2'000'000, &flops, &sink});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, flops / seconds.count() * 1e-9);
  }
  return best;
}

struct ConvCase {
  const char* name;
  std::int64_t size, inputs, outputs, kernel, stride;
  bool depthwise = false;
};

constexpr ConvCase kConvs[] = {
    {"resnet50/stem_7x7_s2", 224, 3, 64, 7, 2},
    {"resnet50/1x1_56_64_256", 56, 64, 256, 1, 1},
    {"resnet50/1x1_28_512_128", 28, 512, 128, 1, 1},
    {"resnet50/1x1_14_256_1024", 14, 256, 1024, 1, 1},
    {"resnet50/1x1_7_2048_512", 7, 2048, 512, 1, 1},
    {"resnet50/3x3_56_64", 56, 64, 64, 3, 1},
    {"resnet50/3x3_14_256", 14, 256, 256, 3, 1},
    {"resnet50/3x3_7_512", 7, 512, 512, 3, 1},
    {"resnet50/3x3_s2_28_256", 28, 256, 256, 3, 2},
    {"mobilenetv2/stem_3x3_s2", 224, 3, 32, 3, 2},
    {"mobilenetv2/1x1_112_32_16", 112, 32, 16, 1, 1},
    {"mobilenetv2/1x1_56_24_144", 56, 24, 144, 1, 1},
    {"mobilenetv2/1x1_14_64_384", 14, 64, 384, 1, 1},
    {"mobilenetv2/1x1_7_320_1280", 7, 320, 1280, 1, 1},
    {"mobilenetv2/dw_112_32", 112, 32, 32, 3, 1, true},
    {"mobilenetv2/dw_56_144_s2", 56, 144, 144, 3, 2, true},
    {"mobilenetv2/dw_14_384", 14, 384, 384, 3, 1, true},
    {"mobilenetv2/dw_7_960", 7, 960, 960, 3, 1, true},
    {"unet/3x3_256_32", 256, 32, 32, 3, 1},
    {"unet/3x3_64_128", 64, 128, 128, 3, 1},
    {"superres/3x3_256_64_3", 256, 64, 3, 3, 1},
};

struct ProductCase {
  const char* name;
  std::int64_t rows, columns, depth;
};

constexpr ProductCase kProducts[] = {
    {"gemm/196_256_256", 196, 256, 256},
    {"gemm/49_512_2048", 49, 512, 2048},
    {"gemm/3136_64_256", 3136, 64, 256},
    {"gemm/784_192_32", 784, 192, 32},
    {"gemm/128_768_768", 128, 768, 768},
    {"gemm/128_3072_768", 128, 3072, 768},
    {"gemm/1024_1024_1024", 1024, 1024, 1024},
    {"gemv/512_512", 1, 512, 512},
    {"gemv/784_512", 1, 512, 784},
    {"gemv/768_3072", 1, 3072, 768},
};

void run(benchmark::State& state, const OpPtr& op, const std::vector<Given>& given, kernels::Isa isa,
         double peak, bool strict) {
  NumericOptions numerics;
  numerics.strict = strict;
  const testing::Prepared prepared(op, given, isa, numerics);
  for (auto _ : state) prepared.run();
  const double flops = prepared.cost().flops * static_cast<double>(state.iterations());
  state.counters["GF/s"] = benchmark::Counter(flops * 1e-9, benchmark::Counter::kIsRate);
  state.counters["peak"] = benchmark::Counter(flops * 1e-9 / peak, benchmark::Counter::kIsRate);
  state.SetLabel(std::string(prepared.step().kernel));
}

OpPtr conv_of(const ConvCase& c) {
  Conv op;
  op.strides = {c.stride, c.stride};
  op.dilations = {1, 1};
  op.padding = Padding::same();
  op.groups = c.depthwise ? c.inputs : 1;
  op.epilogue.activation = {UnaryKind::clamp, 0, 6};
  return make_op(std::move(op));
}

void add_isa(kernels::Isa isa) {
  const double peak = peak_of(isa);
  const std::string prefix = std::string(kernels::kIsaNames[static_cast<int>(isa)]) + "/";
  for (const ProductCase& c : kProducts)
    benchmark::RegisterBenchmark((prefix + c.name).c_str(), [=](benchmark::State& state) {
      run(state, make_op(MatMul{}), {{{c.rows, c.depth}}, {{c.depth, c.columns}, true}}, isa, peak, false);
    });
  for (const ConvCase& c : kConvs)
    for (const bool strict : {false, true}) {
      if (strict && (c.kernel != 3 || c.stride != 1 || c.depthwise)) continue;
      benchmark::RegisterBenchmark((prefix + c.name + (strict ? "/strict" : "")).c_str(),
                                   [=](benchmark::State& state) {
                                     const std::int64_t weight_inputs = c.depthwise ? 1 : c.inputs;
                                     run(state, conv_of(c),
                                         {{{1, c.size, c.size, c.inputs}},
                                          {{c.kernel, c.kernel, weight_inputs, c.outputs}, true},
                                          {{c.outputs}, true}},
                                         isa, peak, strict);
                                   });
    }
}

}  // namespace

int main(int argc, char** argv) {
  testing::for_each_isa(add_isa);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
