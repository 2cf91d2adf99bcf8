"""A data folder held for maintenance: under the writer's lock, whichever model it was made with."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index_store.catalog_file import nothing_indexed
from index_store.lock import writer_lock
from index_store.writable_catalog import WritableCatalog
from index_store.writer import translated_errors


@contextmanager
def held_catalog(folder: Path) -> Iterator[WritableCatalog]:
    """
    Hold a data folder that has an index, and open its catalog; one of an older format is brought up to date.

    Raises:
        BusyIndexError: If another process is writing to it.
        EmptyIndexError: If nothing has been indexed there.
        IndexStoreError: If it cannot be written.
        MismatchError: If another version of Dateline made it.
    """
    file = folder / "catalog.sqlite"
    if not file.exists():
        raise nothing_indexed(folder)  # and leave not even a lock behind
    with writer_lock(folder), closing(WritableCatalog.open(file)) as catalog, translated_errors(folder):
        catalog.ensure_identity()
        yield catalog
