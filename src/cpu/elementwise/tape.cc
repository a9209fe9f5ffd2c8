// A chain of element-wise functions: block by block, so that what passes between two of them stays in L1.
#include "ops/elementwise/tape.h"

#include "cpu/common/chunks.h"
#include "cpu/elementwise/functions.h"

namespace vivace::cpu {
namespace {

// Elements in a block: each instruction's call is paid for many times over, and a dozen registers fit L1.
constexpr std::int64_t kBlock = 1024;

// Where an operand's elements are.
struct Place {
  enum class Kind : std::uint8_t { dense, number, channels, slot, result };
  Kind kind = Kind::slot;
  std::size_t slot = 0;  // number of the block in the workspace
  Address address{};
};

struct Instruction {
  bool is_binary = false;
  kernels::Map map{};
  kernels::Pair pair{};
  Place left, right, to;
};

struct Program {
  std::vector<Instruction> code;
  std::size_t slots = 0;
  std::int64_t channels = 0;  // of the last axis where an input has only those; 0: one flat array
};

Place place_of(const Operand& input, const Shape& y) {
  Place place;
  place.address = input.address;
  place.kind = input.dims == y      ? Place::Kind::dense
               : input.count() == 1 ? Place::Kind::number
                                    : Place::Kind::channels;
  return place;
}

// Gives every instruction's result a slot, and takes it back after the last reader.
class Compiler {
 public:
  explicit Compiler(const NodeView& node) : tape_(node.as<Tape>()), inputs_(node.inputs.size()) {
    const std::size_t count = tape_.code.size() / 4;
    for (const Operand& input : node.inputs) places_.push_back(place_of(input, node.outputs[0].dims));
    for (const Place& place : places_)
      if (place.kind == Place::Kind::channels) program_.channels = node.outputs[0].dims.back();
    last_reader_.assign(inputs_ + count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      last_reader_[left(i)] = i;
      if (is_binary(i)) last_reader_[right(i)] = i;
    }
    for (std::size_t i = 0; i < count; ++i) add(i, i + 1 == count);
  }
  Program program() && { return std::move(program_); }

 private:
  bool is_binary(std::size_t i) const { return tape_.code[4 * i] != 0; }
  std::size_t left(std::size_t i) const { return static_cast<std::size_t>(tape_.code[4 * i + 2]); }
  std::size_t right(std::size_t i) const { return static_cast<std::size_t>(tape_.code[4 * i + 3]); }

  void add(std::size_t i, bool is_last) {
    Instruction made;
    made.is_binary = is_binary(i);
    made.left = places_[left(i)];
    release(left(i), i);
    if (made.is_binary) {
      made.pair = pair_of(static_cast<Binary::Kind>(tape_.code[4 * i + 1]));
      made.right = places_[right(i)];
      if (right(i) != left(i)) release(right(i), i);
    } else {
      made.map = map_of({static_cast<UnaryKind>(tape_.code[4 * i + 1]), tape_.parameters[2 * i],
                         tape_.parameters[2 * i + 1]});
    }
    if (is_last)
      made.to.kind = Place::Kind::result;
    else
      made.to.slot = take();
    places_.push_back(made.to);
    program_.code.push_back(made);
  }
  void release(std::size_t reg, std::size_t i) {
    if (reg >= inputs_ && last_reader_[reg] == i) free_.push_back(places_[reg].slot);
  }
  std::size_t take() {
    if (free_.empty()) return program_.slots++;
    const std::size_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  const Tape& tape_;
  std::size_t inputs_;
  std::vector<Place> places_;
  std::vector<std::size_t> last_reader_, free_;
  Program program_;
};

// A block of the output: `rows` rows of `columns` from element `first` on, which is channel `channel`.
struct Block {
  std::int64_t first, channel, rows, columns;
};

// Runs every instruction on one block.
struct Runner {
  const Program& program;
  const Frame& frame;
  float* slots;
  float* y;
  kernels::KernelFunction<kernels::Map> map;
  kernels::KernelFunction<kernels::Combine> combine;

  kernels::Grid grid(const Place& place, const Block& block) const {
    const float* const input = frame.at<const float>(place.address);
    switch (place.kind) {
      case Place::Kind::dense:
        return {input + block.first, block.columns, 1};
      case Place::Kind::number:
        return {input, 0, 0};
      case Place::Kind::channels:
        return {input + block.channel, 0, 1};
      default:
        return {slots + static_cast<std::int64_t>(place.slot) * kBlock, block.columns, 1};
    }
  }

  void operator()(const Block& block) const {
    for (const Instruction& instruction : program.code) {
      kernels::Combine p{};
      p.a = grid(instruction.left, block);
      p.y = instruction.to.kind == Place::Kind::result
                ? y + block.first
                : slots + static_cast<std::int64_t>(instruction.to.slot) * kBlock;
      p.rows = static_cast<std::size_t>(block.rows);
      p.columns = static_cast<std::size_t>(block.columns);
      if (instruction.is_binary) {
        p.pair = instruction.pair;
        p.b = grid(instruction.right, block);
        combine(p);
        continue;
      }
      kernels::Map q = instruction.map;
      q.x = p.a.data;
      q.y = p.y;
      q.count = p.rows * p.columns;
      if (p.a.row == 0) q.x = spread(p);
      map(q);
    }
  }

  // An operand that repeats, written out: adding -0 changes no number.
  const float* spread(kernels::Combine p) const {
    static constexpr float kNothing = -0.0f;
    p.pair = kernels::Pair::add;
    p.b = {&kNothing, 0, 0};
    combine(p);
    return p.y;
  }
};

std::optional<Choice> choose(const NodeView&, const Processor&, const NumericOptions&) {
  Choice choice;
  choice.algorithm = "tape";
  choice.in_place = 0;
  return choice;
}

Result<Step> emit(const NodeView& node, const Choice&, const Processor& processor) {
  const std::int64_t count = node.outputs[0].count();
  Program program = Compiler(node).program();
  const std::int64_t width = std::max<std::int64_t>(1, program.channels);
  const Chunks chunks = Chunks::of(count / width, width);
  Step step;
  step.kernel = VIVACE_KERNEL_NAMES("tape")[processor.isa];
  step.chunks = chunks.count();
  step.workspace_bytes = program.slots * kBlock * sizeof(float);
  step.work = make_work([=, map = kernels::pick(kernels::map, processor.isa),
                         combine = kernels::pick(kernels::combine, processor.isa),
                         to = node.outputs[0].address](const Frame& frame, Share share) noexcept {
    const Runner run{
        program, frame,  reinterpret_cast<float*>(frame.workspace_of(share.worker)), frame.at<float>(to),
        map,     combine};
    const bool flat = program.channels == 0;
    const std::int64_t rows = std::max<std::int64_t>(1, kBlock / width), end = chunks.end(share);
    for (std::int64_t row = chunks.begin(share); row < end; row += rows) {
      const std::int64_t here = std::min(rows, end - row);
      for (std::int64_t c = 0; c < width; c += kBlock) {
        const std::int64_t columns = std::min(kBlock, width - c);
        run(flat ? Block{row, 0, 1, here} : Block{row * width + c, c, here, columns});
      }
    }
  });
  return step;
}

}  // namespace

extern const Emitter k_tape;
constinit const Emitter k_tape{"tape", choose, emit};

}  // namespace vivace::cpu
