"""
Stories: articles that are copies of each other; tables of the catalog, changed in its transactions.

A story is a connected component of the pairs that `ingest` found to be copies, so the order in which articles came
does not matter. It is named after its smallest article id. An article without copies is in no table but `bands`.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable

from index_store.records import ArticleSummary, Filters, Likeness
from index_store.rows import SUMMARY_COLUMNS, conditions, summary_from

_MOST_OF_A_BAND = 100  # newest first; what more articles share is boilerplate


class Stories:
    """Which live articles are copies of each other, in the file of one catalog."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._changed: set[str] = set()  # articles whose stories must be told anew; one too many does no harm

    # Writing, inside a transaction of the catalog.

    def enter(self, article_id: str, version_id: int, likeness: Likeness) -> None:
        """Note a version that becomes live; copies that are not live are left out."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, version_id) for band in likeness.bands]
        )
        live = self._connection.execute(
            "SELECT article_id FROM versions WHERE retired_at IS NULL AND article_id <> ? "
            "AND article_id IN (SELECT value FROM json_each(?))",
            (article_id, json.dumps(likeness.copies_of)),
        ).fetchall()
        pairs = [pair for (other,) in live for pair in ((article_id, other), (other, article_id))]
        self._connection.executemany("INSERT OR IGNORE INTO copies VALUES (?, ?)", pairs)
        self._changed.add(article_id)

    def leave(self, article_id: str, version_id: int) -> None:
        """Forget a version that is live no more."""
        self._connection.execute("DELETE FROM bands WHERE version_id = ?", (version_id,))
        left = self._connection.execute("DELETE FROM copies WHERE one = ? RETURNING other", (article_id,)).fetchall()
        self._connection.executemany(
            "DELETE FROM copies WHERE one = ? AND other = ?", [(other, article_id) for (other,) in left]
        )
        self._changed |= {article_id, *(other for (other,) in left)}  # each part that is left holds one of these

    def settle(self) -> None:
        """Tell the stories of all articles that entered, left or lost a copy; the last step of a transaction."""
        while self._changed:
            members = self._connected(self._changed.pop())
            self._changed -= members
            self._connection.executemany("DELETE FROM stories WHERE article_id = ?", [(one,) for one in members])
            if len(members) > 1:
                story_id = min(members)
                self._connection.executemany("INSERT INTO stories VALUES (?, ?)", [(one, story_id) for one in members])

    def _connected(self, article_id: str) -> set[str]:
        """Follow the pairs from one article to all that it is connected with, itself among them."""
        rows = self._connection.execute(
            "WITH RECURSIVE story(member) AS "
            "(VALUES (?) UNION SELECT other FROM story JOIN copies ON one = member) SELECT member FROM story",
            (article_id,),
        )
        return {member for (member,) in rows}

    # Reading.

    def sharing(self, bands: Iterable[int], *, limit: int) -> list[str]:
        """Return the ids of live articles that share a band with these, those that share most of them first."""
        shared: Counter[int] = Counter()
        for band in bands:
            rows = self._connection.execute(
                "SELECT version_id FROM bands WHERE band = ? ORDER BY version_id DESC LIMIT ?", (band, _MOST_OF_A_BAND)
            )
            shared.update(version_id for (version_id,) in rows)
        best = sorted(shared, key=lambda version_id: (-shared[version_id], -version_id))[:limit]
        return [self._article_id(version_id) for version_id in best]

    def _article_id(self, version_id: int) -> str:
        query = "SELECT article_id FROM versions WHERE version_id = ?"
        article_id: str = self._connection.execute(query, (version_id,)).fetchone()[0]
        return article_id

    def story_ids(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Name the story of each of these articles that has copies; the others are missing."""
        rows = self._connection.execute(
            "SELECT article_id, story_id FROM stories WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        return dict(rows.fetchall())

    def copies(self, article_id: str, filters: Filters, *, limit: int) -> tuple[ArticleSummary, ...]:
        """List the other live articles of an article's story that pass, earliest first."""
        where, values = conditions(filters)
        rows = self._connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM versions WHERE {where} AND article_id <> ? AND article_id IN "
            "(SELECT article_id FROM stories WHERE story_id = (SELECT story_id FROM stories WHERE article_id = ?)) "
            "ORDER BY public_by_epoch, article_id LIMIT ?",
            (*values, article_id, article_id, limit),
        )
        return tuple(summary_from(row) for row in rows)
