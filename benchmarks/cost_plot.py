"""
Draw what `questions.py` measured, cost against size, and print it as tables. It needs `matplotlib`.

    python benchmarks/cost_plot.py questions.json benchmarks/cost_against_size.svg
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

COLOURS = {"dateline": "#1f5fa8", "peer": "#b4542a"}
AIMS = {
    "cold": [(12_000, 1_500), (170_000, 3_000)],
    "warm": [(12_000, 20), (170_000, 40)],
    "memory": [(170_000, 1_000)],
}


def main() -> None:
    """Read the figures and draw them."""
    measured = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    mpl.rcParams["svg.hashsalt"] = "dateline"  # the same figures make the same file
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    cold, warm, memory = figure.subplots(1, 3)
    for program in ("dateline", "peer"):
        draw(cold, rows(measured["cold"], program), "p50_ms", program)
        draw(memory, rows(measured["memory"], program), "highest_mb", program)
        draw(warm, rows(measured["warm"], program, filter="no filter"), "p50_ms", program)
    draw(warm, rows(measured["warm"], "dateline", filter="no filter"), "p99_ms", "dateline", dashes=":", note=", 99th")
    draw(warm, rows(measured["warm"], "dateline", filter="a week"), "p50_ms", "dateline", dashes="--", note=", a week")
    finish(cold, "A process, from start to answer", "milliseconds", AIMS["cold"])
    finish(warm, "A search in a resident reader", "milliseconds", AIMS["warm"])
    finish(memory, "Memory of a resident reader", "MB", AIMS["memory"])
    figure.savefig(sys.argv[2], metadata={"Date": None})
    print("\n\n".join(table(measured[kind]) for kind in ("cold", "warm", "memory")))


def rows(measured: list[dict[str, Any]], program: str, **more: str) -> list[dict[str, Any]]:
    """Keep the rows of one program (and filter)."""
    wanted = {"program": program, **more}
    return [row for row in measured if all(row[name] == value for name, value in wanted.items())]


def draw(axes: Axes, kept: list[dict[str, Any]], what: str, program: str, *, dashes: str = "-", note: str = "") -> None:
    """Draw one line."""
    chunks, values = [row["chunks"] for row in kept], [row[what] for row in kept]
    axes.plot(chunks, values, dashes, marker="o", markersize=4, color=COLOURS[program], label=f"{program}{note}")


def finish(axes: Axes, title: str, unit: str, aims: list[tuple[int, int]]) -> None:
    """Scale and name the axes, and mark what is aimed at."""
    axes.plot(*zip(*aims, strict=True), "v", color="#3a7d44", label="aim: at most", linestyle="none")
    axes.set(xscale="log", yscale="log", title=title, xlabel="chunks", ylabel=unit)
    axes.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_formatter("{x:,.0f}")
    axes.margins(y=0.15)
    axes.grid(visible=True, which="both", axis="y", alpha=0.3)
    axes.legend(fontsize="x-small")


def table(kept: list[dict[str, Any]]) -> str:
    """Write rows as Markdown."""
    names = list(kept[0])
    cells = [[f"{row[name]:,}" if isinstance(row[name], int) else str(row[name]) for name in names] for row in kept]
    lines = [names, ["---"] * len(names), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
