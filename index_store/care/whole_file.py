"""A file that is written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from index_store.care.drafts import draft_beside
from index_store.errors import IndexStoreError


@contextmanager
def whole_file(file: Path, *, outside: Path, force: bool) -> Iterator[BinaryIO]:
    """
    Open a file for writing, which appears under its name when all is written and not before.

    Args:
        file: Where it shall be; of a link, where that leads. Meanwhile it is in a folder beside that, where more may be
            put that goes with it; see `draft_beside`.
        outside: The data folder, whose own files must not be replaced.
        force: Whether to replace a file that is there.

    Raises:
        IndexStoreError: If it is there and `force` is false, is in the data folder, or cannot be written.
    """
    file = Path(os.path.realpath(file))  # which takes a link to itself, too
    if file.is_relative_to(outside.resolve()):
        raise IndexStoreError(f"{file} is in the data folder.", remedy="Name a file elsewhere.")
    if file.exists() and not force:
        raise IndexStoreError(f"{file} exists already.", remedy="Name another file, or replace it with --force.")
    if file.exists() and not file.is_file():
        raise IndexStoreError(f"{file} is a folder or a device, and no file.", remedy="Name another file.")
    try:
        with draft_beside(file) as folder:
            draft = folder / "file"
            with draft.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(file)
    except OSError as error:
        raise IndexStoreError(
            f"{file} cannot be written: {error.strerror or error}.",
            remedy="Check its folder, that folder's permissions and the disk's free space.",
        ) from error
