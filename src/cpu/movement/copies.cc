#include "cpu/movement/copies.h"

#include "cpu/common/chunks.h"
#include "kernels/movement/copy.h"

namespace vivace::cpu {
namespace {

// A copy as lines: each one a run along the innermost axis, or a small matrix that is transposed.
struct Lines {
  Address from, to;
  std::int64_t from_start = 0, to_start = 0;
  Loops<2> loops;
  Loops<2>::Axis run;     // innermost
  Loops<2>::Axis turned;  // the axis along which x is dense, where it is not the innermost
  bool transposes = false;
  bool cuts_run = true;  // a matrix is cut along its longer side
  // A line is cut into pieces: of elements, or of the matrix's rows or columns.
  std::int64_t piece = 1, pieces = 1;
  std::int64_t items = 0;  // lines times pieces

  const Loops<2>::Axis& cut() const { return cuts_run ? run : turned; }
};

// Takes the axis out along which x is dense: it makes a matrix with the innermost one.
void find_matrix(Lines& lines) {
  if (lines.run.strides[1] != 1 || lines.run.strides[0] == 1 || lines.run.strides[0] == 0) return;
  for (std::size_t i = 0; i < lines.loops.rank; ++i) {
    if (lines.loops.axes[i].strides[0] != 1) continue;
    lines.turned = lines.loops.axes[i];
    lines.transposes = true;
    for (std::size_t j = i + 1; j < lines.loops.rank; ++j) lines.loops.axes[j - 1] = lines.loops.axes[j];
    --lines.loops.rank;
    return;
  }
}

Lines lines_of(const Copy& copy) {
  Lines lines;
  lines.from = copy.from.address;
  lines.to = copy.to.address;
  lines.from_start = copy.from.start;
  lines.to_start = copy.to.start;
  lines.loops = make_loops<2>(copy.dims, {copy.from.strides, copy.to.strides});
  lines.run = lines.loops.pop();
  find_matrix(lines);
  lines.cuts_run = !lines.transposes || lines.run.size > lines.turned.size;
  const std::int64_t length = lines.cut().size;
  const std::int64_t each = !lines.transposes ? 1 : lines.cuts_run ? lines.turned.size : lines.run.size;
  // Pieces of whole tiles, so that a transposition's lines of memory are not shared.
  lines.piece = std::max<std::int64_t>(64, kGrain / std::max<std::int64_t>(1, each) / 64 * 64);
  lines.pieces = (length + lines.piece - 1) / lines.piece;
  lines.items = lines.loops.count() * lines.pieces;
  return lines;
}

struct Memory {
  const std::byte* from;
  std::byte* to;
  std::size_t size;

  Memory at(std::int64_t from_offset, std::int64_t to_offset) const {
    const auto bytes = static_cast<std::int64_t>(size);
    return {from + from_offset * bytes, to + to_offset * bytes, size};
  }
};

void copy_piece(const Lines& lines, std::int64_t piece, const Memory& line) {
  const std::int64_t first = piece * lines.piece;
  const auto& axis = lines.cut();
  const auto count = static_cast<std::size_t>(std::min(lines.piece, axis.size - first));
  const Memory m = line.at(first * axis.strides[0], first * axis.strides[1]);
  if (!lines.transposes)
    return kernels::copy_line(m.from, axis.strides[0], m.to, axis.strides[1], count, m.size);
  const std::size_t rows = lines.cuts_run ? static_cast<std::size_t>(lines.turned.size) : count;
  const std::size_t columns = lines.cuts_run ? count : static_cast<std::size_t>(lines.run.size);
  kernels::transpose_2d({m.from, lines.run.strides[0], m.to, lines.turned.strides[1], rows, columns, m.size});
}

// Items [begin, end) of one copy.
void copy_items(const Lines& lines, const Memory& all, std::int64_t begin, std::int64_t end) {
  Cursor<2> cursor(lines.loops, begin / lines.pieces);
  std::int64_t piece = begin % lines.pieces;
  for (std::int64_t item = begin; item < end; ++item) {
    copy_piece(lines, piece, all.at(cursor[0], cursor[1]));
    if (++piece != lines.pieces) continue;
    piece = 0;
    cursor.next();
  }
}

}  // namespace

Step copy_step(const std::vector<Copy>& copies, std::size_t size) {
  std::vector<Lines> all;
  std::int64_t items = 0, elements = 0;
  for (const Copy& copy : copies) {
    if (count_of(copy.dims) == 0) continue;
    all.push_back(lines_of(copy));
    items += all.back().items;
    elements += count_of(copy.dims);
  }
  const Chunks chunks = Chunks::of(items, items == 0 ? 1 : elements / items);
  Step step;
  step.kernel = "copy";
  step.chunks = chunks.count();
  step.work = make_work([chunks, size, all = std::move(all)](const Frame& frame, Share share) noexcept {
    std::int64_t first = 0;  // item of the copy
    for (const Lines& lines : all) {
      const std::int64_t begin = std::max<std::int64_t>(0, chunks.begin(share) - first);
      const std::int64_t end = std::min(lines.items, chunks.end(share) - first);
      const Memory memory{frame.at<const std::byte>(lines.from), frame.at<std::byte>(lines.to), size};
      if (begin < end) copy_items(lines, memory.at(lines.from_start, lines.to_start), begin, end);
      first += lines.items;
    }
  });
  return step;
}

Copy gather_copy(const Operand& x, std::int64_t start, Shape strides, const Operand& y) {
  return {y.dims, {x.address, start, std::move(strides)}, {y.address, 0, strides_of(y.dims)}};
}

std::optional<Choice> choose_copy(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "copy";
  return choice;
}

}  // namespace vivace::cpu
