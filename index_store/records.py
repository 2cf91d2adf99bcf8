"""What goes onto the shelf and what comes back: frozen records, whole from birth."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Span(NamedTuple):
    """A character span of an article's text, `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """
    One news article, as every source yields it and as the catalog keeps it.

    Attributes:
        article_id: Stable key made from the address: 16 hexadecimal digits. A changed article keeps it, and so does
            one that is met at another variant of its address (AMP, mobile, with tracking parameters).
        url: Address of the original, also of a local file (`file:///…`).
        title: Headline; never empty.
        text: Body, never empty; every citation is a span of it.
        authors: Names in the order of the byline.
        publisher: Name of the publisher, or None where unknown.
        published_at: Time zone aware; None where no source tells it. Never guessed.
        date_source: Where `published_at` was read: "record", "feed", "json-ld", "page" and the like; "" without a date.
        language: ISO 639-1 code, or None where unknown.
        date_confidence: How sure that is: "high" (the publisher's own data), "medium" or "low"; "" without a date.
        modified_at: When its publisher says that it last changed; time zone aware, or None.
        section: The part of the publication it appeared in ("World"), or None.
    """

    article_id: str
    url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published_at: datetime | None = None
    date_source: str = ""
    language: str | None = None
    date_confidence: str = ""
    modified_at: datetime | None = None
    section: str | None = None

    @property
    def fingerprint(self) -> str:
        """
        SHA-256 over everything that a quotation shows but the address; equal fingerprints need no new embedding.

        Another variant of its address makes no new version, nor does a new modification date alone: many publishers
        renew it without changing a word.
        """
        shown = (self.title, self.text, self.authors, self.publisher, self.published_at, self.language)
        return sha256(repr(shown).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Version:
    """
    One state of an article that was or is live.

    Attributes:
        article: The article as it was in this version.
        number: 1 for the first version, counted up at each change.
        indexed_at: When this version was committed (UTC).
        first_seen_at: When the article's first version was committed (UTC).
    """

    article: Article
    number: int
    indexed_at: datetime
    first_seen_at: datetime

    @property
    def public_by(self) -> datetime:
        """When the article was published, or, undated, first seen: it was public by then."""
        return self.article.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class Lifetime:
    """
    When a version of an article was live.

    Attributes:
        number: The version's number.
        indexed_at: When it was committed (UTC).
        retired_at: When it was replaced, or the article removed (UTC); None while it is live.
    """

    number: int
    indexed_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class RetiredVersion:
    """
    A version that is live no more.

    Attributes:
        version: What it was; without text where that was given up.
        retired_at: When it was replaced, or the article removed (UTC).
    """

    version: Version
    retired_at: datetime


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    A contiguous piece of one article, small enough to embed whole.

    Attributes:
        article_id: The article it was cut from.
        position: 0-based rank of the chunk inside its article.
        start, end: Character span in the article's text; `text == article.text[start:end]`.
        text: Never empty.
        sentences: Spans of its sentences in the article's text, in reading order, inside [start, end].
    """

    article_id: str
    position: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]


def chunk_key(article_id: str, number: int, position: int) -> str:
    """Name a chunk in the catalog, in Chroma and in Tantivy; it never changes its meaning."""
    return f"{article_id}.{number}.{position}"


def first_chunk_key(key: str) -> str:
    """Name the first chunk of the article version that a chunk belongs to."""
    return f"{key.rpartition('.')[0]}.0"


