"""What the overviews say: frozen records that every front end renders. Each line is a claim with exact citations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.answering import Citation, Claim
from index_store import ArticleSummary, Filters

DateFrom = Literal["published", "sentence"]


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that happened, told once.

    Attributes:
        date: ISO 8601, as exactly as it is known: "2025-03-05", "2025-03" or "2025".
        date_from: "sentence" where the quote itself names the date, "published" where its article's date stands for it.
        claim: The quote, its citations and its support.
        retold_in: Other articles that report the same and are not cited, earliest first.
    """

    date: str
    date_from: DateFrom
    claim: Claim
    retold_in: tuple[ArticleSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    What happened in a matter, oldest first.

    Attributes:
        topic: The matter, as asked.
        filters: What it was drawn from.
        events: Oldest first; empty where no article is about the topic.
        citations: In the order of their numbers.
        reason: Why there are no events; None where there are.
        nearest: Then the articles that came closest (at most three).
        left_out: How many less telling events were left out for brevity.
        elapsed_ms: How long it took.
    """

    topic: str
    filters: Filters
    events: tuple[Event, ...]
    citations: tuple[Citation, ...]
    reason: str | None
    nearest: tuple[ArticleSummary, ...]
    left_out: int
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Story:
    """
    What several articles of a window report together; or one alone.

    Attributes:
        claim: Its best opening sentence, with citations and support.
        publishers: Each that reported it once, first the one quoted.
        sources: How many of them reported it independently: copies of one report are one source, and so are several
            articles of one publisher.
        newest: When the newest of its articles was published.
        articles: All of them, newest first.
    """

    claim: Claim
    publishers: tuple[str, ...]
    sources: int
    newest: datetime | None
    articles: tuple[ArticleSummary, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """
    The main stories of a window: those of most sources first, then the newest.

    Attributes:
        topic: What the stories are about; None for everything.
        filters: The window, and what else was asked for.
        stories: The main ones, main first.
        citations: In the order of their numbers.
        articles: How many articles of the window were read.
        left_out: How many smaller stories are not shown.
        reason: Why there is no story; None where there is one.
        nearest: Then the articles that came closest (at most three).
        elapsed_ms: How long it took.
    """

    topic: str | None
    filters: Filters
    stories: tuple[Story, ...]
    citations: tuple[Citation, ...]
    articles: int
    left_out: int
    reason: str | None
    nearest: tuple[ArticleSummary, ...]
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Correction:
    """
    An article whose version was replaced.

    Attributes:
        article: As it is now.
        old_version, new_version: The version that was live before, and the one that is live now.
        corrected_at: When the last version that is no more was replaced (UTC).
        old_title: Its headline before, where that has changed; None where not.
        removed: Sentences that it no longer holds, quoted from the old version.
        added: Sentences that it did not hold before, quoted from the new one.
        is_comparable: Whether the old text is still kept.
    """

    article: ArticleSummary
    old_version: int
    new_version: int
    corrected_at: datetime
    old_title: str | None
    removed: tuple[Claim, ...]
    added: tuple[Claim, ...]
    is_comparable: bool = True


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """
    An article that was removed.

    Attributes:
        article: As it last was.
        version: Its last version, which `dateline articles show ID --version N` still shows.
        withdrawn_at: When it was removed (UTC).
    """

    article: ArticleSummary
    version: int
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What is said of a matter now that was not said before, and what is said no longer.

    Attributes:
        topic: The matter, as asked.
        filters: `since` is from when on.
        new: Claims of articles published since then that no older article told, newest first.
        dropped: Claims that a corrected article no longer makes, as its old version made them.
        corrected: Articles that were corrected since then, latest first.
        withdrawn: Articles that were removed since then, latest first.
        citations: In the order of their numbers.
        left_out: How many more new claims there are.
        reason: Why nothing is told; None where something is.
        nearest: The articles that came closest, where none is about the topic.
        elapsed_ms: How long it took.
    """

    topic: str
    filters: Filters
    new: tuple[Claim, ...]
    dropped: tuple[Claim, ...]
    corrected: tuple[Correction, ...]
    withdrawn: tuple[Withdrawal, ...]
    citations: tuple[Citation, ...]
    left_out: int
    reason: str | None
    nearest: tuple[ArticleSummary, ...]
    elapsed_ms: float
