"""Giving back disk space: the catalog without its holes, both copies anew, and the texts of old versions forgotten."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index_store.care.holding import held_catalog
from index_store.care.progress import Expect, unseen
from index_store.care.sizes import require_room, sizes
from index_store.catalog import Catalog
from index_store.copies import rebuild
from index_store.copy_places import CURRENT, ChromaInFolder, all_copies
from index_store.records import ChromaServer, Filters
from index_store.rows import epoch

_COUNT = "SELECT count(*), count(DISTINCT article_id) FROM versions WHERE retired_at < ? AND text <> ''"
# No version that can be shown has an empty text.
_FORGET = (
    "DELETE FROM past_chunks WHERE version_id IN (SELECT version_id FROM versions WHERE retired_at < ?)",
    "UPDATE versions SET text = '' WHERE retired_at < ?",
)


@dataclass(frozen=True, slots=True)
class Forgettable:
    """How many past versions are old enough to be forgotten, and of how many articles."""

    versions: int
    articles: int


def forgettable(catalog: Catalog, before: datetime) -> Forgettable:
    """Count the versions that were replaced or removed before a moment and whose texts are kept."""
    return Forgettable(*catalog.connection.execute(_COUNT, (epoch(before),)).fetchone())


def compact(
    folder: Path,
    *,
    server: ChromaServer | None = None,
    forget_before: datetime | None = None,
    expect: Expect = unseen,
) -> tuple[dict[str, int], dict[str, int]]:
    """
    Give back disk space; readers may go on meanwhile.

    Args:
        folder: The data folder.
        server: The server that holds the vectors; None for the data folder itself.
        forget_before: Forget the texts of versions that were replaced or removed before this moment. That they were
            there stays known, so that no later version takes their numbers.
        expect: Told how many steps making the copies anew will take.

    Returns:
        The sizes of the folder's parts before and after, in bytes.

    Raises:
        IndexStoreError: As `held_catalog`, or if the disk has no room for the work.
    """
    with held_catalog(folder) as catalog:
        before = sizes(folder)
        require_room(folder, max(2 * before["catalog"], before["chroma"] + before["words"]))
        if forget_before is not None:
            for statement in _FORGET:
                catalog.connection.execute(statement, (epoch(forget_before),))
        _vacuum(catalog, folder)
        copies = all_copies(folder, server, owner=catalog.identity())
        rebuild(catalog, copies, done=expect(catalog.count_articles(Filters()) * len(copies)))
        if server:
            ChromaInFolder(folder).drop(CURRENT)  # left when the vectors moved; if they return, it is made anew
        catalog.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, sizes(folder)


def _vacuum(catalog: Catalog, folder: Path) -> None:
    """Write the file anew without holes; readers see the old pages in the log until it is folded back."""
    catalog.connection.execute("PRAGMA temp_store = FILE")
    _set_temporary_folder(catalog, str(folder))  # or the draft goes to /var/tmp, whose room nobody has measured
    try:
        catalog.connection.execute("VACUUM")
    finally:
        _set_temporary_folder(catalog, "")
    catalog.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_temporary_folder(catalog: Catalog, folder: str) -> None:
    """Say where SQLite puts temporary files, for the whole process; "" for where it would by itself."""
    quoted = folder.replace("'", "''")
    catalog.connection.execute(f"PRAGMA temp_store_directory = '{quoted}'")  # a pragma takes no parameters
