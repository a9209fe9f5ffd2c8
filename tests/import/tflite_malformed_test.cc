// TensorFlow Lite files that were edited, cut or hit by chance: each is a graph that verifies and runs, or
// one typed error, with time and memory in bounds.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/file.h"
#include "import/tflite/tflite.h"
#include "plan/resolve.h"
#include "runtime/interpreter.h"
#include "support/damage.h"
#include "support/tflite_models.h"

namespace vivace {
namespace {

namespace fs = std::filesystem;

constexpr double kMostSeconds = 20;  // for one file, in a sanitizer's build on a busy machine
constexpr double kMostWork = 1e6;    // operations and bytes of a graph that is run, by the reference rules
constexpr std::int64_t kUnknown = 2;

struct Tally {
  std::map<std::string, int> ids;
  int files = 0, run = 0;
};

// A loop may take a million turns, each of which the references compute.
bool has_loop(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) {
    return node.op->name() == "while" ||
           std::ranges::any_of(bodies_of(*node.op), [](const GraphPtr& body) { return has_loop(*body); });
  });
}

// Whether the references compute it in an instant.
bool is_small(const Graph& graph, const ResolvedGraph& resolved) {
  const auto facts = [&](std::span<const ValueId> ids) {
    std::vector<Fact> all;
    for (const ValueId id : ids)
      all.push_back(id == kNoValue
                        ? Fact()
                        : Fact::tensor(resolved.values[static_cast<std::size_t>(id)].dtype,
                                       known_dims(resolved.values[static_cast<std::size_t>(id)].dims)));
    return all;
  };
  double work = 0;
  for (const Node& node : graph.nodes()) {
    const Cost cost = node.op->cost(facts(node.inputs), facts(node.outputs));
    work += cost.flops + cost.bytes_read + cost.bytes_written;
  }
  return work < kMostWork;
}

