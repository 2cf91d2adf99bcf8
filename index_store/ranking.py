"""Fusing word and vector scores into one order: pure functions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Measured in benchmarks/README.md: reciprocal rank fusion with equal weights was worse than BM25 alone.
WORD_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A chunk that words or vectors found.

    Attributes:
        key: The chunk's key.
        word_score: BM25, 0 where no word matches.
        cosine: Cosine between question and chunk, in [-1, 1].
    """

    key: str
    word_score: float
    cosine: float


def fuse(candidates: Iterable[Candidate]) -> list[tuple[Candidate, float]]:
    """
    Order candidates by a weighted sum of both scores.

    BM25 has no upper bound, so it is divided by the best one found; cosines of related texts lie between 0 and 1
    already.

    Returns:
        Candidates with their fused scores, best first; equal scores in the order of their keys.
    """
    candidates = list(candidates)
    best = max((c.word_score for c in candidates), default=0.0) or 1.0
    scored = [(c, WORD_SHARE * c.word_score / best + (1 - WORD_SHARE) * max(c.cosine, 0.0)) for c in candidates]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].key))


def keep_best(
    ranked: Sequence[tuple[Candidate, float]], article_ids: Mapping[str, str], *, limit: int, per_article: int
) -> list[tuple[Candidate, float]]:
    """
    Keep the best, without letting one article crowd out the others.

    Args:
        ranked: Best first.
        article_ids: Each candidate's article, by chunk key.
        limit: Most candidates to keep (at least 1).
        per_article: Most candidates of one article (at least 1).

    Returns:
        At most `limit`, in the order given.
    """
    kept: list[tuple[Candidate, float]] = []
    seen = Counter[str]()
    for candidate, score in ranked:
        article_id = article_ids[candidate.key]
        seen[article_id] += 1
        if seen[article_id] <= per_article:
            kept.append((candidate, score))
        if len(kept) == limit:
            break
    return kept
