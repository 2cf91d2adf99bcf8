"""
Which articles report the same: average-link clustering of their openings; pure functions.

Two openings are alike by the cosine of their vectors (what they are about) and by that of their rare words (who, where
and what exactly); two strikes in two towns share the first and not the second. Pairs are joined from the most alike
downwards, and two groups become one only if their articles are alike on average, so that no chain of follow-ups ends
in one big story.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from bot.overviews.statements import Reader
from index_store import LiveChunk, Vectors, outlet

_ALIKE = 0.47  # of groups that are one story, at least, on average
_LEAST_COSINE = 0.45  # what is below is not looked at more closely
_LEAST_WORDS = 0.12  # the same of words: without a name in common no two reports are one story
_MOST_APART_S = 4 * 86_400  # a story is told on for days, and what is alike later is another one
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Opening:
    """
    What is compared of an article.

    Attributes:
        vector: Of its first chunk, of unit length.
        terms: Those of its headline and first chunk, with their rarity.
        published_s: When it was published; seconds since 1970.
    """

    vector: Vectors
    terms: dict[str, float]
    published_s: float


def openings_of(chunks: Sequence[LiveChunk], reader: Reader) -> list[Opening]:
    """
    Describe articles by their first chunks, for comparing; the words of headlines count twice.

    A sentence that stands in several openings of one publisher is boilerplate, and none of its words counts.
    """
    counts = Counter(key for chunk in chunks for key in _sentences(chunk))
    openings = []
    for chunk in chunks:
        own = (text for (_, text), number in ((key, counts[key]) for key in _sentences(chunk)) if number == 1)
        title, text = reader.weights(chunk.version.article.title), reader.weights(" ".join(own))
        terms = {term: title.get(term, 0.0) + rarity for term, rarity in (title | text).items()}
        openings.append(Opening(chunk.vector, terms, chunk.version.public_by.timestamp()))
    return openings


def _sentences(chunk: LiveChunk) -> Iterator[tuple[str, str]]:
    """Yield who published each sentence of a chunk, and the sentence, each once."""
    article = chunk.version.article
    publisher = outlet(article).casefold()
    texts = (" ".join(article.text[span.start : span.end].split()) for span in chunk.chunk.sentences)
    return ((publisher, text) for text in dict.fromkeys(texts))


def same_stories(openings: Sequence[Opening]) -> list[list[int]]:
    """
    Sort articles into stories.

    Returns:
        The places of each story's articles, in ascending order; those of stories by their first.
    """
    likeness = {pair: value for pair, value in _alike(openings) if value >= _ALIKE / 2}
    groups = {place: [place] for place in range(len(openings))}
    group_of = list(range(len(openings)))
    for one, other in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
        first, second = group_of[one], group_of[other]
        if (
            first != second
            and likeness[one, other] >= _ALIKE
            and _mean(groups[first], groups[second], likeness) >= _ALIKE
        ):
            for place in groups[second]:
                group_of[place] = first
            groups[first] += groups.pop(second)
    return sorted(sorted(group) for group in groups.values())


def _mean(some: Sequence[int], others: Sequence[int], likeness: dict[tuple[int, int], float]) -> float:
    pairs = [likeness.get((min(pair), max(pair)), 0.0) for pair in product(some, others)]
    return sum(pairs) / len(pairs)


def _alike(openings: Sequence[Opening]) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield pairs of articles that might report the same, with how alike they are: 0 to 1."""
    if len(openings) < 2:
        return
    vectors = np.stack([opening.vector for opening in openings])
    times = np.array([opening.published_s for opening in openings])
    words = _Words(openings)
    for first in range(0, len(openings), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        cosines = vectors[rows] @ vectors.T
        near = (cosines >= _LEAST_COSINE) & (abs(times[rows, None] - times[None, :]) <= _MOST_APART_S)
        for row, other in np.argwhere(near).tolist():
            one = first + row
            if one < other:
                meaning, shared = float(cosines[row, other]), words.cosine(one, other)
                if shared >= _LEAST_WORDS:
                    yield (one, other), (meaning + shared) / 2


class _Words:
    """Cosines between the words of openings, each word weighed by its rarity."""

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._weights: list[dict[str, float]] = []
        for opening in openings:
            length = sum(rarity**2 for rarity in opening.terms.values()) ** 0.5
            self._weights.append({term: rarity / length for term, rarity in opening.terms.items()} if length else {})

    def cosine(self, one: int, other: int) -> float:
        weights, others = self._weights[one], self._weights[other]
        return sum(weights[term] * others[term] for term in weights.keys() & others.keys())


def shared_terms(openings: Sequence[Opening]) -> dict[str, float]:
    """Weigh the terms of a story's articles by rarity and by how many of them hold each."""
    held: defaultdict[str, float] = defaultdict(float)
    for opening in openings:
        for term, rarity in opening.terms.items():
            held[term] += rarity / len(openings)
    return dict(held)
