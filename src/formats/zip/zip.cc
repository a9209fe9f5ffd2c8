// Opening a zip archive and reading its members.
#include "formats/zip/zip.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "base/memory/aligned_buffer.h"
#include "base/text.h"
#include "base/try.h"
#include "formats/zip/directory.h"

namespace vivace {
namespace {

constexpr std::uint64_t kVerifiedBelow = std::uint64_t{64} << 20;
constexpr std::size_t kStep = std::size_t{1} << 30;  // zlib counts bytes in 32 bits

std::uint32_t checksum(Bytes bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

/// Inflates exactly `out.size()` bytes; false where the stream is damaged, shorter or longer.
bool inflate_raw(Bytes in, std::span<std::byte> out) {
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
  std::size_t read = 0, written = 0;
  std::byte spare{};  // an empty member still needs somewhere to write nothing
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t in_step = std::min(in.size() - read, kStep),
                      out_step = std::min(out.size() - written, kStep);
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(in.data() + read));
    stream.avail_in = static_cast<uInt>(in_step);
    stream.next_out = reinterpret_cast<unsigned char*>(out_step == 0 ? &spare : out.data() + written);
    stream.avail_out = static_cast<uInt>(out_step);
    state = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t in_used = in_step - stream.avail_in, out_used = out_step - stream.avail_out;
    read += in_used;
    written += out_used;
    if (in_used == 0 && out_used == 0 && state == Z_OK) break;
  }
  ::inflateEnd(&stream);
  return state == Z_STREAM_END && read == in.size() && written == out.size();
}

}  // namespace

Result<ZipFile> ZipFile::open(Bytes archive, std::shared_ptr<const void> owner, std::string name) {
  VIVACE_TRY(const zip::Directory directory, zip::find_directory(archive, name));
  return open_at(directory, archive, std::move(owner), std::move(name));
}

Result<ZipFile> ZipFile::open_behind(Bytes bytes, std::shared_ptr<const void> owner, std::string name) {
  if (const std::uint64_t before = zip::bytes_before(bytes); before != 0)
    return open(bytes.subspan(before), std::move(owner), std::move(name));
  VIVACE_TRY(const zip::Directory directory, zip::find_directory(bytes, name, zip::Begin::anywhere));
  return open_at(directory, bytes, std::move(owner), std::move(name));
}

Result<ZipFile> ZipFile::open_at(const zip::Directory& directory, Bytes archive,
                                 std::shared_ptr<const void> owner, std::string name) {
  ZipFile file;
  file.archive_ = archive;
  file.owner_ = std::move(owner);
  file.name_ = std::move(name);
  VIVACE_TRY(file.members_, zip::read_directory(archive, directory, file.name_));
  const auto& members = file.members_;
  file.by_name_.resize(members.size());
  std::iota(file.by_name_.begin(), file.by_name_.end(), 0u);
  std::sort(file.by_name_.begin(), file.by_name_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return members[a].name < members[b].name; });
  for (std::size_t i = 1; i < members.size(); ++i)
    if (members[file.by_name_[i]].name == members[file.by_name_[i - 1]].name)
      return zip::error_at(file.name_, members[file.by_name_[i]].header_offset, "duplicate",
                           text("two members are named \"{}\"", members[file.by_name_[i]].name))
          .why("which of them counts would depend on the reader");
  VIVACE_CHECK_OK(zip::match_local_headers(archive, directory, file.name_, file.members_));
  return file;
}

const ZipMember* ZipFile::find(std::string_view member) const {
  const auto at =
      std::lower_bound(by_name_.begin(), by_name_.end(), member,
                       [&](std::uint32_t i, std::string_view key) { return members_[i].name < key; });
  return at != by_name_.end() && members_[*at].name == member ? &members_[*at] : nullptr;
}

Result<ZipData> ZipFile::read(const ZipMember& member, ZipVerify verify) const {
  const Bytes packed = archive_.subspan(member.data_offset, member.compressed_size);
  ZipData data{packed, owner_};
  if (member.deflated) {
    auto buffer = std::make_shared<const AlignedBuffer>(member.size);
    if (!inflate_raw(packed, buffer->span()))
      return zip::error_at(name_, member.data_offset, "inflate",
                           text("member \"{}\" does not inflate to its {} bytes", member.name, member.size))
          .why("its compressed data are damaged")
          .fix("download or save the file again");
    data = {buffer->span(), buffer};
  }
  const bool wanted = member.deflated || verify == ZipVerify::always || member.size < kVerifiedBelow;
  if (wanted && checksum(data.bytes) != member.crc32)
    return zip::error_at(name_, member.data_offset, "checksum",
                         text("the checksum of member \"{}\" is wrong", member.name))
        .why("its bytes changed after the archive was written")
        .fix("download or save the file again");
  return data;
}

Result<ZipData> ZipFile::read(std::string_view member, ZipVerify verify) const {
  if (const ZipMember* found = find(member)) return read(*found, verify);
  std::vector<std::string_view> names;
  for (const ZipMember& known : members_) names.push_back(known.name);
  return Error("zip.missing", text("the archive has no member \"{}\"{}", member, did_you_mean(member, names)))
      .at(name_);
}

}  // namespace vivace
