"""The chart of a run as an SVG: how many times as long as vivace each peer takes, network by network."""

import math
from html import escape

from peers.goals import NAMES

ENGINES = {"TensorFlow": ("tensorflow", "#d1495b"), "ONNX Runtime": ("onnxruntime", "#3d7ea6"),
           "OpenVINO": ("openvino", "#8a5fbf"), "LiteRT": ("litert", "#c98a1b")}
LEFT, PLOT, RIGHT, TOP, ROW, BOTTOM = 210, 520, 60, 64, 30, 46  # pixels
FROM, TO = 0.5, 32.0  # of the axis; what lies beyond is drawn at its end with its number
TICKS = (0.5, 1, 2, 4, 8, 16, 32)
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .small { font-size: 11px; fill: #57606a; }
  .grid { stroke: #d0d7de; } .one { stroke: #1a7f37; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; } .one { stroke: #3fb950; }
  }"""


def best(row, prefix):
    """The least median of an engine's variants (XLA or not, C or Python), in seconds."""
    return min((r["median"] for e, r in row["engines"].items() if e.startswith(prefix) and "median" in r),
               default=None)


def _x(ratio):
    share = math.log(min(max(ratio, FROM), TO) / FROM) / math.log(TO / FROM)
    return LEFT + PLOT * share


def _dot(ratio, y, colour, filled, label):
    fill = colour if filled else "none"
    shape = (f'<circle cx="{_x(ratio):.1f}" cy="{y}" r="4.5" fill="{fill}" stroke="{colour}" stroke-width="2">'
             f"<title>{escape(label)}: {ratio:.2f}</title></circle>")
    return shape + (f'<text class="small" x="{LEFT + PLOT + 9}" y="{y + 4}">{ratio:.0f}</text>' if ratio > TO else "")


def _row(place, network, rows):
    """A network: its name, and above one another the threads that were measured."""
    y = TOP + ROW * place
    parts = [f'<line class="grid" x1="{LEFT}" x2="{LEFT + PLOT}" y1="{y}" y2="{y}"/>',
             f'<text x="{LEFT - 12}" y="{y + ROW / 2 + 4}" text-anchor="end">{escape(NAMES[network])}</text>']
    for row in rows:
        mine = best(row, "vivace")
        for name, (prefix, colour) in ENGINES.items():
            time = best(row, prefix)
            if mine and time:
                one = row["threads"] == 1
                label = f"{name}, {'1 thread' if one else '2 threads'}"
                parts.append(_dot(time / mine, y + (9 if one else 21), colour, one, label))
    return parts


def _axis(height):
    parts = []
    for tick in TICKS:
        kind = "one" if tick == 1 else "grid"
        parts.append(f'<line class="{kind}" x1="{_x(tick):.1f}" x2="{_x(tick):.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>'
                     f'<text class="small" x="{_x(tick):.1f}" y="{height - BOTTOM + 16}" text-anchor="middle">{tick:g}'
                     "</text>")
    parts.append(f'<text class="small" x="{LEFT + PLOT / 2}" y="{height - 10}" text-anchor="middle">times as long as '
                 "vivace (1: the same; to the right vivace is faster)</text>")
    return parts


def _legend():
    parts, x = [], 16
    for name, (_, colour) in ENGINES.items():
        parts.append(f'<circle cx="{x}" cy="38" r="4.5" fill="{colour}"/><text x="{x + 10}" y="42">{name}</text>')
        x += 30 + 8 * len(name)
    for filled, text in ((True, "1 thread"), (False, "2 threads")):
        parts.append(f'<circle cx="{x + 12}" cy="38" r="4.5" fill="{"#808890" if filled else "none"}" stroke="#808890" '
                     f'stroke-width="2"/><text x="{x + 22}" y="42">{text}</text>')
        x += 90
    return parts


def svg(report):
    networks = {}
    for row in report["results"]:
        if row["batch"] == 1 and row["threads"] in (1, 2):
            networks.setdefault(row["network"], []).append(row)
    width, height = LEFT + PLOT + RIGHT, TOP + ROW * len(networks) + BOTTOM
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
             f'height="{height}" role="img">', f"<style>{STYLE}\n</style>",
             "<title>Time for one prediction beside vivace's</title>",
             '<text x="16" y="20" font-weight="600">One prediction, float32, batch 1, medians</text>',
             *_legend(), *_axis(height)]
    for place, (network, rows) in enumerate(networks.items()):
        parts += _row(place, network, rows)
    return "\n".join([*parts, "</svg>"]) + "\n"
