"""The command `sources`: what the index is fed with, and how it fares."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from index_store import (
    Configuration,
    SettingsError,
    SourceError,
    SourceState,
    StoreSettings,
    complete_files,
    configured,
    counted,
    did_you_mean,
    open_writer_of,
)
from ingest.cleaning import shown_location, without_password
from ingest.completing import complete_sources
from ingest.crawl.inspection import Inspection, inspect_sources
from ingest.opml import FeedList, LeftOut, Subscription, parse_opml, write_opml
from ingest.reindex import recipe
from ingest.settings import FetchSettings, IngestSettings, SourceSettings, reason_never_read
from ingest.source_list import add_sources, remove_source
from ingest.source_listing import inspection_json, listed_json, readable_inspection, readable_listed
from ingest.source_listing import list_sources as find_listed
from ingest.sources.reading import label, read_whole
from ingest.watch import states_of
from ingest.web import reason_to_refuse
from ingest.workers import open_workers

_SEE_LIST = "`dateline sources list` shows what it names."
_NONE_YET = "No source is named yet: `dateline sources add LOCATION` adds one, `dateline init` some to begin with."
_MOST_BELOW = 20  # sources that are tried below one


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


def _not_empty(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:  # noqa: ANN401 - click's
    """Refuse a location that an unset variable of a shell left empty; takes one or several."""
    if not all(location.strip() for location in ([value] if isinstance(value, str) else value)):
        raise click.BadParameter("it is empty; name a file, a folder or an address.")
    return value


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def list_sources(configuration: Configuration, *, as_json: bool) -> None:
    """
    Show each source: its last success, its next visit, its failures and why.

    The feeds of an OPML list and the sitemaps of an index come indented below it.
    """
    named = _named(configuration)
    for source in find_listed(configuration.section(StoreSettings).data_dir, named):
        if as_json:
            click.echo(json.dumps(listed_json(source), ensure_ascii=False))
        else:
            click.echo("\n".join(readable_listed(source)))
    if not named:
        click.echo(_NONE_YET, err=True)


def _named(configuration: Configuration) -> tuple[SourceSettings, ...]:
    sources = configuration.section(IngestSettings).sources
    return tuple(source.placed_in(configuration.folder) for source in sources)


@sources.command()
@click.argument("location", callback=_not_empty, shell_complete=complete_files)
@click.option("--publisher", metavar="NAME", help="Publisher of the articles that name none.")
@click.option("--every", "every_minutes", type=click.FloatRange(0.05, 100_000), metavar="MINUTES", help="Its rest.")
@click.option("--no-check", is_flag=True, help="Add it without trying it first.")
@configured
def add(
    configuration: Configuration, location: str, *, publisher: str | None, every_minutes: float | None, no_check: bool
) -> None:
    """Try a source, and add it to dateline.toml."""
    source = SourceSettings(location=location, publisher=publisher, every_minutes=every_minutes)
    placed = source.placed_in(configuration.folder)
    reason = reason_to_refuse(location) if source.is_on_the_web else reason_never_read(placed.location)
    if reason:
        raise SourceError(f"{shown_location(location)} was not added: it {reason}.")
    if not no_check:
        _try(configuration, placed)
    _bring_back(configuration, source)
    added = add_sources(configuration.file, [source])
    told = "Added to" if added else "It is already in"
    click.echo(f"{told} {configuration.file}. Fetch its articles with `dateline reindex`.")


def _try(configuration: Configuration, source: SourceSettings) -> None:
    """Show what a source holds; one that cannot be read may be added unseen where that can change."""
    (seen,) = _inspect(configuration, [source])
    click.echo("\n".join(readable_inspection(seen)))
    if seen.problem:
        raise SourceError(
            f"{shown_location(source.location)} was not added: it {seen.problem}.",
            remedy="" if seen.is_lasting else "If that will change, add it all the same with --no-check.",
        )


def _bring_back(configuration: Configuration, source: SourceSettings) -> None:
    """Forget that a source was gone for good: somebody knows better."""
    if states_of(configuration, [source])[source.location].retired:
        store = configuration.section(StoreSettings)
        wanted = recipe(configuration.section(IngestSettings))
        with open_writer_of(store, recipe=wanted) as writer:
            writer.remember([SourceState(source.location)])


@sources.command()
@click.argument("location", shell_complete=complete_sources)
@configured
def remove(configuration: Configuration, location: str) -> None:
    """
    Take a source out of dateline.toml; its articles stay in the index.

    \b
    Examples:
      dateline sources remove https://harbourwire.example/feed.xml
    """
    if not remove_source(configuration.file, location):
        named = [shown_location(source.location) for source in configuration.section(IngestSettings).sources]
        raise SettingsError(
            f"{configuration.file} names no source {shown_location(location)}.",
            remedy=did_you_mean(shown_location(location), named) or _SEE_LIST,
        )
    click.echo(f"Removed from {configuration.file}. Its articles stay; `dateline articles remove` removes them.")


@sources.command()
@click.argument("locations", nargs=-1, metavar="[LOCATION]...", callback=_not_empty, shell_complete=complete_sources)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def check(configuration: Configuration, locations: tuple[str, ...], *, as_json: bool) -> None:
    """
    Try sources now, without indexing anything: all of dateline.toml, or those named.

    Of an OPML list or an index of sitemaps, the first 20 feeds or sitemaps are tried, too.
    """
    wanted = [SourceSettings(location=location) for location in locations] or list(_named(configuration))
    if not wanted:
        click.echo(_NONE_YET, err=True)
    failed = False
    for seen in _inspect(configuration, wanted, most_below=_MOST_BELOW):
        failed = failed or not seen.is_well
        if as_json:
            click.echo(json.dumps(inspection_json(seen), ensure_ascii=False))
        else:
            click.echo("\n".join(readable_inspection(seen)))
    if failed:
        raise click.exceptions.Exit(1)


def _inspect(
    configuration: Configuration, wanted: list[SourceSettings], *, most_below: int = 0
) -> Iterator[Inspection]:
    settings, fetching = configuration.section(IngestSettings), configuration.section(FetchSettings)
    with open_workers() as workers:
        yield from inspect_sources(wanted, settings=settings, fetching=fetching, workers=workers, most_below=most_below)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@configured
def import_opml(configuration: Configuration, file: Path) -> None:
    """
    Add the feeds of an OPML file, as feed readers export them.

    Feeds that could never be fetched are left out and named, with exit status 1.
    """
    listed = _read_list(configuration, file)
    wanted = [SourceSettings(location=one.address, publisher=one.title or None) for one in listed.feeds]
    added = add_sources(configuration.file, wanted)
    known = len(wanted) - added + listed.repeated
    already = f"; {known} {'was' if known == 1 else 'were'} there already" if known else ""
    click.echo(f"Added {counted(added, 'feed')} to {configuration.file}{already}.")
    for one in listed.left_out:
        click.echo(f"left out: {one.name}: {one.reason}", err=True)
    if listed.left_out:
        raise click.exceptions.Exit(1)


def _read_list(configuration: Configuration, file: Path) -> FeedList:
    """Read an OPML file; feeds at hosts that are never asked are left out of it."""
    try:
        listed = parse_opml(read_whole(file, max_mb=configuration.section(IngestSettings).max_file_mb))
    except SourceError as error:
        raise SourceError(f"{label(file)} {error.message}.") from error
    private_hosts = configuration.section(FetchSettings).private_hosts
    reasons = [(one, reason_to_refuse(one.address, private_hosts=private_hosts)) for one in listed.feeds]
    refused = tuple(LeftOut(one.shown, reason) for one, reason in reasons if reason)
    feeds = tuple(one for one, reason in reasons if not reason)
    return replace(listed, feeds=feeds, left_out=listed.left_out + refused)


@sources.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@configured
def export_opml(configuration: Configuration, file: Path | None) -> None:
    """
    Write the feeds of dateline.toml as OPML, into a file or onto standard output.

    User names and passwords in addresses are left out; standard error names where.

    \b
    Examples:
      dateline sources export subscriptions.opml
    """
    named = [source for source in _named(configuration) if source.is_on_the_web]
    states = states_of(configuration, named)
    listed = [
        Subscription(without_password(source.location), title=source.publisher or states[source.location].title)
        for source in named
    ]
    opml = write_opml(listed, title="Dateline's sources")
    if file:
        _write(file, opml)
        click.echo(f"Wrote {counted(len(listed), 'source')} into {file}.", err=True)
    else:
        click.echo(opml, nl=False)
    for source in named:
        if without_password(source.location) != source.location:
            click.echo(
                f"note: {shown_location(source.location)}: written without the user name and password of its address",
                err=True,
            )


def _write(file: Path, opml: str) -> None:
    try:
        file.write_text(opml, encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{label(file)} cannot be written: {error.strerror}.") from error
