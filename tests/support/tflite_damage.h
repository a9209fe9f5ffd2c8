// TensorFlow Lite models in which something is wrong that no chance flip of a bit would hit: a valid model is
// taken apart through the schema, one to three things in it are changed, and it is put together again.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tflite_made/made_generated.h"

namespace vivace::test {
namespace made = tflite::made;

class TfliteDamage {
 public:
  using Bytes = std::vector<std::uint8_t>;
  explicit TfliteDamage(unsigned seed) : random_(seed) {}

  /// A model that other models' options may be taken from, too.
  void add_source(const Bytes& file) { sources_.push_back(unpacked(file)); }
  std::size_t source_count() const { return sources_.size(); }

  /// A wrong copy of source `which`.
  Bytes wrong(std::size_t which) {
    model_ = made::ModelT(sources_[which]);
    for (std::size_t edits = 1 + random_() % 3; edits > 0; --edits) edit();
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(made::Model::Pack(builder, &model_), made::ModelIdentifier());
    Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    if (random_() % 3 == 0) edit_options(bytes);
    return bytes;
  }

 private:
  static made::ModelT unpacked(const Bytes& file) {
    made::ModelT model;
    made::GetModel(file.data())->UnPackTo(&model);
    return model;
  }

  template <class Vector>
  auto& any(Vector& from) {
    return from[random_() % from.size()];
  }
  bool coin() { return random_() % 2 == 0; }
  std::int32_t number() {
    static constexpr std::int32_t kTelling[] = {-1,
                                                0,
                                                1,
                                                2,
                                                3,
                                                7,
                                                -2,
                                                127,
                                                -128,
                                                255,
                                                65536,
                                                1 << 24,
                                                1 << 28,
                                                1 << 30,
                                                std::numeric_limits<std::int32_t>::max(),
                                                std::numeric_limits<std::int32_t>::min()};
    return kTelling[random_() % std::size(kTelling)];
  }
  float real() {
    static constexpr float kTelling[] = {0,
                                         -0.0F,
                                         -1,
                                         1,
                                         1e-38F,
                                         1e38F,
                                         std::numeric_limits<float>::infinity(),
                                         std::numeric_limits<float>::quiet_NaN()};
    return kTelling[random_() % std::size(kTelling)];
  }

