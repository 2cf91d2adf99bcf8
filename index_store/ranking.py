"""Fusing word and vector scores into one order: pure functions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

# Measured in benchmarks/README.md: reciprocal rank fusion with equal weights was worse than BM25 alone.
WORD_SHARE = 0.2
_DECIMALS = 6  # the same text embedded in two batches differs by less


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A chunk that words or vectors found.

    Attributes:
        key: The chunk's key.
        article_id: Its article.
        story_id: What all copies of its article have in common.
        public_by: When its article was published, or first seen.
        word_score: BM25, 0 where no word matches.
        cosine: Cosine between question and chunk, in [-1, 1].
    """

    key: str
    article_id: str
    story_id: str
    public_by: datetime
    word_score: float
    cosine: float


def fuse(candidates: Iterable[Candidate]) -> list[tuple[Candidate, float]]:
    """
    Order candidates by a weighted sum of both scores.

    BM25 has no upper bound, so it is divided by the best one found; cosines of related texts lie between 0 and 1
    already.

    Returns:
        Candidates with their fused scores, best first; of equal scores those published first, then in the order of
        their keys.
    """
    candidates = list(candidates)
    best = max((c.word_score for c in candidates), default=0.0) or 1.0
    scored = [(c, WORD_SHARE * c.word_score / best + (1 - WORD_SHARE) * max(c.cosine, 0.0)) for c in candidates]
    return sorted(scored, key=lambda pair: (-round(pair[1], _DECIMALS), pair[0].public_by, pair[0].key))


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
        representative = representatives.setdefault(candidate.story_id, candidate.article_id)
        if candidate.article_id == representative and counts[representative] < per_article:
            counts[representative] += 1
            kept.append((candidate, score))
        if len(kept) == limit:
            break
    return kept
