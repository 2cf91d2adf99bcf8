"""A question and its answer: frozen records that every front end renders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from bot.answering.follow_ups import Turn
from bot.answering.forms import sides_of
from index_store import Article, ArticleSummary, Filters, Span, day, partial_date

Support = Literal["confirmed", "single-source", "disputed"]
Standing = Literal["newest", "older"]
NOT_SAID = "The indexed articles don't say."

WriteDate = Callable[[datetime | str | None], str]  # a moment, or a date in ISO 8601 as exactly as it is known


def in_english(when: datetime | str | None) -> str:
    """Write a date for people: "5 March 2025", "March 2025"."""
    return partial_date(when) if isinstance(when, str) else day(when)


@dataclass(frozen=True, slots=True)
class Question:
    """
    What a person asks.

    Attributes:
        text: The question in their words.
        filters: What the answer may draw on.
        key: The asker's own id for the question, handed back with the answer.
        conversation: What was asked and said before, oldest first.
    """

    text: str
    filters: Filters = field(default_factory=Filters)
    key: str | None = None
    conversation: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """
    An exact quotation of one article version.

    Attributes:
        n: The number that claims refer to; 1 for the first one used, without gaps.
        article_id, version: The article version quoted.
        quote: `article.text[start:end]`, to the letter.
        start, end: Character span in the article's text.
        also_in: Other articles that carry the same report, earliest first; copies, so no further sources.
    """

    n: int
    article_id: str
    version: int
    url: str
    title: str
    publisher: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    quote: str
    start: int
    end: int
    also_in: tuple[ArticleSummary, ...] = ()

    @classmethod
    def of(
        cls, article: Article, version: int, span: Span, *, n: int = 0, also_in: tuple[ArticleSummary, ...] = ()
    ) -> Self:
        """Quote a span of an article version; `n` is 0 until it is numbered."""
        return cls(
            n=n,
            article_id=article.article_id,
            version=version,
            url=article.url,
            title=article.title,
            publisher=article.publisher,
            authors=article.authors,
            published_at=article.published_at,
            quote=article.text[span.start : span.end],
            start=span.start,
            end=span.end,
            also_in=also_in,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One statement of an answer.

    Attributes:
        text: The statement, without citation numbers.
        citations: Numbers of the citations it rests on, that which it quotes first; never empty.
        support: "confirmed" by two or more independent articles (copies of one report are one), "single-source", or
            "disputed": another article gives another figure at the same time.
        standing: Where articles give different figures, whether this is the newest; None where they do not.
        when: Of an event of a timeline, its date in ISO 8601, as exactly as it is known; None of other claims.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    standing: Standing | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What Dateline says: claims with citations, or an honest no.

    Attributes:
        question: The question as asked.
        standalone_question: The question as searched, understandable without the conversation.
        claims: In the order they are said; empty in an abstention.
        citations: In the order of their numbers.
        reason: Why nothing is said, in words for the asker; None when claims are made.
        nearest: In an abstention, the articles that came closest (at most three).
        mode: How it was worded: "extractive" for quotes, "llm" for claims that a model worded and that were checked.
        elapsed_ms: From question to answer, in milliseconds.
        window: What it was drawn from: what the asker allowed, within the time that the question names.
        note: Why it is extractive though a model was to word it; None otherwise.
    """

    question: Question
    standalone_question: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    reason: str | None
    nearest: tuple[ArticleSummary, ...]
    mode: Literal["extractive", "llm"]
    elapsed_ms: float
    window: Filters = field(default_factory=Filters)
    note: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether the articles don't say."""
        return not self.claims

    @property
    def turn(self) -> Turn:
        """What a question that follows this answer may leave out."""
        return Turn(self.standalone_question, " ".join(claim.text for claim in self.claims))

    @property
    def text(self) -> str:
        """The claims in order, with what leads in to them and their numbers ("… led the talks. [1]"), or `NOT_SAID`."""
        if self.abstained:
            return NOT_SAID
        return " ".join(f"{self.lead_in(claim)}{claim.text} {numbers(claim)}" for claim in self.claims)

    @property
    def gist(self) -> tuple[Claim, ...]:
        """The fewest claims that mislead nobody: the first, or all figures that differ, sides or events."""
        first = self.claims[:1]
        if any(claim.when for claim in first) or sides_of(self.standalone_question):
            return self.claims
        differing = tuple(claim for claim in self.claims if claim.standing or claim.support == "disputed")
        return differing if first and first[0] in differing else first

    def lead_in(self, claim: Claim, date_of: WriteDate = in_english) -> str:
        """Date an event, or say who told a figure that differs: "Quay Mail, 5 March 2025: "; "" for other claims."""
        if claim.when:
            return f"{date_of(claim.when)}: "
        if claim.standing is None or (claim.standing == "newest" and claim.support != "disputed"):
            return ""
        citation = self.citations[claim.citations[0] - 1]
        before = "" if claim.support == "disputed" else "Before that, "
        newest = " (newest)" if claim.standing == "newest" else ""
        return f"{before}{citation.publisher or citation.title}, {date_of(citation.published_at)}{newest}: "


def numbers(claim: Claim) -> str:
    """Write a claim's citation numbers: "[1][3]"."""
    return "".join(f"[{n}]" for n in claim.citations)
