// Models that were edited, cut or hit by chance: at least 500 of each format, each a model or one typed
// error, with time and memory in bounds.
#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "base/file.h"
#include "formats/zip/writer.h"
#include "formats/zip/zip.h"
#include "support/attempts.h"
#include "support/damage.h"
#include "support/temp_folder.h"
#include "support/viv_damage.h"

using namespace vivace;
using test::attempt;
using test::report;
using test::Tally;

namespace fs = std::filesystem;

namespace {

const fs::path kCases = VIVACE_KERAS_CASES;
// Where a JSON text's keys and scalars stand.
struct Piece {
  std::size_t begin, end;
  bool is_key;
};
std::vector<Piece> pieces_of(const std::string& json) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < json.size();) {
    const std::size_t begin = i;
    if (json[i] == '"') {
      for (++i; i < json.size() && json[i] != '"'; ++i)
        if (json[i] == '\\') ++i;
      ++i;
      pieces.push_back({begin, i, i < json.size() && json[i] == ':'});
    } else if (std::isalnum(static_cast<unsigned char>(json[i])) || json[i] == '-') {
      while (i < json.size() && !std::strchr(",]} ", json[i])) ++i;
      pieces.push_back({begin, i, false});
    } else {
      ++i;
    }
  }
  return pieces;
}

// A config in which one to three things are wrong, as an edited or hostile file has them: values out of range
// or of another kind, keys that are missing, values that changed places.
std::string wrong_config(const std::string& json, std::minstd_rand& random) {
  static constexpr const char* kValues[] = {"0",
                                            "-1",
                                            "1",
                                            "2",
                                            "3",
                                            "7",
                                            "-2147483649",
                                            "4294967296",
                                            "9223372036854775807",
                                            "1e308",
                                            "NaN",
                                            "-Infinity",
                                            "0.5",
                                            "null",
                                            "true",
                                            "false",
                                            "\"x\"",
                                            "\"\"",
                                            "\"same\"",
                                            "\"valid\"",
                                            "\"channels_first\"",
                                            "\"float64\"",
                                            "\"int32\"",
                                            "\"relu\"",
                                            "[]",
                                            "[0]",
                                            "[3, -3]",
                                            "[null, null]",
                                            "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
                                            "{}",
                                            "[[[[]]]]",
                                            "{\"class_name\": \"Dense\", \"config\": {}}",
                                            "1000000",
                                            "[100000, 100000]"};
  std::string wrong = json;
  for (std::size_t changes = 1 + random() % 3; changes > 0; --changes) {
    const std::vector<Piece> pieces = pieces_of(wrong);
    const Piece a = pieces[random() % pieces.size()], b = pieces[random() % pieces.size()];
    const std::string_view value = kValues[random() % std::size(kValues)];
    const std::string other = wrong.substr(b.begin, b.end - b.begin);
    if (a.is_key)
      wrong.replace(a.begin + 1, a.end - a.begin - 2, "gone");
    else
      wrong.replace(a.begin, a.end - a.begin, random() % 4 == 0 && !b.is_key ? other : std::string(value));
  }
  return wrong;
}

std::string member_of(const fs::path& archive, std::string_view member) {
  const auto file = File::open(archive).value();
  const auto zip = ZipFile::open(file->bytes(), file, archive.string()).value();
  return std::string(as_text(zip.read(member).value().bytes));
}

const std::vector<fs::path>& sources() {
  static const std::vector<fs::path> found = {
      kCases / "dense/keras3/dense.keras", kCases / "topology/keras3/unet_small.keras",
      kCases / "topology/tf_keras/nested_deep.keras", kCases / "topology/keras3/nested_many_ends.keras"};
  return found;
}

}  // namespace

TEST_CASE("Keras archives whose config is wrong give a model or one typed error") {
  const test::TempFolder folder;
  Tally tally;
  std::minstd_rand random(1);
  for (const fs::path& source : sources()) {
    const std::string config = member_of(source, "config.json"),
                      metadata = member_of(source, "metadata.json"),
                      weights = member_of(source, "model.weights.h5");
    for (int i = 0; i < 200; ++i) {
      ZipWriter writer;
      const std::string wrong = wrong_config(config, random);
      writer.add("metadata.json", as_bytes(metadata));
      writer.add("config.json", as_bytes(wrong));
      writer.add("model.weights.h5", as_bytes(weights));
      const std::vector<std::byte> bytes = writer.finish();
      CAPTURE(wrong);
      attempt(folder.write("m.keras", as_text(bytes)), tally);
    }
  }
  report("wrong .keras configs", tally);
}

TEST_CASE("HDF5 models whose config is wrong give a model or one typed error") {
  const test::TempFolder folder;
  Tally tally;
  std::minstd_rand random(2);
  for (const fs::path& source : sources()) {
    fs::path h5 = source;
    const std::string file = test::bytes_of(h5.replace_extension(".h5"));
    const std::size_t begin = file.find("{\"class_name\": ");
    REQUIRE(begin != std::string::npos);
    const std::size_t end = file.find('\0', begin);
    const std::string config = file.substr(begin, end - begin);
    for (int i = 0; i < 400; ++i) {
      std::string wrong = wrong_config(config, random);
      if (wrong.size() > config.size()) continue;  // the text must keep its length inside the file
      wrong.resize(config.size(), ' ');
      std::string bytes = file;
      bytes.replace(begin, config.size(), wrong);
      CAPTURE(wrong);
      attempt(folder.write("m.h5", bytes), tally);
    }
  }
  report("wrong .h5 configs", tally);
}

TEST_CASE("damaged HDF5 files and archives give a model or one typed error") {
  const test::TempFolder folder;
  for (const char* extension : {".h5", ".keras"}) {
    Tally tally;
    for (const std::size_t which : {0, 2}) {
      fs::path source = sources()[which];
      const std::string file = test::bytes_of(source.replace_extension(extension));
      for_each_damaged(
          as_bytes(file),
          [&](Bytes bytes) {
            if (!bytes.empty()) attempt(folder.write(std::string("m") + extension, as_text(bytes)), tally);
          },
          150, 250);
    }
    report(extension, tally);
  }
}

TEST_CASE(
    "damaged prepared models give a model or one typed error, even where the hashes were made to match") {
  const test::TempFolder folder;
  Options options;
  options.cache = false;
  REQUIRE(Model::open(sources()[2], options).value().save(folder / "good.viv").ok());
  const std::string good = test::bytes_of(folder / "good.viv");
  viv::Header header;
  std::memcpy(&header, good.data(), sizeof header);
  const std::string records = good.substr(0, header.data_offset), data = good.substr(header.data_offset);
  Tally plain, matching;
  for_each_damaged(
      as_bytes(good),
      [&](Bytes bytes) {
        if (!bytes.empty()) attempt(folder.write("m.viv", as_text(bytes)), plain);
      },
      300, 300);
  report("damaged .viv", plain);
  for_each_damaged(
      as_bytes(records),
      [&](Bytes bytes) {
        std::string file(as_text(bytes));
        if (file.size() < sizeof header) return;
        file.resize(std::max<std::size_t>(file.size(), header.data_offset));
        file += data;
        std::memcpy(file.data(), &header, sizeof header);
        test::fix_header(file);
        attempt(folder.write("m.viv", file), matching);
      },
      400, 800);
  report("damaged .viv with matching hashes", matching);
}
