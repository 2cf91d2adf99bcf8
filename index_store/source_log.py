"""
What is remembered of sources and pages from one run to the next: when they were asked, and what they answered.

It is kept in the catalog's file, and written only after the articles it speaks of are committed: a run that is killed
in between asks once more, and loses nothing.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class SourceState:
    """
    What is known of a source.

    Attributes:
        location: As it is named in the settings or on the command line.
        kind: "feed", "sitemap", "page" and the like; "" before its first success.
        title: What it calls itself, or "".
        moved_to: Where it permanently is now; None where it has not moved.
        etag, last_modified: Validators of its last answer, for asking whether it has changed.
        checked_at: When it was last asked.
        succeeded_at: When it last answered with something that could be read.
        due_at: When to ask again: by its schedule, or because its publisher asked for a pause.
        paused_until_at: Until when its publisher asked to be left alone; None where it did not.
        failures: How many failures in a row.
        problem: The last failure in words; None after a success.
        retired: Whether it answered that it is gone for good.
        update_every_s: How often its publisher wants it asked, in seconds; None where that is not told.
        since_at: What was published before was left out at its last visit; None where nothing was.
        below: Locations of the feeds or sitemaps that it names and that are visited with it, in its order.
    """

    location: str
    kind: str = ""
    title: str = ""
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    due_at: datetime | None = None
    paused_until_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    retired: bool = False
    update_every_s: float | None = None
    since_at: datetime | None = None
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageState:
    """
    What is known of a page that a source named.

    Attributes:
        page_key: Identity of its address.
        address: Where it was asked for.
        source: Location of the source that named it.
        entry_key: What names it inside its feed; None where no feed named it.
        article_id: The article it gave; None where it gave none.
        announcement: Fingerprint of what its source said of it; while that stays, it need not be fetched again.
        etag, last_modified: Validators of its last answer.
        checked_at: When it was last asked.
        problem: Why it gave no article; None where it gave one.
        gone: Whether its publisher has deleted or withdrawn it.
        failures: How many times in a row it could not be read.
        retry_at: When to ask again after a failure, though its source says nothing new; None where that is of no use.
    """

    page_key: str
    address: str
    source: str
    entry_key: str | None
    article_id: str | None
    announcement: str | None
    etag: str | None
    last_modified: str | None
    checked_at: datetime
    problem: str | None = None
    gone: bool = False
    failures: int = 0
    retry_at: datetime | None = None


AnyState = TypeVar("AnyState", SourceState, PageState)


class SourceLog:
    """The tables `sources` and `pages` of a catalog."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def source(self, location: str) -> SourceState:
        """Return what is known of a source; one never asked is known by its location alone."""
        row = self._connection.execute("SELECT * FROM sources WHERE location = ?", (location,)).fetchone()
        return _record(SourceState, row) if row else SourceState(location)

    def sources(self) -> tuple[SourceState, ...]:
        """Return all sources ever asked, by location."""
        rows = self._connection.execute("SELECT * FROM sources ORDER BY location")
        return tuple(_record(SourceState, row) for row in rows)

    def page(self, page_key: str) -> PageState | None:
        """Return what is known of a page, or None."""
        row = self._connection.execute("SELECT * FROM pages WHERE page_key = ?", (page_key,)).fetchone()
        return _record(PageState, row) if row else None

    def page_of_entry(self, source: str, entry_key: str) -> PageState | None:
        """Return what is known of the page of a feed's entry, or None."""
        row = self._connection.execute(
            "SELECT * FROM pages WHERE source = ? AND entry_key = ?", (source, entry_key)
        ).fetchone()
        return _record(PageState, row) if row else None

    def is_live(self, article_id: str | None) -> bool:
        """Whether an article is in the index."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM versions WHERE article_id = ? AND retired_at IS NULL)", (article_id,)
        ).fetchone()
        return bool(row[0])

    def has_another_page(self, page: PageState) -> bool:
        """Whether the article of a page stands at another page, too, which is not gone."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM pages WHERE article_id = ? AND page_key != ? AND gone = 0)",
            (page.article_id, page.page_key),
        ).fetchone()
        return bool(row[0])

    def live_pages(self) -> Iterator[PageState]:
        """Yield the pages of live articles, those not asked for the longest time first."""
        rows = self._connection.execute(
            "SELECT pages.* FROM pages JOIN versions USING (article_id) WHERE retired_at IS NULL ORDER BY checked_at"
        )
        return (_record(PageState, row) for row in rows.fetchall())

    def count_articles(self) -> dict[str, int]:
        """Count the live articles of each source, by location."""
        rows = self._connection.execute(
            "SELECT source, count(*) FROM pages JOIN versions USING (article_id) "
            "WHERE retired_at IS NULL GROUP BY source"
        )
        return dict(rows.fetchall())

    def save(self, states: Iterable[SourceState | PageState]) -> None:
        """Remember these states, all or none, in the place of older ones."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for state in states:
                table = "sources" if isinstance(state, SourceState) else "pages"
                row = [_stored(value) for value in astuple(state)]
                marks = ", ".join("?" * len(row))
                self._connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return json.dumps(value)
    return int(value.timestamp()) if isinstance(value, datetime) else value


def _record(kind: type[AnyState], row: tuple[Any, ...]) -> AnyState:
    """Read a row, whose columns stand in the order of the record's fields."""
    values = {field.name: value for field, value in zip(fields(kind), row, strict=True)}
    for name, value in values.items():
        if name.endswith("_at") and value is not None:
            values[name] = datetime.fromtimestamp(value, UTC)
    for name in {"retired", "gone"} & values.keys():
        values[name] = bool(values[name])
    if "below" in values:
        values["below"] = tuple(json.loads(values["below"]))
    return kind(**values)
