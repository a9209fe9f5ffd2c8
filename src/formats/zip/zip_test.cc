#include "formats/zip/zip.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstring>
#include <functional>

#include "formats/zip/writer.h"
#include "support/damage.h"

using namespace vivace;

namespace {

using Archive = std::vector<std::byte>;

Archive two_members() {
  ZipWriter writer;
  writer.add("config.json", as_bytes("{\"a\": 1}"));
  writer.add("model.weights.h5", as_bytes("0123456789"), 64);
  return writer.finish();
}

/// An archive of one deflated member that claims `size` bytes.
Archive deflated(std::string_view content, std::uint32_t size) {
  Archive packed(content.size() + 64);
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  ZipWriter writer;
  writer.add("d", packed);
  Archive archive = writer.finish();
  const auto crc = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const unsigned char*>(content.data()), static_cast<uInt>(content.size())));
  const std::size_t central = 31 + packed.size();
  const std::uint16_t method = 8;
  for (const std::size_t base : {std::size_t{0}, central + 2}) {
    std::memcpy(archive.data() + base + 8, &method, 2);
    std::memcpy(archive.data() + base + 14, &crc, 4);
    std::memcpy(archive.data() + base + 22, &size, 4);
  }
  return archive;
}

std::string opened(Bytes archive) {
  const auto zip = ZipFile::open(archive, nullptr, "a.zip");
  return zip ? "ok" : zip.error().id();
}

/// The id of the error after `edit` changed the archive.
std::string after(const std::function<void(Archive&)>& edit) {
  Archive archive = two_members();
  edit(archive);
  return opened(archive);
}

std::size_t position(const Archive& archive, std::string_view needle, int nth) {
  std::size_t at = std::string_view::npos;
  for (int i = 0; i <= nth; ++i) at = as_text(archive).find(needle, at + 1);
  REQUIRE(at != std::string_view::npos);
  return at;
}

void rename(Archive& archive, std::string_view from, std::string_view to) {
  const std::size_t local = position(archive, from, 0), central = position(archive, from, 1);
  for (const std::size_t at : {local, central}) std::memcpy(archive.data() + at, to.data(), to.size());
}

}  // namespace

TEST_CASE("an archive behind another file counts its offsets from that file's begin, or from its own") {
  Archive model(1000, std::byte{'m'});
  const Archive archive = two_members();
  Archive own = model;
  own.insert(own.end(), archive.begin(), archive.end());
  const auto counted_alone = ZipFile::open_behind(own, nullptr, "m.tflite");
  REQUIRE(counted_alone);
  CHECK(as_text(counted_alone->read("config.json")->bytes) == "{\"a\": 1}");

  Archive whole = own;  // every offset moved by what stands before
  const std::size_t end = whole.size() - 22;
  std::uint32_t directory = 0, size = 0;
  std::memcpy(&size, whole.data() + end + 12, 4);
  std::memcpy(&directory, whole.data() + end + 16, 4);
  directory += 1000;
  std::memcpy(whole.data() + end + 16, &directory, 4);
  for (std::size_t at = directory; at < directory + size;) {
    std::uint32_t header = 0;
    std::uint16_t lengths[3];
    std::memcpy(&header, whole.data() + at + 42, 4);
    header += 1000;
    std::memcpy(whole.data() + at + 42, &header, 4);
    std::memcpy(lengths, whole.data() + at + 28, 6);
    at += 46u + lengths[0] + lengths[1] + lengths[2];
  }
  const auto counted_from_model = ZipFile::open_behind(whole, nullptr, "m.tflite");
  REQUIRE(counted_from_model);
  CHECK(as_text(counted_from_model->read("model.weights.h5")->bytes) == "0123456789");
  CHECK(opened(whole) == "zip.prefix");
  CHECK(ZipFile::open_behind(model, nullptr, "m.tflite").error().id() == "zip.not-a-zip");
}

TEST_CASE("a stored member is a view into the archive, aligned where the writer was asked to") {
  const Archive archive = two_members();
  const auto zip = ZipFile::open(archive, nullptr, "a.zip").value();
  REQUIRE(zip.members().size() == 2);
  const auto weights = zip.read("model.weights.h5", ZipVerify::always).value();
  CHECK(as_text(weights.bytes) == "0123456789");
  CHECK(weights.bytes.data() == archive.data() + zip.members()[1].data_offset);
  CHECK(zip.members()[1].data_offset % 64 == 0);
  CHECK(as_text(zip.read("config.json").value().bytes) == "{\"a\": 1}");
}

