"""The command `sources`: what the index is fed with, and how it fares."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from index_store import (
    Configuration,
    EmptyIndexError,
    SettingsError,
    SourceError,
    SourceState,
    StoreSettings,
    configured,
    counted,
    iso_utc,
    open_source_log,
    open_writer_of,
)
from ingest.cleaning import shown_location
from ingest.crawl.inspection import Inspection, inspect_sources
from ingest.opml import Subscription, parse_opml, write_opml
from ingest.reindex import recipe
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.source_list import add_sources, remove_source
from ingest.sources.reading import read_whole
from ingest.watch import states_of
from ingest.workers import open_workers


@click.group()
def sources() -> None:
    """
    List, try, add and remove the sources that `dateline reindex` reads.

    They are kept in dateline.toml, as [[ingest.sources]]; these commands edit it for you and leave the rest of the
    file as it is.

    \b
    Examples:
      dateline sources add https://harbourwire.example/feed.xml
      dateline sources add clippings --publisher "The Harbour Wire"
      dateline sources list
      dateline sources check
      dateline sources import subscriptions.opml
    """


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def list_sources(configuration: Configuration, *, as_json: bool) -> None:
    """Show each source: its last success, its next visit, its failures and why."""
    named = _named(configuration)
    states, counts = states_of(configuration, named), _article_counts(configuration)
    for source in named:
        state = states[source.location]
        count = counts.get(source.location)
        click.echo(_state_json(source, state, count) if as_json else _readable_state(source, state, count))
    if not named:
        click.echo("No source is named yet: `dateline sources add LOCATION` adds one.", err=True)


def _named(configuration: Configuration) -> tuple[SourceSettings, ...]:
    sources = configuration.section(IngestSettings).sources
    return tuple(source.placed_in(configuration.folder) for source in sources)


def _article_counts(configuration: Configuration) -> dict[str, int]:
    try:
        log = open_source_log(configuration.section(StoreSettings).data_dir)
    except EmptyIndexError:
        return {}
    try:
        return log.count_articles()
    finally:
        log.close()


def _state_json(source: SourceSettings, state: SourceState, count: int | None) -> str:
    told: dict[str, Any] = asdict(state) | {"publisher": source.publisher, "articles": count or 0}
    for name in ("checked_at", "succeeded_at", "due_at", "paused_until_at"):
        told[name] = iso_utc(told[name])
    return json.dumps(told, ensure_ascii=False)


def _readable_state(source: SourceSettings, state: SourceState, count: int | None) -> str:
    name = " · ".join(filter(None, (state.kind, state.title or source.publisher)))
    lines = [click.style(shown_location(state.location), bold=True) + (f"  ({name})" if name else "")]
    if state.checked_at is None:
        return "\n".join([*lines, "  never visited; `dateline reindex` does"])
    articles = f"{counted(count, 'article')} · " if count else ""
    lines.append(f"  {articles}last success {_moment(state.succeeded_at)} · next visit {_next(state)}")
    if state.moved_to:
        lines.append(f"  has moved to {state.moved_to}; write that into dateline.toml")
    if state.problem:
        times = f"{counted(state.failures, 'failure')} in a row"
        lines.append(click.style(f"  {times}, the last one {_moment(state.checked_at)}: it {state.problem}", fg="red"))
    return "\n".join(lines)


def _next(state: SourceState) -> str:
    return "never: it is gone for good" if state.retired else _moment(state.due_at)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "never"


@sources.command()
@click.argument("location")
@click.option("--publisher", metavar="NAME", help="Publisher of the articles that name none.")
@click.option("--every", "every_minutes", type=click.FloatRange(0.05, 100_000), metavar="MINUTES", help="Its rest.")
@click.option("--no-check", is_flag=True, help="Add it without trying it first.")
@configured
def add(
    configuration: Configuration, location: str, *, publisher: str | None, every_minutes: float | None, no_check: bool
) -> None:
    """Try a source, and add it to dateline.toml."""
    source = SourceSettings(location=location, publisher=publisher, every_minutes=every_minutes)
    if not no_check:
        (seen,) = _inspect(configuration, [source.placed_in(configuration.folder)])
        click.echo(_readable_inspection(seen))
        if seen.problem:
            raise SourceError(
                f"{shown_location(location)} was not added: it {seen.problem}.",
                remedy="Add it all the same with --no-check.",
            )
    _bring_back(configuration, source)
    added = add_sources(configuration.file, [source])
    told = "Added to" if added else "It is already in"
    click.echo(f"{told} {configuration.file}. Fetch its articles with `dateline reindex`.")


def _bring_back(configuration: Configuration, source: SourceSettings) -> None:
    """Forget that a source was gone for good: somebody knows better."""
    if states_of(configuration, [source])[source.location].retired:
        store = configuration.section(StoreSettings)
        wanted = recipe(configuration.section(IngestSettings))
        with open_writer_of(store, recipe=wanted) as writer:
            writer.remember([SourceState(source.location)])


@sources.command()
@click.argument("location")
@configured
def remove(configuration: Configuration, location: str) -> None:
    """Take a source out of dateline.toml; its articles stay in the index."""
    if not remove_source(configuration.file, location):
        raise SettingsError(
            f"{configuration.file} names no source {location}.", remedy="`dateline sources list` shows what it names."
        )
    click.echo(f"Removed from {configuration.file}. Its articles stay; `dateline articles remove` removes them.")


@sources.command()
@click.argument("locations", nargs=-1, metavar="[LOCATION]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def check(configuration: Configuration, locations: tuple[str, ...], *, as_json: bool) -> None:
    """Try sources now, without indexing anything: all of dateline.toml, or those named."""
    wanted = [SourceSettings(location=location) for location in locations] or list(_named(configuration))
    if not wanted:
        click.echo("No source is named yet: `dateline sources add LOCATION` adds one.", err=True)
    failed = False
    for seen in _inspect(configuration, wanted):
        failed = failed or seen.problem is not None
        click.echo(json.dumps(asdict(seen), ensure_ascii=False) if as_json else _readable_inspection(seen))
    if failed:
        raise click.exceptions.Exit(1)


def _inspect(configuration: Configuration, wanted: list[SourceSettings]) -> Iterator[Inspection]:
    settings, fetching = configuration.section(IngestSettings), configuration.section(FetchSettings)
    with open_workers() as workers:
        yield from inspect_sources(wanted, settings=settings, fetching=fetching, workers=workers)


_COUNTED = {"feed": "entries", "sitemap": "pages", "opml": "feeds", "page": "page", "file": "articles"}


def _readable_inspection(seen: Inspection) -> str:
    if seen.problem:
        return f"{click.style('✗', fg='red')} {shown_location(seen.location)}: it {seen.problem}"
    told = [seen.kind, f"“{seen.title}”" if seen.title else "", f"{seen.count} {_COUNTED[seen.kind]}"]
    if seen.update_every_s:
        told.append(f"asks to be visited every {seen.update_every_s / 60:.0f} minutes")
    if seen.moved_to:
        told.append(f"has moved to {seen.moved_to}")
    return f"{click.style('✓', fg='green')} {shown_location(seen.location)}: {', '.join(filter(None, told))}"


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@configured
def import_opml(configuration: Configuration, file: Path) -> None:
    """Add the feeds of an OPML file, as feed readers export them."""
    limit_mb = configuration.section(IngestSettings).max_file_mb
    subscriptions = parse_opml(read_whole(file, max_mb=limit_mb))
    wanted = [SourceSettings(location=one.address, publisher=one.title or None) for one in subscriptions]
    added = add_sources(configuration.file, wanted)
    known = len(wanted) - added
    click.echo(f"Added {added} feeds to {configuration.file}" + (f"; {known} were there already." if known else "."))


@sources.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@configured
def export_opml(configuration: Configuration, file: Path | None) -> None:
    """Write the feeds of dateline.toml as OPML, into a file or onto standard output."""
    named = [source for source in _named(configuration) if source.is_on_the_web]
    states = states_of(configuration, named)
    listed = [Subscription(s.location, title=s.publisher or states[s.location].title or s.location) for s in named]
    opml = write_opml(listed, title="Dateline's sources")
    if file:
        file.write_text(opml, encoding="utf-8")
        click.echo(f"Wrote {len(listed)} sources into {file}.", err=True)
    else:
        click.echo(opml)
