"""
Learn the weights of `index_store/ranking.py`, and say what each feature is worth.

    python benchmarks/train_ranking.py $BENCH/news/questions.jsonl --data-dir bench [--data-dir bench-both]

A conditional logistic model: of the articles that a search for a question chooses from, each standing with its best
chunk, one that holds the answer should win. Weights are at least 0. Figures are cross-validated: the questions asked at
one date are all trained on or all left out, so no question helps with another about the same news. Every question is
used twice: as it was asked, and as if it was asked long after, when no article's age tells anything; otherwise the
weights would lean on the age alone. Needs scipy.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index_store import Filters, NewsIndex, parse_when
from index_store.ranking import WEIGHTS, Candidate
from index_store.records import Relevance

Matrix = NDArray[np.float64]

SHRINKAGE = 1.0  # on squared weights of features of unit variance
FOLDS, SHUFFLES = 6, 3
ROUNDS = 3  # of choosing each article's best chunk by the weights so far
EVERYTHING = tuple(Relevance._fields)


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question with what a search for it chooses from.

    Attributes:
        asked_at: The date of asking, which decides the fold.
        candidates: Chunks.
        features: One row a candidate, in the order of `Relevance`.
        right: Whether each candidate's article holds the answer.
        articles: For each article, the rows of its candidates.
    """

    asked_at: str
    candidates: tuple[Candidate, ...]
    features: Matrix
    right: NDArray[np.bool_]
    articles: tuple[NDArray[np.intp], ...]

    @classmethod
    def of(cls, asked_at: str, candidates: Sequence[Candidate], right: set[str]) -> Self:
        """Prepare candidates for training; `right` are the articles that hold the answer."""
        found = tuple(sorted(candidates, key=lambda one: one.key))
        ids = np.array([candidate.glance.article_id for candidate in found])
        features = np.array([candidate.relevance for candidate in found])
        articles = tuple(np.flatnonzero(ids == one) for one in dict.fromkeys(ids))
        return cls(asked_at, found, features, np.isin(ids, list(right)), articles)

    def long_after(self) -> Self:
        """The same, asked when all articles were old."""
        return replace(self, features=self.features * (np.array(EVERYTHING) != "freshness"))

    def best_rows(self, scores: Matrix) -> NDArray[np.intp]:
        """Return each article's best row."""
        return np.array([rows[np.argmax(scores[rows])] for rows in self.articles])


def read(questions: Path, data_dir: Path) -> list[Asked]:
    """Collect the candidates of every question of the benchmark."""
    index = NewsIndex.open(data_dir)

    @cache
    def address_of(article_id: str) -> str:
        return address(index.version(article_id).article.url)

    asked = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        gold = {address(url) for url in question["gold_urls"]}
        filters = Filters(as_of=parse_when(question["asked_at"], last_moment=True))
        found = index.candidates(question["question"], filters)
        right = {one.glance.article_id for one in found if address_of(one.glance.article_id) in gold}
        asked.append(Asked.of(question["asked_at"], found, right))
    index.close()
    return asked


def address(url: str) -> str:
    """Make addresses comparable, as the benchmark's scorer does."""
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www.").removeprefix("edition.") + parts.path.rstrip("/")


def learn(asked: Sequence[Asked], columns: Sequence[int]) -> Matrix:
    """Fit one weight a column, at least 0."""
    answerable = [one for each in asked if each.right.any() for one in (each, each.long_after())]
    spread = np.concatenate([one.features[:, columns] for one in answerable]).std(axis=0) + 1e-9
    weights = np.ones(len(columns))
    for _ in range(ROUNDS):
        races = []
        for one in answerable:
            rows = one.best_rows(one.features[:, columns] @ (weights / spread))
            races.append((one.features[rows][:, columns] / spread, one.right[rows]))
        found = minimize(_loss, weights, args=(races,), jac=True, bounds=[(0, None)] * len(columns))
        weights = found.x
    return weights / spread


