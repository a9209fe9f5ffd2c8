// The families of operations: one function for each file, or each half of one. build/table.cc puts them
// together.
#pragma once

#include "import/keras/build/rule.h"

namespace vivace::keras {

// keras.ops as nodes.
std::span<const Rule> elementwise_operations();
std::span<const Rule> shape_operations();
std::span<const Rule> math_operations();
std::span<const Rule> numeric_operations();
std::span<const Rule> reductions();
std::span<const Rule> sorting_operations();
std::span<const Rule> matrix_operations();
std::span<const Rule> joining_operations();
std::span<const Rule> bit_operations();
std::span<const Rule> indexing_operations();
std::span<const Rule> window_operations();
std::span<const Rule> network_operations();
std::span<const Rule> linalg_operations();
std::span<const Rule> picture_operations();
std::span<const Rule> colour_operations();
std::span<const Rule> warp_operations();
std::span<const Rule> signal_operations();
std::span<const Rule> refused_operations();

// TensorFlow's functions as nodes of Keras 2.
std::span<const Rule> function_rules();
std::span<const Rule> tensorflow_operations();
std::span<const Rule> math_functions();
std::span<const Rule> image_functions();
std::span<const Rule> reduction_functions();
std::span<const Rule> sorting_functions();
std::span<const Rule> matrix_functions();
std::span<const Rule> joining_functions();
std::span<const Rule> bit_functions();
std::span<const Rule> indexing_functions();
std::span<const Rule> window_functions();
std::span<const Rule> network_functions();
std::span<const Rule> linalg_functions();
std::span<const Rule> picture_functions();
std::span<const Rule> colour_functions();
std::span<const Rule> complex_sources();    // that make complex numbers of real ones
std::span<const Rule> complex_functions();  // that take them
std::span<const Rule> refused_functions();

// TensorFlow's own operators, which TF 2.0 to 2.3 put into a model.
std::span<const Rule> node_rules();

}  // namespace vivace::keras