Status run(const Graph& graph, Tally& tally) {
  std::vector<Shape> shapes;
  for (const ValueId id : graph.inputs()) {
    shapes.emplace_back();
    for (const Dim& dim : graph.value(id).dims)
      shapes.back().push_back(dim.known() ? dim.number() : kUnknown);
    if (count_of(shapes.back()) > 100'000) return {};
  }
  const auto resolved = resolve(graph, shapes);
  if (!resolved.ok()) return resolved.error();
  if (has_loop(graph) || !is_small(graph, *resolved)) return {};
  std::vector<Tensor> inputs;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    inputs.emplace_back(graph.value(graph.inputs()[i]).dtype, shapes[i]);
  for (const Tensor& tensor : inputs) views.push_back(tensor.view());
  ++tally.run;
  const auto outputs = interpret(graph, views);
  return outputs.ok() ? Status() : Status(outputs.error());
}

// Reads a copy of the bytes that ends where they end, so that the address sanitizer sees a read past it.
void attempt(Bytes bytes, Tally& tally) {
  const auto start = std::chrono::steady_clock::now();
  const auto held = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
  std::string id = "a model";
  const auto judge = [&](const Error& error) {
    id = error.id();
    CHECK_MESSAGE((!error.what().empty() && id.find('.') != std::string::npos), to_text(error));
  };
  const auto model = tflite::read(*held, held, "m.tflite");
  if (!model.ok()) {
    judge(model.error());
  } else if (const auto imported = tflite::import_records(*model); !imported.ok()) {
    judge(imported.error());
  } else {
    const Status sound = verify(imported->graph);
    CHECK_MESSAGE(sound.ok(), to_text(sound.error()));
    if (const Status status = run(imported->graph, tally); !status.ok()) judge(status.error());
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK_MESSAGE(seconds < kMostSeconds, id);
  ++tally.ids[id];
  ++tally.files;
}

void report(const Tally& tally, int least) {
  std::string line;
  for (const auto& [id, count] : tally.ids) line += " " + id + "=" + std::to_string(count);
  MESSAGE(tally.files << " files, " << tally.run << " run:" << line);
  CHECK(tally.files >= least);
  rusage use{};
  REQUIRE(::getrusage(RUSAGE_SELF, &use) == 0);
  CHECK(use.ru_maxrss < 2'000'000);  // kB, a sanitizer's own included
}

}  // namespace

TEST_CASE("TensorFlow Lite models that were edited through the schema give a model or one typed error") {
  Tally tally;
  test::TfliteDamage damage = test::damage_of_small_models(VIVACE_TFLITE_CASES, 1);
  REQUIRE(damage.source_count() >= 190);
  const std::size_t each = 2000 / damage.source_count() + 1;
  for (std::size_t source = 0; source < damage.source_count(); ++source)
    for (std::size_t i = 0; i < each; ++i) {
      const std::vector<std::uint8_t> wrong = damage.wrong(source);
      CAPTURE(source);
      CAPTURE(i);
      attempt(std::as_bytes(std::span(wrong)), tally);
    }
  report(tally, 2000);
  CHECK(tally.run >= 200);
}

TEST_CASE("cut and flipped TensorFlow Lite files give a model or one typed error") {
  Tally tally;
  const std::vector<fs::path> all = test::small_tflite_models(VIVACE_TFLITE_CASES);
  for (std::size_t i = 0; i < all.size(); i += all.size() / 8) {
    const auto file = File::open(all[i]).value();
    for_each_damaged(
        file->bytes(), [&](Bytes bytes) { attempt(bytes, tally); }, 100, 150);
  }
  report(tally, 2000);
}

// Found by the fuzzer: flatbuffers' verifier lets numbers of eight bytes start at any multiple of four.
TEST_CASE("zero points at an odd place in a TensorFlow Lite file are one typed error") {
  namespace made = tflite::made;
  const auto file = File::open(VIVACE_TFLITE_CASES "/rounding/mul_0.5_int8.tflite").value();
  std::vector<std::byte> bytes(file->bytes().begin(), file->bytes().end());
  const auto* tensor = made::GetModel(bytes.data())->subgraphs()->Get(0)->tensors()->Get(0);
  const auto* table = reinterpret_cast<const flatbuffers::Table*>(tensor->quantization());
  const auto* field = table->GetAddressOf(made::QuantizationParameters::VT_ZERO_POINT);
  const auto at = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(field) - bytes.data());
  while (bytes.size() % 8 != 0) bytes.push_back({});
  const std::size_t end = bytes.size();
  const std::uint32_t far = static_cast<std::uint32_t>(end - at), count = 1;
  bytes.resize(end + 12);
  std::memcpy(bytes.data() + end, &count, sizeof count);
  std::memcpy(bytes.data() + at, &far, sizeof far);
  const auto model = tflite::read(bytes, nullptr, "m.tflite");
  REQUIRE(!model.ok());
  CHECK(model.error().id() == "tflite.damaged");
}

// Found by the fuzzer: 16 GB for a constant that numbers the places of an axis.
TEST_CASE("an axis that is too long to number its places is one typed error") {
  namespace made = tflite::made;
  const auto file = File::open(VIVACE_TFLITE_CASES "/arrangement/reverse_sequence.tflite").value();
  made::ModelT model;
  made::GetModel(file->bytes().data())->UnPackTo(&model);
  for (auto& tensor : model.subgraphs[0]->tensors)
    if (tensor->shape.size() > 1) tensor->shape[1] = 1 << 30;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(made::Model::Pack(builder, &model), made::ModelIdentifier());
  const auto* data = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  const auto records = tflite::read({data, builder.GetSize()}, nullptr, "m.tflite");
  REQUIRE(records.ok());
  const auto imported = tflite::import_records(*records);
  REQUIRE(!imported.ok());
  CHECK(imported.error().id() == "import.config");
}

}  // namespace vivace
