"""The commands that look at what is indexed: `search` and `articles`."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import click

from index_store.batch import BatchLine, answer_batch
from index_store.catalog import Catalog
from index_store.completing import complete_articles, complete_files
from index_store.configuration import Configuration, StoreSettings
from index_store.formats import also_in, counted, day, iso_utc, summary_json
from index_store.history import changes, fate, lifetime_json
from index_store.index import NewsIndex, open_catalog
from index_store.options import configured, filter_options, filters_from, question_from
from index_store.records import Article, ArticleSummary, Filters, Lifetime, Passage, Version
from index_store.unmatched import nothing_passes, tell_unknown_publishers
from index_store.writer import open_writer_of

_MOST_COPIES = 50  # that are named with an article


@click.command()
@click.argument("query", required=False)
@click.option("-k", "limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most articles to show.")
@click.option(
    "--batch",
    metavar="FILE",
    shell_complete=complete_files,
    help="Search for every line of a JSONL file; - reads standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@filter_options
@configured
def search(
    configuration: Configuration,
    /,
    query: str | None,
    *,
    limit: int,
    batch: str | None,
    as_json: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Show the passages that match QUERY best, one a story; its copies in other publications are named with it.

    \b
    Examples:
      dateline search "Doha talks"
      dateline search "rate cut" --since 2025-03-01 --source "Harbour Wire"
      dateline search --batch questions.jsonl -k 10 --json
    """
    asked = question_from(query, batch)
    filters = filters_from(**wanted)
    settings = configuration.section(StoreSettings)
    opened = NewsIndex.open(
        settings.data_dir,
        embedding_model=settings.embedding_model,
        resident=batch is not None,
        chroma=settings.chroma_server,
    )
    with closing(opened) as index:
        if batch is not None:
            complete = answer_batch(batch, filters, lambda line: _search_line(index, line, limit))
            raise click.exceptions.Exit(0 if complete else 1)
        passages = index.search(asked, filters, limit=limit, per_article=1)
    tell_unknown_publishers(settings.data_dir, filters)
    if as_json:
        click.echo(json.dumps(_search_reply(None, asked, passages), ensure_ascii=False))
    else:
        click.echo("\n\n".join(map(_readable, passages, range(1, limit + 1))) or "Nothing matches.")


def _search_line(index: NewsIndex, line: BatchLine, limit: int) -> dict[str, Any]:
    return _search_reply(line.key, line.question, index.search(line.question, line.filters, limit=limit, per_article=1))


def _search_reply(key: object, query: str, passages: tuple[Passage, ...]) -> dict[str, Any]:
    return {"id": key, "query": query, "passages": [_passage_json(p, rank) for rank, p in enumerate(passages, 1)]}


def _passage_json(passage: Passage, rank: int) -> dict[str, Any]:
    summary = summary_json(ArticleSummary.of(passage.article))
    copies = [summary_json(copy) for copy in passage.also_in]
    return {"rank": rank, **summary, "text": passage.text, "score": round(passage.score, 6), "also_in": copies}


def _readable(passage: Passage, rank: int) -> str:
    article = passage.article
    told = " · ".join(filter(None, (article.publisher, day(article.published_at), article.url)))
    copies = also_in(passage.also_in, publisher=article.publisher)
    headline = click.style(f"{rank}. {article.title}", bold=True)
    return "\n   ".join(filter(None, (headline, told, " ".join(passage.text.split()), copies)))


@click.group()
def articles() -> None:
    """
    List, show and remove what is indexed.

    \b
    Examples:
      dateline articles list --since 2025-03-01
      dateline articles show 5f2c9a1b7e3d4c60
      dateline articles remove 5f2c9a1b7e3d4c60
    """