def _loss(weights: Matrix, races: Sequence[tuple[Matrix, NDArray[np.bool_]]]) -> tuple[float, Matrix]:
    """Negative log likelihood that a right article wins, shrinkage included, with its gradient."""
    loss, slope = SHRINKAGE * float(weights @ weights), 2 * SHRINKAGE * weights
    for features, right in races:
        scores = features @ weights
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        won = max(float(chances[right].sum()), 1e-300)
        loss -= np.log(won)
        slope = slope - (chances * right / won - chances) @ features
    return loss, slope


def rank(one: Asked, scores: Matrix) -> int | None:
    """Place of the first right article among ten stories, from 1; None beyond them."""
    order = sorted(range(len(scores)), key=lambda n: (-round(float(scores[n]), 6), one.candidates[n].glance.public_by))
    stories: dict[str, bool] = {}
    for n in order:
        stories.setdefault(one.candidates[n].story_id, bool(one.right[n]))
    places = [place for place, right in enumerate(list(stories.values())[:10], 1) if right]
    return places[0] if places else None


def figures(ranks: Sequence[int | None]) -> tuple[float, float, float, float]:
    """hit@1, hit@5, hit@10 and MRR@10."""
    hits = [sum(r is not None and r <= k for r in ranks) / len(ranks) for k in (1, 5, 10)]
    return hits[0], hits[1], hits[2], sum(1 / r for r in ranks if r) / len(ranks)


def cross_validated(asked: Sequence[Asked], columns: Sequence[int]) -> list[float]:
    """Mean figures over several ways to divide the dates, each question ranked by weights that never saw it."""
    dates = sorted({one.asked_at for one in asked})
    rows = []
    for seed in range(SHUFFLES):
        fold = dict(zip(dates, np.random.default_rng(seed).permutation(len(dates)) % FOLDS, strict=True))
        weights = [learn([one for one in asked if fold[one.asked_at] != k], columns) for k in range(FOLDS)]
        rows.append(both_ways(asked, [spread_out(weights[fold[one.asked_at]], columns) for one in asked]))
    return list(np.mean(rows, axis=0))


def spread_out(weights: Matrix, columns: Sequence[int]) -> Matrix:
    """Give weights of some columns the length of all features, with 0 elsewhere."""
    everywhere = np.zeros(len(EVERYTHING))
    everywhere[list(columns)] = weights
    return everywhere


def both_ways(asked: Sequence[Asked], weights: Sequence[Matrix]) -> tuple[float, ...]:
    """Figures of the questions, each with its weights: as they were asked, and as if long after."""
    pairs = list(zip(asked, weights, strict=True))
    when_asked = figures([rank(one, one.features @ own) for one, own in pairs])
    return when_asked + figures([rank(one, one.long_after().features @ own) for one, own in pairs])


def show(name: str, values: Sequence[float]) -> None:
    """Print one row of the table."""
    print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |", flush=True)


def report(asked: Sequence[Asked]) -> None:
    """Print what all features give, what is lost without each, and the weights of today and of these questions."""
    measures = ["hit@1", "hit@5", "hit@10", "MRR@10"]
    print("| features | " + " | ".join(measures + [f"{name}, long after" for name in measures]) + " |")
    print("|---" * 9 + "|")
    everything = range(len(EVERYTHING))
    show("all", cross_validated(asked, everything))
    for left_out in everything:
        show(f"without {EVERYTHING[left_out]}", cross_validated(asked, [n for n in everything if n != left_out]))
    show("all, by the weights in force", both_ways(asked, [np.array(WEIGHTS)] * len(asked)))
    print("\nlearned:", shares(learn(asked, everything)), "\n", flush=True)


def shares(weights: Matrix) -> Relevance:
    """Weights that add up to 1."""
    return Relevance(*(round(float(weight), 3) for weight in weights / weights.sum()))


def main() -> None:
    """Report on every data folder named, and on all of them together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data-dir", type=Path, action="append", required=True)
    given = parser.parse_args()
    indexes = [read(given.questions, data_dir) for data_dir in given.data_dir]
    for asked in indexes:
        report(asked)
    together = [one for asked in indexes for one in asked]
    print("learned of all together:", shares(learn(together, range(len(EVERYTHING)))))


if __name__ == "__main__":
    main()
