"""What `dateline stats` counts."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from shelf import RECIPE, article, put
from wcwidth import wcswidth

from index_store import SourceState, open_writer
from index_store.care.readable_stats import readable_statistics, statistics_json
from index_store.care.sizes import sizes
from index_store.care.stats import Sources, statistics

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def test_articles_dates_publishers_and_languages_are_counted(tmp_path: Path) -> None:
    """Only live articles count; past versions are counted apart, months and publishers most first or in order."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("ferry", "One.", "Two.", language="en"), article("gone")])
        put(writer, [article("tram", publisher="Quay Post", published_at=datetime(2024, 12, 31, 23, tzinfo=UTC))])
        put(writer, [article("undated", published_at=None, publisher=None), article("mayor")])
        put(writer, [article("mayor", "Changed.")])
        writer.remove([article("gone").article_id])
    counted = statistics(tmp_path, now=NOW)
    articles = counted.articles
    assert (articles.count, articles.undated, counted.chunks) == (4, 1, 5)
    assert (counted.versions, counted.past_versions, counted.forgotten_texts) == (6, 2, 0)
    assert articles.publishers == (("Example News", 2), (None, 1), ("Quay Post", 1))
    assert articles.languages == ((None, 3), ("en", 1))
    assert articles.months == (("2024-12", 1), ("2025-03", 2))
    assert (articles.oldest, articles.newest) == (
        datetime(2024, 12, 31, 23, tzinfo=UTC),
        datetime(2025, 3, 5, tzinfo=UTC),
    )
    assert sum(counted.bytes_of.values()) > 0
    assert counted.last_commit_at is not None


def test_sources_are_told_by_how_they_answer(tmp_path: Path) -> None:
    """Those in use are ok or failing, and due or not; one that is gone for good is neither."""
    earlier, later = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        writer.remember(
            [
                SourceState("https://quay.example/a", succeeded_at=earlier, due_at=earlier),
                SourceState("https://quay.example/b", succeeded_at=earlier, due_at=later),
                SourceState("https://quay.example/c", failures=2, problem="answered 500", due_at=later),
                SourceState("https://quay.example/d", failures=1, problem="answered 410", retired=True, due_at=earlier),
            ]
        )
    assert statistics(tmp_path, now=NOW).sources == Sources(total=4, retired=1, ok=2, failing=1, due=1)


def test_bars_fit_the_terminal_and_line_up(tmp_path: Path) -> None:
    """At 40 columns no bar runs over, and bars stand below each other also behind names in wide letters."""
    with open_writer(tmp_path, recipe=RECIPE) as writer:
        put(writer, [article("ferry", publisher="海港日報"), *(article(name) for name in ("tram", "mayor", "bell"))])
    counted = statistics(tmp_path, now=NOW)
    narrow = click.unstyle(readable_statistics(counted, columns=40))
    for told in (narrow, readable_statistics(counted)):
        bars = [line.partition("▇") for line in told.splitlines() if "▇" in line]
        assert len({wcswidth(before) for before, *_ in bars[:2]}) == 1
    assert all(0 <= wcswidth(line) <= 40 for line in narrow.splitlines() if "▇" in line)
    assert narrow.count("▇") < readable_statistics(counted).count("▇")


def test_an_empty_index_can_be_told(tmp_path: Path) -> None:
    """Without any article there is nothing to divide by."""
    with open_writer(tmp_path, recipe=RECIPE):
        pass
    counted = statistics(tmp_path, now=NOW)
    assert "0 in 0 chunks" in readable_statistics(counted)
    assert statistics_json(counted)["oldest"] is None


def test_a_folder_that_goes_while_it_is_measured_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that clears a draft away, just as its turn has come, ends no command that tells sizes."""
    (tmp_path / "words.new").mkdir()
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "meta.json").write_bytes(b"12345")
    scandir = os.scandir

    def swapped(path: Any) -> Any:
        if Path(path).name == "words.new":
            Path(path).rmdir()
        return scandir(path)

    monkeypatch.setattr(os, "scandir", swapped)
    assert sizes(tmp_path)["words"] == 5
    assert not (tmp_path / "words.new").exists()
