"""The commands that carry an index elsewhere: `backup`, `restore` and `export`."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from index_store.care.backup import back_up
from index_store.care.export import exported_lines
from index_store.care.holding import read_catalog
from index_store.care.progress import bar
from index_store.care.restore import restore as restore_folder
from index_store.care.sizes import readable_bytes
from index_store.care.whole_file import whole_file
from index_store.configuration import Configuration, StoreSettings
from index_store.errors import IndexStoreError
from index_store.formats import counted
from index_store.options import configured, filter_options, filters_from
from index_store.unmatched import nothing_passes

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@configured
def backup(configuration: Configuration, file: Path, *, force: bool) -> None:
    """
    Write the index into FILE (.zip), as of this moment; the bot and a writer may go on meanwhile.

    FILE holds the catalog (all versions of all articles, with their vectors, and what is known of sources) and the
    compiled model. Chroma and Tantivy are made anew by `dateline restore`. dateline.toml is not in it.

    \b
    Examples:
      dateline backup dateline-2025-03-05.zip
      dateline restore dateline-2025-03-05.zip --data-dir elsewhere
    """
    if file.suffix.lower() != ".zip":
        raise click.UsageError(f"{file.name} must end with .zip.")
    made = back_up(configuration.section(StoreSettings).data_dir, file, force=force)
    held = f"{counted(made.articles, 'article')}, {counted(made.chunks, 'chunk')}"
    click.echo(f"Wrote {file}: {held}, {readable_bytes(made.size_bytes)}.")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--quiet", is_flag=True, help="No progress.")
@configured
def restore(configuration: Configuration, file: Path, *, quiet: bool) -> None:
    """
    Unpack a backup into an empty data folder, and make its Chroma and Tantivy; nothing is embedded again.

    \b
    Examples:
      dateline restore dateline-2025-03-05.zip --data-dir elsewhere
      dateline --data-dir elsewhere ask "who led the Doha talks?"
    """
    store = configuration.section(StoreSettings)
    with bar("Making the copies", quiet=quiet) as expect:
        articles, chunks = restore_folder(file, store.data_dir, server=store.chroma_server, expect=expect)
    click.echo(f"Restored {counted(articles, 'article')}, {counted(chunks, 'chunk')} into {store.data_dir}.")


@click.command()
@click.option("-o", "--output", type=_FILE, help="Write into this file instead of standard output; .gz is packed.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@filter_options
@configured
def export(configuration: Configuration, /, *, output: Path | None, force: bool, **wanted: Any) -> None:  # noqa: ANN401
    """
    Write the articles as JSON lines, oldest first; `dateline index` makes the same index of them.

    Ids, texts, chunks and spans will be identical there, vectors equal to within 1e-6. A line has article_id, url,
    title, text, authors, publisher, published_at, date_source, date_confidence, modified_at, section and language. Past
    versions and what is known of sources are not exported: `dateline backup` has them.

    \b
    Examples:
      dateline export -o articles.jsonl.gz
      dateline export --since 2025-03-01 --source "Harbour Wire" > march.jsonl
      dateline index articles.jsonl.gz --data-dir elsewhere
    """
    filters = filters_from(**wanted)
    if force and output is None:
        raise click.UsageError("--force belongs to -o.")
    data_dir = configuration.section(StoreSettings).data_dir
    with read_catalog(data_dir) as catalog, _opened(output, outside=data_dir, force=force) as stream:
        count = 0
        for line in exported_lines(catalog, filters):
            stream.write(f"{line}\n".encode())
            count += 1
        stream.flush()  # standard output may be full, and nobody is told of that when it is closed
        if not count:
            click.echo(nothing_passes(catalog, filters), err=True)
    click.echo(f"Exported {counted(count, 'article')}.", err=True)


@contextmanager
def _opened(output: Path | None, *, outside: Path, force: bool) -> Iterator[BinaryIO]:
    """Open a file that is written whole, packed if it shall be, or standard output for None."""
    if output is None:
        if sys.stdout is None:  # its descriptor was closed: `>&-`
            raise IndexStoreError("Standard output is closed.", remedy="Name a file with -o.")
        yield sys.stdout.buffer
        return
    with whole_file(output, outside=outside, force=force) as stream:
        if output.suffix.lower() != ".gz":
            yield stream
            return
        with gzip.GzipFile(fileobj=stream, mode="wb") as packed:
            yield cast("BinaryIO", packed)
