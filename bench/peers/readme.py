"""The README's figures between two marks, and its chart, from the last runs' records: nothing is typed in by hand."""

import json

from peers import chart, machine
from peers.goals import NAMES, ratios
from peers.table import duration

BEGIN, END = "<!-- figures: ./dev bench peers --readme -->", "<!-- end of figures -->"
CHART = "docs/speed.svg"
COLUMNS = {"vivace": "vivace"} | {name: prefix for name, (prefix, _) in chart.ENGINES.items()}
PROGRAMS = {"onnxruntime in C": "smallest C program on ONNX Runtime", "openvino in C": "on OpenVINO",
            "litert in C": "on LiteRT"}


def _table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *("| " + " | ".join(r) + " |" for r in rows)]


def _predictions(report):
    rows = []
    for row in report["results"]:
        name = NAMES[row["network"]] + (f", batch {row['batch']}" if row["batch"] > 1 else "")
        ratio = ratios(row)[0]
        rows.append([name, str(row["threads"]), *(duration(chart.best(row, prefix)) for prefix in COLUMNS.values()),
                     f"{ratio:.2f}" if ratio else "-"])
    return ["Time for one prediction, float32 or int8 where that is said, medians of interleaved rounds, each row in one "
            f"run (the last at {report['started']}). Answers were compared first: in float32 with TensorFlow's; in int8 "
            "vivace's must be TensorFlow Lite's in every byte, the others' differ by their rounding. C stands beside C: one small program runs vivace, ONNX Runtime, OpenVINO and LiteRT on their own "
            f"libraries; TensorFlow ({_tensorflow(report)}) runs in Python.", "",
            *_table(["network", "threads", *COLUMNS, "best peer / vivace"], rows), "",
            f"![Times as long as vivace, by network and engine]({CHART})", "",
            f"{_versions(report)}. {machine.text(report['machine'])}."]


def _tensorflow(report):
    """Which of its two ways to run a function were measured."""
    rows = [row["engines"] for row in report["results"] if "tensorflow" in row["engines"]]
    with_xla = sum("tensorflow-xla" in engines for engines in rows)
    if with_xla == len(rows):
        return "the faster of its compiled function and XLA"
    return "its compiled function; XLA where that was measured" if with_xla else "its compiled function, without XLA"


def _versions(report):
    found = {e.removesuffix("-python"): r["version"] for row in report["results"] for e, r in row["engines"].items()
             if "version" in r and e != "tensorflow-xla"}
    return ", ".join(f"{name} {found[prefix]}" for name, prefix in COLUMNS.items() if prefix in found)


def _starts(report):
    rows = []
    for case, records in report["cases"].items():
        mine = records["vivace predict"]["median_s"]
        for name, record in records.items():
            if name != "/bin/true":
                ratio = record["median_s"] / mine
                rows.append([NAMES.get(case, "the example of ./dev demo"), PROGRAMS.get(name, name),
                             duration(record["median_s"]), f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2f}"])
    return ["", "The whole process, from exec to the printed answer (`./dev bench start`):", "",
            *_table(["model", "program", "median", "times vivace's"], rows)]


def _opens(report):
    rows = []
    for network, engines in report["networks"].items():
        rows += [[NAMES[network], name, duration(r["ready_s"]["median"]), duration(r["first_s"]["median"])]
                 for name, r in engines.items()]
    return ["", "From a file to a model that is ready, and to its first answer, each engine from its own format "
            f"({report['threads']} threads, `./dev bench open`):", "",
            *_table(["network", "engine", "ready", "first answer"], rows)]


def _neighbours(report):
    rows = []
    for network, engines in report["networks"].items():
        for name, kinds in engines.items():
            ratio = kinds["2 threads beside"]["p99"] / kinds["1 thread alone"]["p99"]
            rows.append([NAMES[network], name, *(duration(k["p99"]) for k in kinds.values()), f"{ratio:.2f}"])
    heads = ["network", "engine", "1 thread alone", "2 threads alone", "2 threads beside it", "beside / 1 alone"]
    return ["", "The slowest of a hundred calls (99th percentile) while another process keeps one of the two "
            "processors busy (`./dev bench neighbour`):", "", *_table(heads, rows)]


def write(root, records):
    """Requires records["peers"]; the other benchmarks' are told where they were run."""
    page = root / "README.md"
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"README.md lacks the marks {BEGIN} and {END}")
    lines = _predictions(records["peers"])
    for name, section in (("start", _starts), ("open", _opens), ("neighbour", _neighbours)):
        if name in records:
            lines += section(records[name])
    page.write_text(before + "\n".join([BEGIN, *lines, END]) + after)
    (root / CHART).write_text(chart.svg(records["peers"]))


def read(peers, folder):
    """{"peers": ..., "open": ...}: that record, and of the other benchmarks those that lie in the folder."""
    others = {name: folder / f"{name}.json" for name in ("start", "open", "neighbour")}
    return {name: json.loads(file.read_text()) for name, file in ({"peers": peers} | others).items() if file.exists()}
