// Operations that no import can have: they hold Python code, give as much as they find, or compute with
// complex numbers. Each is refused by name with the reason.
#include "import/keras/operations/families.h"
#include "import/keras/operations/operands.h"

namespace vivace::keras {
namespace {

void nothing(Call&) {}

std::string_view code(const Config&) {
  return "it calls a Python function, and code in a model is never run; write its steps as layers or "
         "operations";
}
std::string_view open_size(const Config&) {
  return "the size of its result depends on the numbers that it gets, and sizes are known before a model "
         "runs";
}
std::string_view complex(const Config&) {
  return "it computes with complex numbers; keep their real and imaginary parts as two tensors";
}
std::string_view training(const Config&) {
  return "it is a loss for training; leave it out of the model that predicts";
}
std::string_view unstable_order(const Config&) {
  return "the order of its result is nobody's rule, and frameworks differ; use argsort";
}
std::string_view searching(const Config&) {
  return "it searches for the best sequence; let the model end before it and decode its output";
}

constexpr Rule kRules[] = {
    {.class_name = "Map", .build = nothing, .refusal = code},
    {.class_name = "Scan", .build = nothing, .refusal = code},
    {.class_name = "AssociativeScan", .build = nothing, .refusal = code},
    {.class_name = "Switch", .build = nothing, .refusal = code},
    {.class_name = "Cond", .build = nothing, .refusal = code},
    {.class_name = "WhileLoop", .build = nothing, .refusal = code},
    {.class_name = "ForiLoop", .build = nothing, .refusal = code},
    {.class_name = "VectorizedMap", .build = nothing, .refusal = code},
    {.class_name = "JVP", .build = nothing, .refusal = code},
    {.class_name = "Nonzero", .build = nothing, .refusal = open_size},
    {.class_name = "Unique", .build = nothing, .refusal = open_size},
    {.class_name = "Bincount", .build = nothing, .refusal = open_size},
    {.class_name = "Arange", .build = nothing, .refusal = open_size},
    {.class_name = "Eig", .build = nothing, .refusal = complex},
    {.class_name = "Polar", .build = nothing, .refusal = complex},
    {.class_name = "ViewAsComplex", .build = nothing, .refusal = complex},
    {.class_name = "ViewAsReal", .build = nothing, .refusal = complex},
    {.class_name = "CTCLoss", .build = nothing, .refusal = training},
    {.class_name = "CTCDecode", .build = nothing, .refusal = searching},
    {.class_name = "Argpartition", .build = nothing, .refusal = unstable_order},
};

constexpr Rule kFunctions[] = {
    {.class_name = "boolean_mask", .build = nothing, .refusal = open_size},
    {.class_name = "unique", .build = nothing, .refusal = open_size},
    {.class_name = "math.bincount", .build = nothing, .refusal = open_size},
    {.class_name = "map_fn", .build = nothing, .refusal = code},
    {.class_name = "vectorized_map", .build = nothing, .refusal = code},
    {.class_name = "while_loop", .build = nothing, .refusal = code},
    {.class_name = "cond", .build = nothing, .refusal = code},
    {.class_name = "scan", .build = nothing, .refusal = code},
    {.class_name = "foldl", .build = nothing, .refusal = code},
    {.class_name = "py_function", .build = nothing, .refusal = code},
    {.class_name = "numpy_function", .build = nothing, .refusal = code},
    {.class_name = "complex", .build = nothing, .refusal = complex},
    {.class_name = "linalg.eig", .build = nothing, .refusal = complex},
};

}  // namespace

std::span<const Rule> refused_operations() { return kRules; }
std::span<const Rule> refused_functions() { return kFunctions; }

}  // namespace vivace::keras
