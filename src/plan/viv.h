// The .viv file: a graph after passes, and its packed weights. What `vivace compile` writes and the cache
// holds.
//
//   header     magic, version, sizes, hashes                                    64 bytes
//   records    key, notes, card, symbols, values, nodes, ports, packed weights' list   read and verified
//   whole data       constants and packed weights, each aligned to 64 bytes            mapped, used in place
//
// Nothing else crosses the trust boundary: a plan is never read (docs/design/0004-what-viv-holds.md).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "graph/graph.h"
#include "plan/weight_pool.h"
#include "vivace/card.h"

namespace vivace {

struct Viv {
  Graph graph;
  std::string key;    // what it was made from; the cache compares it
  std::string notes;  // for people: the source's format and producer
  ModelCard card{};   // what the source says about itself
};

/// Takes the next bytes of a file.
using VivSink = std::function<Status(Bytes)>;

/// Gives the bytes of a file to `sink`, piece by piece: no second copy of the weights is made. Requires a
/// verified graph. Errors: the sink's.
Status write_viv(const Viv& viv, const WeightPool& pool, const VivSink& sink);

/// Reads and verifies; constants and packed weights stay views into `file`. Packed weights go into `pool`.
/// Errors: viv.foreign (another kind of file, or another version), viv.damaged, graph.*, op.*.
Result<Viv> read_viv(const std::shared_ptr<const File>& file, WeightPool& pool);

/// Compares the data's hash with the header's: reads every byte. Errors: viv.damaged.
Status verify_viv_data(const File& file);

/// Whether the bytes begin as a .viv file does.
bool is_viv(Bytes bytes);

}  // namespace vivace
