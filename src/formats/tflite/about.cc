#include "formats/tflite/about.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/memory/aligned_buffer.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/tflite/metadata_generated.h"

namespace vivace::tflite {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::uint32_t kDepth = 16, kTables = 100'000;
constexpr std::uint32_t kMostPorts = 4096;  // inputs, and as many outputs
constexpr std::uint32_t kMostChannels = 1024;
constexpr std::size_t kMostText = 4096;

Error wrong(std::string what) { return Error("tflite.metadata", std::move(what)); }

// Many records may share one long text: only its beginning is kept.
std::string text_of(const flatbuffers::String* text) {
  return text ? std::string(text->data(), std::min<std::size_t>(text->size(), kMostText)) : std::string();
}

Result<std::vector<float>> numbers_of(const flatbuffers::Vector<float>* vector, std::string_view what) {
  std::vector<float> numbers;
  if (!vector) return numbers;
  if (vector->size() > kMostChannels) return wrong(text("there are {} {}", vector->size(), what));
  for (const float x : *vector) {
    if (!std::isfinite(x)) return wrong(text("one of the {} is {}", what, x));
    numbers.push_back(x);
  }
  return numbers;
}

Status read_normalisation(const about::NormalizationOptions& options, TensorCard& card) {
  VIVACE_TRY(card.mean, numbers_of(options.mean(), "means of a normalisation"));
  VIVACE_TRY(card.deviation, numbers_of(options.std(), "deviations of a normalisation"));
  if (std::ranges::any_of(card.deviation, [](float x) { return x == 0; }))
    return wrong("a normalisation divides by 0");
  if (card.mean.empty() != card.deviation.empty())
    return wrong("a normalisation is without means or deviations");
  // One number counts for every channel.
  const std::size_t channels = std::max(card.mean.size(), card.deviation.size());
  if (card.mean.size() == 1) card.mean.resize(channels, card.mean[0]);
  if (card.deviation.size() == 1) card.deviation.resize(channels, card.deviation[0]);
  if (card.mean.size() == card.deviation.size()) return {};
  return wrong(
      text("a normalisation has {} means and {} deviations", card.mean.size(), card.deviation.size()));
}

Result<TensorCard> read_tensor(const about::TensorMetadata& record) {
  TensorCard card;
  card.description = text_of(record.description());
  if (!record.process_units()) return card;
  for (const auto* unit : *record.process_units())
    if (const auto* options = unit->options_as_NormalizationOptions())
      VIVACE_CHECK_OK(read_normalisation(*options, card));
  return card;
}

// The first file of labels counts: others are translations of it.
std::string label_file_of(const about::TensorMetadata& record) {
  if (!record.associated_files()) return {};
  for (const auto* file : *record.associated_files())
    if (file->type() == about::FileKind::TENSOR_AXIS_LABELS) return text_of(file->name());
  return {};
}

using Records = flatbuffers::Vector<flatbuffers::Offset<about::TensorMetadata>>;

Status read_tensors(const Records* records, std::vector<TensorCard>& cards, std::vector<std::string>* files) {
  if (!records) return {};
  if (records->size() > kMostPorts) return wrong(text("there are metadata of {} tensors", records->size()));
  for (const auto* record : *records) {
    VIVACE_TRY(TensorCard card, read_tensor(*record));
    cards.push_back(std::move(card));
    if (files) files->push_back(label_file_of(*record));
  }
  return {};
}

}  // namespace

Result<About> read_about(Bytes metadata) {
  if (metadata.size() < 8 || as_text(metadata).substr(4, 4) != "M001")
    return wrong("the metadata are not in the form that TensorFlow Lite knows");
  if (metadata.size() > kMostBytes) return wrong(text("the metadata take {} bytes", metadata.size()));
  // Where they lie in the file need not suit their numbers.
  const AlignedBuffer aligned(metadata.size());
  std::memcpy(aligned.span().data(), metadata.data(), metadata.size());
  const auto* data = reinterpret_cast<const std::uint8_t*>(aligned.span().data());
  flatbuffers::Verifier verifier(data, metadata.size(), kDepth, kTables);
  if (!about::VerifyModelMetadataBuffer(verifier))
    return wrong("the metadata are damaged: an offset in them leads astray");
  const auto& record = *about::GetModelMetadata(data);
  About result;
  result.card.name = text_of(record.name());
  result.card.description = text_of(record.description());
  result.card.version = text_of(record.version());
  result.card.author = text_of(record.author());
  result.card.license = text_of(record.license());
  if (!record.subgraph_metadata() || record.subgraph_metadata()->size() == 0) return result;
  const auto& first = *record.subgraph_metadata()->Get(0);
  VIVACE_CHECK_OK(read_tensors(first.input_tensor_metadata(), result.card.inputs, nullptr));
  VIVACE_CHECK_OK(read_tensors(first.output_tensor_metadata(), result.card.outputs, &result.label_files));
  return result;
}

}  // namespace vivace::tflite
