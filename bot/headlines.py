"""What topics are taken from: the newest headlines of an index, and how its newest texts begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.topics import topics
from index_store import Catalog

_TEXT_CHARS = 1_500
_NEWEST = 300  # headlines whose names come first


@dataclass(frozen=True, slots=True)
class Headlines:
    """
    What topics are taken from, the newest article's first.

    Attributes:
        generation: Of the index that they were read from.
        headlines: Whose names are offered.
        texts: Beginnings of the newest texts, which show what words are names.
    """

    generation: int
    headlines: Sequence[str]
    texts: Sequence[str]

    @classmethod
    def read(cls, catalog: Catalog, *, most: int, most_texts: int) -> Self:
        """Read the newest headlines, and how the newest texts begin, at most so many of each."""
        return cls(
            catalog.generation(),
            catalog.headlines(limit=most),
            catalog.beginnings(limit=most_texts, chars=_TEXT_CHARS),
        )

    def topics(self) -> tuple[str, ...]:
        """Name what they are about, most frequent first; see `topics.topics`."""
        return topics(self.headlines, self.texts, newest=_NEWEST)
