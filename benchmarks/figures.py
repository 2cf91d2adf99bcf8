"""What a run of all measurements leaves: figures with their repeats, and where they were taken."""

import json
import os
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, Literal

FORMAT = 1
LIBRARIES = (
    "dateline-news",
    "chromadb",
    "tantivy",
    "torch",
    "sentence-transformers",
    "onnxruntime",
    "llama-index-core",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One thing that was measured, as often as it was.

    Attributes:
        group, name: Where it stands in the tables; together they are its key.
        unit: "s", "ms", "MB", "share" (0 to 1), "ratio", or "" for a count.
        better: Which direction is an improvement; "neither" for what only describes the run.
        values: In the order taken, at least one.
        yardstick: Whether it is the time of something that is not ours, so that it tells how fast the machine was.
    """

    group: str
    name: str
    unit: str
    better: Literal["lower", "higher", "neither"]
    values: tuple[float, ...]
    yardstick: bool = False

    @property
    def key(self) -> str:
        """Group and name."""
        return f"{self.group}: {self.name}"

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Results:
    """
    A results file.

    Attributes:
        about: When, where and on what it was taken: see `surroundings`.
        corpus: What was indexed and asked, in numbers, and whether the run was a quick one: results of different ones
            cannot be compared.
        figures: All of them.
        left_out: Measurement → why it was not taken.
    """

    about: Mapping[str, Any]
    corpus: Mapping[str, Any]
    figures: tuple[Figure, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write it as JSON."""
        file.write_text(json.dumps({"format": FORMAT} | asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_results(file: Path) -> Results:
    """
    Read a results file.

    Raises:
        ValueError: If it is none, or of another format.
    """
    held = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(held, dict) or held.pop("format", None) != FORMAT:
        raise ValueError(f"{file} is no results file of format {FORMAT}")
    figures = tuple(Figure(**{**one, "values": tuple(one["values"])}) for one in held.pop("figures"))
    return Results(figures=figures, **held)


def surroundings(load_before: Sequence[float]) -> dict[str, Any]:
    """Tell the machine, the versions, and how busy the machine was before and after."""
    return {
        "taken_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        },
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in LIBRARIES},
        "load over 1, 5 and 15 minutes": {"before": list(load_before), "after": list(os.getloadavg())},
    }


def markdown(results: Results, plots: Iterable[str]) -> str:
    """Write the results as a page: what it was taken on, a table a group, the plots, and what was left out."""
    about, corpus = results.about, results.corpus
    lines = [
        "# Results",
        "",
        f"Taken at {about['taken_at']} by `benchmarks/run`; the figures for programs: results.json.",
        "",
    ]
    for name, told in {**about["machine"], **corpus, "versions": about["versions"]}.items():
        lines.append(f"- {name}: {_listed(told)}")
    loads = about["load over 1, 5 and 15 minutes"]
    lines += [f"- load over 1, 5 and 15 minutes: before {_listed(loads['before'])}; after {_listed(loads['after'])}"]
    for group in dict.fromkeys(figure.group for figure in results.figures):
        lines += ["", f"## {group}", "", "| What | Median | Range | Times | Better |", "|---|---|---|---|---|"]
        lines += [_row(figure) for figure in results.figures if figure.group == group]
    lines += [line for plot in plots for line in ("", f"![{Path(plot).stem.replace('_', ' ')}]({plot})")]
    if results.left_out:
        lines += ["", "## Left out", "", *(f"- {name}: {why}" for name, why in results.left_out.items())]
    return "\n".join(lines) + "\n"


def shown(value: float, unit: str) -> str:
    """Write a value with its unit."""
    return f"{value:.3f}" if unit in ("share", "ratio") else f"{value:,.4g} {unit}"


def _row(figure: Figure) -> str:
    low, high = (shown(value, figure.unit) for value in (min(figure.values), max(figure.values)))
    middle = shown(figure.median, figure.unit)
    return f"| {figure.name} | {middle} | {low} to {high} | {len(figure.values)} | {figure.better} |"


def _listed(told: object) -> str:
    if isinstance(told, Mapping):
        return ", ".join(f"{name} {value}" for name, value in told.items())
    return ", ".join(f"{value:.2f}" for value in told) if isinstance(told, list) else str(told)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
