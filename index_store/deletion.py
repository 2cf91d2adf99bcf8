"""Deleting what stands in the way, whatever it turns out to be."""

import shutil
from pathlib import Path


def delete(path: Path) -> None:
    """
    Delete a folder with all that it holds, a file, or a link but not what it leads to; what is not there is no error.

    Raises:
        OSError: If it cannot be deleted.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
