// What every importer hands over: a graph, and what a person should know about the file it came from.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "vivace/card.h"

namespace vivace {

/// One thing in a model that cannot be imported, as `vivace inspect` lists it.
struct Unsupported {
  std::string layer;   // "Lambda scale_input"
  std::string reason;  // "code in a model is never run"
  std::string fix;     // the working way out
};

struct Imported {
  Graph graph;
  std::string format;    // "Keras HDF5 model"
  std::string producer;  // "Keras 2.4.0", as the file says
  ModelCard card;        // what it says about itself; inputs and outputs as those of the graph, or none
  std::vector<std::string> warnings;  // what was decided on the user's behalf
};

}  // namespace vivace
