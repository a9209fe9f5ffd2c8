"""Results as tables in Markdown."""

import math

from peers import machine
from peers.goals import MOST_SECONDS, goal, memory, ratios, reached, shares

PYTHON = "&#42;"  # marks what was called from Python: an asterisk that Markdown leaves alone
MARKS = {True: "yes", False: "no", None: ""}


def duration(seconds):
    """With three digits, in milliseconds or microseconds."""
    if seconds is None:
        return "-"
    scaled, unit = (1e3 * seconds, "ms") if seconds >= 1e-3 else (1e6 * seconds, "µs")
    return f"{scaled:,.0f} {unit}" if scaled >= 1000 else f"{float(f'{scaled:.3g}'):.10g} {unit}"


def times(record):
    if "median" not in record:
        return "-"
    return f"{duration(record['median'])} ({duration(record['min'])})" + \
        (PYTHON if record.get("through") == "Python" else "")


def _mean(values):
    known = [math.log(v) for v in values if v]
    return f"{math.exp(sum(known) / len(known)):.2f}" if known else "-"


def _number(value):
    return f"{value:.2f}" if value else "-"


def _line(cells):
    return "| " + " | ".join(cells) + " |"


def speed(report, engines):
    """The table of times, ratios and goals."""
    lines = [_line(["network", "batch", "threads", *engines, "best peer / vivace", "goal", "reached", "TF / vivace"]),
             "|---|---|---|" + "---|" * (len(engines) + 4)]
    for row in report["results"]:
        best, tensorflow, _ = ratios(row)
        wanted = f"{goal(row):g}" if goal(row) else ""
        if row["network"] in MOST_SECONDS:
            wanted += f", {1e6 * MOST_SECONDS[row['network']]:g} µs"
        lines.append(_line([row["network"], str(row["batch"]), str(row["threads"]),
                            *(times(row["engines"].get(e, {})) for e in engines),
                            _number(best), wanted, MARKS[reached(row)], _number(tensorflow)]))
    columns = [_mean(column) for column in zip(*[ratios(row)[:2] for row in report["results"]])] or ["-", "-"]
    marks = [reached(row) for row in report["results"]]
    count = f"{marks.count(True)} of {len(marks) - marks.count(None)}"
    lines.append(_line(["geometric mean", "", "", *([""] * len(engines)), columns[0], "", count, columns[1]]))
    return lines


def _megabytes(value):
    return f"{value / 1e6:.1f}" if value else "-"


def memories(report, engines):
    """The table of peak memory."""
    lines = [_line(["network", "batch", "threads", *engines, "weights + arena + 10 MB", "best peer / vivace",
                    "reached"]), "|---|---|---|" + "---|" * (len(engines) + 3)]
    for row in report["results"]:
        cells = [_megabytes(row["engines"].get(e, {}).get("peak_bytes")) for e in engines]
        mine, allowed, best = memory(row) or (None, None, None)
        last = [_megabytes(allowed), f"{best / mine:.2f}", MARKS[mine <= min(allowed, best)]] if mine else ["-"] * 3
        lines.append(_line([row["network"], str(row["batch"]), str(row["threads"]), *cells, *last]))
    return lines


def ceilings(report):
    """The table of how much of what the machine can do vivace makes use of."""
    lines = [_line(["network", "batch", "threads", "GFLOP", "of the multiply-add peak", "weights, MB",
                    "of the bandwidth"]), "|---|---|---|---|---|---|---|"]
    for row in report["results"]:
        share = shares(row)
        if share:
            work, percent = row["engines"]["vivace"]["work"], [f"{100 * s:.0f} %" if s else "-" for s in share]
            lines.append(_line([row["network"], str(row["batch"]), str(row["threads"]), f"{work['flops'] / 1e9:.3g}",
                                percent[0], _megabytes(work["weight_bytes"]), percent[1]]))
    return lines


SPEED = ("Medians (minima); ratios above 1: vivace is faster; TF is the faster of TensorFlow's two. "
         f"{PYTHON}: called from Python with inputs placed beforehand, which costs some microseconds a call; all the "
         "others are called from C or C++ by one and the same program, calls of microseconds many at once.")
MEMORY = ("Peak resident memory of the whole process in MB, with the libraries it maps and the model's file where it "
          "is mapped: of the smallest program on each engine's library (vivace's model is prepared, as from the second "
          "start on), and for those from Python with Python, the framework and the model made of it. The best peer is "
          "the one from C with the least; the goal is not to need more than that, nor than weights, arena and 10 MB.")
MACHINE = ("What vivace makes of the machine: of as many multiply-adds as its cores can do in registers, and of the "
           "speed at which they read as many bytes as there are weights again and again, both measured just before. "
           "Convolutions by Winograd do fewer multiply-adds than are counted.")


def markdown(report, engines):
    versions = {e: r["version"] for row in report["results"] for e, r in row["engines"].items() if "version" in r}
    problems = sorted({f"- {row['network']} batch {row['batch']}: {e}: {r['error']}" for row in report["results"]
                       for e, r in row["engines"].items() if "error" in r})
    lines = [machine.text(report["machine"]) + ".", "", SPEED, "", *speed(report, engines), "",
             MEMORY, "", *memories(report, engines), "", MACHINE, "", *ceilings(report), "",
             "Versions: " + ", ".join(f"{e} {v}" for e, v in versions.items()) + ".",
             "Largest difference from TensorFlow's answer, of the largest value: " + _differences(report) + "."]
    return "\n".join(lines + [""] + problems).rstrip() + "\n"


def _differences(report):
    worst = {}
    for row in report["results"]:
        for engine, record in row["engines"].items():
            if "difference" in record:
                worst[engine] = max(worst.get(engine, 0.0), record["difference"])
    return ", ".join(f"{e} {v:.1e}" for e, v in worst.items())
