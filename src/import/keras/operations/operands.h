// What operations as nodes have in common: operands of one type, and sizes computed while the graph is built.
#pragma once

#include <array>

#include "import/keras/build/call.h"

namespace vivace::keras {

/// Two operands, as values of one type: the wider of the two; a bare number takes the other's.
std::array<ValueId, 2> operands(Call& call, std::string_view first, std::string_view second);
/// `x` as a float, if it holds integers.
ValueId as_float(Call& call, ValueId x);
/// The first argument: "x" in Keras, various names in TensorFlow.
ValueId operand(Call& call);
/// Axes from an option, ascending; all axes where it is left out.
Sizes axes_or_all(Call& call, std::string_view names, int place, std::int64_t rank);

/// Integers that a setting stands for, where they are known sizes: numbers, or what tf.shape gave.
std::optional<Dims> content_of(Call& call, const Setting* setting);
/// The sizes of `list` as Reshape writes them, for a tensor of x's sizes.
Sizes reshape_target(Call& call, ValueId x, const Setting* list);

/// Functions of one element, for the tables.
template <UnaryKind kKind>
void unary_operation(Call& call) {
  ValueId x = operand(call);
  if (kKind == UnaryKind::logical_not) x = call.cast(x, DType::boolean);
  constexpr bool kAnyType = kKind == UnaryKind::relu || kKind == UnaryKind::abs ||
                            kKind == UnaryKind::negate || kKind == UnaryKind::sign ||
                            kKind == UnaryKind::square || kKind == UnaryKind::identity ||
                            kKind == UnaryKind::logical_not;
  call.output(call.unary(kKind, kAnyType ? x : as_float(call, x)));
}

void arithmetic(Call& call, Binary::Kind kind);
template <Binary::Kind kKind>
void binary_operation(Call& call) {
  arithmetic(call, kKind);
}

void reduce_by(Call& call, Reduce::Kind kind);
template <Reduce::Kind kKind>
void reduction(Call& call) {
  reduce_by(call, kKind);
}

// Recipes that Keras's and TensorFlow's tables share.
void divide(Call& call);
void clip(Call& call);
void cast(Call& call);
void saturate_cast(Call& call);
void where(Call& call);
void relu6(Call& call);
void leaky_relu_operation(Call& call);
void elu_operation(Call& call);
void gelu(Call& call);
void hard_sigmoid(Call& call);
void softmax_operation(Call& call);
void log_softmax(Call& call);
void identity(Call& call);

void get_item(Call& call);
void strided_slice(Call& call);
void roll(Call& call);
void reshape_operation(Call& call);
void transpose_operation(Call& call);
void expand_dims(Call& call);
void squeeze(Call& call);
void concatenate_operation(Call& call);
void stack(Call& call);
void split_operation(Call& call);
void unstack(Call& call);
void tile(Call& call);
void repeat(Call& call);
void rearrange(Call& call);
void pad(Call& call);
void flip(Call& call);
void shape_of(Call& call);

void matmul(Call& call);
void einsum(Call& call);
void einsum_function(Call& call);
void norm(Call& call);
void unit_normalize(Call& call);
void top_k(Call& call);
void one_hot(Call& call);
void gather(Call& call);
void gather_elements(Call& call);
void max_pool(Call& call);
void average_pool(Call& call);
void resize(Call& call);
template <bool kSmallest>
void arg_reduce(Call& call);

}  // namespace vivace::keras
