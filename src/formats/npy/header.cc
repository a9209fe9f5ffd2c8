// Reads the dict literal at the front of an .npy file, and nothing but that.
#include "formats/npy/header.h"

#include <algorithm>
#include <charconv>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"

namespace vivace {
namespace {

constexpr std::size_t kMaxRank = 16;
constexpr std::string_view kDescr[] = {"<f4", "<f8", "<f2", "<V2", "|i1", "<i2", "<i4",
                                       "<i8", "|u1", "<u2", "<u4", "<u8", "|b1"};

/// Walks over the text; each `take` eats what it names, after blanks, or nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool take(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool take_string(std::string_view& string) {
    skip_blanks();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) return false;
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) return false;
    string = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_number(std::int64_t& number) {
    skip_blanks();
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (code != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (rest_.starts_with('L')) rest_.remove_prefix(1);  // Python 2 wrote long integers so
    return true;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    const std::size_t start = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
  }
  std::string_view rest_;
};

/// "(3, 4)", "(3,)", "()".
bool take_shape(Cursor& cursor, Shape& dims) {
  if (!cursor.take("(")) return false;
  while (!cursor.take(")")) {
    std::int64_t dim = 0;
    if (!cursor.take_number(dim) || dims.size() > kMaxRank) return false;
    dims.push_back(dim);
    if (cursor.take(",")) continue;
    return cursor.take(")");
  }
  return true;
}

bool take_bool(Cursor& cursor, bool& value) {
  value = cursor.take("True");
  return value || cursor.take("False");
}

// "<U5" and "|S5": five characters of four bytes or of one. NumPy never writes more than a file could hold.
bool set_strings(std::string_view kind, NpyHeader& header) {
  constexpr std::size_t kMostCharacters = std::size_t{1} << 28;
  if (!kind.starts_with('U') && !kind.starts_with('S')) return false;
  std::size_t characters = 0;
  const auto [end, code] = std::from_chars(kind.data() + 1, kind.data() + kind.size(), characters);
  if (code != std::errc() || end != kind.data() + kind.size() || characters > kMostCharacters) return false;
  header.dtype = DType::string;
  header.unicode = kind[0] == 'U';
  header.width = characters * (header.unicode ? 4 : 1);
  return true;
}

Status set_dtype(std::string_view descr, NpyHeader& header, const std::string& name) {
  header.big_endian = descr.starts_with('>');
  const std::string_view kind = descr.substr(std::min<std::size_t>(1, descr.size()));
  const bool ordered = !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
  for (std::size_t i = 0; ordered && i < std::size(kDescr); ++i) {
    if (kDescr[i].substr(1) != kind) continue;
    header.dtype = static_cast<DType>(i);
    header.width = size_of(header.dtype);
    return {};
  }
  if (ordered && set_strings(kind, header)) return {};
  Error error =
      Error("npy.dtype", text("elements of type \"{}\" cannot be read", descr.substr(0, 40))).at(name);
  if (kind.starts_with('O'))
    return std::move(error)
        .why("they are pickled Python objects, which would run code of the file")
        .fix("save numbers as array.astype(\"float32\"), strings as array.astype(\"U\")");
  return std::move(error).fix("convert before saving: array.astype(\"float32\")");
}

Status check_shape(const Shape& dims, const std::string& name) {
  std::int64_t count = 1;  // of the sizes that are not zero, so that no later product can overflow
  for (const std::int64_t dim : dims) {
    const auto product = checked_mul(count, std::max<std::int64_t>(dim, 1));
    if (dim < 0 || !product || *product > (std::int64_t{1} << 59))
      return Error("npy.shape", text("no array has the shape {}", to_text(dims))).at(name);
    count = *product;
  }
  if (dims.size() > kMaxRank)
    return Error("npy.shape", text("{} axes, at most {} are read", dims.size(), kMaxRank)).at(name);
  return {};
}

}  // namespace

std::string_view npy_descr(DType dtype) { return kDescr[static_cast<std::size_t>(dtype)]; }

Result<NpyHeader> parse_npy_header(std::string_view header_text, const std::string& name) {
  const auto malformed = [&](std::string_view why) {
    return Error("npy.header", "the header is not the dict that NumPy writes").at(name).why(std::string(why));
  };
  NpyHeader header;
  Cursor cursor(header_text);
  std::string_view descr;
  bool has_descr = false, has_order = false, has_shape = false;
  if (!cursor.take("{")) return malformed("it does not begin with {");
  while (!cursor.take("}")) {
    std::string_view key;
    if (!cursor.take_string(key) || !cursor.take(":")) return malformed("a key is expected");
    if (key == "descr" && !has_descr) {
      if (!cursor.take_string(descr))
        return Error("npy.dtype", "arrays of records cannot be read")
            .at(name)
            .fix("save each field by itself");
      has_descr = true;
    } else if (key == "fortran_order" && !has_order) {
      if (!take_bool(cursor, header.fortran_order)) return malformed("fortran_order is not True or False");
      has_order = true;
    } else if (key == "shape" && !has_shape) {
      if (!take_shape(cursor, header.dims)) return malformed("shape is not a tuple of integers");
      has_shape = true;
    } else {
      return malformed("a key is unknown or repeated");
    }
    if (cursor.take(",")) continue;
    if (!cursor.take("}")) return malformed("a comma is missing");
    break;
  }
  if (!has_descr || !has_order || !has_shape) return malformed("descr, fortran_order or shape is missing");
  if (!cursor.at_end()) return malformed("something follows the dict");
  VIVACE_CHECK_OK(set_dtype(descr, header, name));
  VIVACE_CHECK_OK(check_shape(header.dims, name));
  // Elements of no bytes would be as many as a file likes to claim.
  if (header.width == 0 && *checked_count(header.dims) != 0)
    return Error("npy.dtype", text("elements of type \"{}\" have no bytes", descr)).at(name);
  return header;
}

}  // namespace vivace
