"""Weighing what speaks for a passage into one order: pure functions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index_store.records import Glance, Relevance

_DECIMALS = 6  # the same text embedded in two batches differs by less


# Learned by benchmarks/train_ranking.py; the table of what was tried is in benchmarks/retrieval.md.
WEIGHTS = Relevance(meaning=0.22, text=0.12, headline=0.26, opening=0.2, freshness=0.2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A chunk that words or vectors found.

    Attributes:
        key: The chunk's key.
        story_id: What all copies of its article have in common.
        glance: What the catalog knows of it.
        word_score: BM25, 0 where no word matches.
        relevance: What speaks for it.
    """

    key: str
    story_id: str
    glance: Glance
    word_score: float
    relevance: Relevance

    @property
    def score(self) -> float:
        """The weighted mean of its features."""
        return sum(weight * value for weight, value in zip(WEIGHTS, self.relevance, strict=True))


def ranked(candidates: Iterable[Candidate]) -> list[tuple[Candidate, float]]:
    """
    Order candidates by their scores.

    Returns:
        Candidates with their scores, best first; of equal scores those published first, then in the order of their
        keys.
    """
    scored = [(candidate, round(candidate.score, _DECIMALS)) for candidate in candidates]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].glance.public_by, pair[0].key))


def cut(scores: Sequence[float], limit: int) -> int:
    """
    Say how many to keep of descending scores: `limit`, and those that equal the last of them.

    Which of equals come further must not be left to the order in which they were written.
    """
    if len(scores) <= limit:
        return len(scores)
    last = round(scores[limit - 1], _DECIMALS)
    return next((n for n in range(limit, len(scores)) if round(scores[n], _DECIMALS) < last), len(scores))


def keep_best(
    ranked: Sequence[tuple[Candidate, float]], *, limit: int, per_article: int
) -> list[tuple[Candidate, float]]:
    """
    Keep the best, without letting one story crowd out the others.

    Args:
        ranked: Best first.
        limit: Most candidates to keep (at least 1).
        per_article: Most candidates of one article (at least 1). Of a story's articles, the one that comes first
            stands for all.

    Returns:
        At most `limit`, in the order given.
    """
    kept: list[tuple[Candidate, float]] = []
    representatives: dict[str, str] = {}  # the article that stands for each story
    counts = Counter[str]()
    for candidate, score in ranked:
        article_id = candidate.glance.article_id
        representative = representatives.setdefault(candidate.story_id, article_id)
        if article_id == representative and counts[representative] < per_article:
            counts[representative] += 1
            kept.append((candidate, score))
        if len(kept) == limit:
            break
    return kept
