"""The README's figures between two marks, and its chart, from a run's record: nothing is typed in by hand."""

from peers import chart, machine
from peers.goals import NAMES, ratios
from peers.table import duration

BEGIN, END = "<!-- figures: ./dev bench peers --readme -->", "<!-- end of figures -->"
CHART = "docs/speed.svg"
COLUMNS = {"vivace": "vivace"} | {name: prefix for name, (prefix, _) in chart.ENGINES.items()}


def _table(rows):
    lines = ["| network | threads | " + " | ".join(COLUMNS) + " | best peer / vivace |",
             "|---|---|" + "---|" * (len(COLUMNS) + 1)]
    for row in rows:
        name = NAMES[row["network"]] + (f", batch {row['batch']}" if row["batch"] > 1 else "")
        ratio = ratios(row)[0]
        cells = [name, str(row["threads"]), *(duration(chart.best(row, prefix)) for prefix in COLUMNS.values()),
                 f"{ratio:.2f}" if ratio else "-"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _versions(report):
    found = {e.removesuffix("-python"): r["version"] for row in report["results"] for e, r in row["engines"].items()
             if "version" in r and e != "tensorflow-xla"}
    return ", ".join(f"{name} {found[prefix]}" for name, prefix in COLUMNS.items() if prefix in found)


def figures(report):
    seconds = report.get("seconds", 0)
    return "\n".join([
        "Time for one prediction, float32, medians of interleaved rounds in one run "
        f"({report['started']}, {seconds / 60:.0f} min); every engine's answers were compared first. C stands "
        "beside C: the peers run in small programs on their own C libraries, TensorFlow (the faster of its compiled "
        "function and XLA) in Python.", "", *_table(report["results"]), "",
        f"![Times as long as vivace, by network and engine]({CHART})", "",
        f"{_versions(report)}. {machine.text(report['machine'])}."])


def write(root, report):
    page = root / "README.md"
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"README.md lacks the marks {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{figures(report)}\n{END}{after}")
    (root / CHART).write_text(chart.svg(report))
