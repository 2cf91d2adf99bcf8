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

import numpy as np

from bot.overviews.statements import Reader
from index_store import LiveChunk, Vectors, outlet

_ALIKE = 0.47  # of groups that are one story, at least, on average
_LEAST_COSINE = 0.45  # what is below is not looked at more closely
_LEAST_WORDS = 0.12  # the same of words: without a name in common no two reports are one story
_MOST_APART_S = 4 * 86_400  # a story is told on for days, and what is alike later is another one
_MOST_NEAR = 40  # thousands of weather reports are all alike


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
    likeness = dict(_alike(openings))
    groups = _Groups(len(openings), likeness)
    for one, other in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
        if likeness[one, other] < _ALIKE:
            break
        groups.join_if_alike(one, other)
    return groups.sorted()


class _Groups:
    """Places in groups, with how alike each two groups are: pairs of which nothing is known are not alike at all."""

    def __init__(self, count: int, likeness: dict[tuple[int, int], float]) -> None:
        self._members = {place: [place] for place in range(count)}
        self._group_of = list(range(count))
        self._totals: defaultdict[int, dict[int, float]] = defaultdict(dict)  # over all pairs between two groups
        for (one, other), value in likeness.items():
            self._totals[one][other] = self._totals[other][one] = value

    def join_if_alike(self, one: int, other: int) -> None:
        """Make the groups of two places one, if they are alike on average."""
        first, second = self._group_of[one], self._group_of[other]
        pairs = len(self._members[first]) * len(self._members[second])
        if first != second and self._totals[first].get(second, 0.0) / pairs >= _ALIKE:
            self._join(first, second)

    def _join(self, first: int, second: int) -> None:
        for place in self._members[second]:
            self._group_of[place] = first
        self._members[first] += self._members.pop(second)
        for other, total in self._totals.pop(second).items():
            del self._totals[other][second]
            if other != first:
                self._totals[first][other] = self._totals[other][first] = self._totals[first].get(other, 0.0) + total

    def sorted(self) -> list[list[int]]:
        """Return the places of each group, in ascending order."""
        return sorted(sorted(group) for group in self._members.values())


def _alike(openings: Sequence[Opening]) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield pairs of articles that might report the same, with how alike they are: 0 to 1."""
    words = _Words(openings)
    for one, other, meaning in _near(openings):
        shared = words.cosine(one, other)
        if shared >= _LEAST_WORDS:
            yield (one, other), (meaning + shared) / 2


def _near(openings: Sequence[Opening]) -> Iterator[tuple[int, int, float]]:
    """Yield each pair of articles once that are near in meaning and time, with the cosine; of each only the nearest."""
    if len(openings) < 2:
        return
    vectors = np.stack([opening.vector for opening in openings])
    times = np.array([opening.published_s for opening in openings])
    for one in range(len(openings) - 1):
        cosines = vectors[one + 1 :] @ vectors[one]
        near = np.flatnonzero((cosines >= _LEAST_COSINE) & (abs(times[one + 1 :] - times[one]) <= _MOST_APART_S))
        for place in near[np.argsort(-cosines[near], kind="stable")][:_MOST_NEAR].tolist():
            yield one, one + 1 + place, float(cosines[place])


class _Words:
    """Cosines between the words of openings, each word weighed by its rarity."""

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._weights: list[dict[str, float]] = []
        for opening in openings:
            length = sum(rarity**2 for rarity in opening.terms.values()) ** 0.5
            self._weights.append({term: rarity / length for term, rarity in opening.terms.items()} if length else {})

    def cosine(self, one: int, other: int) -> float:
        """Say how many of their words two openings share: 0 to 1."""
        weights, others = self._weights[one], self._weights[other]
        return sum(weights[term] * others[term] for term in weights.keys() & others.keys())


def shared_terms(openings: Sequence[Opening]) -> dict[str, float]:
    """Weigh the terms of a story's articles by rarity and by how many of them hold each."""
    held: defaultdict[str, float] = defaultdict(float)
    for opening in openings:
        for term, rarity in opening.terms.items():
            held[term] += rarity / len(openings)
    return dict(held)
