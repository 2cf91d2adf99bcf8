"""The commands `index` and `reindex`; `bot/cli.py` names and loads them."""

import json
import sys
from datetime import datetime

import click

from index_store import (
    Configuration,
    SettingsError,
    StoreSettings,
    When,
    complete_files,
    configured,
    counted,
    open_writer_of,
)
from ingest.progress import show_progress
from ingest.prune import Gone, find_gone
from ingest.reindex import Report, recipe
from ingest.reporting import readable_report, report_json
from ingest.run import run, surroundings_of
from ingest.settings import IngestSettings, SourceSettings
from ingest.watch import end_with_input, watch


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", shell_complete=complete_files)
@click.option("--publisher", metavar="NAME", help="Publisher of the articles that name none.")
@click.option("--since", type=When(last_moment=False), metavar="WHEN", help="Nothing published before then.")
@click.option("--quiet", is_flag=True, help="No progress and no warnings.")
@click.option("--json", "as_json", is_flag=True, help="End with the report as one JSON object.")
@configured
def index(
    configuration: Configuration,
    sources: tuple[str, ...],
    *,
    publisher: str | None,
    since: datetime | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """
    Read articles from files, folders and the web, and index what is new or has changed.

    SOURCE is a file (.jsonl, .json, .html, .md, .txt, .eml, .mbox, .pdf, .docx; also gzipped), a folder of them, or
    the address of a feed, a page, a sitemap or an OPML list of feeds. JSON may be a dump of NewsAPI, news-please or
    newspaper4k, or objects with url, title, text (or html), published_at, authors and publisher. An article that is
    indexed already and has not changed costs nothing. One that its publisher took back for good (410, or withdrawn by
    its feed) is removed, and named.

    \b
    Examples:
      dateline index articles.jsonl.gz
      dateline index clippings/ --publisher "The Harbour Wire"
      dateline index https://harbourwire.example/feed.xml
      dateline index https://harbourwire.example/sitemap.xml --since 2025-03-01
      dateline index story.html notes.md --json
    """
    if not all(source.strip() for source in sources):
        raise click.UsageError("A SOURCE is empty; name a file, a folder or an address.")
    wanted = tuple(SourceSettings(location=source, publisher=publisher, since=since) for source in sources)
    report = _run(configuration, wanted, quiet=quiet, as_json=as_json)
    if not report.is_complete:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--watch", "is_watching", is_flag=True, help="Go on for ever, each source on its own schedule.")
@click.option(
    "--prune",
    "is_pruning",
    is_flag=True,
    help="Afterwards ask for every article's page, list those that are gone, and offer to remove them.",
)
@click.option("--yes", is_flag=True, help="Remove without asking, with --prune.")
@click.option("--beside", is_flag=True, hidden=True, help="With --watch, end when standard input is closed.")
@click.option("--quiet", is_flag=True, help="No progress and no warnings.")
@click.option(
    "--json", "as_json", is_flag=True, help="End with the report as one JSON object; with --watch, one a visit."
)
@configured
def reindex(  # noqa: PLR0913 - one argument an option
    configuration: Configuration,
    *,
    is_watching: bool,
    is_pruning: bool,
    yes: bool,
    beside: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """
    Bring the index up to date with every source named in dateline.toml.

    Only what is new or has changed is fetched and embedded again. An article that falls off its feed stays. One that
    its publisher takes back for good is removed at once, and named: its page answers 410, or its feed withdraws it.

    --prune then asks for the page of every article and lists those that are not there any more (404 or 410), and those
    whose file is gone; of these, none is removed before you have seen the list and agreed.

    \b
    Examples:
      dateline reindex                   once, for a timer
      dateline reindex --watch           for ever, as a service
      dateline reindex --prune           then show what is gone, and ask
      dateline sources add https://harbourwire.example/feed.xml

    \b
    A source is written like this; relative paths start at the file's folder:
      [[ingest.sources]]
      location = "https://harbourwire.example/feed.xml"
      publisher = "The Harbour Wire"   # of the articles that name none
      every_minutes = 15               # with --watch
    """
    if is_watching and is_pruning:
        raise click.UsageError("--watch and --prune do not go together; prune from time to time by hand.")
    if yes and not is_pruning:
        raise click.UsageError("--yes belongs to --prune.")
    sources = _named_sources(configuration)
    if is_watching:
        if beside:
            end_with_input()
        watch(
            configuration,
            sources,
            tell=(lambda _line: None) if quiet else _tell_now,
            tell_report=lambda report: _tell_report(report, quiet=quiet, as_json=as_json),
        )
        return
    report = _run(configuration, sources, quiet=quiet, as_json=as_json)
    if is_pruning:
        _prune(configuration, yes=yes, quiet=quiet)
    if not report.is_complete:
        raise click.exceptions.Exit(1)


def _named_sources(configuration: Configuration) -> tuple[SourceSettings, ...]:
    sources = configuration.section(IngestSettings).sources
    if not sources:
        raise SettingsError(
            "No source is named in the configuration.",
            remedy="`dateline init` writes some to begin with; `dateline sources add LOCATION` adds one.",
        )
    return tuple(source.placed_in(configuration.folder) for source in sources)


def _run(configuration: Configuration, sources: tuple[SourceSettings, ...], *, quiet: bool, as_json: bool) -> Report:
    with show_progress(quiet=quiet) as progress:
        report = run(configuration, sources, progress)
    _tell_report(report, quiet=quiet, as_json=as_json)
    return report


def _tell_report(report: Report, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False))
    else:
        click.echo(readable_report(report, quiet=quiet))


def _tell_now(line: str) -> None:
    click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M} {line}", err=True)


def _prune(configuration: Configuration, *, yes: bool, quiet: bool) -> None:
    """Show which articles are gone, and remove them if that is what people want."""
    gone: list[Gone] = []
    with show_progress(quiet=quiet) as progress:
        for outcome in find_gone(surroundings_of(configuration)):
            progress.read()
            if isinstance(outcome, Gone):
                gone.append(outcome)
    if not gone:
        click.echo("No article is gone.", err=True)
        return
    for one in gone:
        click.echo(
            f"gone: {one.article.article_id} · {one.article.title} · {one.article.url}: it {one.reason}", err=True
        )
    articles = counted(len(gone), "article")
    if not yes and not sys.stdin.isatty():
        click.echo(f"{articles} would be removed; run `dateline reindex --prune --yes` to do it.", err=True)
    elif yes or click.confirm(f"Remove {articles}?", err=True):
        store = configuration.section(StoreSettings)
        wanted = recipe(configuration.section(IngestSettings))
        with open_writer_of(store, recipe=wanted) as writer:
            writer.remove([one.article.article_id for one in gone])
            writer.remember(state for one in gone for state in one.forgotten)
        click.echo(f"Removed {articles}.", err=True)
