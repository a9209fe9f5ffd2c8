#include "plan/strips.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/memory/aligned_buffer.h"

namespace vivace {

LineSpan Lines::needed(LineSpan out) const {
  if (out.begin >= out.end) return {0, 0};
  const std::int64_t begin = std::clamp<std::int64_t>(out.begin * stride - before, 0, inputs);
  const std::int64_t end = std::clamp<std::int64_t>((out.end - 1) * stride - before + extent, begin, inputs);
  return {begin, end};
}

LineSpan Lines::whole(LineSpan out) const {
  return {out.begin / unit * unit, std::min(outputs, (out.end + unit - 1) / unit * unit)};
}

namespace {

using Spans = std::array<LineSpan, kMostStages>;
using Numbers = std::array<std::int64_t, kMostStages>;

// What each stage has to make for the lines `out` of the last, from the last stage up. Of the lines `made`
// behind each stage before, those that are still needed are kept and not made again.
Spans spans_of(std::span<const Lines> stages, LineSpan out, Spans& made) {
  Spans spans{};
  spans[stages.size() - 1] = out;
  for (std::size_t i = stages.size() - 1; i > 0; --i) {
    LineSpan& have = made[i - 1];
    if (spans[i].begin == spans[i].end) {
      spans[i - 1] = {have.end, have.end};
      continue;
    }
    const LineSpan want = stages[i - 1].whole(stages[i].needed(spans[i]));
    if (want.begin < have.begin || want.begin > have.end) have = {want.begin, want.begin};
    spans[i - 1] = {have.end, std::max(have.end, want.end)};
    have = {want.begin, spans[i - 1].end};
  }
  return spans;
}

// The most lines that are alive behind each stage when strips of `strip` lines follow one another, or when a
// worker starts at any of them.
Numbers most_lines(std::span<const Lines> stages, std::int64_t strip) {
  Numbers most{};
  Spans followed{};
  const std::int64_t lines = stages.back().outputs;
  for (std::int64_t begin = 0; begin < lines; begin += strip) {
    Spans fresh{};
    for (Spans* const made : {&fresh, &followed}) {
      spans_of(stages, {begin, std::min(lines, begin + strip)}, *made);
      for (std::size_t i = 0; i + 1 < stages.size(); ++i)
        most[i] = std::max(most[i], (*made)[i].end - (*made)[i].begin);
    }
  }
  return most;
}

// Room for the lines of a strip and as many again, so that old lines move up only now and then.
std::int64_t room_of(const Lines& stage, std::int64_t most) { return std::min(stage.outputs, 2 * most); }

// What a worker keeps from strip to strip, at the start of its workspace.
struct Rolling {
  Spans made{};     // lines behind each stage
  Numbers first{};  // the line at the start of that memory
};

class ChainWork : public Work {
 public:
  ChainWork(std::vector<Stage> stages, Address input, Address output, std::int64_t strip)
      : stages_(std::move(stages)), input_(input), output_(output), strip_(strip) {
    for (const Stage& stage : stages_) lines_.push_back(stage.lines);
    strips_ = (lines_.back().outputs + strip - 1) / strip;
    const Numbers most = most_lines(lines_, strip);
    std::size_t offset = aligned(sizeof(Rolling)), inner = 0;
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      offset_[i] = offset;
      inner = std::max(inner, stages_[i].step.workspace_bytes);
      if (i + 1 == stages_.size()) break;
      room_[i] = room_of(lines_[i], most[i]);
      offset += aligned(static_cast<std::size_t>(room_[i]) * lines_[i].output_bytes);
    }
    workspace_bytes_ = offset + inner;
  }

  std::size_t workspace_bytes() const { return workspace_bytes_; }
  std::int64_t chunks() const { return lines_.back().images * strips_; }

  Fault run(const Frame& frame, Share share) const noexcept override {
    auto& rolling = *reinterpret_cast<Rolling*>(frame.workspace_of(share.worker));
    Continuation* const past = frame.continuations ? &frame.continuations[share.worker] : nullptr;
    const bool goes_on = past && past->work == this && past->call == frame.call && past->next == share.begin;
    if (!goes_on) rolling = {};
    for (std::int64_t chunk = share.begin; chunk < share.end; ++chunk) {
      const std::int64_t begin = chunk % strips_ * strip_;
      if (begin == 0) rolling = {};  // another image
      run_strip(frame, share.worker, chunk / strips_,
                {begin, std::min(lines_.back().outputs, begin + strip_)});
    }
    if (past) *past = {this, frame.call, share.end};
    return Fault::none;
  }

