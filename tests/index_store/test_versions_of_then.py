"""What was known at a time: an article that was corrected later is quoted in its words of then."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shelf import RECIPE, article, put, reader

from index_store import Filters, Passage, open_writer
from index_store.care.compact import compact

FIRST = "The flood killed 12 people."
CORRECTED = "The flood killed 10 people, not 12."
SEEN, MENDED = datetime(2025, 3, 6, tzinfo=UTC), datetime(2025, 3, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An article of two paragraphs that was indexed on the 6th of March and corrected on the 10th."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("flood", FIRST, "Roads are closed.")])
        put(writer, [article("flood", CORRECTED, "Roads are closed.", title="Correction")])
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as catalog, catalog:
        catalog.execute(
            "UPDATE versions SET indexed_at = ?, retired_at = ? WHERE number = 1",
            (SEEN.timestamp(), MENDED.timestamp()),
        )
        catalog.execute("UPDATE versions SET indexed_at = ? WHERE number = 2", (MENDED.timestamp(),))
    return tmp_path


def search(folder: Path, question: str, as_of: datetime | None) -> tuple[Passage, ...]:
    """Search as of a time."""
    with closing(reader(folder)) as index:
        return index.search(question, Filters(as_of=as_of), limit=5, per_article=2)


def test_before_a_correction_the_words_of_then_are_found(folder: Path) -> None:
    """As of a time between, headline, text and version are the first ones, and each chunk comes once."""
    found = search(folder, "flood killed people", datetime(2025, 3, 8, tzinfo=UTC))
    assert [passage.text for passage in found] == [FIRST, "Roads are closed."]
    assert {(passage.version, passage.article.title) for passage in found} == {(1, "Report on flood")}
    assert all(p.article.text[p.chunk.start : p.chunk.end] == p.text for p in found)


def test_before_the_first_words_were_indexed_they_are_found(folder: Path) -> None:
    """As of a time between publication and indexing, what was read first is nearest; the correction came later."""
    found = search(folder, "flood killed people", datetime(2025, 3, 5, 12, tzinfo=UTC))
    assert (found[0].text, found[0].version) == (FIRST, 1)


@pytest.mark.parametrize("as_of", [None, datetime(2025, 3, 10, 1, tzinfo=UTC)])
def test_otherwise_the_newest_words_are(folder: Path, as_of: datetime | None) -> None:
    """After it, and without a time, the article is as it is now."""
    found = search(folder, "flood killed people", as_of)
    assert (found[0].text, found[0].version) == (CORRECTED, 2)


def test_words_that_were_forgotten_are_not_replaced_by_newer_ones(folder: Path) -> None:
    """Where the text of then was given up, nothing is quoted rather than what nobody knew by then."""
    compact(folder, forget_before=datetime(2025, 3, 11, tzinfo=UTC))
    assert search(folder, "flood killed people", datetime(2025, 3, 8, tzinfo=UTC)) == ()
    assert search(folder, "flood killed people", None)
