// How a matrix product is cut: register tiles, cache blocks, and chunks for threads. None of it changes
// results.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/emitter.h"

namespace vivace::cpu {

/// rows x columns outputs, each a sum of `depth` products; weights are depth x columns.
struct Product {
  std::size_t rows, columns, depth;
  std::size_t row_bytes;  // of input that a row of outputs newly touches
};

struct Tiling {
  std::size_t tile_rows, tile_panels;
  std::size_t block_rows;  // rows whose inputs stay in L2 while panel after panel meets them
  bool rigid = false;      // a tile that is not full takes as long as a full one
};

Tiling choose_tiling(const Product& product, const Processor& processor);

/// Chunks of a product: ranges of rows, or ranges of panels where the weights outweigh the inputs, so that
/// every core streams only its share of them.
struct Split {
  bool by_rows = true;
  std::size_t unit = 1;  // rows or panels in a chunk
  std::size_t total = 0;
  std::int64_t chunks = 1;

  /// Of a share of chunks: [begin, end) in rows or panels.
  std::size_t begin(std::int64_t chunk) const { return static_cast<std::size_t>(chunk) * unit; }
  std::size_t end(std::int64_t chunk) const {
    const std::size_t last = static_cast<std::size_t>(chunk) * unit;
    return last < total ? last : total;
  }
};

/// `panels` is their number in all.
Split choose_split(const Product& product, std::size_t panels, const Tiling& tiling);

/// Equal pieces of `total` things, each worth `flops_each`: multiples of `granularity` where two workers'
/// halves come out even so, else at least as large, and multiples of `whole`.
Split split_evenly(std::size_t total, double flops_each, std::size_t granularity, std::size_t whole = 1);

}  // namespace vivace::cpu
