"""The check of a whole data folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from index_store.care.catalog_checks import RESTORE, check_made_with
from index_store.care.compiled_model import dimensions_of
from index_store.care.contents import check_contents
from index_store.care.copy_checks import check_copies
from index_store.care.findings import Finding, Status, problem
from index_store.care.folder_checks import (
    check_drafts,
    check_encoder,
    check_room,
    check_sizes,
    check_unfinished,
    check_writer,
)
from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.copy_places import all_copies
from index_store.errors import IndexStoreError
from index_store.records import ChromaServer


def examine(folder: Path, *, embedding_model: str, server: ChromaServer | None = None) -> Iterator[Finding]:
    """
    Check a data folder, changing nothing; a writer may be at work.

    Args:
        folder: The data folder.
        embedding_model: The setting of that name.
        server: The server that holds the vectors; None for the data folder itself.

    Yields:
        One finding a check, as soon as it is known. Where the catalog is not sound, what depends on it is left out.
    """
    try:
        with closing(Catalog.open(folder / CATALOG)) as catalog:
            yield from _examine_stores(folder, catalog, embedding_model, server)
    except IndexStoreError as error:
        yield problem("catalog", error.message.rstrip("."), remedy=error.remedy)
        yield from check_unfinished(folder)
        return
    except sqlite3.DatabaseError as error:
        yield problem("catalog", f"the file is damaged: {error}", remedy=RESTORE)
    yield check_writer(folder)
    yield check_room(folder)
    yield check_sizes(folder)


def _examine_stores(
    folder: Path, catalog: Catalog, embedding_model: str, server: ChromaServer | None
) -> Iterator[Finding]:
    for finding in check_contents(catalog):
        yield finding
        if finding.status is Status.PROBLEM:
            return
    yield check_made_with(catalog, embedding_model)
    yield check_encoder(folder, dimensions=dimensions_of(catalog))
    yield from check_copies(folder, catalog, server)
    yield check_drafts(folder, all_copies(folder, server, owner=catalog.identity()))
