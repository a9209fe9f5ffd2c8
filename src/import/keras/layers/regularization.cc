// Layers that do nothing once training is over: dropout, noise, penalties, depth that is left out by chance.
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void identity(Call& call) { call.output(call.input()); }

constexpr Rule kRules[] = {
    {"Dropout", identity, "", Masks::pass},          {"SpatialDropout1D", identity, "", Masks::pass},
    {"SpatialDropout2D", identity, "", Masks::pass}, {"SpatialDropout3D", identity, "", Masks::pass},
    {"GaussianNoise", identity, "", Masks::pass},    {"GaussianDropout", identity, "", Masks::pass},
    {"AlphaDropout", identity, "", Masks::pass},     {"ActivityRegularization", identity, "", Masks::pass},
    {"StochasticDepth", identity, "", Masks::pass},  {"Identity", identity, "", Masks::pass_in_keras3},
};

}  // namespace

std::span<const Rule> regularization_rules() { return kRules; }

}  // namespace vivace::keras
