// The .viv file: what was written comes back, and nothing else passes as a graph.
#include "plan/viv.h"

#include "ops/elementwise/binary.h"
#include "ops/elementwise/unary.h"
#include "ops/linear/conv.h"
#include "ops/linear/mat_mul.h"
#include "ops/movement/reshape.h"
#include "ops/normalize/softmax.h"
#include "plan/testing.h"
#include "plan/viv_format.h"
#include "support/differential.h"
#include "support/temp_folder.h"
#include "support/viv_damage.h"

using namespace vivace;
using vivace::testing::Net;

namespace {

const NumericOptions kNumerics;

Net sample_net() {
  Net net;
  const ValueId x = net.input({net.graph.symbol("batch"), 6, 6, 2});
  Conv conv;
  conv.strides = {1, 1};
  conv.dilations = {1, 1};
  conv.padding = Padding::valid(2);
  const ValueId c = net.add(conv, {x, net.weights({3, 3, 2, 4})}, "conv");
  Unary relu;
  relu.function.kind = UnaryKind::relu;
  const ValueId r = net.add(relu, {c}, "relu");
  Reshape flat;
  flat.target = {-1, 64};
  const ValueId f = net.add(flat, {r}, "flatten");
  const ValueId d = net.add(MatMul(), {f, net.weights({64, 5})}, "dense");
  Softmax softmax;
  softmax.axes = {1};
  net.output(net.add(softmax, {d}, "softmax"));
  net.output(f);
  const ValueId state = net.input({3});
  net.graph.add_state(state, net.add(relu, {state}, "next"));
  return net;
}

ModelCard some_card() {
  ModelCard card;
  card.author = "somebody";
  card.outputs.push_back({0.5, -3, {1, 2}, {3, 4}, {"ant", ""}, "numbers"});
  return card;
}

std::string file_of(const Graph& graph, const WeightPool& pool) {
  std::string bytes;
  const Status status = write_viv({graph, "a key", "notes\nfor people", some_card()}, pool, [&](Bytes piece) {
    bytes += as_text(piece);
    return Status();
  });
  REQUIRE(status.ok());
  return bytes;
}

// A file with packed weights, as the cache holds it.
std::string sample_file() {
  const Net net = sample_net();
  WeightPool pool;
  const testing::ReferenceTarget target;
  REQUIRE(make_plan(net.graph, std::vector<Shape>{{1, 6, 6, 2}, {3}}, target, kNumerics, pool).ok());
  REQUIRE(pool.entries().size() == 1);
  return file_of(net.graph, pool);
}

Result<Viv> read(const std::filesystem::path& path, WeightPool& pool) {
  VIVACE_TRY(const auto file, File::open(path));
  return read_viv(file, pool);
}

// Reads bytes as a .viv file, and runs the graph where they pass as one. Gives the error's id, or "".
std::string survives(const test::TempFolder& folder, const std::string& bytes) {
  const auto path = folder.write("damaged.viv", bytes);
  WeightPool pool;
  auto viv = read(path, pool);
  if (!viv.ok()) return viv.error().id();
  std::vector<Shape> shapes;
  for (const ValueId id : viv->graph.inputs()) {
    shapes.emplace_back();
    for (const Dim& dim : viv->graph.value(id).dims) shapes.back().push_back(dim.known() ? dim.number() : 1);
  }
  const testing::ReferenceTarget target;
  const auto plan = make_plan(viv->graph, shapes, target, kNumerics, pool);
  if (!plan.ok()) return plan.error().id();
  std::size_t bytes_of_ports = 0;
  for (const Shape& shape : shapes) bytes_of_ports += static_cast<std::size_t>(count_of(shape));
  for (const Shape& shape : (*plan)->output_shapes)
    bytes_of_ports += static_cast<std::size_t>(count_of(shape));
  if ((*plan)->arena_bytes > 1'000'000 || bytes_of_ports > 1'000'000) return "large";
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    inputs.emplace_back(viv->graph.value(viv->graph.inputs()[i]).dtype, shapes[i]);
  testing::run(**plan, inputs);
  return "";
}

}  // namespace

TEST_CASE("a .viv file gives back the graph, its notes, its packed weights and its numbers") {
  const test::TempFolder folder;
  const Net net = sample_net();
  WeightPool pool, read_pool;
  const auto viv = read(folder.write("m.viv", sample_file()), read_pool);
  REQUIRE(viv.ok());
  CHECK(viv->key == "a key");
  CHECK(viv->notes == "notes\nfor people");
  CHECK(viv->card.author == "somebody");
  REQUIRE(viv->card.outputs.size() == 1);
  CHECK(viv->card.outputs[0].zero_point == -3);
  CHECK(viv->card.outputs[0].mean == std::vector<float>{1, 2});
  CHECK(viv->card.outputs[0].labels == std::vector<std::string>{"ant", ""});
  CHECK(to_text(viv->graph) == to_text(net.graph));
  CHECK(viv->graph.state_count() == 1);
  for (std::size_t n = 0; n < net.graph.node_count(); ++n)
    CHECK(viv->graph.nodes()[n].origin == net.graph.nodes()[n].origin);
  testing::check_equivalent(net.graph, viv->graph, 1, 0);
  REQUIRE(read_pool.entries().size() == 1);
  CHECK(read_pool.entries().begin()->second.bytes.size() == 64 * 5 * 4);
  const auto file = File::open(folder / "m.viv");
  CHECK(verify_viv_data(**file).ok());
}

