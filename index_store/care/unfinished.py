"""What a killed restore leaves in a data folder, and how it is cleared away."""

import os
from contextlib import suppress
from pathlib import Path

from index_store.catalog_file import CATALOG
from index_store.copies import COPIES
from index_store.deletion import delete

RESTORE_DRAFT = "restore.new"
MOVED_FIRST = ("encoder", *COPIES)


def clear_unfinished(folder: Path) -> None:
    """Clear away what an unfinished restore left, and last its draft, which tells of it. Under the writer's lock."""
    if not os.path.lexists(folder / RESTORE_DRAFT):
        return
    unfinished = () if (folder / CATALOG).exists() else MOVED_FIRST
    for name in (*unfinished, RESTORE_DRAFT):
        with suppress(OSError):
            delete(folder / name)
