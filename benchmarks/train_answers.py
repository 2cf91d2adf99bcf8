"""
Learn the weights of `bot/answering/evidence.py` and of `bot/answering/refusal.py`, and say what each feature is worth.

    python benchmarks/train_answers.py $BENCH/news --data-dir bench --data-dir bench-both --without bench-without

Two models. Sentences: a conditional logistic model, in which a sentence that holds the answer should win against all
others found for its question. Decisions: a logistic model of whether what was found answers, from questions that the
articles answer, those of `unanswerable.jsonl`, and those of `questions.jsonl` put to an index without the articles that
answer them (`--without`). Each answerable question counts a second time, less, as if it was asked long after, so that
age alone decides nothing.

Figures are cross-validated: the questions asked at one date are all trained on or all left out. Needs scipy.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.answering import Answerer, Question
from bot.answering.evidence import Features, Sentence
from bot.answering.refusal import Signs
from index_store import Filters, NewsIndex, parse_when

Matrix = NDArray[np.float64]

SHRINKAGE = 3.0  # on squared weights of features of unit variance
FOLDS, SHUFFLES = 6, 4
LONG_AFTER_COUNTS = 0.3
ANSWERED = (0.88, 0.92)  # shares of the answerable questions at which declining is measured


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question with what was found for it.

    Attributes:
        asked_at: The date of asking, which decides the fold.
        features: One row a sentence.
        holds: Whether each sentence, with its context, holds the answer.
        gold: Whether it stands in an article that is known to answer.
        scorable: Whether the answer stands in those articles.
        signs: What speaks for an answer being among what was found; None where a reason of another kind declines.
    """

    asked_at: str
    features: Matrix
    holds: NDArray[np.bool_]
    gold: NDArray[np.bool_]
    scorable: bool
    signs: Matrix | None


def read(bench: Path, questions: str, data_dir: Path) -> list[Asked]:
    """Put the questions of a file to an index."""
    sys.path.insert(0, str(bench.parent))
    from score import holds, url_key  # the benchmark's own scorer

    answerer = Answerer(NewsIndex.open(data_dir))

    def asked(line: dict[str, Any]) -> Asked:
        filters = Filters(as_of=parse_when(line["asked_at"], last_moment=True))
        found = answerer.find(Question(line["question"], filters))
        gold = {url_key(url) for url in line.get("gold_urls", ())}
        sentences: tuple[Sentence, ...] = found.sentences
        return Asked(
            line["asked_at"],
            np.array([sentence.features for sentence in sentences]).reshape(-1, len(Features._fields)),
            np.array([bool(holds(sentence.text, line["answers"])) for sentence in sentences], dtype=bool),
            np.array([url_key(sentence.passage.article.url) in gold for sentence in sentences], dtype=bool),
            bool(line.get("answer_in_gold")),
            np.array(found.signs) if sentences and not found.unknown else None,
        )

    lines = (bench / questions).read_text(encoding="utf-8").splitlines()
    rows = [asked(json.loads(line)) for line in lines if line.strip()]
    answerer.close()
    return rows


def learn_sentences(rows: Sequence[Asked], columns: Sequence[int]) -> Matrix:
    """Fit one weight a feature; 0 for those left out."""
    races = [(row.features[:, columns], row.holds) for row in rows if row.holds.any() and not row.holds.all()]
    spread = np.concatenate([features for features, _ in races]).std(axis=0) + 1e-9

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = SHRINKAGE * float(weights @ weights), 2 * SHRINKAGE * weights
        for features, right in races:
            scores = features / spread @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            won = max(float(chances[right].sum()), 1e-300)
            total -= np.log(won)
            slope = slope - (chances * right / won - chances) @ (features / spread)
        return total, slope

    weights = np.zeros(len(Features._fields))
    weights[list(columns)] = minimize(loss, np.zeros(len(columns)), jac=True).x / spread
    return weights


