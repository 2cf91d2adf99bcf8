"""
Compare two results files by ratios; exit status 1 if anything got worse than its tolerance.

    python benchmarks/compare.py OLD.json NEW.json [--scale 1.0]

Times are first divided by the yardstick: how much slower or faster what is not ours (the bare encoder) was in the new
run, so that another machine, or a busier one, is no regression. Tolerances by unit: 25 % for times, 15 % for memory
and ratios, 0.02 for shares, none for counts; `--scale 2` doubles them. A figure that is gone counts as worse. Exit
status 2 if the two cannot be compared: another corpus, a quick run against a whole one, or no figure in common.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import geometric_mean

from figures import Figure, Results, read_results, shown

TOLERANCES = {"s": 0.25, "ms": 0.25, "MB": 0.15, "ratio": 0.15, "share": 0.02, "": 0.0}
TIMES = ("s", "ms")


def main() -> None:
    """Print a line a figure, and what got worse."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("old", type=Path)
    arguments.add_argument("new", type=Path)
    arguments.add_argument("--scale", type=float, default=1.0, help="multiplies all tolerances")
    given = arguments.parse_args()
    try:
        old, new = read_results(given.old), read_results(given.new)
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.exit(_cannot(str(error)))
    if old.corpus != new.corpus:
        sys.exit(_cannot(f"they were taken on different things: {old.corpus} and {new.corpus}"))
    if not {one.key for one in old.figures} & {one.key for one in new.figures}:
        sys.exit(_cannot("they have no figure in common"))
    print(f"yardstick: the machine took {yardstick(old, new):.2f} times as long; times are divided by it")
    worse = 0
    for line, is_worse in compared(old, new, scale=given.scale):
        print(line)
        worse += is_worse
    print(f"{worse} worse than tolerated." if worse else "Nothing got worse than is tolerated.")
    sys.exit(1 if worse else 0)


def compared(old: Results, new: Results, *, scale: float) -> Iterator[tuple[str, bool]]:
    """Yield a line for each figure of the old run, with whether it got worse."""
    slower, now = yardstick(old, new), {one.key: one for one in new.figures}
    for before in old.figures:
        if before.better == "neither":
            continue
        after = now.get(before.key)
        told, is_worse = ("gone", True) if after is None else judged(before, after, slower=slower, scale=scale)
        yield f"{'WORSE' if is_worse else 'ok':<6}{before.key}: {told}", is_worse


def yardstick(old: Results, new: Results) -> float:
    """How many times as long the new run took for what is not ours; 1 where nothing tells."""
    now = {one.key: one.median for one in new.figures}
    pairs = [(one.median, now[one.key]) for one in old.figures if one.yardstick and one.key in now]
    ratios = [after / before for before, after in pairs if before > 0 and after > 0]
    return geometric_mean(ratios) if ratios else 1.0


def judged(before: Figure, after: Figure, *, slower: float, scale: float) -> tuple[str, bool]:
    """Tell how a figure changed, and whether for the worse beyond its tolerance."""
    allowed = TOLERANCES[before.unit] * scale
    then, now = before.median, after.median / (slower if before.unit in TIMES else 1.0)
    loss = now - then if before.better == "lower" else then - now
    if before.unit != "share":  # shares are held against each other as they are: from 0.02 to 0.01 is no half
        loss = loss / abs(then) if then else (float("inf") if loss > 0 else 0.0)
    ratio = f"{now / then:.3f}" if then else "–"
    return f"{shown(then, before.unit)} → {shown(now, before.unit)}, ratio {ratio}", loss > allowed


def _cannot(why: str) -> int:
    print(f"These cannot be compared: {why}.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
