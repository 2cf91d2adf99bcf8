"""What `dateline stats` prints: for people and for programs; pure functions."""

from collections.abc import Iterable, Iterator
from typing import Any

import click

from index_store.care.sizes import readable_bytes
from index_store.care.stats import Articles, Sources, Statistics
from index_store.formats import columns_of, day, iso_utc

_MONTHS_SHOWN = 12
_LONGEST_BAR = 30
_SHORTEST_BAR = 5
_BESIDE_BARS = 12  # columns for blanks and the number


def statistics_json(counted: Statistics) -> dict[str, Any]:
    """Write all numbers; times in UTC, sizes in bytes."""
    articles, sources = counted.articles, counted.sources
    return {
        "articles": articles.count,
        "chunks": counted.chunks,
        "versions": counted.versions,
        "past_versions": counted.past_versions,
        "forgotten_texts": counted.forgotten_texts,
        "stories": counted.stories,
        "story_articles": counted.story_articles,
        "undated": articles.undated,
        "oldest": iso_utc(articles.oldest),
        "newest": iso_utc(articles.newest),
        "publishers": [{"publisher": name, "articles": count} for name, count in articles.publishers],
        "more_publishers": articles.more_publishers,
        "languages": [{"language": code, "articles": count} for code, count in articles.languages],
        "months": [{"month": month, "articles": count} for month, count in articles.months],
        "sources": {
            "total": sources.total,
            "ok": sources.ok,
            "failing": sources.failing,
            "due": sources.due,
            "retired": sources.retired,
        },
        "bytes": counted.bytes_of,
        "model": counted.model,
        "recipe": counted.recipe,
        "format": counted.catalog_format,
        "generation": counted.generation,
        "last_commit_at": iso_utc(counted.last_commit_at),
    }


def readable_statistics(counted: Statistics, *, columns: int = 0) -> str:
    """
    Write the numbers that people ask for.

    Args:
        counted: The numbers.
        columns: How wide the terminal is that they are looked at on; 0 for none.
    """
    return "\n".join(_lines(counted, columns))


def _lines(counted: Statistics, columns: int) -> Iterator[str]:
    articles = counted.articles
    yield _line("articles", f"{articles.count:,} in {counted.chunks:,} chunks")
    forgotten = f", {counted.forgotten_texts:,} of them without text" if counted.forgotten_texts else ""
    yield _line("versions", f"{counted.versions:,}, {counted.past_versions:,} of them past{forgotten}")
    yield _line("stories", f"{counted.stories:,} told in {counted.story_articles:,} articles")
    yield _line("dates", _dates(articles))
    yield _line("languages", _listed(articles.languages))
    yield _line("sources", _sources(counted.sources))
    parts = ", ".join(f"{part} {readable_bytes(size)}" for part, size in counted.bytes_of.items() if size)
    yield _line("size", f"{readable_bytes(sum(counted.bytes_of.values()))}: {parts}")
    yield _line("model", counted.model or "none yet")
    yield _line("format", f"{counted.catalog_format}; {counted.recipe or 'no recipe yet'}")
    moment = counted.last_commit_at
    yield _line("changed", f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never")
    yield from _table("Publishers", [(name or "unknown", count) for name, count in articles.publishers], columns)
    if articles.more_publishers:
        yield f"  and {articles.more_publishers:,} more"
    yield from _table("Articles a month", articles.months[-_MONTHS_SHOWN:], columns)
    if len(articles.months) > _MONTHS_SHOWN:
        yield f"  and {len(articles.months) - _MONTHS_SHOWN:,} months before; --json has them"


def _line(name: str, told: str) -> str:
    return f"{name:<10}{told}"


def _dates(articles: Articles) -> str:
    undated = f"{articles.undated:,} undated"
    if articles.oldest is None:
        return undated
    span = f"{day(articles.oldest)} to {day(articles.newest)}"
    return f"{span}, {undated}" if articles.undated else span


def _listed(counts: Iterable[tuple[str | None, int]]) -> str:
    return ", ".join(f"{name or 'unknown'} {count:,}" for name, count in counts) or "none"


def _sources(sources: Sources) -> str:
    if not sources.total:
        return "none asked yet"
    return (
        f"{sources.total:,}: {sources.ok:,} ok, {sources.failing:,} failing, {sources.due:,} due, "
        f"{sources.retired:,} gone for good"
    )


def _table(title: str, rows: Iterable[tuple[str, int]], columns: int) -> Iterator[str]:
    """Draw numbers as bars: at a terminal coloured, and as long as there is room for."""
    rows = list(rows)
    if not rows:
        return
    yield from ("", title)
    widest, most = max(columns_of(name) for name, _ in rows), max(count for _, count in rows)
    longest = min(_LONGEST_BAR, max(_SHORTEST_BAR, columns - widest - _BESIDE_BARS)) if columns else _LONGEST_BAR
    for name, count in rows:
        bar = "▇" * max(1, round(longest * count / most))
        shown = click.style(bar, fg="cyan") if columns else bar
        yield f"  {name}{' ' * (widest - columns_of(name))} {count:>8,} {shown}"