@articles.command("list")
@click.option("-n", "limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most to list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@filter_options
@configured
def list_articles(configuration: Configuration, /, *, limit: int, as_json: bool, **wanted: Any) -> None:  # noqa: ANN401
    """List articles, newest first."""
    filters = filters_from(**wanted)
    with closing(open_catalog(configuration.section(StoreSettings).data_dir)) as catalog:
        listed, count = catalog.articles(filters, limit=limit), catalog.count_articles(filters)
        empty = "" if listed else nothing_passes(catalog, filters)
    for summary in listed:
        line = " · ".join((summary.article_id, day(summary.published_at), summary.publisher or "—", summary.title))
        click.echo(json.dumps(summary_json(summary), ensure_ascii=False) if as_json else line)
    if empty:
        click.echo(empty, err=True)
    if not as_json and count > len(listed):
        click.echo(f"{count - len(listed)} more: raise -n, or narrow with --since, --until or --source.", err=True)


@articles.command()
@click.argument("article_id", metavar="ID", shell_complete=complete_articles)
@click.option("--version", "number", type=click.IntRange(min=1), help="An older version instead of the live one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@configured
def show(configuration: Configuration, article_id: str, *, number: int | None, as_json: bool) -> None:
    """Show one article: its text is what citations quote. An older version ends with what has changed since."""
    with closing(open_catalog(configuration.section(StoreSettings).data_dir)) as catalog:
        shown = _shown(catalog, article_id, number)
    click.echo(json.dumps(_shown_json(shown), ensure_ascii=False) if as_json else _readable_version(shown))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A version with what is told of its article; `diff` leads from it to the live version, where there is another."""

    version: Version
    lifetimes: tuple[Lifetime, ...]
    diff: tuple[str, ...]
    also_in: tuple[ArticleSummary, ...]


def _shown(catalog: Catalog, article_id: str, number: int | None) -> _Shown:
    version, lifetimes = catalog.version(article_id, number), catalog.past.lifetimes(article_id)
    is_live = any(one.retired_at is None for one in lifetimes)
    diff = changes(version, catalog.version(article_id)) if is_live else ()
    return _Shown(version, lifetimes, diff, catalog.stories.copies(article_id, Filters(), limit=_MOST_COPIES))


def _shown_json(shown: _Shown) -> dict[str, Any]:
    return _version_json(shown.version) | {
        "versions": [lifetime_json(lifetime) for lifetime in shown.lifetimes],
        "diff": list(shown.diff),
        "also_in": [summary_json(summary) for summary in shown.also_in],
    }


def _version_json(version: Version) -> dict[str, Any]:
    article = version.article
    return asdict(article) | {
        "published_at": iso_utc(article.published_at),
        "modified_at": iso_utc(article.modified_at),
        "version": version.number,
        "indexed_at": iso_utc(version.indexed_at),
        "first_seen_at": iso_utc(version.first_seen_at),
    }


def _readable_version(shown: _Shown) -> str:
    article: Article = shown.version.article
    told = filter(None, (", ".join(article.authors), article.publisher, day(article.published_at)))
    copies = also_in(shown.also_in, publisher=article.publisher)
    head = (click.style(article.title, bold=True), " · ".join(told), article.url, *([copies] if copies else ()))
    return "\n".join((*head, "", article.text, *_what_came_after(shown)))


def _what_came_after(shown: _Shown) -> Iterator[str]:
    """Tell of a version that is not live what became of it, and how the live one differs."""
    number = shown.version.number
    if next(one.retired_at for one in shown.lifetimes if one.number == number) is None:
        return
    yield from ("", fate(number, shown.lifetimes))
    if shown.diff:
        yield from ("What has changed since:", "", *shown.diff)


@articles.command()
@click.argument("article_ids", nargs=-1, required=True, metavar="ID...", shell_complete=complete_articles)
@click.option("--yes", is_flag=True, help="Do not ask.")
@configured
def remove(configuration: Configuration, article_ids: tuple[str, ...], *, yes: bool) -> None:
    """Take articles out of the index; their file, or a change at their publisher, brings them back."""
    settings = configuration.section(StoreSettings)
    with closing(open_catalog(settings.data_dir)) as catalog:
        article_ids = tuple(dict.fromkeys(article_ids))
        titles = [catalog.version(article_id).article.title for article_id in article_ids]
        recipe = catalog.fact("recipe") or ""
    for title in titles:
        click.echo(title, err=True)
    if not yes:
        click.confirm(f"Remove {counted(len(titles), 'article')}?", abort=True, err=True)
    with open_writer_of(settings, recipe=recipe) as writer:
        chunks = writer.remove(article_ids)
    click.echo(f"Removed {counted(len(titles), 'article')} ({counted(chunks, 'chunk')}).")
