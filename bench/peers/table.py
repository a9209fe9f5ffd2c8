"""Results as tables in Markdown."""

import math

from peers import machine
from peers.goals import MOST_SECONDS, goal, memory, ratios, reached

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
    lines = [_line(["network", "batch", "threads", "weights", *engines, "best peer / vivace"]),
             "|---|---|---|---|" + "---|" * (len(engines) + 1)]
    for row in report["results"]:
        both = memory(row)
        cells = [_megabytes(row["engines"].get(e, {}).get("peak_bytes")) for e in engines]
        lines.append(_line([row["network"], str(row["batch"]), str(row["threads"]), _megabytes(row["weights_bytes"]),
                            *cells, f"{both[1] / both[0]:.2f}" if both else "-"]))
    return lines


def markdown(report, engines):
    versions = {e: r["version"] for row in report["results"] for e, r in row["engines"].items() if "version" in r}
    problems = sorted({f"- {row['network']} batch {row['batch']}: {e}: {r['error']}" for row in report["results"]
                       for e, r in row["engines"].items() if "error" in r})
    lines = [machine.text(report["machine"]) + ".", "",
             "Medians (minima); ratios above 1: vivace is faster; TF is the faster of TensorFlow's two. "
             f"{PYTHON}: called from Python with inputs placed beforehand, which costs some microseconds a call; all "
             "others are called from C or C++, inside one process.", "", *speed(report, engines), "",
             "Peak resident memory of the whole process in MB, with the libraries it maps and the model's file where "
             "it is mapped: of vivace bench, of the smallest C program on each peer's library, and for those from "
             "Python with Python, the framework and the model made of it. The best peer is the one from C with the "
             "least.", "", *memories(report, engines), "",
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