def learn_decision(
    signs: Matrix, answers: NDArray[np.bool_], counts: Matrix, columns: Sequence[int]
) -> tuple[Matrix, float]:
    """Fit a weight a sign, 0 for those left out, and a bias."""
    middle, spread = signs[:, columns].mean(axis=0), signs[:, columns].std(axis=0) + 1e-9
    given = np.c_[(signs[:, columns] - middle) / spread, np.ones(len(signs))]
    side = np.where(answers, 1.0, -1.0)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        margins = side * (given @ weights)
        shrunk = np.append(weights[:-1], 0.0)
        slope = -given.T @ (counts * side / (1 + np.exp(margins)))
        return float((counts * np.logaddexp(0, -margins)).sum() + shrunk @ shrunk), slope + 2 * shrunk

    found = minimize(loss, np.zeros(given.shape[1]), jac=True).x
    weights = np.zeros(len(Signs._fields))
    weights[list(columns)] = found[:-1] / spread
    return weights, float(found[-1] - found[:-1] / spread @ middle)


def folds(rows: Sequence[Asked], seed: int) -> dict[str, int]:
    """Deal the dates of asking to folds."""
    dates = sorted({row.asked_at for row in rows})
    return dict(zip(dates, np.random.default_rng(seed).permutation(len(dates)) % FOLDS, strict=True))


def sentence_figures(rows: Sequence[Asked], weights: Sequence[Matrix]) -> list[float]:
    """Shares of answers held by the first sentence, the first three and five, and of firsts from a gold article."""
    held: list[list[float]] = []
    gold = []
    for row, own in zip(rows, weights, strict=True):
        if not len(row.features):
            gold.append(0.0)
            held += [[0.0] * 3] if row.scorable else []
            continue
        order = np.argsort(-(row.features @ own), kind="stable")
        gold.append(float(row.gold[order[0]]))
        if row.scorable:
            held.append([float(row.holds[order[:first]].any()) for first in (1, 3, 5)])
    return [*np.mean(held, axis=0), float(np.mean(gold))]


def report_sentences(indexes: Sequence[list[Asked]]) -> None:
    """Print what all features give, and what is lost without each."""
    every = [row for rows in indexes for row in rows]
    print("| features | first | first three | first five | first from gold |\n|---|---|---|---|---|")
    everything = list(range(len(Features._fields)))
    for left_out in (None, *everything):
        columns = [column for column in everything if column != left_out]
        figures = []
        for seed in range(SHUFFLES):
            fold = folds(every, seed)
            weights = [learn_sentences([r for r in every if fold[r.asked_at] != k], columns) for k in range(FOLDS)]
            figures.append(sentence_figures(every, [weights[fold[row.asked_at]] for row in every]))
        name = "all" if left_out is None else f"without {Features._fields[left_out]}"
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in np.mean(figures, axis=0)) + " |", flush=True)
    print("\nlearned:", Features(*(round(float(w), 2) for w in learn_sentences(every, everything))), "\n", flush=True)


def report_decisions(groups: dict[str, list[Asked]]) -> None:
    """Print how many are declined where so many are answered, what is lost without each sign, and the curve."""
    kinds = list(groups)
    everything = list(range(len(Signs._fields)))
    heads = [f"{name} at {share:.2f}" for share in ANSWERED for name in kinds]
    print("| signs | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads))
    for left_out in (None, *everything):
        columns = [column for column in everything if column != left_out]
        name = "all" if left_out is None else f"without {Signs._fields[left_out]}"
        figures = decision_figures(groups, columns)
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in figures) + " |", flush=True)
    weights, bias = learn_decision(*training([(k, row) for k in kinds for row in groups[k]]), everything)
    print("\nlearned:", Signs(*(round(float(weight), 2) for weight in weights)), "bias", round(bias, 2))
    for share in (0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.96):
        scores = [chance(row, weights, bias) for k in kinds if k.startswith("answerable") for row in groups[k]]
        bar = float(np.quantile(scores, 1 - share))
        declined = {k: np.mean([chance(row, weights, bias) < bar for row in groups[k]]) for k in kinds}
        print(f"bar {bar:.3f}: " + ", ".join(f"{k} declined {value:.3f}" for k, value in declined.items()))