TEST_CASE("a missing member is named, with the nearest known one") {
  const Archive archive = two_members();
  const auto missing = ZipFile::open(archive, nullptr, "a.zip").value().read("confg.json");
  REQUIRE(!missing);
  CHECK(missing.error().id() == "zip.missing");
  CHECK(missing.error().what() == "the archive has no member \"confg.json\", did you mean \"config.json\"?");
}

TEST_CASE("a deflated member inflates to exactly the size it declares, or is refused") {
  const std::string content(5000, 'x');
  const auto read = [](const Archive& archive) {
    const auto zip = ZipFile::open(archive, nullptr, "a.zip");
    if (!zip) return zip.error().id();
    const auto data = zip->read("d");
    return data ? std::string(as_text(data->bytes)) : data.error().id();
  };
  CHECK(read(deflated(content, 5000)) == content);
  CHECK(read(deflated(content, 4999)) == "zip.inflate");
  CHECK(read(deflated(content, 5001)) == "zip.inflate");
  CHECK(read(deflated("", 0)) == "");
  CHECK(read(deflated(content, 0x7fffffff)) == "zip.bomb");
}

TEST_CASE("what is no plain, whole zip archive is refused by name") {
  CHECK(opened(as_bytes("not a zip archive at all")) == "zip.not-a-zip");
  CHECK(opened({}) == "zip.not-a-zip");
  CHECK(after([](Archive& a) { a.resize(a.size() - 30); }) == "zip.truncated");
  CHECK(after([](Archive& a) { a.insert(a.begin(), 5, std::byte{'x'}); }) == "zip.prefix");
  CHECK(after([](Archive& a) { rename(a, "config.json", "../fig.json"); }) == "zip.name");
  CHECK(after([](Archive& a) { rename(a, "config.json", "/onfig.json"); }) == "zip.name");
  CHECK(after([](Archive& a) { rename(a, "config.json", "co\\fig.json"); }) == "zip.name");
  CHECK(after([](Archive& a) { rename(a, "config.json", "C:nfig.json"); }) == "zip.name");
  CHECK(after([](Archive& a) { a[position(a, "config.json", 0)] = std::byte{'k'}; }) == "zip.mismatch");
  CHECK(after([](Archive& a) { a[position(a, "config.json", 1) - 38] = std::byte{1}; }) == "zip.encrypted");
  CHECK(after([](Archive& a) { a[position(a, "config.json", 1) - 36] = std::byte{99}; }) == "zip.method");
  CHECK(after([](Archive& a) { a[position(a, "config.json", 1) - 5] = std::byte{0xa1}; }) == "zip.symlink");
  CHECK(after([](Archive& a) { a[a.size() - 18] = std::byte{1}; }) == "zip.split");
  CHECK(after([](Archive& a) { a[14] ^= std::byte{1}; }) == "zip.mismatch");
}

TEST_CASE("two members of one name, and members that share bytes, are refused") {
  ZipWriter twice;
  twice.add("same", as_bytes("1"));
  twice.add("same", as_bytes("2"));
  CHECK(opened(twice.finish()) == "zip.duplicate");

  ZipWriter inner, outer;  // the outer member's data are a whole local header of another
  inner.add("b", as_bytes("payload"));
  const Archive nested = inner.finish();
  outer.add("a", Bytes(nested).first(38));
  outer.add("b", as_bytes("payload"));
  Archive archive = outer.finish();
  const std::uint32_t inside = 31;
  std::memcpy(archive.data() + archive.size() - 22 - 5, &inside, 4);
  CHECK(opened(archive) == "zip.overlap");
}

TEST_CASE("a changed byte in a member is noticed on reading") {
  Archive archive = two_members();
  archive[position(archive, "0123456789", 0)] = std::byte{'x'};
  const auto read = ZipFile::open(archive, nullptr, "a.zip").value().read("model.weights.h5");
  REQUIRE(!read);
  CHECK(read.error().id() == "zip.checksum");
}

TEST_CASE("a damaged archive gives members or a typed error") {
  const std::string content(5000, 'x');
  for (const Archive& archive : {two_members(), deflated(content, 5000)})
    for_each_damaged(archive, [](Bytes damaged) {
      const auto zip = ZipFile::open(damaged, nullptr, "a.zip");
      if (!zip) {
        CHECK(zip.error().id().starts_with("zip."));
        return;
      }
      for (const ZipMember& member : zip->members()) (void)zip->read(member, ZipVerify::always);
    });
}
