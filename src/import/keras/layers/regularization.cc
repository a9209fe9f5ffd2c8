// Layers that do nothing once training is over: dropout, noise, and the augmentation of pictures.
#include "import/keras/build/rule.h"

namespace vivace::keras {
namespace {

void identity(Call& call) { call.output(call.input()); }

// Augmentation gives floats even where it changes nothing.
void augmentation(Call& call) { call.output(call.float_input()); }

constexpr Rule kRules[] = {
    {"Dropout", identity, "", Masks::pass},
    {"SpatialDropout1D", identity, "", Masks::pass},
    {"SpatialDropout2D", identity, "", Masks::pass},
    {"SpatialDropout3D", identity, "", Masks::pass},
    {"GaussianNoise", identity, "", Masks::pass},
    {"GaussianDropout", identity, "", Masks::pass},
    {"AlphaDropout", identity, "", Masks::pass},
    {"ActivityRegularization", identity, "", Masks::pass},
    {"Identity", identity, "", Masks::pass_in_keras3},
    {"RandomFlip", augmentation},
    {"RandomRotation", augmentation},
    {"RandomZoom", augmentation},
    {"RandomTranslation", augmentation},
    {"RandomContrast", augmentation},
    {"RandomBrightness", augmentation},
    {"RandomColorJitter", augmentation},
    {"RandomColorDegeneration", augmentation},
    {"RandomErasing", augmentation},
    {"RandomGaussianBlur", augmentation},
    {"RandomGrayscale", augmentation},
    {"RandomHue", augmentation},
    {"RandomInvert", augmentation},
    {"RandomPerspective", augmentation},
    {"RandomPosterization", augmentation},
    {"RandomSaturation", augmentation},
    {"RandomSharpness", augmentation},
    {"RandomShear", augmentation},
};

}  // namespace

std::span<const Rule> regularization_rules() { return kRules; }

}  // namespace vivace::keras