  template <class T, class Number>
  void edit_list(std::vector<T>& list, Number number) {
    const auto choice = random_() % 4;
    if (choice == 0 || list.empty())
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(random_() % (list.size() + 1)),
                  static_cast<T>(number()));
    else if (choice == 1)
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(random_() % list.size()));
    else
      any(list) = static_cast<T>(number());
  }
  // Numbers of tensors: mostly other ones that are there.
  void edit_tensors(std::vector<std::int32_t>& list, std::size_t count) {
    edit_list(list, [&] { return coin() ? number() : static_cast<std::int32_t>(random_() % (count + 1)); });
  }

  made::SubGraphT& subgraph() { return *any(model_.subgraphs); }
  void edit() {
    if (model_.subgraphs.empty()) return;
    made::SubGraphT& graph = subgraph();
    switch (random_() % 6) {
      case 0:
      case 1:
        if (!graph.operators.empty()) edit_operator(graph, *any(graph.operators));
        break;
      case 2:
      case 3:
        if (!graph.tensors.empty()) edit_tensor(*any(graph.tensors));
        break;
      case 4:
        edit_buffer();
        break;
      default:
        edit_whole(graph);
    }
  }

  void edit_operator(made::SubGraphT& graph, made::OperatorT& op) {
    const std::size_t tensors = graph.tensors.size();
    switch (random_() % 8) {
      case 0:
        op.opcode_index = static_cast<std::uint32_t>(number());
        break;
      case 1: {
        made::OperatorCodeT& code = *any(model_.operator_codes);
        code.builtin_code = coin() ? static_cast<std::int32_t>(random_() % 212) : number();
        code.deprecated_builtin_code = coin() ? 0 : static_cast<std::int8_t>(number());
        break;
      }
      case 2:
      case 3:
        edit_tensors(op.inputs, tensors);
        break;
      case 4:
        edit_tensors(op.outputs, tensors);
        break;
      case 5:
        edit_tensors(op.intermediates, tensors);
        op.custom_options.assign(random_() % 40, static_cast<std::uint8_t>(number()));
        break;
      case 6: {
        const made::ModelT& other = any(sources_);
        if (!other.subgraphs[0]->operators.empty())
          op.builtin_options = any(other.subgraphs[0]->operators)->builtin_options;
        break;
      }
      default:
        op.large_custom_options_offset = static_cast<std::uint64_t>(std::int64_t{number()});
        op.large_custom_options_size = static_cast<std::uint64_t>(std::int64_t{number()});
    }
  }

  void edit_tensor(made::TensorT& tensor) {
    switch (random_() % 8) {
      case 0:
      case 1:
        edit_list(tensor.shape, [&] { return number(); });
        break;
      case 2:
        if (coin()) tensor.shape_signature = tensor.shape;
        edit_list(tensor.shape_signature, [&] { return coin() ? -1 : number(); });
        break;
      case 3:
        tensor.type = static_cast<std::int8_t>(coin() ? random_() % 24 : number());
        break;
      case 4:
        tensor.buffer = coin() ? static_cast<std::uint32_t>(random_() % (model_.buffers.size() + 1))
                               : static_cast<std::uint32_t>(number());
        break;
      case 5:
        edit_quantisation(tensor);
        break;
      case 6:
        edit_sparsity(tensor);
        break;
      default:
        tensor.is_variable = !tensor.is_variable;
        if (coin()) tensor.external_buffer = static_cast<std::uint32_t>(number());
    }
  }

  void edit_quantisation(made::TensorT& tensor) {
    if (!tensor.quantization) tensor.quantization = std::make_unique<made::QuantizationParametersT>();
    made::QuantizationParametersT& q = *tensor.quantization;
    if (coin()) tensor.type = static_cast<std::int8_t>(coin() ? kInt8 : random_() % 24);
    for (std::size_t i = random_() % 5; i > 0; --i)
      edit_list(q.scale, [&] { return coin() ? 0.5F : real(); });
    for (std::size_t i = random_() % 3; i > 0; --i)
      edit_list(q.zero_point, [&] { return coin() ? 3 : number(); });
    q.quantized_dimension = coin() ? 0 : number();
    if (random_() % 4 != 0) return;
    made::BlockwiseQuantizationT blocks;
    blocks.block_size = number();
    blocks.scales = number();
    q.details.Set(std::move(blocks));
  }

  // Dense axes and compressed ones as the shape has them, then one thing wrong; or anything at all.
  void edit_sparsity(made::TensorT& tensor) {
    auto sparsity = std::make_unique<made::SparsityParametersT>();
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
      sparsity->traversal_order.push_back(static_cast<std::int32_t>(axis));
      auto about = std::make_unique<made::DimensionMetadataT>();
      about->dense_size = tensor.shape[axis];
      if (random_() % 3 == 0) compress(*about);
      sparsity->dim_metadata.push_back(std::move(about));
    }
    if (coin()) edit_list(sparsity->traversal_order, [&] { return number(); });
    if (random_() % 3 == 0) edit_list(sparsity->block_map, [&] { return coin() ? 0 : number(); });
    if (random_() % 3 == 0 && !sparsity->dim_metadata.empty())
      any(sparsity->dim_metadata)->dense_size = number();
    tensor.sparsity = std::move(sparsity);
  }
  void compress(made::DimensionMetadataT& axis) {
    axis.format = 1;
    made::Int32VectorT segments;
    made::Uint8VectorT indices;
    for (std::size_t i = random_() % 5; i > 0; --i) {
      segments.values.push_back(coin() ? static_cast<std::int32_t>(random_() % 4) : number());
      indices.values.push_back(static_cast<std::uint8_t>(number()));
    }
    axis.array_segments.Set(std::move(segments));
    if (coin()) axis.array_indices.Set(std::move(indices));
  }

  // Constants decide about shapes and axes: whole numbers in them, and sizes that do not fit.
  void edit_buffer() {
    made::BufferT& buffer = *any(model_.buffers);
    const auto choice = random_() % 6;
    if (choice == 0) {
      buffer.data.resize(random_() % (2 * buffer.data.size() + 9));
    } else if (choice == 1) {
      buffer.data.clear();
      buffer.offset = static_cast<std::uint64_t>(std::int64_t{number()});
      buffer.size = static_cast<std::uint64_t>(std::int64_t{number()});
    } else if (buffer.data.size() >= 4) {
      const std::int32_t wrong = number();
      std::memcpy(buffer.data.data() + random_() % (buffer.data.size() / 4) * 4, &wrong, 4);
    }
  }

  void edit_whole(made::SubGraphT& graph) {
    switch (random_() % 8) {
      case 0:
        edit_tensors(graph.inputs, graph.tensors.size());
        break;
      case 1:
        edit_tensors(graph.outputs, graph.tensors.size());
        break;
      case 2:
        if (!graph.operators.empty())
          graph.operators.push_back(std::make_unique<made::OperatorT>(*any(graph.operators)));
        break;
      case 3:
        if (graph.operators.size() > 1) std::swap(any(graph.operators), any(graph.operators));
        break;
      case 4:
        model_.subgraphs.push_back(std::make_unique<made::SubGraphT>(graph));
        [[fallthrough]];
      case 5:
        edit_calls(graph);
        break;
      case 6:
        edit_names();
        break;
      default:
        model_.version = coin() ? 3 : static_cast<std::uint32_t>(number());
        if (coin()) model_.subgraphs.pop_back();
    }
  }

  // An operator that runs a subgraph: this one, too.
  void edit_calls(made::SubGraphT& graph) {
    using Code = made::BuiltinOperator;
    const std::int32_t callee =
        coin() ? static_cast<std::int32_t>(random_() % model_.subgraphs.size()) : number();
    auto op = std::make_unique<made::OperatorT>();
    op->inputs = graph.inputs;
    op->outputs = graph.outputs;
    auto code = std::make_unique<made::OperatorCodeT>();
    const auto kind = random_() % 3;
    code->builtin_code = static_cast<std::int32_t>(kind == 0   ? Code::CALL
                                                   : kind == 1 ? Code::CALL_ONCE
                                                               : Code::STABLEHLO_COMPOSITE);
    if (kind == 0) op->builtin_options.Set(call<made::CallOptionsT>(&made::CallOptionsT::subgraph, callee));
    if (kind == 1)
      op->builtin_options.Set(
          call<made::CallOnceOptionsT>(&made::CallOnceOptionsT::init_subgraph_index, callee));
    if (kind == 2)
      op->builtin_options_2.Set(call<made::StableHLOCompositeOptionsT>(
          &made::StableHLOCompositeOptionsT::decomposition_subgraph_index, callee));
    op->opcode_index = static_cast<std::uint32_t>(model_.operator_codes.size());
    model_.operator_codes.push_back(std::move(code));
    const std::size_t copies = 1 + random_() % 8;
    if (coin()) graph.operators.clear();
    for (std::size_t i = 0; i < copies; ++i)
      graph.operators.insert(graph.operators.begin(), std::make_unique<made::OperatorT>(*op));
  }
  template <class T, class Field>
  static T call(Field T::*field, std::int32_t value) {
    T options;
    options.*field = static_cast<Field>(value);
    return options;
  }

  void edit_names() {
    auto signature = std::make_unique<made::SignatureDefT>();
    signature->signature_key = "serve";
    signature->subgraph_index = static_cast<std::uint32_t>(coin() ? 0 : number());
    for (std::size_t i = random_() % 3; i > 0; --i) {
      auto port = std::make_unique<made::TensorMapT>();
      port->tensor_index = static_cast<std::uint32_t>(coin() ? 0 : number());
      signature->outputs.push_back(std::move(port));
    }
    model_.signature_defs.push_back(std::move(signature));
    if (!model_.metadata.empty() && coin())
      any(model_.metadata)->buffer = static_cast<std::uint32_t>(number());
  }

  // A number among an operator's options, in place: they are too many to be named here.
  void edit_options(Bytes& bytes) {
    const auto* graphs = made::GetModel(bytes.data())->subgraphs();
    if (!graphs || graphs->size() == 0) return;
    const auto* graph = graphs->Get(static_cast<flatbuffers::uoffset_t>(random_() % graphs->size()));
    if (!graph->operators() || graph->operators()->size() == 0) return;
    const auto* op =
        graph->operators()->Get(static_cast<flatbuffers::uoffset_t>(random_() % graph->operators()->size()));
    const auto* options = static_cast<const std::uint8_t*>(op->builtin_options());
    if (!options) return;
    const auto size = flatbuffers::ReadScalar<std::uint16_t>(
        options - flatbuffers::ReadScalar<flatbuffers::soffset_t>(options) + 2);
    if (size <= 4) return;
    const std::size_t at = 4 + random_() % (size - 4u);
    std::uint8_t* place = bytes.data() + (options - bytes.data()) + at;
    const std::int32_t wrong = number();
    std::memcpy(place, &wrong, at % 4 == 0 && at + 4 <= size && coin() ? 4 : 1);
  }

  static constexpr std::int8_t kInt8 = 9;
  std::mt19937 random_;
  std::vector<made::ModelT> sources_;
  made::ModelT model_;
};

}  // namespace vivace::test
