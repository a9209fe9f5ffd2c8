"""Results as JSON and as a table in Markdown."""

import math
import platform


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((x.split(":", 1)[1].strip() for x in file if x.startswith("model name")), "unknown")
    return {"processor": model, "system": platform.platform()}


def ratios(row):
    """(best peer's median / vivace's, TensorFlow's / vivace's): above 1 vivace is faster."""
    medians = {e: r["median"] for e, r in row["engines"].items() if "median" in r}
    mine = medians.pop("vivace", None)
    if mine is None or not medians:
        return None, None
    tensorflow = [m for e, m in medians.items() if e.startswith("tensorflow")]
    return min(medians.values()) / mine, (min(tensorflow) / mine if tensorflow else None)


def _milliseconds(record):
    if "median" not in record:
        return "-"
    return f"{1e3 * record['median']:.3g} ({1e3 * record['min']:.3g})"


def _mean(values):
    known = [math.log(v) for v in values if v]
    return f"{math.exp(sum(known) / len(known)):.2f}" if known else "-"


def markdown(report, engines):
    lines = [f"{report['machine']['processor']}, {report['machine']['system']}; milliseconds, median (minimum); "
             "ratios above 1: vivace is faster; TF is the faster of TensorFlow's two.", "",
             "| network | batch | threads | " + " | ".join(engines) + " | best peer / vivace | TF / vivace |",
             "|---|---|---|" + "---|" * (len(engines) + 2)]
    for row in report["results"]:
        cells = [_milliseconds(row["engines"].get(e, {})) for e in engines]
        both = [f"{r:.2f}" if r else "-" for r in ratios(row)]
        lines.append("| " + " | ".join([row["network"], str(row["batch"]), str(row["threads"]), *cells, *both]) + " |")
    means = [_mean(column) for column in zip(*[ratios(row) for row in report["results"]])] or ["-", "-"]
    lines.append("| geometric mean | | | " + " | ".join([""] * len(engines)) + f" | {means[0]} | {means[1]} |")
    versions = {e: r["version"] for row in report["results"] for e, r in row["engines"].items() if "version" in r}
    lines += ["", "Versions: " + ", ".join(f"{e} {v}" for e, v in versions.items()) + ".",
              "Largest difference from TensorFlow's answer, of the largest value: " + _differences(report) + ".",
              "The peers are called from Python with inputs placed beforehand and, where there is such a call, outputs "
              "too; that costs a few microseconds a call, which vivace, timed inside its program, does not pay."]
    problems = sorted({f"{row['network']} batch {row['batch']}: {e}: {r['error']}" for row in report["results"]
                       for e, r in row["engines"].items() if "error" in r})
    return "\n".join(lines + [""] + [f"- {p}" for p in problems]).rstrip() + "\n"


def _differences(report):
    worst = {}
    for row in report["results"]:
        for engine, record in row["engines"].items():
            if "difference" in record:
                worst[engine] = max(worst.get(engine, 0.0), record["difference"])
    return ", ".join(f"{e} {v:.1e}" for e, v in worst.items())
