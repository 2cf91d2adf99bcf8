"""Sentences that can stand alone in a list, and whether one bears another out: pure functions."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.answering.agreement import agrees, could_know
from bot.answering.evidence import addresses_a_model, share
from bot.answering.lead_ins import without_lead_in
from index_store import LiveChunk, Span, Version, outlet

_LONGEST_CHARS = 400
_WORDS = range(6, 70)
_LEAST_LOWER_CASE_WORDS = 3  # fewer are a heading, a place and a date, or a credit
_ENDS = re.compile(r"[.!…。।؟][\"”’')\]]*$")
# What such a sentence speaks of was said before it.
_LEANS_ON_OTHERS = re.compile(
    r"[\"“'‘(\[]*(?:he|she|it|they|we|i|you|this|that|these|those|his|her|its|their|our|my|both|such|but|and|so|or|then|"
    r"also|there|here|another|others|meanwhile|however|with (?:this|that)|"
    r"(?:although|though|while|since|as|if|when|because|after) (?:he|she|it|they|this|that|these|those)|"
    r"the (?:former|latter|pair|duo|two|move|decision|incident|announcement))\b",
    re.IGNORECASE,
)
_SPEAKS_TO_READERS = re.compile(
    r"^(?:see|read|click|watch|follow|photo|video|image|update|editor|correction|opinion|more)\b|\byou(?:r|rs|rself)?\b|"
    r"\b(?:sign up|newsletter|subscribe|click here|all rights reserved|this (?:story|article|page)|read more)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"/(?:Reuters|AP|AFP|EPA|Getty)\b|getty images|, [A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\.?$")
_SPEAKER_UNNAMED = re.compile(
    r"[”\"],? (?:he|she|they|it) (?:said|says|told|tells|added|wrote|asked|tweeted|explained)\b"
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_AGREES = 0.5  # of what a statement tells, the share that bears it out

Terms = Callable[[str], list[str]]
Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A sentence of an article version.

    Attributes:
        version: Where it stands.
        span: Its characters in the version's text.
        place: 0-based rank in its chunk.
        terms: Its index terms with their rarity.
    """

    version: Version
    span: Span
    place: int
    terms: dict[str, float]

    @property
    def text(self) -> str:
        """The sentence, to the letter."""
        return self.version.article.text[self.span.start : self.span.end]

    @property
    def published_at(self) -> datetime | None:
        """When its article was published; None if unknown."""
        return self.version.article.published_at

    @property
    def outlet(self) -> str:
        """Who published it, comparable."""
        return outlet(self.version.article).casefold()


class Reader:
    """Reads sentences as statements; `terms` and `rarity` are those of the index."""

    def __init__(self, *, terms: Terms, rarity: Rarity) -> None:
        self._terms, self._rarity = terms, cache(rarity)

    def weights(self, text: str) -> dict[str, float]:
        """Return the terms of a text with their rarity."""
        return {term: self._rarity(term) for term in dict.fromkeys(self._terms(text))}

    def statement(self, version: Version, span: Span, place: int) -> Statement:
        """Read one sentence, whatever it is."""
        return Statement(version, span, place, self.weights(version.article.text[span.start : span.end]))

    def statements(self, chunk: LiveChunk) -> Iterator[Statement]:
        """Yield the sentences of a chunk that can stand alone."""
        text = chunk.version.article.text
        for place, span in enumerate(chunk.chunk.sentences):
            own = without_lead_in(text, span)
            if stands_alone(text[own.start : own.end]):
                yield self.statement(chunk.version, own, place)


def stands_alone(text: str) -> bool:
    """Whether a sentence says something without those around it: whole, about somebody, and no call to the reader."""
    words = text.split()
    if len(words) not in _WORDS or len(text) > _LONGEST_CHARS or "\n" in text.strip():
        return False
    if (
        _LEANS_ON_OTHERS.match(text)
        or _SPEAKER_UNNAMED.search(text)
        or _SPEAKS_TO_READERS.search(_QUOTED.sub("", text))
    ):
        return False
    if _CAPTION.search(text) or not _ENDS.search(text) or addresses_a_model(text):
        return False
    opened, closed = text.count("“"), text.count("”")
    if opened != closed or text.count('"') % 2:
        return False
    has_capitals = any(char.isupper() for char in text)  # other scripts know no case
    return not has_capitals or sum(word[:1].islower() for word in words) >= _LEAST_LOWER_CASE_WORDS


def is_told_by(claim: Statement, other: Statement, *, known: Iterable[str] = (), least: float = _AGREES) -> bool:
    """
    Whether another sentence tells what a claim tells: its numbers, whether it is denied, and most of its words.

    Args:
        claim: What is to be borne out.
        other: What may bear it out.
        known: Terms that say nothing, since all that is compared holds them: the topic's.
        least: Share of the claim's other terms, by rarity, that must be there (0 to 1).
    """
    given = frozenset(known)
    told = {term: rarity for term, rarity in claim.terms.items() if term not in given} if given else claim.terms
    if share(other.terms, told) < least:
        return False
    return agrees(claim.text, other.text)


def witnesses(claim: Statement, others: Iterable[Statement], *, most: int, known: Iterable[str]) -> list[Statement]:
    """Return what bears a claim out: of each other publisher the best sentence, of a week of it; at most so many."""
    best: dict[str, Statement] = {}
    for other in others:
        if other.outlet == claim.outlet or not could_know(claim.published_at, other.published_at):
            continue
        if not is_told_by(claim, other, known=known):
            continue
        held = best.get(other.outlet)
        if held is None or share(other.terms, claim.terms) > share(held.terms, claim.terms):
            best[other.outlet] = other
    return list(best.values())[:most]