@dataclass(frozen=True, slots=True)
class Likeness:
    """
    How an article's copies are found.

    Attributes:
        bands: Integers of 64 bits with sign; articles that share one may be copies of each other.
        copies_of: Ids of the live articles that it is a copy of, those of the same batch among them.
    """

    bands: tuple[int, ...] = ()
    copies_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewVersion:
    """
    An article version ready to be committed.

    Attributes:
        article: The article.
        number: The version's number.
        first_seen_at: When the article's first version was committed, this one included.
        chunks: In reading order; never empty.
        vectors: One row a chunk, float32, of unit length.
        likeness: How its copies are found, and which they are.
    """

    article: Article
    number: int
    first_seen_at: datetime
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    likeness: Likeness = Likeness()

    @property
    def keys(self) -> list[str]:
        """The chunks' keys, in order."""
        return [chunk_key(self.article.article_id, self.number, chunk.position) for chunk in self.chunks]

    @property
    def public_by(self) -> datetime:
        """When the article was published, or, undated, first seen: it was public by then."""
        return self.article.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True)
class LiveChunk:
    """A chunk as the catalog knows it."""

    version: Version
    chunk: Chunk
    vector: Vectors


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """
    A Chroma server that holds the vectors in place of the data folder.

    Attributes:
        url: Its address, such as "http://127.0.0.1:8000".
        collection: The collection that belongs to the data folder, and to no other.
    """

    url: str
    collection: str


@dataclass(frozen=True, slots=True)
class Glance:
    """
    What ranking needs of a live chunk, without any text.

    Attributes:
        article_id: The article it was cut from.
        public_by: When that was published, or, undated, first seen (seconds since 1970).
        published: When it was published, or None where unknown (the same).
        cosine: Cosine between question and chunk, in [-1, 1].
    """

    article_id: str
    public_by: int
    published: int | None
    cosine: float


@dataclass(frozen=True, slots=True)
class Filters:
    """
    What a search may see.

    Attributes:
        since: Published at or after this time.
        until: Published at or before this time.
        as_of: Nothing published later. An undated article counts as published when it was first seen,
            for it was published by then; `since` and `until` never admit it.
        publishers: Only these publishers (names, compared without case); empty admits all.
    """

    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    publishers: tuple[str, ...] = ()

    def within(self, since: datetime | None, until: datetime | None) -> Self:
        """Narrow them further to what was published between two moments (None for no limit)."""
        return replace(
            self,
            since=max((moment for moment in (self.since, since) if moment), default=None),
            until=min((moment for moment in (self.until, until) if moment), default=None),
        )

    @property
    def narrow(self) -> bool:
        """Whether any article could be left out."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """What a list of articles shows: all of an article but its text."""

    article_id: str
    url: str
    title: str
    publisher: str | None
    published_at: datetime | None

    @classmethod
    def of(cls, article: Article) -> Self:
        """Summarise an article."""
        return cls(article.article_id, article.url, article.title, article.publisher, article.published_at)


class Relevance(NamedTuple):
    """
    What speaks for a passage as the answer to a question; each from 0 to 1, and higher is better.

    Attributes:
        meaning: Cosine between question and chunk; headline and date are embedded with each chunk.
        text: BM25 of the chunk's text, as a share of the most that a text could get.
        headline: The same of its article's headline.
        opening: Share of the question's words, by squared rarity, that headline and first chunk hold together: whether
            the article is about the matter or only mentions it.
        freshness: How new its article was when the question was asked; up to 2 where the newest is asked for.
    """

    meaning: float
    text: float
    headline: float
    opening: float
    freshness: float


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A live chunk that matches a query, with what is known of its article.

    Of a search as of a time before the article was corrected, article and chunk are those of then.

    Attributes:
        article: The article, whole.
        version: Number of the article version.
        chunk: The matching chunk.
        relevance: What speaks for it.
        score: All of that in one number; higher is better.
        word_score: BM25 score, 0 where no word matches.
        cosine: Cosine between question and chunk, in [-1, 1].
        also_in: Live articles that are copies of this one and pass the search's filters, earliest first; at most five.
    """

    article: Article
    version: int
    chunk: Chunk
    relevance: Relevance
    score: float
    word_score: float
    cosine: float
    also_in: tuple[ArticleSummary, ...] = ()

    @property
    def text(self) -> str:
        """The chunk's text."""
        return self.chunk.text
