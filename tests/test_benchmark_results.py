"""What `benchmarks/compare.py` calls worse, of two results files."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMPARE = Path(__file__).parents[1] / "benchmarks" / "compare.py"


def results(file: Path, *figures: dict[str, Any], **corpus: object) -> Path:
    """Write a results file."""
    held = {"format": 1, "about": {}, "corpus": corpus, "figures": list(figures), "left_out": {}}
    file.write_text(json.dumps(held), encoding="utf-8")
    return file


def figure(
    unit: str, *values: float, name: str = "it", better: str = "lower", yardstick: bool = False
) -> dict[str, Any]:
    """Return a figure as the file holds it."""
    return {"group": "G", "name": name, "unit": unit, "better": better, "values": values, "yardstick": yardstick}


def bare(*values: float) -> dict[str, Any]:
    """Return the yardstick."""
    return figure("s", *values, name="bare encoder", better="neither", yardstick=True)


def compare(tmp_path: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], *more: str) -> tuple[int, str]:
    """Compare two runs on the same corpus; returns the exit status, and what was printed."""
    files = results(tmp_path / "old.json", *old, chunks=1), results(tmp_path / "new.json", *new, chunks=1)
    ended = subprocess.run([sys.executable, COMPARE, *files, *more], check=False, capture_output=True, text=True)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (figure("s", 1.0, 1.1, 9.0), figure("s", 1.2, 1.3, 1.2), 0),  # medians: one bad value is no regression
        (figure("s", 1.0), figure("s", 1.3), 1),
        (figure("s", 1.3), figure("s", 1.0), 0),
        (figure("MB", 100), figure("MB", 120), 1),
        (figure("share", 0.96, better="higher"), figure("share", 0.95, better="higher"), 0),
        (figure("share", 0.96, better="higher"), figure("share", 0.93, better="higher"), 1),
        (figure("share", 0.93, better="higher"), figure("share", 0.96, better="higher"), 0),
        (figure("ratio", 0.0), figure("ratio", 1.0), 1),
        (figure("s", 1.0, better="neither"), figure("s", 9.0, better="neither"), 0),
        (figure("s", 1.0), figure("s", 1.0, name="another"), 2),  # nothing in common
    ],
)
def test_what_got_worse_beyond_its_tolerance_fails(
    tmp_path: Path, old: dict[str, Any], new: dict[str, Any], status: int
) -> None:
    """Times may grow by a quarter, memory by 15 %, shares may fall by 0.02; what got better never fails."""
    assert compare(tmp_path, [old], [new])[0] == status


def test_a_slower_machine_is_no_regression(tmp_path: Path) -> None:
    """Times that grew as much as the bare encoder's did are no worse; those that grew more are."""
    old, slower = [bare(10.0, 10.0), figure("ms", 100)], bare(20.0, 20.0)
    assert compare(tmp_path, old, [slower, figure("ms", 210)])[0] == 0
    status, told = compare(tmp_path, old, [slower, figure("ms", 260)])
    assert status == 1
    assert "WORSE G: it: 100 ms → 130 ms, ratio 1.300" in told


def test_a_figure_that_is_gone_counts_as_worse(tmp_path: Path) -> None:
    """What is no longer measured cannot pass unseen."""
    old = [figure("s", 1.0), figure("s", 1.0, name="other")]
    status, told = compare(tmp_path, old, [figure("s", 1.0)])
    assert (status, "WORSE G: other: gone" in told) == (1, True)


def test_tolerances_can_be_widened(tmp_path: Path) -> None:
    """On a noisy machine, `--scale 2` tolerates half as much again."""
    assert compare(tmp_path, [figure("s", 1.0)], [figure("s", 1.4)], "--scale", "2")[0] == 0


def test_runs_on_different_things_are_not_compared(tmp_path: Path) -> None:
    """Another corpus, or a quick run, says so and compares nothing."""
    files = (
        results(tmp_path / "old.json", figure("s", 1.0), chunks=1),
        results(tmp_path / "new.json", figure("s", 1.0), chunks=2),
    )
    ended = subprocess.run([sys.executable, COMPARE, *files], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "different things" in ended.stderr
