"""Which articles are about a topic, rather than only near it; or why none is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.answering.evidence import share
from bot.answering.question import ASKING_WORDS, understand
from bot.answering.refusal import MOST_NEAREST, nearest, that_pass
from bot.overviews.statements import Reader
from index_store import Article, ArticleSummary, Filters, NewsIndex, Passage, Version, day

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_MOST_ARTICLES = 150
_OPENING_CHARS = 1_200  # about a first chunk
# Of the topic's words, by rarity, that headline and opening must hold: one name of two is not enough.
_LEAST_SHARE = 0.7
_HEADLINE_COUNTS = 0.25  # for the share that the headline holds alone
_LEAST = 1.45  # of that share, the headline's, and the cosine between topic and passage, together
_LEAST_UNSEEN = 1.1  # the same without a cosine, of versions that have no vector any more


@dataclass(frozen=True, slots=True)
class About:
    """
    What was found of a topic.

    Attributes:
        passages: The best one of each article that is about it, best first; a story's copies are one article.
        reason: Why there are none; None where there are.
        nearest: Then the articles that came closest.
    """

    passages: tuple[Passage, ...]
    reason: str | None
    nearest: tuple[ArticleSummary, ...]

    @property
    def article_ids(self) -> tuple[str, ...]:
        """Their articles."""
        return tuple(passage.article.article_id for passage in self.passages)


class Topic:
    """
    A topic, as the index understands it.

    Attributes:
        text: As asked, on one line.
        terms: Index terms that name it, with their rarity.
    """

    def __init__(self, index: NewsIndex, text: str, *, now: datetime) -> None:
        self._index = index
        index.refresh()  # a word that has just been indexed is a known one
        understood = understand(text, terms=index.terms, now=now)
        self.text = understood.standalone
        self._words = [
            word for word in _WORD.findall(self.text) if word.casefold() not in ASKING_WORDS or word.isupper()
        ]
        named = understood.terms if self._words else ()
        self.terms = {term: index.rarity(term) for term in named}

    def find(self, filters: Filters) -> About:
        """Find the articles about it that pass."""
        unknown = self._unknown()
        found = self._index.search(self.text, filters, limit=_MOST_ARTICLES, per_article=1) if self.terms else ()
        about = tuple(passage for passage in found if self._is_told(passage)) if not unknown else ()
        if about:
            return About(about, None, ())
        return About((), self._reason(filters, unknown), nearest(found)[:MOST_NEAREST])

    def is_told_in(self, version: Version) -> bool:
        """Whether an article version, live or not, is about it, as far as its words say."""
        return self._words_of(version.article) >= _LEAST_UNSEEN

    def _is_told(self, passage: Passage) -> bool:
        return self._words_of(passage.article) + max(passage.cosine, 0.0) >= _LEAST

    def _words_of(self, article: Article) -> float:
        """Say how much of the topic headline and opening hold: 0 to 1.25; 0 where it is too little to be about it."""
        title = self._index.terms(article.title)
        opening = self.share_in([*title, *self._index.terms(article.text[:_OPENING_CHARS])])
        return opening + _HEADLINE_COUNTS * self.share_in(title) if opening >= _LEAST_SHARE else 0.0

    def share_in(self, terms: Iterable[str]) -> float:
        """Share of the topic that these terms hold: 0 to 1."""
        return share(set(terms), self.terms)

    def _unknown(self) -> list[str]:
        """Return the words that stand in no article: of a topic, unlike of a question, each one counts."""
        named = [word for word in self._words if self.terms.keys() & set(self._index.terms(word))]
        return [word for word in dict.fromkeys(named) if not self._index.mentions(word)]

    def _reason(self, filters: Filters, unknown: list[str]) -> str:
        if not self.terms:
            return "The topic names nothing to look for."
        newest = self._index.newest_published_at(Filters(as_of=filters.as_of, publishers=filters.publishers))
        told = f" The newest is of {day(newest)}." if newest else ""
        if self._index.count_articles(filters) == 0:
            return f"No indexed article {that_pass(filters).strip() or 'is there'}.{told}"
        if unknown:
            return f"No indexed article mentions {' or '.join(unknown)}."
        return f"No indexed article {that_pass(filters)}is about “{self.text}”."


def reader_of(index: NewsIndex) -> Reader:
    """Return what reads sentences in the terms of an index."""
    return Reader(terms=index.terms, rarity=index.rarity)
