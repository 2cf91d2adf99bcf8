"""
Take all measurements in one go, on a folder of articles, and write RESULTS.md, results.json and a plot.

    benchmarks/run FOLDER [--quick] [--repeats 3] [--only index quality] [--output benchmarks]

FOLDER holds `articles.jsonl` or `articles.jsonl.gz`, and where there are any `questions.jsonl` (with answers and
gold_urls) and `unanswerable.jsonl`; or anything else that `dateline index` reads. Without questions the headlines are
asked, which tells of speed and little of quality; the results say so. A measurement that cannot be taken here (the
peer's library or matplotlib is missing) is left out, with the reason. `--quick` makes everything small: to see that it
works, not for figures. Nothing else should run meanwhile; the load is written down.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from figures import Figure, Results, markdown, surroundings
from measurements import HERE, MEASUREMENTS, LeftOut, Workplace, dateline, ended

SIZES = (1_000, 12_000, 100_000, 170_000)
QUICK_SIZES = (50, 200)
PLOT = "cost_against_size.svg"


def main() -> None:
    """Measure, and write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("articles", type=Path, metavar="FOLDER")
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--repeats", type=int, default=None, help="default: 3; with --quick 1")
    arguments.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), help="and the index, which all need")
    arguments.add_argument("--output", type=Path, default=HERE, help="folder of RESULTS.md")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-benchmark-") as folder:
        repeats = given.repeats or (1 if given.quick else 3)
        place = workplace(given.articles, Path(folder), repeats=repeats, quick=given.quick)
        results = measured(place, [name for name in MEASUREMENTS if not given.only or name in ("index", *given.only)])
        given.output.mkdir(parents=True, exist_ok=True)
        results, plots = drawn(place, results, given.output)
    results.write(given.output / "results.json")
    (given.output / "RESULTS.md").write_text(markdown(results, plots), encoding="utf-8")
    print(given.output / "RESULTS.md")


def workplace(folder: Path, work: Path, *, repeats: int, quick: bool) -> Workplace:
    """Find out what there is to index and to ask."""
    listed = [file for name in ("articles.jsonl", "articles.jsonl.gz") if (file := folder / name).exists()]
    questions, unanswerable = folder / "questions.jsonl", folder / "unanswerable.jsonl"
    return Workplace(
        sources=tuple(listed) or (folder,),
        questions=questions if questions.exists() else work / "headlines.jsonl",
        unanswerable=unanswerable if unanswerable.exists() else None,
        folder=work,
        repeats=repeats,
        sizes=QUICK_SIZES if quick else SIZES,
        quick=quick,
    )


def measured(place: Workplace, wanted: Sequence[str]) -> Results:
    """Take the measurements in turn."""
    figures: list[Figure] = []
    left_out: dict[str, str] = {}
    load = os.getloadavg()
    for name in wanted:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            figures += MEASUREMENTS[name](place)
            if name == "index":
                prepare(place)
        except LeftOut as reason:
            left_out[name] = str(reason)
            if name == "index":
                sys.exit(f"Nothing can be measured: {reason}")
    return Results(surroundings(load), corpus(place, figures), tuple(figures), left_out | place.left_out)


def prepare(place: Workplace) -> None:
    """Write what is indexed into one file, and ask for the headlines where there are no questions."""
    dateline(place, "export", "-o", place.articles)
    if place.questions.exists():
        return
    with gzip.open(place.articles, "rt", encoding="utf-8") as lines, place.questions.open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines):
            article = json.loads(line)
            asked = {"id": str(number), "question": article["title"], "answers": [], "gold_urls": [article["url"]]}
            out.write(json.dumps(asked, ensure_ascii=False) + "\n")


def corpus(place: Workplace, figures: Sequence[Figure]) -> dict[str, object]:
    """Tell what was indexed and asked."""
    counts = {figure.name: int(figure.median) for figure in figures if not figure.unit}
    asked = len(place.questions.read_text(encoding="utf-8").splitlines())
    kind = "headlines of the articles" if place.questions.parent == place.folder else "with known answers"
    return {**counts, "questions": f"{asked}, {kind}", "quick": place.quick, "sizes": " ".join(map(str, place.sizes))}


def drawn(place: Workplace, results: Results, output: Path) -> tuple[Results, list[str]]:
    """Draw cost against size, if it was measured and matplotlib is there; returns the results, and the plots."""
    figures = place.folder / "questions.json"
    if not figures.exists():
        return results, []
    try:
        ended(HERE / "cost_plot.py", figures, output / PLOT)
    except LeftOut as reason:
        return Results(results.about, results.corpus, results.figures, {**results.left_out, "plot": str(reason)}), []
    return results, [PLOT]


if __name__ == "__main__":
    main()