TEST_CASE("written again, a .viv file has the same bytes") {
  const test::TempFolder folder;
  WeightPool pool;
  const std::string first = sample_file();
  const auto viv = read(folder.write("m.viv", first), pool);
  REQUIRE(viv.ok());
  std::string second;
  REQUIRE(write_viv(*viv, pool, [&](Bytes piece) { return second += as_text(piece), Status(); }).ok());
  CHECK(first == second);
}

TEST_CASE("a sink's error ends the writing") {
  const Net net = sample_net();
  const WeightPool pool;
  int pieces = 0;
  const Status status = write_viv({net.graph, "", ""}, pool, [&](Bytes) -> Status {
    if (++pieces == 2) return Error("file.unwritable", "full");
    return {};
  });
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().id() == "file.unwritable");
  CHECK(pieces == 2);
}

TEST_CASE("another kind of file and another version are told from damage, in words") {
  const test::TempFolder folder;
  WeightPool pool;
  const std::string good = sample_file();
  const auto text_of = [&](const std::string& bytes) {
    const auto path = folder.write("m.viv", bytes);
    const auto viv = read(path, pool);
    REQUIRE_FALSE(viv.ok());
    std::string text = to_text(viv.error());
    for (std::size_t at; (at = text.find(path.string())) != std::string::npos;)
      text.replace(at, path.string().size(), "m.viv");
    return text;
  };
  CHECK(text_of("a text file, not a model") ==
        "error[viv.foreign]: \"m.viv\" is not a .viv file\n  at   m.viv");
  std::string other = good;
  other[8] = 77;
  CHECK(text_of(other) ==
        "error[viv.foreign]: \"m.viv\" was made by another version of vivace\n  at   m.viv\n"
        "  why  its format is 77, this program reads 3\n"
        "  fix  make it again from the source model: vivace compile MODEL -o FILE.viv");
  CHECK(text_of(good.substr(0, 40)) ==
        "error[viv.damaged]: \"m.viv\" is damaged\n  at   m.viv@40\n"
        "  why  the file ends inside its header\n  fix  make it again: vivace compile MODEL -o FILE.viv");
  CHECK(text_of(good.substr(0, good.size() - 1)).find("bytes long, its header says") != std::string::npos);
  std::string flipped = good;
  flipped[100] = static_cast<char>(flipped[100] ^ 1);
  CHECK(text_of(flipped).find("its records do not match their hash") != std::string::npos);
}

TEST_CASE("weights that differ from their hash are found by the check of the data") {
  const test::TempFolder folder;
  std::string bytes = sample_file();
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
  const auto file = File::open(folder.write("m.viv", bytes));
  REQUIRE(file.ok());
  const Status status = verify_viv_data(**file);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().id() == "viv.damaged");
}

TEST_CASE("no damaged file passes the hashes, wherever it is cut or changed") {
  const test::TempFolder folder;
  const std::string good = sample_file();
  viv::Header header;
  std::memcpy(&header, good.data(), sizeof header);
  for (std::size_t size = 1; size < header.data_offset; ++size)
    CHECK(survives(folder, good.substr(0, size)).starts_with("viv."));
  const std::size_t hash = offsetof(viv::Header, data_hash);
  for (std::size_t at = 0; at < sizeof header + header.record_bytes; ++at)
    for (int bit = 0; bit < (at < sizeof header ? 8 : 1); ++bit) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at < sizeof header ? bit : at % 8)));
      if (at < hash || at >= hash + sizeof header.data_hash) {
        CHECK(survives(folder, bytes) != "");
      } else {  // the data's hash is compared on request
        const auto file = File::open(folder.write("damaged.viv", bytes));
        CHECK(verify_viv_data(**file).error().id() == "viv.damaged");
      }
    }
}

TEST_CASE("files cut and changed with hashes that match give a typed error or a sound graph, never worse") {
  const test::TempFolder folder;
  const std::string good = sample_file();
  viv::Header header;
  std::memcpy(&header, good.data(), sizeof header);
  const std::size_t records_end = sizeof header + header.record_bytes;
  std::size_t refused = 0, sound = 0;
  const auto attempt = [&](std::string bytes) {
    test::fix_header(bytes);
    const std::string id = survives(folder, bytes);
    const bool typed = id.starts_with("viv.") || id.starts_with("graph.") || id.starts_with("op.") ||
                       id.starts_with("plan.") || id.starts_with("predict.") || id == "large" || id.empty();
    CHECK_MESSAGE(typed, id);
    ++(id.empty() ? sound : refused);
  };
  // Records that end early, the header knowing it.
  for (std::uint64_t size = 0; size < header.record_bytes; ++size) {
    std::string bytes = good;
    viv::Header shorter = header;
    shorter.record_bytes = size;
    std::memcpy(bytes.data(), &shorter, sizeof shorter);
    attempt(bytes);
  }
  // Every byte of the records, as each of the numbers that tell most.
  for (std::size_t at = sizeof header; at < records_end; ++at)
    for (const int change : {0x00, 0x01, static_cast<int>(DType::string), 0x7f, 0xff}) {
      std::string bytes = good;
      if (bytes[at] == static_cast<char>(change)) continue;
      bytes[at] = static_cast<char>(change);
      attempt(bytes);
    }
  // Whole words: counts, ids, offsets and sizes.
  for (std::size_t at = sizeof header; at + 8 <= records_end; ++at)
    for (const std::uint64_t word : {std::uint64_t{0xffffffffffffffff}, std::uint64_t{1} << 40}) {
      std::string bytes = good;
      std::memcpy(bytes.data() + at, &word, at % 2 ? 4 : 8);
      attempt(bytes);
    }
  MESSAGE(refused << " refused, " << sound << " sound");
  CHECK(refused + sound >= 500);
  CHECK(refused > 100);
}
