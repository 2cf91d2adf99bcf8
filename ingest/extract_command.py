"""The command `extract`."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from index_store import Article, Configuration, complete_files, configured, iso_utc
from ingest.article import Found, Rejected
from ingest.crawl import read_addresses
from ingest.settings import FetchSettings, IngestSettings, is_web_address
from ingest.sources import FeedFile, read_files, refused
from ingest.workers import open_workers


@click.command()
@click.argument("named", nargs=-1, required=True, metavar="FILE|URL...", shell_complete=complete_files)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@configured
def extract(configuration: Configuration, named: tuple[str, ...], *, as_json: bool) -> None:
    """
    Show what the indexer would read from pages, without indexing them.

    \b
    Examples:
      dateline extract saved-page.html
      dateline extract https://harbourwire.example/2025/ferry-strike --json
    """
    failed = False
    for outcome in _read_all(named, configuration):
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


def _read_all(named: tuple[str, ...], configuration: Configuration) -> Iterator[Found | Rejected]:
    """Read files and addresses in their order."""
    settings, fetching = configuration.section(IngestSettings), configuration.section(FetchSettings)
    with open_workers() as workers:
        for on_the_web, group in groupby(named, key=is_web_address):
            if on_the_web:
                yield from read_addresses(list(group), settings=settings, fetching=fetching, workers=workers)
                continue
            for outcome in read_files(group, settings=settings, workers=workers):
                yield refused(outcome) if isinstance(outcome, FeedFile) else outcome


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
        "article_id": article.article_id,  # with it, `dateline index` reads the line back to the very same article
    }


def _readable(article: Article) -> str:
    """Lay an article out for reading: headline, byline, address, text."""
    date = iso_utc(article.published_at)
    told = (", ".join(article.authors), article.publisher, f"{date} ({article.date_source})" if date else "undated")
    return "\n".join((article.title, " · ".join(part for part in told if part), article.url, "", article.text, ""))
