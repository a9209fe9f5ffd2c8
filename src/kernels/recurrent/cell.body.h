// Recurrent cells: the sums of all gates of some units stay in registers until their new state is there.
//
// A tile of 16 kBlocks units, of k = 0.. :   h[k] x | i i i i | f f f f | g g g g | o o o o |
// Every weight is used once, so the loads of weights are the bound; more sums only hide the latency.
#include "kernels/matrix/panels.h"
#include "kernels/matrix/tile.h"
#include "kernels/recurrent/cell.h"
#include "kernels/simd/math.h"

namespace vivace::kernels::VIVACE_ISA {
namespace {

using simd::Vec;

// Vectors of a tile's units.
template <int kBlocks>
using Units = simd::Wide<kBlocks * simd::kBlock>;

// Blocks of 16 units whose sums leave a quarter of the registers free.
template <int kGates>
constexpr int most_blocks() {
  constexpr int kFit = simd::kRegisters * 3 / 4 / (kGates * simd::kBlock);
  return kFit >= 4 ? 4 : kFit >= 2 ? 2 : 1;
}

template <int kGates, int kBlocks>
VIVACE_INLINE void multiply_state(const RecurrentCell& p, std::size_t unit, Units<kBlocks> (&sum)[kGates]) {
  const float* weights[kBlocks];
#pragma GCC unroll 4
  for (int b = 0; b < kBlocks; ++b)
    weights[b] = p.weights + (unit / kPanel + static_cast<std::size_t>(b)) * p.block_step;
#pragma GCC unroll 4
  for (int g = 0; g < kGates; ++g) sum[g] = Units<kBlocks>(simd::zero());
  for (std::size_t k = 0; k < p.units; ++k) {
    const Vec h = simd::splat(p.h[k]);
#pragma GCC unroll 4
    for (int b = 0; b < kBlocks; ++b) {
#pragma GCC unroll 4
      for (int g = 0; g < kGates; ++g)
#pragma GCC unroll 4
        for (int i = 0; i < simd::kBlock; ++i) {
          Vec& s = sum[g].v[b * simd::kBlock + i];
          s = simd::fma(
              h, simd::load(weights[b] + static_cast<std::size_t>(g) * p.gate_step + i * simd::kLanes), s);
        }
      weights[b] += p.row_step;
    }
  }
}

template <int kBlocks>
VIVACE_INLINE Units<kBlocks> load_units(const float* p) {
  return simd::load_wide<kBlocks * simd::kBlock>(p);
}

struct Lstm {
  static constexpr int kGates = 4;
  template <int kBlocks>
  [[gnu::always_inline]] static void run(const RecurrentCell& p, std::size_t unit) {
    Units<kBlocks> sum[kGates];
    multiply_state<kGates, kBlocks>(p, unit, sum);
    const auto gate = [&](int g) {
      return add(sum[g], load_units<kBlocks>(p.x + static_cast<std::size_t>(g) * p.units + unit));
    };
    const auto added = mul(simd::sigmoid(gate(0)), simd::tanh(gate(2)));
    const auto kept = mul(simd::sigmoid(gate(1)), load_units<kBlocks>(p.c + unit));
    const auto c = add(kept, added);
    simd::store_wide(p.c + unit, c);
    simd::store_wide(p.next + unit, mul(simd::sigmoid(gate(3)), simd::tanh(c)));
  }
};

struct Gru {
  static constexpr int kGates = 3;
  template <int kBlocks>
  [[gnu::always_inline]] static void run(const RecurrentCell& p, std::size_t unit) {
    Units<kBlocks> sum[kGates];
    multiply_state<kGates, kBlocks>(p, unit, sum);
    const auto at = [&](const float* from, int g) {
      return load_units<kBlocks>(from + static_cast<std::size_t>(g) * p.units + unit);
    };
    if (p.bias)
#pragma GCC unroll 4
      for (int g = 0; g < kGates; ++g) sum[g] = add(sum[g], at(p.bias, g));
    const auto update = simd::sigmoid(add(sum[0], at(p.x, 0)));
    const auto reset = simd::sigmoid(add(sum[1], at(p.x, 1)));
    const auto proposed = simd::tanh(add(at(p.x, 2), mul(reset, sum[2])));
    const auto kept = mul(update, load_units<kBlocks>(p.h + unit));
    const auto rest = sub(Units<kBlocks>(simd::splat(1.0f)), update);
    simd::store_wide(p.next + unit, add(kept, mul(rest, proposed)));
  }
};

// The tiles of kBlocks blocks that are left, then lower ones; from the end that is read first.
template <class Cell, int kBlocks>
VIVACE_INLINE void run_tiles(const RecurrentCell& p, std::size_t begin, std::size_t end) {
  for (; begin + kBlocks <= end; p.backwards ? end -= kBlocks : begin += kBlocks)
    Cell::template run<kBlocks>(p, (p.backwards ? end - kBlocks : begin) * kPanel);
  if constexpr (kBlocks > 1) run_tiles<Cell, kBlocks / 2>(p, begin, end);
}

template <class Cell>
VIVACE_INLINE void run_cell(const RecurrentCell& p) {
  run_tiles<Cell, most_blocks<Cell::kGates>()>(p, p.block_begin, p.block_end);
}

}  // namespace

void lstm_cell(const RecurrentCell& p) noexcept { run_cell<Lstm>(p); }

void gru_cell(const RecurrentCell& p) noexcept { run_cell<Gru>(p); }

}  // namespace vivace::kernels::VIVACE_ISA
