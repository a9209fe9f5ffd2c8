// What follows from the model alone: which layers cost, and what fewer bits, a smaller input or fewer weights
// would save at most.
#pragma once

#include <string>
#include <vector>

#include "doctor/evidence/evidence.h"

namespace vivace::doctor {

/// An upper bound on how much faster a call becomes.
struct Bound {
  double factor = 1;
  std::string words;
};

std::string base_name(const std::string& path);
/// "25.6 M weights (102 MB), 7.7 GFLOP a sample"
std::string size_words(const ModelStudy& study);
/// The layers that hold or compute most, a sentence each; two at most.
std::vector<std::string> weighty_layers(const ModelStudy& study);
/// Weights of 8 bits: a quarter of the bytes, and up to four times the products.
Bound int8_bound(const ModelStudy& study);
/// Pictures of three quarters of the height and width; 1 where the model has no convolutions.
Bound smaller_input_bound(const ModelStudy& study);
/// Half of the weights gone where most of them are.
Bound pruning_bound(const ModelStudy& study);
/// The least a call of one sample can take on one core, by its operations and by its weights; 0: not known.
struct Floor {
  Ns compute = 0, memory = 0;
};
Floor floor_of(const ModelStudy& study);
/// All of it as sentences, for the long reports.
std::vector<std::string> advice_of(const ModelStudy& study);

}  // namespace vivace::doctor
