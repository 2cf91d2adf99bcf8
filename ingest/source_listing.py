"""What `dateline sources list` and `check` tell of sources and of those below them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from index_store import EmptyIndexError, SourceLog, SourceState, counted, iso_utc, open_source_log
from ingest.cleaning import shown_location
from ingest.crawl.inspection import Inspection
from ingest.settings import SourceSettings

_MOST_SHOWN = 50  # of the sources below one; --json names all
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Listed:
    """
    A source and how it fares.

    Attributes:
        state: What is known of it.
        publisher: Of the articles that name none, as the settings say.
        articles: How many articles of it are in the index.
        below: The sources that it names, in its order.
    """

    state: SourceState
    publisher: str | None = None
    articles: int = 0
    below: tuple["Listed", ...] = ()


def list_sources(data_dir: Path, sources: Sequence[SourceSettings]) -> tuple[Listed, ...]:
    """Look up what is known of sources and of all below them."""
    try:
        log = open_source_log(data_dir)
    except EmptyIndexError:
        return tuple(Listed(SourceState(source.location), source.publisher) for source in sources)
    with closing(log):
        counts = log.count_articles()
        seen = {source.location for source in sources}
        return tuple(_listed(log, counts, source.location, source.publisher, seen=seen) for source in sources)


def _listed(
    log: SourceLog, counts: Mapping[str, int], location: str, publisher: str | None, *, seen: set[str]
) -> Listed:
    """Look up a source and those below it, each once: sitemaps that all name each other must not take for ever."""
    state = log.source(location)
    new = [one for one in state.below if one not in seen]
    seen |= set(new)
    below = tuple(_listed(log, counts, one, None, seen=seen) for one in new)
    return Listed(state, publisher, counts.get(location, 0), below)


def listed_json(source: Listed) -> dict[str, Any]:
    """Write what is known of a source, and of those below it, for programs."""
    told = asdict(source.state) | {"publisher": source.publisher, "articles": source.articles}
    for name in ("checked_at", "succeeded_at", "due_at", "paused_until_at", "since_at"):
        told[name] = iso_utc(told[name])
    told["location"] = shown_location(source.state.location)
    return told | {"below": [listed_json(one) for one in source.below]}


def readable_listed(source: Listed, *, indent: str = "") -> Iterator[str]:
    """Write a source for people, a line at a time; those below it come indented, the failing ones first if many."""
    yield from (indent + line for line in _lines(source))
    below = source.below
    if len(below) > _MOST_SHOWN:
        below = tuple(sorted(below, key=lambda one: one.state.problem is None))[:_MOST_SHOWN]
    for one in below:
        yield from readable_listed(one, indent=indent + _INDENT)
    if len(below) < len(source.below):
        yield f"{indent}{_INDENT}… and {len(source.below) - len(below)} more, which --json names"


def _lines(source: Listed) -> Iterator[str]:
    state = source.state
    name = " · ".join(filter(None, (state.kind, state.title or source.publisher)))
    yield click.style(shown_location(state.location), bold=True) + (f"  ({name})" if name else "")
    if state.checked_at is None:
        yield "  never visited; `dateline reindex` does"
        return
    articles = f"{counted(source.articles, 'article')} · " if source.articles else ""
    yield f"  {articles}last success {_moment(state.succeeded_at)} · next visit {_next(state)}"
    if state.moved_to:
        yield f"  has moved to {state.moved_to}; write that into dateline.toml"
    if state.problem:
        times = f"{counted(state.failures, 'failure')} in a row"
        yield click.style(f"  {times}, the last one {_moment(state.checked_at)}: it {state.problem}", fg="red")


def _next(state: SourceState) -> str:
    return "never: it is gone for good" if state.retired else _moment(state.due_at)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never"


def inspection_json(seen: Inspection) -> dict[str, Any]:
    """Write what a source showed, and those below it, for programs."""
    told = asdict(seen) | {"location": shown_location(seen.location)}
    return told | {"below": [inspection_json(one) for one in seen.below]}


def readable_inspection(seen: Inspection, *, indent: str = "") -> Iterator[str]:
    """Write what a source showed for people, a line at a time; those below it come indented."""
    if seen.problem:
        yield f"{indent}{_cross()} {shown_location(seen.location)}: it {seen.problem}"
        return
    told = [seen.kind, f"“{seen.title}”" if seen.title else "", *_contents(seen)]
    if seen.update_every_s:
        told.append(f"asks to be visited every {counted(round(seen.update_every_s / 60), 'minute')}")
    if seen.moved_to:
        told.append(f"has moved to {seen.moved_to}")
    yield f"{indent}{click.style('✓', fg='green')} {shown_location(seen.location)}: {', '.join(filter(None, told))}"
    for one in seen.left_out:
        yield f"{indent}{_INDENT}{_cross()} {one.name}: it {one.reason}"
    for below in seen.below:
        yield from readable_inspection(below, indent=indent + _INDENT)
    if seen.below and len(seen.below) < seen.lists:
        yield f"{indent}{_INDENT}only the first {len(seen.below)} of {seen.lists} were tried"


def _cross() -> str:
    return click.style("✗", fg="red")


_COUNTED = {
    "feed": ("entry", "entries"),
    "sitemap": ("page", "pages"),
    "file": ("article", "articles"),
    "folder": ("article", "articles"),
}
_LISTS = {"opml": "feed", "sitemap": "sitemap"}


def _contents(seen: Inspection) -> Iterator[str]:
    """Count what a source holds or names; a page is one article, which need not be said."""
    if seen.lists:
        yield counted(seen.lists, _LISTS.get(seen.kind, "saved list"))
    count = seen.count if seen.kind == "folder" else seen.count - seen.lists
    if seen.kind in _COUNTED and (count > 0 or not seen.lists):
        yield counted(count, *_COUNTED[seen.kind])
