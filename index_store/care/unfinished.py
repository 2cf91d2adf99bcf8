"""What a killed restore leaves in a data folder, and how it is cleared away."""

import shutil
from pathlib import Path

from index_store.care.archive import CATALOG
from index_store.copies import COPIES

RESTORE_DRAFT = "restore.new"
MOVED_FIRST = ("encoder", *COPIES)


def clear_unfinished(folder: Path) -> None:
    """Clear away what an unfinished restore left, and last its draft, which tells of it. Under the writer's lock."""
    if not (folder / RESTORE_DRAFT).exists():
        return
    if not (folder / CATALOG).exists():
        for name in MOVED_FIRST:
            shutil.rmtree(folder / name, ignore_errors=True)
    shutil.rmtree(folder / RESTORE_DRAFT, ignore_errors=True)