 private:
  void run_strip(const Frame& frame, int worker, std::int64_t image, LineSpan out) const {
    std::byte* const workspace = frame.workspace_of(worker);
    auto& rolling = *reinterpret_cast<Rolling*>(workspace);
    const Spans before = rolling.made, spans = spans_of(lines_, out, rolling.made);
    const std::size_t last = stages_.size() - 1;
    const auto at = [](std::byte* base, std::int64_t line, std::size_t bytes) {
      return base + line * static_cast<std::int64_t>(bytes);
    };
    const std::byte* x = at(frame.at<std::byte>(input_), image * lines_[0].inputs, lines_[0].input_bytes);
    for (std::size_t i = 0; i <= last; ++i) {
      std::byte* y = nullptr;
      if (i == last) {
        y = at(frame.at<std::byte>(output_), image * lines_[i].outputs, lines_[i].output_bytes);
      } else {
        make_room(workspace + offset_[i], i, before[i], rolling);
        y = at(workspace + offset_[i], -rolling.first[i], lines_[i].output_bytes);
      }
      if (spans[i].begin < spans[i].end)
        stages_[i].step.line_work->run_lines(frame, workspace + offset_[last], image, x, y, spans[i]);
      x = y;
    }
  }

  // Where the lines that are wanted do not fit behind the old ones, the old ones still needed move up.
  void make_room(std::byte* memory, std::size_t i, LineSpan before, Rolling& rolling) const {
    const LineSpan made = rolling.made[i];
    const bool keeps = before.begin < before.end && made.begin >= before.begin && made.begin <= before.end;
    if (keeps && made.end - rolling.first[i] <= room_[i]) return;
    if (keeps)
      std::memmove(memory,
                   memory + static_cast<std::size_t>(made.begin - rolling.first[i]) * lines_[i].output_bytes,
                   static_cast<std::size_t>(before.end - made.begin) * lines_[i].output_bytes);
    rolling.first[i] = made.begin;
  }

  std::vector<Stage> stages_;
  std::vector<Lines> lines_;
  Address input_, output_;
  std::int64_t strip_, strips_ = 0;
  Numbers room_{};  // lines of memory behind each stage but the last
  std::array<std::size_t, kMostStages> offset_{};
  std::size_t workspace_bytes_ = 0;
};

}  // namespace

std::int64_t strip_lines(std::span<const Lines> stages, std::size_t budget) {
  const Lines& last = stages.back();
  const auto fits = [&](std::int64_t strip) {
    const auto most = most_lines(stages, strip);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i + 1 < stages.size(); ++i)
      bytes += static_cast<std::size_t>(room_of(stages[i], most[i])) * stages[i].output_bytes;
    return bytes <= budget;
  };
  std::int64_t strip = 0;
  for (std::int64_t trial = last.unit; trial <= last.outputs && fits(trial); trial += last.unit)
    strip = trial;
  if (strip == 0) return 0;
  // As many strips as threads can share out evenly.
  constexpr std::int64_t kEven = 8;
  const std::int64_t strips = (last.outputs + strip - 1) / strip;
  const std::int64_t even = (strips + kEven - 1) / kEven * kEven;
  return last.whole({0, (last.outputs + even - 1) / even}).end;
}

Step chain_steps(std::vector<Stage> stages, Address input, Address output, std::int64_t strip) {
  static constexpr std::string_view kNames[kMostStages + 1] = {"",
                                                               "",
                                                               "strips of 2",
                                                               "strips of 3",
                                                               "strips of 4",
                                                               "strips of 5",
                                                               "strips of 6",
                                                               "strips of 7",
                                                               "strips of 8"};
  Step chain;
  chain.node = stages.back().step.node;
  chain.kernel = kNames[stages.size()];
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Cost& cost = stages[i].step.cost;
    const Lines& lines = stages[i].lines;
    const auto between =
        i == 0 ? 0
               : static_cast<double>(lines.images * lines.inputs) * static_cast<double>(lines.input_bytes);
    chain.parts.push_back({stages[i].step.node, stages[i].step.kernel});
    chain.cost.flops += cost.flops;
    chain.cost.weight_bytes += cost.weight_bytes;
    chain.cost.bytes_read += cost.bytes_read - between;
    chain.cost.bytes_written += cost.bytes_written - between;
  }
  auto work = std::make_unique<const ChainWork>(std::move(stages), input, output, strip);
  chain.chunks = work->chunks();
  chain.workspace_bytes = work->workspace_bytes();
  chain.work = std::move(work);
  return chain;
}

}  // namespace vivace
