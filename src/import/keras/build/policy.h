// What a layer computes in, as its dtype policy tells it.
#pragma once

#include <string>
#include <string_view>

#include "import/keras/layer.h"

namespace vivace::keras {

/// A dtype policy: {"name": "mixed_float16"}, {"mode": "int8", "source_name": "float32"}, or a map of paths.
struct Policy {
  DType compute = DType::f32;  // the float type of Keras's arithmetic
  std::string mode;            // how its weights are quantised: "int8", "gptq/4/64"; empty where they are not
};

/// The policy in config["dtype"]; `path` chooses where that is a map of paths. Errors: import.config.
Policy policy_of(const Config& config, std::string_view path);

/// The type that stands for a float type in the graph. 16 bits are computed in float32, which is what they
/// approximate.
constexpr DType carrier_of(DType type) { return type == DType::f64 ? DType::f64 : DType::f32; }
constexpr bool is_narrow(DType type) { return type == DType::f16 || type == DType::bf16; }

/// Keras's rule for two float types that meet: the wider one; float32 where both 16-bit types do.
DType promoted(DType a, DType b);

/// The type of that name; nothing for one that the engine lacks.
std::optional<DType> dtype_named(std::string_view name);

}  // namespace vivace::keras
