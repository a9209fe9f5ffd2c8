// The run as a trace of Chrome's JSON form, which Perfetto opens: phases, calls, processes, and how the
// critical thread's time divided.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings/claims.h"
#include "doctor/report/report.h"
#include "doctor/report/words.h"
#include "formats/json/writer.h"

namespace vivace::doctor {
namespace {

double in_us(Ns time) { return static_cast<double>(time) * 1e-3; }

constexpr std::int64_t kProgram = 1, kProcesses = 2;  // of the trace, no real numbers
constexpr std::int64_t kPhaseTrack = 1, kFirstCallTrack = 10;
constexpr std::size_t kMostCalls = 60;

class Trace {
 public:
  Trace() { json_.begin_object().key("displayTimeUnit").value("ms").key("traceEvents").begin_array(); }

  JsonWriter& begin(std::string_view kind, std::string_view name, std::int64_t process, std::int64_t track) {
    json_.begin_object().key("ph").value(kind).key("name").value(name);
    return json_.key("pid").value(process).key("tid").value(track);
  }
  void name_track(std::string_view what, std::string_view name, std::int64_t process, std::int64_t track) {
    begin("M", what, process, track).key("args").begin_object().key("name").value(name).end().end();
  }
  /// Leaves the event open for its arguments.
  JsonWriter& stretch(std::string_view name, std::int64_t process, std::int64_t track, Ns from, Ns to) {
    return begin("X", name, process, track)
        .key("ts")
        .value(in_us(from))
        .key("dur")
        .value(in_us(std::max<Ns>(0, to - from)));
  }
  std::string take() {
    json_.end().end();
    return json_.take() + "\n";
  }

 private:
  JsonWriter json_;
};

// Within a slice the order of phases is not known: they stand in the order in which programs have them.
void write_phases(Trace& trace, const Evidence& evidence) {
  std::size_t open = kPhases;
  Ns from = 0, to = 0;
  const auto close = [&] {
    if (open < kPhases)
      trace.stretch(phase_name(static_cast<Phase>(open)), kProgram, kPhaseTrack, from, to).end();
  };
  for (const Slice& slice : evidence.slices) {
    Ns now = slice.start;
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      if (slice.phase[phase] <= 0) continue;
      const Ns end = std::min(now + slice.phase[phase], slice.end);
      if (phase != open) {
        close();
        open = phase, from = now;
      }
      to = now = end;
    }
  }
  close();
}

void write_calls(Trace& trace, const Python& python) {
  std::vector<const Calls*> rows;
  for (const Calls& calls : python.calls) rows.push_back(&calls);
  std::ranges::stable_sort(rows, std::ranges::greater(), &Calls::total);
  if (rows.size() > kMostCalls) rows.resize(kMostCalls);
  std::int64_t track = kFirstCallTrack;
  for (const Calls* const calls : rows) {
    const std::string name = text("{} {}", calls->kind, calls->object);
    trace.name_track("thread_name", text("{} {}", calls->kind, place_of(calls->file, calls->line)), kProgram,
                     track);
    trace.stretch(name, kProgram, track, calls->first_at, calls->last_end)
        .key("args")
        .begin_object()
        .key("calls")
        .value(calls->count)
        .key("input")
        .value(calls->shape)
        .key("dtype")
        .value(calls->dtype)
        .key("total_ms")
        .value(in_us(calls->total) / 1e3)
        .key("first_ms")
        .value(in_us(calls->first) / 1e3)
        .key("least_ms")
        .value(in_us(calls->least) / 1e3)
        .key("most_ms")
        .value(in_us(calls->most) / 1e3)
        .end()
        .end();
    ++track;
  }
}

// Shares of the slice: on a processor, waiting for one, and waiting for anything else.
void write_shares(Trace& trace, const Evidence& evidence) {
  for (const Slice& slice : evidence.slices) {
    const Ns span = slice.end - slice.start;
    if (span <= 0) continue;
    const auto share = [&](Ns part) { return std::clamp(100 * seconds(part) / seconds(span), 0.0, 100.0); };
    trace.begin("C", "critical thread, %", kProgram, 0)
        .key("ts")
        .value(in_us(slice.start))
        .key("args")
        .begin_object()
        .key("runs")
        .value(share(slice.run))
        .key("waits for a processor")
        .value(share(slice.queued))
        .key("waits otherwise")
        .value(share(span - slice.run - slice.queued))
        .end()
        .end();
    trace.begin("C", "processors of other threads", kProgram, 0)
        .key("ts")
        .value(in_us(slice.start))
        .key("args")
        .begin_object()
        .key("busy")
        .value(seconds(slice.others_run) / seconds(span))
        .end()
        .end();
  }
}

}  // namespace

std::string as_trace(const Evidence& evidence) {
  Trace trace;
  trace.name_track("process_name", command_line(evidence), kProgram, 0);
  trace.name_track("thread_name", "phases", kProgram, kPhaseTrack);
  write_phases(trace, evidence);
  write_calls(trace, evidence.python);
  write_shares(trace, evidence);
  trace.name_track("process_name", "processes", kProcesses, 0);
  for (const Process& process : evidence.processes)
    trace
        .stretch(text("{} {}", process.name, process.pid), kProcesses, process.pid, process.start,
                 process.end)
        .key("args")
        .begin_object()
        .key("user_s")
        .value(seconds(process.user))
        .key("system_s")
        .value(seconds(process.system))
        .key("peak_memory")
        .value(process.peak_memory)
        .end()
        .end();
  return trace.take();
}

}  // namespace vivace::doctor