def training(rows: Sequence[tuple[str, Asked]]) -> tuple[Matrix, NDArray[np.bool_], Matrix]:
    """Return signs, whether they answer, and how much each counts."""
    signs, answers, counts = [], [], []
    for kind, row in rows:
        if row.signs is None:
            continue
        answerable = kind.startswith("answerable")
        signs.append(row.signs)
        answers.append(answerable)
        counts.append(1.0)
        if answerable:
            signs.append(np.array(Signs(*row.signs)._replace(freshness=0.02)))
            answers.append(True)
            counts.append(LONG_AFTER_COUNTS)
    return np.array(signs), np.array(answers), np.array(counts)


def chance(row: Asked, weights: Matrix, bias: float) -> float:
    """Probability that what was found answers."""
    return 0.0 if row.signs is None else float(1 / (1 + np.exp(-bias - row.signs @ weights)))


def decision_figures(groups: dict[str, list[Asked]], columns: Sequence[int]) -> list[float]:
    """Shares declined of each group where a share of the answerable questions is answered, cross-validated."""
    rows = [(kind, row) for kind, group in groups.items() for row in group]
    figures = []
    for seed in range(SHUFFLES):
        scores = cross_validated(rows, columns, seed)
        figures.append([declined(scores, name, share) for share in ANSWERED for name in groups])
    return list(np.mean(figures, axis=0))


def cross_validated(rows: Sequence[tuple[str, Asked]], columns: Sequence[int], seed: int) -> list[tuple[str, float]]:
    """Say of each question, by a model that never saw its date of asking, how probable an answer is."""
    fold = folds([row for _, row in rows], seed)
    models = [
        learn_decision(*training([(kind, row) for kind, row in rows if fold[row.asked_at] != k]), columns)
        for k in range(FOLDS)
    ]
    return [(kind, chance(row, *models[fold[row.asked_at]])) for kind, row in rows]


def declined(scores: Sequence[tuple[str, float]], name: str, share: float) -> float:
    """Share of a group that is declined where a share of the answerable questions is answered."""
    bar = float(np.quantile([score for kind, score in scores if kind.startswith("answerable")], 1 - share))
    return float(np.mean([score < bar for kind, score in scores if kind == name]))


def draw_curve(groups: dict[str, list[Asked]], file: Path) -> None:
    """Draw the trade between answering and declining, cross-validated."""
    import matplotlib as mpl  # only to draw
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "dateline"  # the same figures make the same file
    rows = [(kind, row) for kind, group in groups.items() for row in group]
    folded = [cross_validated(rows, list(range(len(Signs._fields))), seed) for seed in range(SHUFFLES)]
    shares = np.linspace(0.7, 1.0, 61)
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for name in groups:
        if not name.startswith("answerable"):
            axes.plot(shares, [np.mean([declined(one, name, share) for one in folded]) for share in shares], label=name)
    axes.plot([0.88, 0.88], [0.95, 0.85], "v", color="#3a7d44", linestyle="none", label="aims: at least")
    axes.set(xlabel="share of answerable questions answered", ylabel="share declined", ylim=(0.4, 1.0))
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})


def main() -> None:
    """Read, learn and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--data-dir", type=Path, action="append", required=True)
    parser.add_argument("--without", type=Path, required=True)
    parser.add_argument("--decisions-only", action="store_true")
    parser.add_argument("--curve", type=Path, help="where to draw the trade; needs matplotlib")
    given = parser.parse_args()
    answerable = [read(given.bench, "questions.jsonl", data_dir) for data_dir in given.data_dir]
    if not given.decisions_only:
        report_sentences(answerable)
    groups = {f"answerable {n}": rows for n, rows in enumerate(answerable, 1)}
    for n, data_dir in enumerate(given.data_dir, 1):
        groups[f"unanswerable {n}"] = read(given.bench, "unanswerable.jsonl", data_dir)
    groups["without"] = read(given.bench, "questions.jsonl", given.without)
    report_decisions(groups)
    if given.curve:
        draw_curve(groups, given.curve)


if __name__ == "__main__":
    main()
