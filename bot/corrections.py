"""What is to be said under an answer when an article that it quotes has been corrected or withdrawn: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.answering import Answer, Citation
from index_store import Lifetime, Version


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What became of an article.

    Attributes:
        lifetimes: When each of its versions was live, in their order; never empty.
        live: Its live version; None where it was removed.
    """

    lifetimes: tuple[Lifetime, ...]
    live: Version | None

    @property
    def number(self) -> int:
        """Number of the live version; 0 where there is none."""
        return self.live.number if self.live else 0

    @property
    def since(self) -> datetime:
        """When it became what it is (UTC)."""
        last = self.lifetimes[-1]
        return self.live.indexed_at if self.live else last.retired_at or last.indexed_at


@dataclass(frozen=True, slots=True)
class Correction:
    """
    One article that no longer says what an answer quotes.

    Attributes:
        citation: The first of the quotes that are gone.
        numbers: Numbers of all citations whose quotes are gone.
        since: When the article became what it is (UTC).
        withdrawn: Whether it was removed whole.
    """

    citation: Citation
    numbers: tuple[int, ...]
    since: datetime
    withdrawn: bool


def stands(quote: str, text: str) -> bool:
    """Whether a text holds a quote word for word; where its lines break is no matter."""
    words = r"\s+".join(map(re.escape, quote.split()))
    return re.search(rf"(?<!\w){words}(?!\w)", text) is not None


def corrections(answer: Answer, given_at: datetime, fates: Mapping[str, Fate]) -> tuple[Correction, ...]:
    """
    Find the articles whose quotes are gone since an answer was given, in the order of their first citation.

    An article that changed elsewhere is none of them: what was read still stands. An answer as of an earlier time that
    quotes a version replaced before it was given is about that time, and nothing that came later corrects it.

    Args:
        answer: The answer.
        given_at: When it was given (UTC).
        fates: What became of the articles that it quotes; one that nothing is known of is passed over.
    """
    gone = dict[str, list[Citation]]()
    for citation in answer.citations:
        fate = fates.get(citation.article_id)
        if fate is None or fate.number == citation.version or _was_past(answer, citation, given_at, fate):
            continue
        if fate.live is None or not stands(citation.quote, fate.live.article.text):
            gone.setdefault(citation.article_id, []).append(citation)
    return tuple(
        Correction(cited[0], tuple(one.n for one in cited), fates[key].since, fates[key].live is None)
        for key, cited in gone.items()
    )


def _was_past(answer: Answer, citation: Citation, given_at: datetime, fate: Fate) -> bool:
    if answer.question.filters.as_of is None:
        return False
    ended = next((one.retired_at for one in fate.lifetimes if one.number == citation.version), None)
    return ended is not None and ended <= given_at
