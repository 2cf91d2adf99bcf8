"""The commands that read sources; `bot/cli.py` names and loads them."""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click

from index_store import (
    Article,
    Configuration,
    SettingsError,
    SourceError,
    StoreSettings,
    configured,
    iso_utc,
    open_writer,
)
from ingest.article import Found, Rejected
from ingest.progress import show_progress
from ingest.reindex import Report, index_articles, recipe
from ingest.settings import IngestSettings, SourceSettings
from ingest.sources import read_source

_WORTH_PROCESSES = 8  # starting a process and importing the extractor costs about as much as so many pages


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--publisher", metavar="NAME", help="Publisher of the articles that name none.")
@click.option("--quiet", is_flag=True, help="No progress and no warnings.")
@click.option("--json", "as_json", is_flag=True, help="End with the report as one JSON object.")
@configured
def index(
    configuration: Configuration, sources: tuple[str, ...], *, publisher: str | None, quiet: bool, as_json: bool
) -> None:
    """
    Read articles from files and folders, and index what is new or has changed.

    SOURCE is a file (.jsonl, .json, .html, .md, .txt; also gzipped) or a folder of them. JSON may be a dump of
    NewsAPI, news-please or newspaper4k, or objects with url, title, text (or html), published_at, authors and
    publisher. An article that is indexed already and has not changed costs nothing.

    \b
    Examples:
      dateline index articles.jsonl.gz
      dateline index clippings/ --publisher "The Harbour Wire"
      dateline index story.html notes.md --json
    """
    if not all(source.strip() for source in sources):
        raise click.UsageError("A SOURCE is empty; name a file or a folder.")
    wanted = tuple(SourceSettings(location=source, publisher=publisher) for source in sources)
    _index(configuration, wanted, quiet=quiet, as_json=as_json)


@click.command()
@click.option("--quiet", is_flag=True, help="No progress and no warnings.")
@click.option("--json", "as_json", is_flag=True, help="End with the report as one JSON object.")
@configured
def reindex(configuration: Configuration, *, quiet: bool, as_json: bool) -> None:
    """
    Bring the index up to date with every source named in dateline.toml.

    \b
    A source is written like this; relative paths start at the file's folder:
      [[ingest.sources]]
      location = "clippings"
      publisher = "The Harbour Wire"   # of the articles that name none
    """
    sources = configuration.section(IngestSettings).sources
    if not sources:
        raise SettingsError(
            "No source is named in the configuration.",
            remedy='Add [[ingest.sources]] with location = "…" to dateline.toml, or use `dateline index SOURCE...`.',
        )
    here = tuple(_placed(source, configuration.folder) for source in sources)
    _index(configuration, here, quiet=quiet, as_json=as_json)


def _placed(source: SourceSettings, folder: Path) -> SourceSettings:
    """Let a relative path start at the configuration's folder; an address stays as it is."""
    if "://" in source.location:
        return source
    return source.model_copy(update={"location": str(folder / Path(source.location).expanduser())})


def _index(configuration: Configuration, sources: tuple[SourceSettings, ...], *, quiet: bool, as_json: bool) -> None:
    settings, store = configuration.section(IngestSettings), configuration.section(StoreSettings)
    found = (one for s in sources for one in read_source(s.location, settings=settings, publisher=s.publisher))
    with (
        open_writer(store.data_dir, embedding_model=store.embedding_model, recipe=recipe(settings)) as writer,
        show_progress(quiet=quiet) as progress,
    ):
        report = index_articles(found, writer, settings, progress)
    if as_json:
        click.echo(json.dumps(_report_json(report), ensure_ascii=False))
    else:
        click.echo(_readable_report(report, quiet=quiet))
    if report.failures:
        raise click.exceptions.Exit(1)


def _report_json(report: Report) -> dict[str, object]:
    counts = asdict(report)
    remarks = {"failures": counts.pop("failures"), "warnings": counts.pop("warnings")}
    return {**counts, "failed": report.failed, **remarks}


def _readable_report(report: Report, *, quiet: bool) -> str:
    """Name what failed and why first, on standard error; the counts are what is returned."""
    for mark, remarks in (("not indexed", report.failures), ("note", () if quiet else report.warnings)):
        for remark in remarks:
            click.echo(f"{mark}: {remark.source}: {remark.reason}", err=True)
    counts = (
        (report.added, "added"),
        (report.updated, "updated"),
        (report.unchanged, "unchanged"),
        (report.duplicates, "duplicates"),
        (report.failed, "failed"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing found"
    told += f"; copies of other articles among them: {report.copies}" if report.copies else ""
    return f"{told} ({report.chunks} chunks embedded in {report.seconds:.1f} s)"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def extract(configuration: Configuration, files: tuple[str, ...], *, as_json: bool) -> None:
    """Show what the indexer would read from pages, without indexing them."""
    failed = False
    for outcome in _read_all(files, configuration.section(IngestSettings)):
        failed = failed or isinstance(outcome, Rejected)
        for warning in outcome.warnings if isinstance(outcome, Found) else ():
            click.echo(f"{outcome.source}: {warning}", err=True)
        if as_json:
            click.echo(json.dumps(_record(outcome), ensure_ascii=False))
        elif isinstance(outcome, Rejected):
            click.echo(f"{outcome.source}: {outcome.reason}", err=True)
        else:
            click.echo(_readable(outcome.article))
    if failed:
        raise click.exceptions.Exit(1)


def _read_all(files: tuple[str, ...], settings: IngestSettings) -> Iterator[Found | Rejected]:
    """Read the files in their order, on all cores where there are many."""
    read = partial(_read_one, settings=settings)
    for outcomes in map(read, files) if len(files) < _WORTH_PROCESSES else _in_processes(read, files):
        yield from outcomes


def _read_one(file: str, *, settings: IngestSettings) -> tuple[Found | Rejected, ...]:
    return tuple(read_source(file, settings=settings))


def _in_processes(
    read: "partial[tuple[Found | Rejected, ...]]", files: tuple[str, ...]
) -> Iterable[tuple[Found | Rejected, ...]]:
    try:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as processes:
            yield from processes.map(read, files, chunksize=4)
    except BrokenProcessPool as error:
        raise SourceError("A process that read pages was ended.", remedy="Try fewer files at a time.") from error


def _record(outcome: Found | Rejected) -> dict[str, object]:
    """Return the JSON object of one page; `file` is its name without the folder."""
    file = outcome.source if "://" in outcome.source else Path(outcome.source).name
    if isinstance(outcome, Rejected):
        return {"file": file, "error": outcome.reason}
    article = outcome.article
    return {
        "file": file,
        "url": article.url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": iso_utc(article.published_at),
        "date_source": article.date_source,
        "date_confidence": article.date_confidence,
        "modified_at": iso_utc(article.modified_at),
        "section": article.section,
        "publisher": article.publisher,
        "language": article.language,
        "text": article.text,
    }


def _readable(article: Article) -> str:
    """Lay an article out for reading: headline, byline, address, text."""
    date = iso_utc(article.published_at)
    told = (", ".join(article.authors), article.publisher, f"{date} ({article.date_source})" if date else "undated")
    return "\n".join((article.title, " · ".join(part for part in told if part), article.url, "", article.text, ""))
